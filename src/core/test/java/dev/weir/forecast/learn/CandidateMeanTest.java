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
 * the last 7, 15 or 25, and one follows a trend.
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
    // eight say 13, three 11.5, and the trend the mean of its levels
    double trend = (11.5 + 11.5 + 11.8 + 13) / 4;

    assertThat(forecast(10, 13)).isCloseTo((8 * 13 + 3 * 11.5 + trend) / 12, ROUNDED);
  }

  @Test
  void weightsFollowErrors() {
    // running errors of the repeated value, the medians and the trend
    double repeated = 3;
    double medians = Math.exp(-8 * ((.98 * 3 + 4.5) / 1.98 / repeated - 1));
    double followed = Math.exp(-8 * ((.98 * 3 + 16 - 11.95) / 1.98 / repeated - 1));
    // the trend's levels are behind a slope of 3; their errors are 2.5, 2.5, 2.4 and 2
    double slow = Math.exp(-12 * (2.5 / 2 - 1));
    double fast = Math.exp(-12 * (2.4 / 2 - 1));
    double level = slow * (13 + 3 * 1.71) + slow * (13 + 3 * 1.19) + fast * (14.32 + 3 * .56) + 16;
    double trend = level / (2 * slow + fast + 1) + 3;
    double mean = (8 * 16 + 3 * medians * 13 + followed * trend) / (8 + 3 * medians + followed);

    assertThat(forecast(10, 13, 16)).isCloseTo(mean, ROUNDED);
  }
}
