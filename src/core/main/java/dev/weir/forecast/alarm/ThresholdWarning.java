package dev.weir.forecast.alarm;

import dev.weir.forecast.StateFields;
import java.io.IOException;

/** A warning that is open. Part of a {@link ThresholdState}. Mutable, not thread-safe. */
public final class ThresholdWarning {

  /** Bytes of its numbers. */
  static final int BYTES = 6 * Long.BYTES + 3 * Double.BYTES;

  /** An unknown {@link #crossing}. */
  public static final long NO_TIME = Long.MIN_VALUE;

  long start;
  long end;
  long values = 1; // from start to end
  long since; // after end
  long time;
  double value;
  double forecast;
  double probability;
  long crossing;

  ThresholdWarning(long start) {
    this.start = start;
    this.end = start;
  }

  /** Declares the fields; fails if those read are invalid. */
  ThresholdWarning fields(StateFields fields) throws IOException {
    start = fields.number("start", start);
    end = fields.number("end", end);
    values = fields.number("values", values);
    since = fields.number("values after it", since);
    time = fields.number("time of the largest probability", time);
    crossing = fields.number("time of crossing", crossing);
    value = fields.number("value", value);
    forecast = fields.number("forecast", forecast);
    probability = fields.number("probability", probability);
    if (fields.reads()) {
      ThresholdState.check(start <= time && time <= end, "times in order");
      ThresholdState.check(values >= 1 && values <= Long.MAX_VALUE / 2, "a count of values");
      ThresholdState.check(since >= 0 && since <= Long.MAX_VALUE / 2, "a count of values");
      ThresholdState.check(probability >= 0 && probability <= 1, "a probability");
      ThresholdState.check(Double.isFinite(value) && Double.isFinite(forecast), "a value");
    }
    return this;
  }

  public ThresholdWarning copy() {
    ThresholdWarning copy = new ThresholdWarning(start);
    copy.end = end;
    copy.values = values;
    copy.since = since;
    copy.time = time;
    copy.value = value;
    copy.forecast = forecast;
    copy.probability = probability;
    copy.crossing = crossing;
    return copy;
  }

  /** Time of the value at which it began, milliseconds since 1970. */
  public long start() {
    return start;
  }

  /** Time of the last value at which the probability was large enough. */
  public long end() {
    return end;
  }

  /** Values from start to end. */
  public long values() {
    return values;
  }

  /** Time of the value at which the probability was largest; the first of several. */
  public long time() {
    return time;
  }

  /** The value at that time. */
  public double value() {
    return value;
  }

  /** The forecast for {@link #crossing} at that time. */
  public double forecast() {
    return forecast;
  }

  /** The largest probability so far. */
  public double probability() {
    return probability;
  }

  /**
   * Time at which half of this probability is reached; {@link #NO_TIME} without a spacing of
   * values.
   */
  public long crossing() {
    return crossing;
  }
}
