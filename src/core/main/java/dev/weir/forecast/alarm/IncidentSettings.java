package dev.weir.forecast.alarm;

import dev.weir.forecast.Incident.Reason;
import java.io.Serializable;
import java.util.Objects;

/**
 * Which alarms of a series become incidents, and when an incident ends. Immutable.
 *
 * @param alarms the budget of alarms, and their reasons
 * @param minDuration values from the first to the last surprising one before an incident is
 *     reported; 1: at once
 * @param quiet values without a surprising one that close an incident
 * @param silence when a series without values has an incident
 */
public record IncidentSettings(AlarmSettings alarms, int minDuration, int quiet, Silence silence)
    implements Serializable {

  public static final int DEFAULT_MIN_DURATION = 1;
  public static final int DEFAULT_QUIET = 10;

  /** Of both numbers of values. */
  public static final int MAX_VALUES = 10_000;

  public IncidentSettings {
    check("min-duration", minDuration);
    check("quiet", quiet);
  }

  /** Without incidents of silence. */
  public IncidentSettings(AlarmSettings alarms, int minDuration, int quiet) {
    this(alarms, minDuration, quiet, Silence.OFF);
  }

  private static void check(String what, int values) {
    if (values < 1 || values > MAX_VALUES) {
      throw new IllegalArgumentException(
          "%s: expected 1 to %d values, got %d".formatted(what, MAX_VALUES, values));
    }
  }

  /** Each alarm at once, until ten values without a surprising one. */
  public static IncidentSettings defaults() {
    return new IncidentSettings(AlarmSettings.defaults(), DEFAULT_MIN_DURATION, DEFAULT_QUIET);
  }

  /** The same with another budget. */
  public IncidentSettings with(AlarmRate budget) {
    return new IncidentSettings(
        new AlarmSettings(budget, alarms.reasons()), minDuration, quiet, silence);
  }

  /** Differs between settings; the same in each JVM. */
  long id() {
    long reasons = 0;
    for (Reason reason : alarms.reasons()) {
      reasons |= 1L << reason.ordinal();
    }
    return (long)
                Objects.hash(
                    alarms.budget().alarms(), alarms.budget().millis(), reasons, minDuration, quiet)
            << 32
        | reasons;
  }
}
