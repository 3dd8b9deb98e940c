package dev.weir.forecast.alarm;

import java.io.Serializable;
import java.time.Duration;

/**
 * The time without an observation after which a series is silent. Immutable.
 *
 * @param times multiple of the usual time between two observations; 0 if not used
 * @param after a fixed time; null if not used
 */
public record Silence(double times, Duration after) implements Serializable {

  /** Derived from the spacing of each series' observations. */
  public static final Silence AUTO = new Silence(0, null);

  /** Never. */
  public static final Silence OFF = new Silence(0, Duration.ZERO);

  /** As in an option: {@code auto}, {@code off}, {@code 3x} or a duration. */
  @Override
  public String toString() {
    if (after != null) {
      return after.isZero() ? "off" : after.toString();
    }
    return times == 0 ? "auto" : (times + "x").replace(".0x", "x");
  }
}
