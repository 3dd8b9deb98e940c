package dev.weir.forecast.score;

/**
 * Scores of a predictive distribution by one truth; smaller is better, and the expected score is
 * smallest for the true distribution (Gneiting and Raftery 2007). Stateless; allocates nothing.
 */
public final class ProperScores {

  private ProperScores() {}

  /**
   * The pinball (quantile) loss: tau times what the truth is above the quantile, or 1 - tau times
   * what it is below. In the truth's unit.
   *
   * @param tau level of the quantile, within 0 and 1
   */
  public static double pinball(double tau, double quantile, double truth) {
    return truth >= quantile ? tau * (truth - quantile) : (1 - tau) * (quantile - truth);
  }

  /**
   * The score of an interval: its width, plus 2 / (1 - level) times the distance of a truth outside
   * of it. In the truth's unit.
   *
   * @param level share of the truth that the interval is meant to contain, within 0 and 1
   */
  public static double interval(double level, double lower, double upper, double truth) {
    double miss = Math.max(0, lower - truth) + Math.max(0, truth - upper);
    return upper - lower + 2 / (1 - level) * miss;
  }

  /**
   * The continuous ranked probability score, twice the integral of the pinball loss over all
   * levels, of a distribution whose quantiles are linear between the given ones and constant beyond
   * the outermost: what is less likely than these is at their places. In the truth's unit; |error|
   * for a single quantile.
   *
   * @param taus levels, ascending, within 0 and 1
   * @param quantiles (taus), not descending
   */
  public static double crps(double[] taus, double[] quantiles, double truth) {
    int last = taus.length - 1;
    double sum = integral(0, taus[0], quantiles[0], quantiles[0], truth);
    for (int k = 0; k < last; k++) {
      sum += integral(taus[k], taus[k + 1], quantiles[k], quantiles[k + 1], truth);
    }
    sum += integral(taus[last], 1, quantiles[last], quantiles[last], truth);
    return 2 * sum;
  }

  /** Of the pinball loss between two levels whose quantiles are linear between a and b. */
  private static double integral(double low, double high, double a, double b, double truth) {
    if (truth <= a || truth >= b) {
      return simpson(low, high, a, b, truth);
    }
    double cross = low + (high - low) * ((truth - a) / (b - a));
    return simpson(low, cross, a, truth, truth) + simpson(cross, high, truth, b, truth);
  }

  /** Exact, since the loss is quadratic in the level as long as the truth is on one side. */
  private static double simpson(double low, double high, double a, double b, double truth) {
    double middle = pinball(low / 2 + high / 2, a / 2 + b / 2, truth);
    return (high - low) / 6 * (pinball(low, a, truth) + 4 * middle + pinball(high, b, truth));
  }
}
