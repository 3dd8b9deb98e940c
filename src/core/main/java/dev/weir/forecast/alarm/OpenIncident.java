package dev.weir.forecast.alarm;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;

/**
 * An incident of a series: surprising values that follow each other. Part of its {@link
 * SeriesAlarms}. Mutable, not thread-safe.
 */
public final class OpenIncident {

  /** Bytes of its numbers. */
  static final int BYTES = 5 * Long.BYTES + 4 * Double.BYTES + 2;

  final long start;
  long end;
  long values = 1; // from start to end
  long since; // after end
  long worstTime;
  double worst;
  double expected;
  double error;
  double surprise;
  Reason reason;
  Severity reported; // null before the incident is

  OpenIncident(long start) {
    this.start = start;
    this.end = start;
  }

  public OpenIncident copy() {
    OpenIncident copy = new OpenIncident(start);
    copy.end = end;
    copy.values = values;
    copy.since = since;
    copy.worstTime = worstTime;
    copy.worst = worst;
    copy.expected = expected;
    copy.error = error;
    copy.surprise = surprise;
    copy.reason = reason;
    copy.reported = reported;
    return copy;
  }

  /** Time of the first surprising value, milliseconds since 1970. */
  public long start() {
    return start;
  }

  /** Time of the last surprising value so far. */
  public long end() {
    return end;
  }

  /** Values from start to end. */
  public long values() {
    return values;
  }

  /** Time of the worst value: the first of those with the largest surprise. */
  public long worstTime() {
    return worstTime;
  }

  public double worst() {
    return worst;
  }

  /** The forecast of the worst value; NaN if there was none. */
  public double expected() {
    return expected;
  }

  /** The worst value minus its forecast; NaN if there was none. */
  public double error() {
    return error;
  }

  public double surprise() {
    return surprise;
  }

  public Reason reason() {
    return reason;
  }

  public Severity severity() {
    return Severity.of(surprise);
  }

  /** Whether it was reported. */
  public boolean isReported() {
    return reported != null;
  }
}
