package dev.weir.cli.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.health.TopicGrowth.Ends;
import java.time.Duration;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class TopicGrowthTest {

  private final Findings report = new Findings();
  private int looks;

  /** The topics' ends by the number of the look, which begins with 0. */
  private void look(
      LongUnaryOperator observations, LongUnaryOperator forecasts, double perObservation) {
    new TopicGrowth(
            () -> {
              Ends ends = new Ends(observations.applyAsLong(looks), forecasts.applyAsLong(looks));
              looks++;
              return ends;
            },
            Duration.ofNanos(1),
            report)
        .look("o", "f", perObservation);
  }

  @Test
  void forecastsThatComeEndTheLook() {
    look(look -> 1_000 + 50 * look, look -> look < 2 ? 900 : 933, 0.9);
    assertThat(report.isHealthy()).isTrue();
    assertThat(looks).isEqualTo(3);
    assertThat(report.json())
        .contains("\"observations\":100", "\"forecasts\":33")
        .doesNotContain("too little");
  }

  @Test
  void observationsWithoutForecastsAreNotWell() {
    look(look -> 1_000 + 7 * look, look -> 900, 0.9);
    assertThat(report.problems()).hasSize(1);
    assertThat(looks)
        .as("two for enough observations, thirty for a forecast")
        .isEqualTo(1 + 2 + 30);
    assertThat(report.problems().get(0).found())
        .matches("224 observations came to o, and for .+ no forecast to f");
    assertThat(report.problems().get(0).change()).contains("--jobmanager HOST:PORT");
  }

  /** They come at the end of the first wait, and their forecasts at the end of the second. */
  @Test
  void forecastsHaveTheirTimeFromTheObservationsOn() {
    look(look -> look < 30 ? 1_000 : 1_100, look -> look < 60 ? 900 : 901, 0.9);
    assertThat(report.isHealthy()).isTrue();
    assertThat(looks).isEqualTo(61);
  }

  @Test
  void anIdleTopicTellsNothingAndIsNoProblem() {
    look(look -> 1_000, look -> 900, 0.9);
    assertThat(looks).isEqualTo(1 + 30);
    assertThat(report.isHealthy()).isTrue();
    assertThat(report.text())
        .anyMatch(line -> line.endsWith("too little to tell whether a job runs"));
  }

  @Test
  void whereOneForecastComesOfManyObservationsFewTellNothing() {
    look(look -> 1_000 + 10 * Math.min(look, 9), look -> 50, 0.05); // stride 20: 90 make 4
    assertThat(report.isHealthy()).isTrue();
    assertThat(report.text())
        .anyMatch(line -> line.endsWith("too little to tell whether a job runs"));
  }
}
