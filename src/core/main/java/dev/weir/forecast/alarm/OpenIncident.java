package dev.weir.forecast.alarm;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.List;

/**
 * An incident of a series: surprising values that follow each other. Part of its {@link
 * SeriesAlarms}. Mutable, not thread-safe.
 */
public final class OpenIncident {

  /** Bytes of its numbers. */
  static final int BYTES = 5 * Long.BYTES + 4 * Double.BYTES + 3;

  long start;
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
  boolean dismissed; // to be closed at the next value

  OpenIncident(long start) {
    this.start = start;
    this.end = start;
  }

  /** Declares the fields; fails if those read are invalid. */
  OpenIncident fields(StateFields fields) throws IOException {
    start = fields.number("start", start);
    end = fields.number("end", end);
    values = fields.number("values", values);
    since = fields.number("values after it", since);
    worstTime = fields.number("time of the worst value", worstTime);
    worst = fields.number("worst value", worst);
    expected = fields.number("its forecast", expected);
    error = fields.number("its error", error);
    surprise = fields.number("its surprise", surprise);
    reason = fields.choice("reason", reason, Reason.OF_VALUES);
    reported = fields.choice("reported severity", reported, List.of(Severity.values()));
    dismissed = fields.flag("dismissed", dismissed);
    if (fields.reads() && !isSound()) {
      throw new IOException("alarms: expected an incident, got other numbers");
    }
    return this;
  }

  private boolean isSound() {
    return start <= worstTime
        && worstTime <= end
        && values >= 1
        && values <= Long.MAX_VALUE / 2
        && since >= 0
        && since <= IncidentSettings.MAX_VALUES
        && Double.isFinite(worst)
        && !Double.isInfinite(expected)
        && !Double.isInfinite(error)
        && surprise >= 0
        && surprise <= AlarmDetector.MAX_SURPRISE
        && reason != null;
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
    copy.dismissed = dismissed;
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
