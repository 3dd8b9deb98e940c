package dev.weir.forecast.score;

import java.util.Arrays;

/**
 * Sums of the scores of one series' predictive distributions, for each step: how many there were,
 * their CRPS, and the pinball loss of each quantile. Its size does not depend on how many there
 * were. Mutable, not thread-safe.
 */
public final class DistributionSums {

  private static final int COUNT = 0;
  private static final int CRPS = 1;
  private static final int LOSSES = 2; // the first quantile's

  private final int steps;
  private final int quantiles;
  private final double[] numbers; // (steps, 2 + quantiles)
  private long first;

  DistributionSums(int steps, int quantiles) {
    this(steps, quantiles, 0, new double[steps * (LOSSES + quantiles)]);
  }

  DistributionSums(int steps, int quantiles, long first, double[] numbers) {
    this.steps = steps;
    this.quantiles = quantiles;
    this.first = first;
    this.numbers = numbers;
  }

  /** How many numbers there are. */
  static int size(int steps, int quantiles) {
    return steps * (LOSSES + quantiles);
  }

  int steps() {
    return steps;
  }

  int quantiles() {
    return quantiles;
  }

  double[] numbers() {
    return numbers;
  }

  /** Index of the first value whose forecasts have intervals. */
  public long first() {
    return first;
  }

  public void first(long index) {
    first = index;
  }

  /** Sets the sums to zero. */
  public void clear() {
    Arrays.fill(numbers, 0);
  }

  /** Distributions of a step that have met their truth. */
  public long count(int step) {
    return (long) numbers[at(step, COUNT)];
  }

  void add(int step, double crps) {
    numbers[at(step, COUNT)]++;
    numbers[at(step, CRPS)] += crps;
  }

  void addLoss(int step, int quantile, double loss) {
    numbers[at(step, LOSSES + quantile)] += loss;
  }

  double meanCrps(int step) {
    return mean(step, CRPS);
  }

  double meanLoss(int step, int quantile) {
    return mean(step, LOSSES + quantile);
  }

  private double mean(int step, int number) {
    double count = numbers[at(step, COUNT)];
    return count == 0 ? Double.NaN : numbers[at(step, number)] / count;
  }

  private int at(int step, int number) {
    return step * (LOSSES + quantiles) + number;
  }

  /** A copy that shares nothing. */
  public DistributionSums copy() {
    return new DistributionSums(steps, quantiles, first, numbers.clone());
  }

  /** Size of the numbers. */
  public int bytes() {
    return Long.BYTES + Double.BYTES * numbers.length;
  }
}
