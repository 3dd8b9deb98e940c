package dev.weir.forecast.score;

/**
 * Scores of a predictive distribution for one observed value; smaller is better, and the expected
 * score is smallest for the true distribution (Gneiting and Raftery 2007). Stateless; allocates
 * nothing.
 */
public final class ProperScores {

  private ProperScores() {}

  /**
   * The pinball (quantile) loss: tau times the distance of a value above the quantile, or 1 - tau
   * times that of one below. In the value's unit.
   *
   * @param tau level of the quantile, within 0 and 1
   */
  public static double pinball(double tau, double quantile, double observed) {
    return observed >= quantile ? tau * (observed - quantile) : (1 - tau) * (quantile - observed);
  }

  /**
   * The score of an interval: its width, plus 2 / (1 - level) times the distance of an observed
   * value outside. In the value's unit.
   *
   * @param level nominal coverage of the interval, within 0 and 1
   */
  public static double interval(double level, double lower, double upper, double observed) {
    double miss = Math.max(0, lower - observed) + Math.max(0, observed - upper);
    return upper - lower + 2 / (1 - level) * miss;
  }

  /**
   * The continuous ranked probability score, twice the integral of the pinball loss over all
   * levels, of a distribution whose quantiles are linear between the given ones and constant beyond
   * the outermost. In the value's unit; |error| for a single quantile.
   *
   * @param taus levels, ascending, within 0 and 1
   * @param quantiles (taus), not descending
   */
  public static double crps(double[] taus, double[] quantiles, double observed) {
    int last = taus.length - 1;
    double sum = integral(0, taus[0], quantiles[0], quantiles[0], observed);
    for (int k = 0; k < last; k++) {
      sum += integral(taus[k], taus[k + 1], quantiles[k], quantiles[k + 1], observed);
    }
    sum += integral(taus[last], 1, quantiles[last], quantiles[last], observed);
    return 2 * sum;
  }

  /** Of the pinball loss between two levels whose quantiles are linear between a and b. */
  private static double integral(double low, double high, double a, double b, double observed) {
    if (observed <= a || observed >= b) {
      return simpson(low, high, a, b, observed);
    }
    double cross = low + (high - low) * ((observed - a) / (b - a));
    return simpson(low, cross, a, observed, observed) + simpson(cross, high, observed, b, observed);
  }

  /** Exact, since the loss is quadratic in the level while the observed value is on one side. */
  private static double simpson(double low, double high, double a, double b, double observed) {
    double middle = pinball(low / 2 + high / 2, a / 2 + b / 2, observed);
    return (high - low) / 6 * (pinball(low, a, observed) + 4 * middle + pinball(high, b, observed));
  }
}
