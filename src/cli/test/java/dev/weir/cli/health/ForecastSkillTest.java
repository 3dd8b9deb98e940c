package dev.weir.cli.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForecastSkillTest {

  private static Score score(int number, double mae) {
    return score(number, mae, List.of(new Score.Method("naive", 2, 0)));
  }

  private static Score score(int number, double mae, List<Score.Method> methods) {
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

  @Test
  void networksThatCompeteAreComparedWithOurs() {
    Findings report = new Findings();
    List<Score> scores = List.of(score(1, 4, List.of(new Score.Method("model:gru", 6, 0))));

    new ForecastSkill(scores).tell(report, "scores", 1);

    assertThat(report.text()).contains("network        gru: error 150.0 % of ours (1 series)");
    assertThat(report.json())
        .contains("\"networks\":[{\"model\":\"gru\",\"series\":1,\"error_over_ours\":1.5}]");
  }
}
