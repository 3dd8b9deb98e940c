package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CrossingProbabilityTest {

  private static final double Q80 = 1.2816; // of the normal distribution, where 80 % are within
  private static final double Q95 = 1.96;
  private static final List<Double> LEVELS = List.of(0.8, 0.95);

  private final double[] weights = new double[CrossingProbability.WEIGHTS];
  private final double[] covariances = new double[CrossingProbability.COVARIANCES];

  private static CrossingProbability of(double limit, boolean above, int within) {
    return new CrossingProbability(new Threshold(limit, above, within, 0.8), LEVELS);
  }

  private double predict(CrossingProbability crossing, double... forecast) {
    return predict(crossing, 1, forecast);
  }

  /** With the intervals of a normal distribution. */
  private double predict(CrossingProbability crossing, double deviation, double[] forecast) {
    double[][] lower = new double[LEVELS.size()][forecast.length];
    double[][] upper = new double[LEVELS.size()][forecast.length];
    for (int i = 0; i < forecast.length; i++) {
      lower[0][i] = forecast[i] - Q80 * deviation;
      upper[0][i] = forecast[i] + Q80 * deviation;
      lower[1][i] = forecast[i] - Q95 * deviation;
      upper[1][i] = forecast[i] + Q95 * deviation;
    }
    return crossing.predict(weights, forecast, lower, upper);
  }

  @Test
  void oneStepIsTheNormalDistribution() {
    CrossingProbability.reset(weights, covariances);
    // upper tails at 0, 0.5, 1.2816, 1.96 and 2.5 deviations
    assertThat(predict(of(7, true, 1), 7)).isCloseTo(0.5, within(1e-9));
    assertThat(predict(of(7.5, true, 1), 7)).isCloseTo(0.30854, within(4e-4));
    assertThat(predict(of(7 + Q80, true, 1), 7)).isCloseTo(0.1, within(4e-4));
    assertThat(predict(of(7 + Q95, true, 1), 7)).isCloseTo(0.025, within(4e-4));
    assertThat(predict(of(9.5, true, 1), 7)).isCloseTo(0.00621, within(4e-4));
    assertThat(predict(of(6.5, true, 1), 7)).isCloseTo(0.69146, within(4e-4));
    assertThat(predict(of(6.5, false, 1), 7)).isCloseTo(0.30854, within(4e-4));
  }

  @Test
  void severalStepsAreBetweenOneAndIndependentOnes() {
    CrossingProbability.reset(weights, covariances);
    // by hand: logit .1 = -2.1972, logit (1 - .9 .9) = logit .19 = -1.4500; a quarter of the way
    assertThat(predict(of(Q80, true, 2), 0, 0)).isCloseTo(0.11807, within(3e-4));
    weights[2] = 0; // one event
    assertThat(predict(of(Q80, true, 2), 0, 0)).isCloseTo(0.1, within(3e-4));
    weights[2] = 1; // independent ones; of .1 and .5 at least one: .55
    assertThat(predict(of(Q80, true, 2), 0, 0)).isCloseTo(0.19, within(3e-4));
    assertThat(predict(of(Q80, true, 2), 0, Q80)).isCloseTo(0.55, within(3e-4));
  }

  @Test
  void crossingIsExpectedWhereHalfOfTheProbabilityIsReached() {
    CrossingProbability.reset(weights, covariances);
    CrossingProbability crossing = of(3, true, 4);
    predict(crossing, 0, 0.5, 2.9, 0);
    assertThat(crossing.step()).isEqualTo(3);
    predict(crossing, 2.9, 0.5, 2.9, 0);
    assertThat(crossing.step()).isEqualTo(1);
  }

  @Test
  void oneEventMovesTheWeightsAsByHand() {
    CrossingProbability.reset(weights, covariances);
    // x = (1, 0, 0): information .25, variance .5, shrink 1 / (1 + .125), error .5
    of(0, true, 1).learn(weights, covariances, 0, 0, true);
    assertThat(weights).containsExactly(new double[] {0.5 * 0.5 / 1.125, 1, 0.25}, within(1e-12));
    double left = 0.5 - 0.25 * 0.25 / 1.125;
    assertThat(covariances)
        .containsExactly(new double[] {left, 0, 0, 0.1 / 0.9998, 0, 0.2 / 0.9998}, within(0.001));
  }

  @Test
  void dependenceOfTheStepsIsLearned() {
    for (boolean isOne : new boolean[] {true, false}) {
      CrossingProbability.reset(weights, covariances);
      CrossingProbability crossing = of(Q80, true, 5);
      SplittableRandom random = new SplittableRandom(3);
      for (int n = 0; n < 4_000; n++) {
        predict(crossing, 0, 0, 0, 0, 0);
        boolean occurred = false;
        double shared = random.nextGaussian();
        for (int k = 0; k < 5; k++) {
          occurred |= (isOne ? shared : random.nextGaussian()) > Q80;
        }
        crossing.learn(weights, covariances, crossing.one(), crossing.beyond(), occurred);
      }
      double truth = isOne ? 0.1 : 1 - Math.pow(0.9, 5);
      assertThat(predict(crossing, 0, 0, 0, 0, 0)).isCloseTo(truth, within(0.03));
    }
  }

  @Test
  void intervalsWithoutWidthAreCertain() {
    CrossingProbability.reset(weights, covariances);
    assertThat(predict(of(7, true, 1), 0, new double[] {7})).isLessThan(0.001);
    assertThat(predict(of(7, true, 1), 0, new double[] {7.1})).isGreaterThan(0.999);
    assertThat(predict(of(7, true, 2), 0, new double[] {Double.NaN, 1})).isNaN();
    assertThat(predict(of(7, true, 1), 1e300, new double[] {-1e307})).isBetween(0.0, 0.01);
  }

  @Test
  void anythingThatOccursLeavesSoundNumbers() {
    SplittableRandom random = new SplittableRandom(5);
    CrossingProbability.reset(weights, covariances);
    CrossingProbability crossing = of(0, true, 3);
    for (int n = 0; n < 200_000; n++) {
      double size = Math.pow(10, random.nextDouble(-3, 3));
      predict(crossing, size, new double[] {random.nextGaussian(), 1e9 * random.nextGaussian(), 0});
      boolean occurred = n / 5_000 % 2 == 0 || random.nextInt(50) == 0;
      crossing.learn(weights, covariances, crossing.one(), crossing.beyond(), occurred);
      assertThat(CrossingProbability.areSound(weights, covariances)).isTrue();
    }
    assertThat(Arrays.stream(weights).map(Math::abs).max().orElseThrow()).isLessThan(100);
  }
}
