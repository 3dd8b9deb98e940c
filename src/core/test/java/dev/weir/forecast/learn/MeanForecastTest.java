package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.forecast.score.ProperScores;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected value of what may come, beside the median, of series whose mean is known. */
class MeanForecastTest {

  private static final int HORIZON = 3;
  private static final int YOUNG = 300;
  private static final int VALUES = 3_000;
  private static final Bounds COUNTS = new Bounds(0, Double.POSITIVE_INFINITY, true);

  /** Averages of all forecasts but the first ones; RMS of the distance between the two. */
  private record Averages(double median, double mean, double apart) {}

  private static Averages averages(Bounds bounds, int step, DoubleSupplier series) {
    Learner learner = new Learner(LearnerSettings.small(HORIZON));
    learner.bound(bounds);
    LearnerState state = learner.newSeries("part-7", 1);
    double medians = 0;
    double means = 0;
    double squares = 0;
    for (int t = 0; t < VALUES; t++) {
      learner.observe(state, t, series.getAsDouble());
      if (t >= YOUNG) {
        Steps steps = learner.steps(state);
        double apart = steps.mean()[step - 1] - steps.value()[step - 1];
        medians += steps.value()[step - 1] / (VALUES - YOUNG);
        means += steps.mean()[step - 1] / (VALUES - YOUNG);
        squares += apart * apart / (VALUES - YOUNG);
      }
    }
    return new Averages(medians, means, Math.sqrt(squares));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, HORIZON})
  void meanOfRareCountsIsTheirRate(int step) {
    Random random = new Random(21);
    Averages whole = averages(COUNTS, step, () -> Poisson.next(random, 0.3));
    assertThat(whole.median()).isLessThan(0.05);
    assertThat(whole.mean()).isCloseTo(0.3, within(0.03));
    Averages free = averages(Bounds.NONE, step, () -> Poisson.next(random, 0.3));
    assertThat(free.mean()).isCloseTo(0.3, within(0.03));
  }

  /**
   * Of Poisson counts with a mean of .3 a share of .741 are 0 and .963 at most 1: the quantiles .1
   * to .7 are 0, .8 and .9 are 1.
   */
  @Test
  void quantilesOfRareCountsAreNearTheExactOnes() {
    Learner learner = new Learner(LearnerSettings.small(1).withLevels(List.of(0.2, 0.4, 0.6, 0.8)));
    LearnerState state = learner.newSeries("part-7", 1);
    Random random = new Random(25);
    double value = Poisson.next(random, 0.3);
    double loss = 0;
    double exact = 0;
    double[] sums = new double[9];
    for (int t = 0; t < VALUES; t++) {
      learner.observe(state, t, value);
      value = Poisson.next(random, 0.3);
      for (int k = 0; t >= YOUNG && k < 4; k++) {
        Steps steps = learner.steps(state);
        double low = steps.intervals().get(k).lower()[0];
        double high = steps.intervals().get(k).upper()[0];
        double tail = (4 - k) / 10.0;
        loss +=
            ProperScores.pinball(tail, low, value) + ProperScores.pinball(1 - tail, high, value);
        exact +=
            ProperScores.pinball(tail, 0, value)
                + ProperScores.pinball(1 - tail, k < 2 ? 0 : 1, value);
        sums[3 - k] += low / (VALUES - YOUNG);
        sums[5 + k] += high / (VALUES - YOUNG);
      }
    }
    assertThat(loss).isLessThan(1.1 * exact);
    assertThat(sums[0]).isCloseTo(0, within(0.1));
    assertThat(sums[8]).isCloseTo(1, within(0.25));
  }

  /** One in 25, of 20 to 180: 4 in the mean. */
  @Test
  void meanOfRareLargeDemandIsThatOfAll() {
    Random random = new Random(22);
    DoubleSupplier demand = () -> random.nextInt(25) > 0 ? 0 : 20 + random.nextInt(161);
    Averages all = averages(COUNTS, 1, demand);
    assertThat(all.median()).isLessThan(0.5);
    assertThat(all.mean()).isCloseTo(4, within(0.6));
  }

  @Test
  void meanOfASymmetricSeriesIsNearTheMedian() {
    Random random = new Random(23);
    Averages all = averages(Bounds.NONE, 1, () -> 50 + 5 * random.nextGaussian());
    assertThat(all.mean()).isCloseTo(50, within(0.25));
    assertThat(all.apart()).isLessThan(0.1 * 5);
  }

  /** exp(0.8 z): median 1, mean exp(0.32). */
  @Test
  void meanOfASkewedSeriesIsAboveTheMedian() {
    Random random = new Random(24);
    Averages all = averages(Bounds.NONE, 1, () -> Math.exp(0.8 * random.nextGaussian()));
    assertThat(all.mean()).isCloseTo(Math.exp(0.32), within(0.12));
    assertThat(all.median()).isLessThan(all.mean() - 0.1);
  }

  @Test
  void meanIsTheForecastBeforeItsFirstError() {
    Learner learner = new Learner(LearnerSettings.small(HORIZON));
    LearnerState state = learner.newSeries("part-7", 1);
    learner.observe(state, 0, 7);
    assertThat(learner.steps(state).mean()).containsExactly(7, 7, 7);
    learner.observe(state, 1, 9);
    Steps steps = learner.steps(state);
    assertThat(steps.mean()[0]).isNotEqualTo(steps.value()[0]);
    assertThat(steps.mean()[1]).as("no error two steps ahead yet").isEqualTo(steps.value()[1]);
  }
}
