package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Bounds;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedLearnerTest {

  private static final double INFINITY = Double.POSITIVE_INFINITY;
  private static final Bounds COUNTS = new Bounds(0, INFINITY, true);
  private static final int HORIZON = 3;

  private final double[] values = new double[HORIZON];
  private final double[][] lower = new double[2][HORIZON];
  private final double[][] upper = new double[2][HORIZON];
  private final double[] next = new double[4];

  private static Learner learner(Bounds bounds) {
    Learner learner = new Learner(LearnerSettings.small(HORIZON));
    learner.bound(bounds);
    return learner;
  }

  /** A value, now and then one that no sensor means. */
  private static double hostile(Random random, int kind) {
    return switch (kind) {
      case 0 -> 0;
      case 1 -> random.nextInt(40) == 0 ? 1e300 : random.nextGaussian();
      case 2 -> 0.1 * random.nextInt(3);
      case 3 -> Math.exp(20 * random.nextGaussian());
      case 4 -> -1e300;
      default -> random.nextInt(5) - 2;
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void nothingLeavesTheBoundsWhateverComes(int kind) {
    for (Bounds bounds :
        new Bounds[] {
          COUNTS,
          new Bounds(-0.3, 0.7, false),
          new Bounds(-INFINITY, 5, true),
          new Bounds(2, 3, true)
        }) {
      Learner learner = learner(bounds);
      LearnerState state = learner.newSeries("hostile", 7);
      learner.forecast(state, values, lower, upper);
      Arrays.stream(values).forEach(value -> assertWithin(bounds, value));
      Random random = new Random(31 + kind);
      for (int t = 0; t < 400; t++) {
        // kinds follow each other, so that a series also changes from one to another
        learner.observe(state, t, hostile(random, t < 250 ? kind : random.nextInt(6)));
        assertAllWithin(learner, state, bounds);
      }
    }
  }

  private void assertAllWithin(Learner learner, LearnerState state, Bounds bounds) {
    learner.forecast(state, values, lower, upper);
    for (int i = 0; i < HORIZON; i++) {
      assertWithin(bounds, values[i]);
      for (int k = 0; k < 2; k++) {
        assertWithin(bounds, lower[k][i]);
        assertWithin(bounds, upper[k][i]);
        assertThat(lower[k][i] <= values[i] && values[i] <= upper[k][i]).isTrue();
      }
      assertThat(lower[1][i] <= lower[0][i] && upper[0][i] <= upper[1][i]).isTrue();
    }
    for (double mean : learner.steps(state).mean()) {
      assertThat(mean).isBetween(bounds.min(), bounds.max());
    }
    learner.next(state, next);
    assertThat(next[0]).isEqualTo(values[0]);
    if (!Double.isNaN(next[2])) {
      assertThat(next[2]).isEqualTo(lower[0][0]);
      assertThat(next[3]).isEqualTo(upper[0][0]);
    }
  }

  private static void assertWithin(Bounds bounds, double value) {
    boolean whole = !bounds.integer() || value == Math.rint(value);
    if (!(value >= bounds.min() && value <= bounds.max() && whole)) {
      throw new AssertionError("expected a value within %s, got %s".formatted(bounds, value));
    }
  }

  /** Shares of the values within the two intervals, as they were issued, after 300 values. */
  private double[] coverage(Learner learner, IntToDoubleFunction series, int count) {
    LearnerState state = learner.newSeries("counts", 1);
    double[] held = new double[2];
    for (int t = 0; t < count; t++) {
      double value = series.applyAsDouble(t);
      for (int k = 0; t > 300 && k < 2; k++) {
        held[k] += value >= lower[k][0] && value <= upper[k][0] ? 1 : 0;
      }
      learner.observe(state, t, value);
      learner.forecast(state, values, lower, upper);
    }
    held[0] /= count - 301;
    held[1] /= count - 301;
    assertThat(learner.coverage(state, 0, 1)).isEqualTo(held[0], within(0.02)); // of all values
    return held;
  }

  @Test
  void intervalsOfCountsHoldTheirShare() {
    Random random = new Random(8);
    double[] held = coverage(learner(COUNTS), t -> Poisson.next(random, 6), 4_000);
    assertThat(held[0]).isEqualTo(0.8, within(0.015));
    assertThat(held[1]).isEqualTo(0.95, within(0.01));
  }

  @Test
  void intervalsOfRareCountsHoldAtLeastTheirShare() { // zero alone is 86 %, zero and one are 99 %
    Random random = new Random(9);
    double[] held = coverage(learner(COUNTS), t -> Poisson.next(random, 0.15), 4_000);
    assertThat(held[0]).isEqualTo(0.9, within(0.015)); // no value can be below
    assertThat(held[1]).isEqualTo(0.95, within(0.01)); // all misses are above
  }

  /** 0.7 + (0.1 - 0.7) is less than 0.1. */
  @Test
  void valueEqualToABoundIsWithinTheInterval() {
    Random random = new Random(11);
    Learner learner = learner(new Bounds(0.1, INFINITY, false));
    LearnerState state = learner.newSeries("floor", 1);
    int[] held = new int[2];
    int scored = 0;
    for (int t = 0; t < 1_500; t++) {
      double value = random.nextInt(3) > 0 ? 0.1 : 0.1 + 2 * random.nextDouble();
      for (int k = 0; t > 0 && k < 2; k++) {
        held[k] += value >= lower[k][0] && value <= upper[k][0] ? 1 : 0;
      }
      scored += t > 0 ? 1 : 0;
      learner.observe(state, t, value);
      learner.forecast(state, values, lower, upper);
    }
    assertThat(learner.coverage(state, 0, 1)).isEqualTo((double) held[0] / scored, within(1e-9));
    assertThat(learner.coverage(state, 1, 1)).isEqualTo((double) held[1] / scored, within(1e-9));
  }

  @Test
  void intervalsRecoverAfterALongTimeAtABound() {
    Random random = new Random(10);
    Learner learner = learner(COUNTS);
    LearnerState state = learner.newSeries("wakes", 1);
    for (int t = 0; t < 20_000; t++) { // hits at the bound, which must not narrow without limit
      learner.observe(state, t, random.nextInt(50) == 0 ? 1 : 0);
    }
    int held = 0;
    for (int t = 0; t < 1_600; t++) {
      double value = 30 + Math.rint(4 * random.nextGaussian());
      held += t >= 600 && value >= lower[0][0] && value <= upper[0][0] ? 1 : 0;
      learner.observe(state, 20_000 + t, value);
      learner.forecast(state, values, lower, upper);
    }
    // as fast as without bounds; what the hits at the bound add up to would take 1,800 misses
    assertThat(held / 1_000.0).isGreaterThan(0.8);
  }

  @Test
  void valueOutsideIsLearnedAndCountsAgainstTheIntervals() {
    Bounds low = new Bounds(0, 10, false);
    Learner learner = learner(low);
    LearnerState state = learner.newSeries("above", 1);
    for (int t = 0; t < 200; t++) {
      learner.observe(state, t, 20 + t % 3);
    }
    learner.forecast(state, values, lower, upper);
    assertThat(values).containsOnly(10);
    assertThat(upper[1]).containsOnly(10);
    assertThat(learner.coverage(state, 1, 1)).isZero();
    assertThat(learner.meanError(state, 1)).isEqualTo(11, within(0.1)); // 20, 21 and 22 for 10
    assertThat(learner(Bounds.NONE).fits(state)).isTrue();
    learner.bound(Bounds.NONE);
    learner.observe(state, 200, 22);
    learner.forecast(state, values, lower, upper);
    assertThat(values[0]).isBetween(19.0, 23.0); // what was learned is of the values as they came
  }
}
