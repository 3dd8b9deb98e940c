package dev.weir.forecast.alarm;

import java.io.Serializable;
import java.time.Duration;

/**
 * After how long without an observation a series is silent. Immutable.
 *
 * @param times the usual time between two observations; 0 if something else counts
 * @param after a time; null if something else counts
 */
public record Silence(double times, Duration after) implements Serializable {

  /** Found from how the observations of each series follow each other. */
  public static final Silence AUTO = new Silence(0, null);

  /** Never. */
  public static final Silence OFF = new Silence(0, Duration.ZERO);

  /** As an option says it: {@code auto}, {@code off}, {@code 3x} or a duration. */
  @Override
  public String toString() {
    if (after != null) {
      return after.isZero() ? "off" : after.toString();
    }
    return times == 0 ? "auto" : (times + "x").replace(".0x", "x");
  }
}
