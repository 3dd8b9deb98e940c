package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * Tests what a network corrects that forecasts alone: the mean of all candidates, weighted by their
 * errors. Without a network this is the forecast. Values by hand.
 *
 * <p>Of a series without a season eight candidates repeat the newest value, three say the median of
 * the last 7, 15 or 25, and one follows a damped trend.
 */
class CandidateMeanTest {

  private static final Offset<Double> ROUNDED = within(0.02); // errors have 8 bits

  private final Learner learner = new Learner(LearnerSettings.alone(1), List.of(), null);
  private final LearnerState state = learner.newSeries("a", LearnerSettings.NONE);
  private final double[] forecast = new double[1];

  private double forecast(double... values) {
    for (int t = 0; t < values.length; t++) {
      learner.observe(state, t, values[t]);
    }
    learner.forecast(state, forecast, null, null);
    return forecast[0];
  }

  @Test
  void firstValueIsRepeated() {
    assertThat(forecast(10)).isEqualTo(10);
  }

  @Test
  void afterEqualErrorsAllCountAlike() {
    // eight say 13, three 11.5, and the slope is half of the change
    double trend = 13 + 0.9 * 1.5;

    assertThat(forecast(10, 13)).isCloseTo((8 * 13 + 3 * 11.5 + trend) / 12, ROUNDED);
  }

  @Test
  void weightsFollowErrors() {
    // running errors 3, 7.44 / 1.98 and 4.59 / 1.98: those of the trend are the least
    double repeats = Math.exp(-8 * (3 / (4.59 / 1.98) - 1));
    double medians = Math.exp(-8 * (7.44 / 4.59 - 1));
    double trend = 16 + 0.9 * 2;
    double mean = (8 * repeats * 16 + 3 * medians * 13 + trend) / (8 * repeats + 3 * medians + 1);

    assertThat(forecast(10, 13, 16)).isCloseTo(mean, ROUNDED);
    assertThat(mean).isCloseTo(16.975, within(1e-3));
  }
}
