package dev.weir.forecast;

import java.util.Locale;

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

  /** As records and metrics name it, in lower case. */
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
