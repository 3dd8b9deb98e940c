package dev.weir.forecast;

/**
 * A record that could not be used, with its bytes as they came and the reason.
 *
 * @param reason the kind of failure, for counting and filtering
 * @param message what was expected and what came, in one line
 * @param source the record
 */
public record DeadLetter(Reason reason, String message, SourceRecord source)
    implements InputEvent, ModelEvent, CovariateEvent, Output {

  /** What to do about late observations. */
  public static final String LATE_ADVICE =
      "raise window.out-of-orderness; docs/time.md, Order, corrections, lateness";

  /** Kinds of failure. The names go to topics and metrics and never change. */
  public enum Reason {
    /** The bytes are not what they should be: Avro, or the format of the job file. */
    MALFORMED,
    /** A field that the job file names is missing, or holds something else. */
    FIELD,
    /** The record has no value. */
    NULL_VALUE,
    /** The series' name is empty or too long. */
    SERIES,
    /** The value or a feature is not a finite number. */
    NOT_FINITE,
    /** The time is before 1970 or too far ahead. */
    TIME,
    /** The number of features is not the job's. */
    FEATURES,
    /** The series has already moved past this time. */
    LATE,
    /** A model that the job cannot use. */
    MODEL,
    /** A label that belongs to no window, or to a class that there may not be. */
    LABEL,
    /** Feedback on an incident or a series that does not exist. */
    FEEDBACK,
    /** A new series, and its task has as many as it may keep. */
    SERIES_LIMIT,
    /** The schema that a registry has, or should have, is not to be had or is of something else. */
    SCHEMA,
    /** A result that is larger than its topic, or the job's producer, takes. */
    TOO_LARGE
  }
}
