package dev.weir.cli.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForecastSkillTest {

  private static final double NAN = Double.NaN;

  private static Score.Method outside(
      String name, double share, double error, double crps, double coverage, double delay) {
    return new Score.Method("outside:" + name, 5, share, error, 4, crps, coverage, delay);
  }

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
  void outsideModelsAreComparedWithOurs() {
    Findings report = new Findings();
    List<Score> scores =
        List.of(
            score(1, 4, List.of(outside("lear", 0.25, 2, 1.6, 0.5, 5400))),
            score(2, 4, List.of(outside("lear", 0.75, 0.5, 0.4, 0.75, 1800))),
            score(3, 4, List.of(outside("dnn", 0.1, 1.25, NAN, NAN, NAN))));

    new ForecastSkill(scores).tell(report, "scores", 3);

    assertThat(report.text())
        .contains("outside model  dnn: error 125.0 % of ours (1 series), share in forecasts 10.0 %")
        .contains(
            "outside model  lear: error 100.0 % of ours (2 series), CRPS 80.0 %, 80.0 % intervals"
                + " hold 62.5 %, delay 1 h 0 min, share in forecasts 50.0 %");
    assertThat(report.json())
        .contains(
            "{\"model\":\"dnn\",\"series\":1,\"error_over_ours\":1.25,\"crps_over_ours\":null,"
                + "\"interval_coverage\":null,\"delay_seconds\":null,\"share\":0.1}")
        .contains("\"interval_coverage\":0.625,\"delay_seconds\":3600.0,\"share\":0.5}");
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
