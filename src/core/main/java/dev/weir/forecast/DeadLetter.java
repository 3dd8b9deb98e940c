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

  /** Advice on late observations. */
  public static final String LATE_ADVICE =
      "raise window.out-of-orderness; docs/time.md, Order, corrections, lateness";

  /** Kinds of failure. The names are in topics and metrics and never change. */
  public enum Reason {
    /** The bytes are invalid in their format: Avro, or the format of the job file. */
    MALFORMED,
    /** A field that the job file names is missing or has another type. */
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
    /** A label of no window, or of a class that is not allowed. */
    LABEL,
    /** Feedback on an incident or a series that does not exist. */
    FEEDBACK,
    /** A new series, beyond the task's limit. */
    SERIES_LIMIT,
    /** The schema in a registry is unavailable or is of another kind. */
    SCHEMA,
    /** A result that exceeds the limit of its topic or of the job's producer. */
    TOO_LARGE
  }
}
