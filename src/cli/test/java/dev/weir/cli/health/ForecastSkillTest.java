package dev.weir.cli.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForecastSkillTest {

  private static Score score(int number, double mae) {
    List<Score.Method> methods = List.of(new Score.Method("naive", 2, 0));
    return new Score(
        "s" + number,
        1,
        Mode.MANY_TO_ONE,
        5,
        40,
        new double[] {mae},
        mae,
        1,
        0.8,
        0.8,
        methods,
        null);
  }

  @Test
  void quantilesAreThoseOfTheSampledSeries() {
    Findings report = new Findings();
    List<Score> scores = IntStream.rangeClosed(0, 100).mapToObj(i -> score(i, i + 1)).toList();
    new ForecastSkill(scores).tell(report, "scores", 101);
    assertThat(report.text())
        .contains(
            "errors         of naive's, by series: 10 % at most 550.0 %, half at most 2550.0 %,"
                + " 90 % at most 4550.0 %");
    assertThat(report.json())
        .contains("\"error_over_naive_p10\":5.5", "\"error_over_naive_p90\":45.5");
  }
}
