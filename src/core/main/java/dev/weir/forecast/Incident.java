package dev.weir.forecast;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * A report on successive surprising values of one series. (series, start) identifies the incident,
 * and (id, event, severity, reason) the record.
 *
 * @param series which series
 * @param id of the incident, the same in all its records, see {@link #id(String, long)}
 * @param event whether it opened, changed or closed
 * @param time time of the value that caused the event, milliseconds since 1970 in UTC
 * @param start time of the first surprising value; of a silence that of the value before it
 * @param end time of the last surprising value so far
 * @param values observed from start to end; of a silence the number missing
 * @param worst the most surprising one so far
 * @param reason why it is unusual; {@link Reason#BREAK} once a change of the series has lasted
 * @param severity by its surprise
 * @param newest values up to time, oldest first; none if the series was dropped
 * @param model name of the model in the forecasts; empty when none took part
 * @param modelVersion its version; -1 when none took part
 * @param warning the predicted crossing if the reason is a threshold; else null. Then the worst
 *     value is the one at which the probability was largest, its expected value that of the
 *     crossing, and its surprise 0
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
    long modelVersion,
    Warning warning)
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

  /** Why a value is unusual. */
  public enum Reason {

    /** The value is outside the range of all values so far, or repeats for unusually long. */
    NOVELTY,

    /** The mean of the last ten values is far from the long-run mean. */
    LEVEL,

    /** The mean of the last 40 errors, with their signs, is far from zero. */
    DRIFT,

    /** The value, or a spike that ended with it, is far from its forecast. */
    ERROR,

    /** The level, the season or the size of the errors has changed, and has lasted. */
    BREAK,

    /** A limit will probably be crossed. No value is unusual yet. */
    THRESHOLD,

    /** The series has no values. */
    SILENCE;

    /** Reasons of the values of a series. All but a break may raise an alarm. */
    public static final List<Reason> OF_VALUES = List.of(NOVELTY, LEVEL, DRIFT, ERROR, BREAK);

    /** Reasons with evidence, in the order of the constants; their incidents can be dismissed. */
    public static final List<Reason> OF_EVIDENCE = List.of(NOVELTY, LEVEL, DRIFT, ERROR);

    /** The name in options and results, in lower case. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Of a record.
     *
     * @throws IllegalArgumentException if there is no such reason
     */
    public static Reason ofLabel(String label) {
      return among(List.of(values()), label, "a reason");
    }

    /**
     * One of {@link #OF_VALUES}.
     *
     * @throws IllegalArgumentException if there is no such reason
     */
    public static Reason of(String label) {
      return among(OF_VALUES, label, "novelty, level, drift, error or break");
    }

    /**
     * One of {@link #OF_EVIDENCE}.
     *
     * @throws IllegalArgumentException if there is no such reason
     */
    public static Reason ofEvidence(String label) {
      return among(OF_EVIDENCE, label, "novelty, level, drift or error");
    }

    private static Reason among(List<Reason> reasons, String label, String expected) {
      for (Reason reason : reasons) {
        if (reason.label().equals(label)) {
          return reason;
        }
      }
      throw new IllegalArgumentException("expected %s, got '%s'".formatted(expected, label));
    }
  }

  /** How serious an incident is, by the surprise of its worst value. */
  public enum Severity {

    /** A surprise below 3. */
    LOW,

    /** A surprise of 3 to 4: at most once in 1,000 values. */
    MEDIUM,

    /** A surprise of 4 or more: at most once in 10,000 values. */
    HIGH;

    private static final double MEDIUM_FROM = 3;
    private static final double HIGH_FROM = 4;

    public static Severity of(double surprise) {
      if (surprise >= HIGH_FROM) {
        return HIGH;
      }
      return surprise >= MEDIUM_FROM ? MEDIUM : LOW;
    }

    /** The name in records and metrics, in lower case. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException if there is no such severity
     */
    public static Severity ofLabel(String label) {
      for (Severity severity : values()) {
        if (severity.label().equals(label)) {
          return severity;
        }
      }
      throw new IllegalArgumentException("expected low, medium or high, got '%s'".formatted(label));
    }
  }

  /** Change of an incident at a value. */
  public enum Event {
    OPENED,
    UPDATED,
    CLOSED
  }

  /** An observed value. */
  public record Value(long time, double value) {}

  /** Outcome of a warning. */
  public enum Outcome {
    /** The limit was crossed, by the newest value. */
    CROSSED,
    /** It was not crossed within the predicted values. */
    MISSED,
    /** Unknown: the series was dropped, or the threshold was removed. */
    DROPPED;

    /** The name in records, in lower case. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException if there is no such outcome
     */
    public static Outcome ofLabel(String label) {
      for (Outcome outcome : values()) {
        if (outcome.label().equals(label)) {
          return outcome;
        }
      }
      throw new IllegalArgumentException(
          "expected crossed, missed or dropped, got '%s'".formatted(label));
    }
  }

  /**
   * A predicted crossing of a limit.
   *
   * @param limit in units of the series
   * @param above whether by a larger value; else by a smaller one
   * @param within number of values ahead
   * @param probability the largest so far that at least one of these values is beyond the limit
   * @param crossing time at which half of this probability is reached, milliseconds since 1970;
   *     null if the spacing of the values is unknown
   * @param outcome null while the warning is open
   */
  public record Warning(
      double limit, boolean above, int within, double probability, Long crossing, Outcome outcome) {

    /** The name of the direction in options and records. */
    public String direction() {
      return above ? "above" : "below";
    }
  }

  public Incident {
    newest = List.copyOf(newest);
  }

  /** The id of an incident: the same whenever the same values are read. */
  public static String id(String series, long start) {
    return uuid(series + "\n" + start);
  }

  /** The id of a warning: several may begin at one value. */
  public static String id(String series, long start, double limit, boolean above, int within) {
    return uuid(series + "\n" + start + "\n" + (above ? ">" : "<") + limit + "\n" + within);
  }

  /**
   * The id of a silence.
   *
   * @param last time of the value before it
   */
  public static String silenceId(String series, long last) {
    return uuid(series + "\n" + last + "\nsilence");
  }

  private static String uuid(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Whether it is still open. */
  public boolean isOpen() {
    return event != Event.CLOSED;
  }

  /** From the first to the last surprising value, in milliseconds. */
  public long duration() {
    return end - start;
  }
}
