package dev.weir.lab.evaluate;

import dev.weir.cli.evaluate.Evaluation;
import dev.weir.cli.evaluate.SeriesScore;
import dev.weir.forecast.Forecast.Interval;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Scores of one forecast of each series, made at the end of its training part and compared with the
 * values that followed: the protocol of the M competitions (Makridakis et al. 2020) and of most
 * published tables.
 *
 * <p>The scale of MASE and MSIS is the mean |y[t] - y[t-m]| of the training part, m the season of
 * the scores; of a series without one both are over 1, and {@link HoldoutResult} leaves them out.
 * Immutable.
 */
final class Holdout {

  private static final double FLOOR = 1e-9;

  private final String series;
  private final double[] y;
  private final double[] truth;
  private final int m;
  private final BitSet missing;
  private final double scale;

  /**
   * @param training values in order of time, not copied
   * @param truth the values after them, not copied: as many as are forecast; NaN where there is no
   *     value, which is not scored
   * @param m season of the scores; 1 for none
   * @param missing indices of training values that are filled in
   */
  Holdout(String series, double[] training, double[] truth, int m, BitSet missing) {
    this.series = series;
    this.y = training;
    this.truth = truth;
    this.m = m;
    this.scale = Evaluation.meanDifference(y, missing, y.length, m, false);
    this.missing = missing;
  }

  String series() {
    return series;
  }

  /** Season of the scores. */
  int m() {
    return m;
  }

  /**
   * What MASE and MSIS are divided by; 0 where the training part repeats itself each season, or is
   * not longer than one.
   */
  double scale() {
    return scale;
  }

  /** Sum of |truth| over the steps. */
  double absoluteTruth() {
    return Arrays.stream(truth).filter(Double::isFinite).map(Math::abs).sum();
  }

  /** The value a whole number of seasons before each step; the newest value if m is 1. */
  double[] seasonalNaive() {
    double[] forecast = new double[truth.length];
    int season = Math.min(m, y.length);
    for (int i = 0; i < forecast.length; i++) {
      forecast[i] = y[y.length - season + i % season];
    }
    return forecast;
  }

  /**
   * Scores of one forecast. {@link SeriesScore#relMae} is the error over that of {@link
   * #seasonalNaive}.
   *
   * @param forecast (horizon)
   */
  SeriesScore score(double[] forecast, List<Interval> intervals) {
    Evaluation.Sums sums = new Evaluation.Sums(intervals.size());
    sums.add(truth, forecast, intervals);
    Evaluation.Sums naive = new Evaluation.Sums(0);
    naive.add(truth, seasonalNaive(), List.of());
    double squaredScale =
        Math.max(FLOOR, Math.sqrt(Evaluation.meanDifference(y, missing, y.length, 1, true)));
    return sums.score(scale > 0 ? scale : 1, squaredScale, naive.meanError());
  }
}
