package dev.weir.forecast.score;

import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.Arrays;

/**
 * Sums of the scores of one series' predictive distributions, for each step: their number, CRPS,
 * and pinball loss of each quantile. Its size is constant. Mutable, not thread-safe.
 */
public final class DistributionSums {

  private static final int COUNT = 0;
  private static final int CRPS = 1;
  private static final int LOSSES = 2; // the first quantile's

  private static final int MAX_STEPS = 1_000;
  private static final int MAX_QUANTILES = 1_000;

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

  /**
   * Declares all fields; null takes one byte.
   *
   * @throws IOException if the fields read are invalid
   */
  public static DistributionSums fields(StateFields fields, DistributionSums sums)
      throws IOException {
    return fields.optional(
        "scores", sums, () -> new DistributionSums(0, 0), DistributionSums::parts);
  }

  private DistributionSums parts(StateFields fields) throws IOException {
    int newSteps = fields.size("steps", steps, MAX_STEPS);
    int newQuantiles = fields.size("quantiles", quantiles, MAX_QUANTILES);
    if (newSteps < 1 || newQuantiles < 1) {
      throw new IOException("scores: expected at least one step and one quantile, got none");
    }
    DistributionSums sums = fields.reads() ? new DistributionSums(newSteps, newQuantiles) : this;
    sums.first = fields.number("first value with intervals", sums.first);
    fields.numbers("counts, CRPS and losses of quantiles by step", sums.numbers);
    if (fields.reads()) {
      for (double number : sums.numbers) {
        if (!(number >= 0)) {
          throw new IOException("scores: expected sums of at least 0, got " + number);
        }
      }
    }
    return sums;
  }

  int steps() {
    return steps;
  }

  int quantiles() {
    return quantiles;
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

  /** Distributions of a step whose value was observed. */
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
