package dev.weir.core;

import java.time.Instant;

/**
 * What became of an incident at a value: one is opened by a surprising value, updated while more
 * follow, and closed after some quiet values. A warning is an incident with the reason {@link
 * Reason#THRESHOLD}: a limit will probably be crossed.
 *
 * @param series name of the series
 * @param id the same in all that is reported of one incident, and whenever the same values are read
 * @param event what became of it
 * @param time time of the value at which this was decided
 * @param start time of the first surprising value
 * @param end time of the last surprising value so far
 * @param values observed from start to end
 * @param worst the most surprising value
 * @param reason what is unusual
 * @param severity by the surprise of the worst value
 * @param warning what is foretold; null unless the reason is a threshold
 */
public record Incident(
    String series,
    String id,
    Event event,
    Instant time,
    Instant start,
    Instant end,
    long values,
    Worst worst,
    Reason reason,
    Severity severity,
    Warning warning) {

  /** What became of an incident. */
  public enum Event {
    OPENED,
    UPDATED,
    CLOSED
  }

  /** What is unusual. */
  public enum Reason {
    /** Outside the range of all values so far, or the same for unusually long. */
    NOVELTY,
    /** The mean of the last ten values is far from the long-run mean. */
    LEVEL,
    /** The errors of forecasts have had the same sign for long. */
    DRIFT,
    /** Far from the forecast. */
    ERROR,
    /** The series has changed, and the change has lasted. */
    BREAK,
    /** A limit will probably be crossed; no value is unusual yet. */
    THRESHOLD
  }

  /** How serious an incident is: LOW below a surprise of 3, HIGH from 4. */
  public enum Severity {
    LOW,
    MEDIUM,
    HIGH
  }

  /**
   * The most surprising value of an incident, the first of several.
   *
   * @param expected its forecast one step ahead; NaN without one
   * @param surprise -log10 of the chance of a value as unusual, 0 to 5
   */
  public record Worst(Instant time, double value, double expected, double surprise) {}

  /**
   * That a limit will be crossed.
   *
   * @param above whether by a larger value
   * @param within so many values ahead
   * @param probability the largest so far
   * @param crossing when it is expected; null where the spacing of values is not known
   * @param outcome CROSSED, MISSED or DROPPED; null while the warning is open
   */
  public record Warning(
      double limit,
      boolean above,
      int within,
      double probability,
      Instant crossing,
      String outcome) {}

  static Incident of(dev.weir.forecast.Incident incident) {
    dev.weir.forecast.Incident.Worst worst = incident.worst();
    return new Incident(
        incident.series(),
        incident.id(),
        Event.valueOf(incident.event().name()),
        Instant.ofEpochMilli(incident.time()),
        Instant.ofEpochMilli(incident.start()),
        Instant.ofEpochMilli(incident.end()),
        incident.values(),
        new Worst(
            Instant.ofEpochMilli(worst.time()), worst.value(), worst.expected(), worst.surprise()),
        Reason.valueOf(incident.reason().name()),
        Severity.valueOf(incident.severity().name()),
        warning(incident.warning()));
  }

  private static Warning warning(dev.weir.forecast.Incident.Warning warning) {
    return warning == null
        ? null
        : new Warning(
            warning.limit(),
            warning.above(),
            warning.within(),
            warning.probability(),
            warning.crossing() == null ? null : Instant.ofEpochMilli(warning.crossing()),
            warning.outcome() == null ? null : warning.outcome().name());
  }
}
