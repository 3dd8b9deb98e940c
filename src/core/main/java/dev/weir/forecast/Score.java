package dev.weir.forecast;

import dev.weir.model.Mode;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Errors of one series' forecasts so far, as of the arrival of a value.
 *
 * @param series which series
 * @param time time of the value, milliseconds since 1970 in UTC
 * @param mode which of the series' forecasts
 * @param value the value
 * @param scored values scored so far
 * @param errors mean absolute error so far of each lead time that was observed, nearest first
 * @param mae mean absolute error so far, over all values and steps
 * @param mase {@code mae} over that of seasonal naive on the same values; NaN while unknown
 * @param level nominal coverage of the interval; NaN without an interval
 * @param coverage its actual coverage; NaN while unknown
 * @param methods baselines and experts on the same values and steps
 * @param distribution scores of the predictive distributions; null while unknown
 */
public record Score(
    String series,
    long time,
    Mode mode,
    double value,
    long scored,
    double[] errors,
    double mae,
    double mase,
    double level,
    double coverage,
    List<Method> methods,
    Distribution distribution)
    implements Output {

  /**
   * One baseline, expert or model.
   *
   * @param name its name
   * @param mae its mean absolute error: of an expert the recent one, of others so far
   * @param share its weight in the newest forecast; 0 for one that takes no part
   */
  public record Method(String name, double mae, double share) {

    /** Prefix of an expert. */
    public static final String EXPERT = "expert:";

    /** Prefix of a model outside of Weir. */
    public static final String OUTSIDE = "outside:";

    /**
     * Prefix of the forecasts' own error on the values and steps that an outside model forecast.
     */
    public static final String WEIR_ON = "weir@";

    /** Prefix of that error without outside models. */
    public static final String WITHOUT_OUTSIDE_ON = "weir_without_outside@";
  }

  /**
   * Scores of the predictive distributions so far, in the value's unit; smaller is better. Their
   * quantiles are the ends of the intervals, and the median is the forecast, as issued.
   *
   * @param scored forecasts of one step ahead scored so far
   * @param steps the steps ahead that are scored; the means are over these
   * @param crps mean continuous ranked probability score
   * @param crpsByStep the same of each step
   * @param quantiles ascending
   * @param intervals by level, ascending
   */
  public record Distribution(
      long scored,
      List<Integer> steps,
      double crps,
      List<Double> crpsByStep,
      List<Quantile> quantiles,
      List<Interval> intervals) {

    public Distribution {
      steps = List.copyOf(steps);
      crpsByStep = List.copyOf(crpsByStep);
      quantiles = List.copyOf(quantiles);
      intervals = List.copyOf(intervals);
    }
  }

  /**
   * One quantile.
   *
   * @param quantile its level, within 0 and 1
   * @param loss mean pinball loss
   * @param lossByStep the same of each step
   */
  public record Quantile(double quantile, double loss, List<Double> lossByStep) {
    public Quantile {
      lossByStep = List.copyOf(lossByStep);
    }
  }

  /**
   * One interval.
   *
   * @param level nominal coverage
   * @param score mean of its width plus 2 / (1 - level) times the distance of an observed value
   *     outside
   * @param scoreByStep the same of each step
   */
  public record Interval(double level, double score, List<Double> scoreByStep) {
    public Interval {
      scoreByStep = List.copyOf(scoreByStep);
    }
  }

  public Score {
    methods = List.copyOf(methods);
  }

  /** An error over another; NaN if the ratio is not finite. */
  public static double ratio(double error, double of) {
    double ratio = of > 0 ? error / of : Double.NaN;
    return Double.isFinite(ratio) ? ratio : Double.NaN;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Score s
        && time == s.time
        && mode == s.mode
        && scored == s.scored
        && Double.compare(value, s.value) == 0
        && Double.compare(mae, s.mae) == 0
        && Double.compare(mase, s.mase) == 0
        && Double.compare(level, s.level) == 0
        && Double.compare(coverage, s.coverage) == 0
        && series.equals(s.series)
        && Arrays.equals(errors, s.errors)
        && methods.equals(s.methods)
        && Objects.equals(distribution, s.distribution);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * series.hashCode() + Long.hashCode(time)) + mode.hashCode();
  }

  @Override
  public String toString() {
    return "Score[%s %s %s mae %s of %d]"
        .formatted(series, java.time.Instant.ofEpochMilli(time), mode.label(), mae, scored);
  }
}
