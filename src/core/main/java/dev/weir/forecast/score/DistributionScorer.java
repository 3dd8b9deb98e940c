package dev.weir.forecast.score;

/**
 * Adds the scores of predictive distributions to the {@link DistributionSums} of a series, and
 * reads their means.
 *
 * <p>A distribution has the ends of the intervals as quantiles, (1 - level) / 2 and (1 + level) / 2
 * for each level, and the forecast as its median. Their order is by level: the lower end of the
 * widest interval first, the median in the middle.
 *
 * <p>Immutable and thread-safe; allocates nothing for a distribution.
 *
 * <pre>{@code
 * DistributionScorer scorer = new DistributionScorer(0.8, 0.95);
 * DistributionSums sums = scorer.newSums(2); // steps ahead
 * scorer.add(sums, 0, new double[] {1, 2, 3, 5, 8}, 6); // the observed value of step 0 was 6
 * double crps = scorer.crps(sums, 0);
 * }</pre>
 */
public final class DistributionScorer {

  private final double[] levels; // ascending
  private final double[] taus; // (2 levels + 1), ascending

  /**
   * @param levels of the intervals, ascending, within 0 and 1
   */
  public DistributionScorer(double... levels) {
    int n = levels.length;
    this.levels = levels.clone();
    this.taus = new double[2 * n + 1];
    taus[n] = 0.5;
    for (int k = 0; k < n; k++) {
      taus[n - 1 - k] = (1 - levels[k]) / 2;
      taus[n + 1 + k] = (1 + levels[k]) / 2;
    }
  }

  /** Sums of zero. */
  public DistributionSums newSums(int steps) {
    return new DistributionSums(steps, taus.length);
  }

  /** Whether sums are of as many steps, and of distributions with as many quantiles. */
  public boolean fits(DistributionSums sums, int steps) {
    return sums.steps() == steps && sums.quantiles() == taus.length;
  }

  public int quantiles() {
    return taus.length;
  }

  /** Level of a quantile, by its number from 0. */
  public double tau(int quantile) {
    return taus[quantile];
  }

  /**
   * Adds the scores of one step's distribution for its observed value.
   *
   * @param step its number from 0
   * @param quantiles (2 levels + 1), not descending; in the value's unit
   * @return its CRPS; not added if it is not finite, as of an infinite quantile
   */
  public double add(DistributionSums sums, int step, double[] quantiles, double observed) {
    double crps = crps(quantiles, observed);
    if (!Double.isFinite(crps)) {
      return crps;
    }
    sums.add(step, crps);
    for (int q = 0; q < taus.length; q++) {
      sums.addLoss(step, q, ProperScores.pinball(taus[q], quantiles[q], observed));
    }
    return crps;
  }

  /** The CRPS of one distribution, as {@link #add} adds it. */
  public double crps(double[] quantiles, double observed) {
    return ProperScores.crps(taus, quantiles, observed);
  }

  /** Mean CRPS of a step; NaN before the first distribution. */
  public double crps(DistributionSums sums, int step) {
    return sums.meanCrps(step);
  }

  /** Mean pinball loss of a quantile at a step; NaN before the first distribution. */
  public double pinball(DistributionSums sums, int step, int quantile) {
    return sums.meanLoss(step, quantile);
  }

  /**
   * Mean {@link ProperScores#interval interval score} of a level at a step; NaN before the first
   * distribution. It is 2 / (1 - level) times the losses of both ends.
   */
  public double interval(DistributionSums sums, int step, int level) {
    int median = levels.length;
    double losses =
        sums.meanLoss(step, median - 1 - level) + sums.meanLoss(step, median + 1 + level);
    return 2 / (1 - levels[level]) * losses;
  }
}
