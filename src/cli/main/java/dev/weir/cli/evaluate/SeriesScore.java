package dev.weir.cli.evaluate;

import java.util.Collection;

/**
 * How well a method forecast one series, over all origins and steps.
 *
 * @param count errors, origins times steps
 * @param mase mean |error|, over the mean |y[t] - y[t-m]| of the warm-up (Hyndman and Koehler 2006)
 * @param smape mean of 200 |error| / (|y| + |forecast|), per cent (M4)
 * @param rmsse root mean squared error, over that of y[t-1] in the warm-up (M5)
 * @param relMae mean |error|, over that of the better of naive and seasonal naive; NaN when that
 *     one made none
 * @param coverage share of truths in the interval, for each level; empty without intervals
 * @param intervalScore mean of u - l + 2 / (1 - level) times the miss, over the scale of {@code
 *     mase} (Gneiting and Raftery 2007; MSIS of M4), for each level
 * @param stepErrors {@code mase} of each step ahead alone
 * @param distribution scores of the predictive distribution; null without intervals
 */
public record SeriesScore(
    long count,
    double mase,
    double smape,
    double rmsse,
    double relMae,
    double[] coverage,
    double[] intervalScore,
    double[] stepErrors,
    DistributionScore distribution) {

  /** Geometric mean of relMae (Davydenko and Fildes 2013), of those that are above zero. */
  public static double geometricMeanRelMae(Collection<SeriesScore> scores) {
    double sum = 0;
    int count = 0;
    for (SeriesScore score : scores) {
      if (score.relMae > 0) {
        sum += Math.log(score.relMae);
        count++;
      }
    }
    return count == 0 ? Double.NaN : Math.exp(sum / count);
  }
}
