package dev.weir.forecast;

import dev.weir.model.Mode;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A forecast of the next values of one series. (series, origin, mode) identifies it. The caller
 * owns its arrays. Steps are counted from 1:
 *
 * <pre>{@code
 * next.value(1); // of the next value, its median
 * next.lower(0.8, 1); // the interval with a nominal coverage of 80 %:
 * next.upper(0.8, 1); // lower and upper end
 * next.quantile(0.9, 1); // the same as upper(0.8, 1)
 * }</pre>
 *
 * @param series which series
 * @param origin time of the newest value used, milliseconds since 1970 in UTC
 * @param windowStart time of the oldest value in the window
 * @param seqLen values in the window; fewer than the model's while the series is young
 * @param mode which outputs of the network are the forecast
 * @param times time of each step; null while the series' spacing is unknown
 * @param steps the forecasts of each step
 * @param model name of the model; empty when none took part
 * @param modelVersion its version; -1 when none took part
 * @param learningSteps training steps of the series' own copy so far
 * @param status how far it can be trusted
 * @param covariatesMissing missing covariates known ahead of its steps
 * @param explanation parts of the first value; null if forecasts are not explained
 */
public record Forecast(
    String series,
    long origin,
    long windowStart,
    int seqLen,
    Mode mode,
    long[] times,
    Steps steps,
    String model,
    long modelVersion,
    long learningSteps,
    Status status,
    int covariatesMissing,
    Explanation explanation)
    implements Output {

  /** The version of a forecast in which no model took part. */
  public static final long NO_VERSION = -1;

  /**
   * The forecasts, the nearest step first.
   *
   * @param value of each step, its median; finite
   * @param mean the expected value of each; equal to the value while its errors are unknown; finite
   * @param intervals narrowest first, each within the next; may be empty
   */
  public record Steps(double[] value, double[] mean, List<Interval> intervals) {

    /** Forecasts whose errors are unknown. */
    public Steps(double[] value, List<Interval> intervals) {
      this(value, value, intervals);
    }

    /** Approximate bytes in memory. */
    public long bytes() {
      return (2 + 2L * intervals.size()) * (16 + 8L * value.length);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Steps s
          && Arrays.equals(value, s.value)
          && Arrays.equals(mean, s.mean)
          && intervals.equals(s.intervals);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }
  }

  /**
   * A prediction interval.
   *
   * @param level nominal coverage
   * @param lower lower end at each step
   * @param upper upper end at each step
   */
  public record Interval(double level, double[] lower, double[] upper) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Interval i
          && Double.compare(level, i.level) == 0
          && Arrays.equals(lower, i.lower)
          && Arrays.equals(upper, i.upper);
    }

    @Override
    public int hashCode() {
      return Double.hashCode(level);
    }
  }

  /** How far a forecast can be trusted. The names are in topics and never change. */
  public enum Status {
    /** The window is not full yet: the last value, repeated. */
    WARMUP,
    /** The model's forecast. */
    OK,
    /** The last value, repeated: there is no model yet, or it gave no finite number. */
    FALLBACK
  }

  /** Number of forecast values. */
  public int horizon() {
    return steps.value.length;
  }

  /** The forecast of each step, nearest first. */
  public double[] values() {
    return steps.value;
  }

  /** Narrowest first, each within the next; may be empty. */
  public List<Interval> intervals() {
    return steps.intervals;
  }

  /**
   * Time of a step; null while the spacing of the series is unknown.
   *
   * @param step 1 to {@link #horizon}
   */
  public Instant time(int step) {
    int i = index(step);
    return times == null ? null : Instant.ofEpochMilli(times[i]);
  }

  /**
   * The forecast of a step, which is its median.
   *
   * @param step 1 to {@link #horizon}
   */
  public double value(int step) {
    return steps.value[index(step)];
  }

  /**
   * The expected value of a step: the mean of the predictive distribution, where {@link #value} is
   * the median. For counts with many zeros the median is zero and the mean is not; means add up
   * over steps and series.
   *
   * @param step 1 to {@link #horizon}
   */
  public double mean(int step) {
    return steps.mean[index(step)];
  }

  /** Nominal coverages of the intervals, ascending; empty at first. */
  public List<Double> levels() {
    return steps.intervals.stream().map(Interval::level).toList();
  }

  /**
   * The lower end of an interval.
   *
   * @param level one of {@link #levels}
   * @param step 1 to {@link #horizon}
   */
  public double lower(double level, int step) {
    return interval(level).lower()[index(step)];
  }

  /** The upper end of an interval, as {@link #lower}. */
  public double upper(double level, int step) {
    return interval(level).upper()[index(step)];
  }

  /**
   * A quantile of a step: its forecast for 0.5, else the end of an interval, such as the lower one
   * of level 0.8 for 0.1. Where most values of a series are equal and none is below, the upper end
   * of a level above 0.9 is a smaller quantile, at least 0.95, so that the interval holds its
   * share.
   *
   * @param probability of a smaller value; 0.5, or (1 - level) / 2 or (1 + level) / 2
   * @throws IllegalArgumentException for another probability
   */
  public double quantile(double probability, int step) {
    int i = index(step);
    if (probability == 0.5) {
      return steps.value[i];
    }
    for (Interval interval : steps.intervals) {
      if (Math.abs(Math.abs(2 * probability - 1) - interval.level()) < 1e-9) {
        return (probability < 0.5 ? interval.lower() : interval.upper())[i];
      }
    }
    throw new IllegalArgumentException(
        "probability: expected 0.5 or an end of an interval of %s, got %s"
            .formatted(levels(), probability));
  }

  private Interval interval(double level) {
    for (Interval interval : steps.intervals) {
      if (interval.level() == level) {
        return interval;
      }
    }
    throw new IllegalArgumentException(
        "level: expected one of %s, got %s".formatted(levels(), level));
  }

  private int index(int step) {
    if (step < 1 || step > horizon()) {
      throw new IllegalArgumentException(
          "step: expected 1 to %d, got %d".formatted(horizon(), step));
    }
    return step - 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Forecast f
        && origin == f.origin
        && windowStart == f.windowStart
        && seqLen == f.seqLen
        && mode == f.mode
        && modelVersion == f.modelVersion
        && learningSteps == f.learningSteps
        && status == f.status
        && covariatesMissing == f.covariatesMissing
        && series.equals(f.series)
        && model.equals(f.model)
        && Arrays.equals(times, f.times)
        && steps.equals(f.steps)
        && Objects.equals(explanation, f.explanation);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * series.hashCode() + Long.hashCode(origin)) + mode.hashCode();
  }

  @Override
  public String toString() {
    return "Forecast[%s %s %s %s v%d %s %s]"
        .formatted(
            series,
            Instant.ofEpochMilli(origin),
            mode.label(),
            model,
            modelVersion,
            status,
            Arrays.toString(steps.value));
  }
}
