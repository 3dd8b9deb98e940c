package dev.weir.forecast.shared;

import java.util.Arrays;

/**
 * Running errors of two models on the same held-out samples. The unit is a block of one series:
 * with the absolute errors a and b of both models on it, their relative difference (b - a) / (b +
 * a) from -1 to 1, so that no series counts for its scale and no outlier for its size. A paired t
 * statistic of these decides; older blocks count less by {@value #DISCOUNT} for each round.
 */
final class ErrorComparison {

  /** What the blocks of a round count in the next one. */
  static final double DISCOUNT = 0.9;

  /** Effective number of blocks below which nothing is decided. */
  static final double MIN_BLOCKS = 30;

  /** Standard errors that a difference must have; one-sided 0.6 % by chance. */
  static final double MIN_T = 2.5;

  /** Half the relative difference of errors that is worth a version: 1 %. */
  static final double MARGIN = 0.005;

  static final int NUMBERS = 7;

  private static final int WEIGHT = 0;
  private static final int SQUARED_WEIGHT = 1;
  private static final int SUM = 2;
  private static final int SQUARES = 3;
  private static final int SCALED = 4; // weight of the blocks in the two sums of logarithms
  private static final int LOG_A = 5;
  private static final int LOG_B = 6;

  private static final double SMALLEST = 1e-9; // relative error in a logarithm

  final double[] sums = new double[NUMBERS]; // as saved

  /**
   * Takes in one block.
   *
   * @param a error of the first model, not negative; not finite: it failed
   * @param b error of the second model
   * @param naive error of repeating the last value
   */
  void add(double a, double b, double naive) {
    boolean isA = Double.isFinite(a);
    boolean isB = Double.isFinite(b);
    double difference = isA == isB ? 0 : isA ? 1 : -1;
    if (isA && isB && a + b > 0) {
      difference = (b - a) / (b + a);
    }
    sums[WEIGHT]++;
    sums[SQUARED_WEIGHT]++;
    sums[SUM] += difference;
    sums[SQUARES] += difference * difference;
    if (isA && isB && naive > 0) {
      sums[SCALED]++;
      sums[LOG_A] += Math.log(Math.max(a / naive, SMALLEST));
      sums[LOG_B] += Math.log(Math.max(b / naive, SMALLEST));
    }
  }

  /** A round ends: what was seen counts less from now on. */
  void discount() {
    for (int i = 0; i < NUMBERS; i++) {
      sums[i] *= i == SQUARED_WEIGHT ? DISCOUNT * DISCOUNT : DISCOUNT;
    }
  }

  void clear() {
    Arrays.fill(sums, 0);
  }

  /** Whether the second model is better: by enough, on enough blocks, beyond chance. */
  boolean isSecondBetter() {
    return isDecided(-1);
  }

  /** The same for worse. */
  boolean isSecondWorse() {
    return isDecided(1);
  }

  /** Whether the second model seems to be worse by enough, if only by chance. */
  boolean seemsSecondWorse() {
    return sums[WEIGHT] > 0 && sums[SUM] / sums[WEIGHT] > MARGIN;
  }

  private boolean isDecided(int sign) {
    double weight = sums[WEIGHT];
    if (weight <= 0 || weight * weight / sums[SQUARED_WEIGHT] < MIN_BLOCKS) {
      return false;
    }
    double mean = sums[SUM] / weight;
    double variance = Math.max(0, sums[SQUARES] / weight - mean * mean);
    double deviation = Math.sqrt(variance * sums[SQUARED_WEIGHT]) / weight;
    return sign * mean > MARGIN && sign * mean > MIN_T * deviation;
  }

  /**
   * Geometric mean over blocks of the first model's error, divided by that of repeating the last
   * value; NaN before the first block.
   */
  double first() {
    return sums[SCALED] > 0 ? Math.exp(sums[LOG_A] / sums[SCALED]) : Double.NaN;
  }

  double second() {
    return sums[SCALED] > 0 ? Math.exp(sums[LOG_B] / sums[SCALED]) : Double.NaN;
  }
}
