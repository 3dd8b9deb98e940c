package dev.weir.forecast;

import java.util.List;
import java.util.Locale;

/** What is unusual about a value. */
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

  /** A forecast says that a limit will be crossed. No value is unusual yet. */
  THRESHOLD,

  /** The values of several series of a group are unusual together. */
  GROUP;

  /** What the values of a series may be unusual for. All but a break may raise an alarm. */
  public static final List<Reason> OF_VALUES = List.of(NOVELTY, LEVEL, DRIFT, ERROR, BREAK);

  /** As options and results name it, in lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Of a record.
   *
   * @throws IllegalArgumentException if there is no such reason
   */
  public static Reason ofLabel(String label) {
    for (Reason reason : values()) {
      if (reason.label().equals(label)) {
        return reason;
      }
    }
    throw new IllegalArgumentException("expected a reason, got '%s'".formatted(label));
  }

  /**
   * One of {@link #OF_VALUES}.
   *
   * @throws IllegalArgumentException if there is no such reason
   */
  public static Reason of(String label) {
    for (Reason reason : OF_VALUES) {
      if (reason.label().equals(label)) {
        return reason;
      }
    }
    throw new IllegalArgumentException(
        "expected novelty, level, drift, error or break, got '%s'".formatted(label));
  }
}
