package dev.weir.forecast;

import dev.weir.model.Mode;
import java.util.Arrays;
import java.util.List;

/**
 * How the forecasts of one series have done so far, told when a value arrived.
 *
 * @param series which series
 * @param time time of the value, milliseconds since 1970 in UTC
 * @param mode which of the series' forecasts
 * @param value the value
 * @param scored values scored so far
 * @param errors mean absolute error so far of each step ahead that has met its truth, nearest first
 * @param mae mean absolute error so far, over all values and steps
 * @param mase the same over that of seasonal naive on the same values; NaN while unknown
 * @param level share of the truth that the interval is meant to hold; NaN without an interval
 * @param coverage share that it did hold; NaN while unknown
 * @param methods baselines and experts on the same values and steps
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
    List<Method> methods)
    implements Output {

  /**
   * One baseline or expert.
   *
   * @param name its name
   * @param mae its mean absolute error: of a baseline so far, of an expert lately
   * @param share its share in the forecast just made; 0 for one that takes no part
   */
  public record Method(String name, double mae, double share) {}

  public Score {
    methods = List.copyOf(methods);
  }

  /** An error over another; NaN where that says nothing: beside almost none any is infinite. */
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
        && methods.equals(s.methods);
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
