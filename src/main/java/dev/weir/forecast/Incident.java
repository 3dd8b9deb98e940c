package dev.weir.forecast;

import dev.weir.forecast.alarm.IncidentTracker.Event;
import dev.weir.forecast.alarm.Reason;
import dev.weir.forecast.alarm.Severity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * What is reported of surprising values of one series that follow each other. (series, start) names
 * the incident, and (id, event, severity, reason) the record.
 *
 * @param series which series
 * @param id of the incident, the same in all its records, see {@link #id(String, long)}
 * @param event what became of it
 * @param time time of the value at which this was decided, milliseconds since 1970 in UTC
 * @param start time of the first surprising value
 * @param end time of the last surprising value so far
 * @param values observed from start to end
 * @param worst the most surprising one so far
 * @param reason what is unusual about it; {@link Reason#BREAK} once a change of the series has
 *     lasted
 * @param severity by its surprise
 * @param newest values up to time, oldest first; none if the series was dropped
 * @param model name of the model in the forecasts; empty when none took part
 * @param modelVersion its version; -1 when none took part
 */
public record Incident(
    String series,
    String id,
    Event event,
    long time,
    long start,
    long end,
    long values,
    Worst worst,
    Reason reason,
    Severity severity,
    List<Value> newest,
    String model,
    long modelVersion)
    implements Output {

  /** Values that each record contains at most. */
  public static final int NEWEST = 12;

  /**
   * The most surprising value of an incident, the first of several.
   *
   * @param time time of the value
   * @param value the value
   * @param expected its forecast one step ahead; NaN without one
   * @param error the value minus its forecast; NaN without one
   * @param surprise -log10 of the chance of a value as unusual, 0 to 5
   */
  public record Worst(long time, double value, double expected, double error, double surprise) {}

  /** An observed value. */
  public record Value(long time, double value) {}

  public Incident {
    newest = List.copyOf(newest);
  }

  /** The id of an incident: the same whenever the same values are read. */
  public static String id(String series, long start) {
    String name = series + "\n" + start;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** From the first to the last surprising value, in milliseconds. */
  public long duration() {
    return end - start;
  }
}
