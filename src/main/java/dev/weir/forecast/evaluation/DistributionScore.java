package dev.weir.forecast.evaluation;

import java.util.Arrays;

/**
 * How well the predictive distributions of a method forecast one series, over all origins. All
 * scores are divided by the scale of {@link SeriesScore#mase}; smaller is better.
 *
 * <p>The distribution has the ends of the intervals as quantiles: (1 - level) / 2 and (1 + level) /
 * 2 for each level, and the forecast as its median.
 *
 * @param taus levels of the quantiles, ascending
 * @param pinball (taus), mean pinball loss of each quantile over all steps
 * @param pinballByStep (steps), mean over the quantiles
 * @param crpsByStep (steps), mean continuous ranked probability score; linear between the quantiles
 *     and constant beyond the outermost
 * @param intervalScoreByStep (levels, steps), as {@link SeriesScore#intervalScore}
 */
public record DistributionScore(
    double[] taus,
    double[] pinball,
    double[] pinballByStep,
    double[] crpsByStep,
    double[][] intervalScoreByStep) {

  /** The mean over all steps. */
  public double crps() {
    return mean(crpsByStep);
  }

  /** The mean over all quantiles and steps. */
  public double meanPinball() {
    return mean(pinball);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  /** Sums over origins. Not thread-safe. */
  static final class Sums {
    private final double[] levels; // ascending
    private final double[] taus;
    private final double[] quantiles; // scratch
    private final double[] pinball;
    private double[] stepPinball = {};
    private double[] stepCrps = {};
    private final double[][] intervals;
    private long count;

    Sums(double[] levels) {
      int n = levels.length;
      this.levels = levels.clone();
      this.taus = new double[2 * n + 1];
      this.quantiles = new double[taus.length];
      this.pinball = new double[taus.length];
      this.intervals = new double[n][0];
      taus[n] = 0.5;
      for (int k = 0; k < n; k++) {
        taus[n - 1 - k] = (1 - levels[k]) / 2;
        taus[n + 1 + k] = (1 + levels[k]) / 2;
      }
    }

    /**
     * Adds the forecasts of one origin.
     *
     * @param truth (steps)
     * @param forecast (steps)
     * @param lower (levels, steps)
     * @param upper (levels, steps)
     */
    void add(double[] truth, double[] forecast, double[][] lower, double[][] upper) {
      int steps = forecast.length;
      if (count++ == 0) {
        stepPinball = new double[steps];
        stepCrps = new double[steps];
        Arrays.setAll(intervals, k -> new double[steps]);
      }
      int n = levels.length;
      for (int i = 0; i < steps; i++) {
        quantiles[n] = forecast[i];
        for (int k = 0; k < n; k++) {
          quantiles[n - 1 - k] = lower[k][i];
          quantiles[n + 1 + k] = upper[k][i];
          double miss = Math.max(0, lower[k][i] - truth[i]) + Math.max(0, truth[i] - upper[k][i]);
          intervals[k][i] += upper[k][i] - lower[k][i] + 2 / (1 - levels[k]) * miss;
        }
        for (int q = 0; q < taus.length; q++) {
          double loss = ProperScores.pinball(taus[q], quantiles[q], truth[i]);
          pinball[q] += loss;
          stepPinball[i] += loss;
        }
        stepCrps[i] += ProperScores.crps(taus, quantiles, truth[i]);
      }
    }

    /** The means, over the scale; null without forecasts or intervals. */
    DistributionScore score(double scale) {
      if (count == 0 || levels.length == 0) {
        return null;
      }
      double[][] byLevel = new double[levels.length][];
      Arrays.setAll(byLevel, k -> over(intervals[k], count * scale));
      return new DistributionScore(
          taus.clone(),
          over(pinball, count * stepCrps.length * scale),
          over(stepPinball, count * taus.length * scale),
          over(stepCrps, count * scale),
          byLevel);
    }

    private static double[] over(double[] sums, double divisor) {
      return Arrays.stream(sums).map(sum -> sum / divisor).toArray();
    }
  }
}
