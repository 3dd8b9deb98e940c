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
 *
 * @param training values in order of time
 * @param truth the values after them: as many as are forecast; NaN where there is no value, which
 *     is not scored
 * @param m season of the scores; 1 for none
 * @param missing indices of training values that are filled in
 * @param scale 0 where the training part repeats itself each season, or is not longer than one
 */
record Holdout(
    String series, double[] training, double[] truth, int m, BitSet missing, double scale) {

  private static final double FLOOR = 1e-9;

  Holdout(String series, double[] training, double[] truth, int m, BitSet missing) {
    this(
        series,
        training,
        truth,
        m,
        missing,
        Evaluation.meanDifference(training, missing, training.length, m, false));
  }

  /** Sum of |truth| over the steps. */
  double absoluteTruth() {
    return Arrays.stream(truth).filter(Double::isFinite).map(Math::abs).sum();
  }

  /** The value a whole number of seasons before each step; the newest value if m is 1. */
  double[] seasonalNaive() {
    double[] forecast = new double[truth.length];
    int season = Math.min(m, training.length);
    for (int i = 0; i < forecast.length; i++) {
      forecast[i] = training[training.length - season + i % season];
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
    double squares = Evaluation.meanDifference(training, missing, training.length, 1, true);
    double squaredScale = Math.max(FLOOR, Math.sqrt(squares));
    return sums.score(scale > 0 ? scale : 1, squaredScale, naive.meanError());
  }
}
