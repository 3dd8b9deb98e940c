package dev.weir.cli.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.health.Findings.Level;
import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Help.Ansi;

class ResultChecksTest {

  private static Score score(int number, long scored, double mae, double coverage) {
    return new Score(
        "s" + number,
        1,
        Mode.MANY_TO_ONE,
        5,
        scored,
        new double[] {mae},
        mae,
        1,
        0.8,
        coverage,
        List.of(new Score.Method("naive", 2, 0), new Score.Method("seasonal_naive", 2, 0)),
        null);
  }

  private static Findings skill(Score... scores) {
    JobChecks checks = new JobChecks(true, null, null);
    new ResultChecks(checks).skill("scores", List.of(scores));
    return checks.findings;
  }

  @Test
  void errorIsTheGeometricMeanOverTheSeries() {
    Findings findings = skill(score(1, 400, 1, 0.75), score(2, 400, 2, 0.85));
    assertThat(findings.text(Ansi.OFF))
        .contains(
            "ok    scores       error 70.7 % of naive's, 70.7 % of seasonal naive's, 80.0 %"
                + " intervals contain 80.0 % (2 series)");
    assertThat(findings.json()).contains("\"scores.series\":2", "\"scores.interval_coverage\":0.8");
  }

  @ParameterizedTest
  @CsvSource({"400, 3, 0.8, true", "400, 1, 0.6, true", "40, 3, 0.6, false", "400, 2, 0.7, false"})
  void badScoreFailsOnceItHasEnoughValues(long scored, double mae, double coverage, boolean fails) {
    Findings findings = skill(score(1, scored, mae, coverage));
    assertThat(findings.of(Level.fail)).hasSize(fails ? 1 : 0);
  }
}
