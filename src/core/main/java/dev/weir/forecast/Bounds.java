package dev.weir.forecast;

import java.io.Serializable;

/**
 * The range of a series' values, and whether they are whole numbers, such as counts. Moves
 * forecasts and the ends of their intervals to such values: a forecast to the nearest one, a lower
 * end down and an upper end up, so that rounding never narrows an interval.
 *
 * <p>Immutable and thread-safe; allocates nothing for a forecast. {@link #NONE} returns each number
 * unchanged. NaN stays NaN.
 *
 * <pre>{@code
 * Bounds counts = new Bounds(0, 40, true);
 * counts.value(2.6); // 3
 * counts.lower(-1.2); // 0
 * counts.upper(5.1); // 6
 * }</pre>
 *
 * @param min least value; negative infinity for none
 * @param max greatest value; infinity for none
 * @param integer whether values are whole numbers
 */
public record Bounds(double min, double max, boolean integer) implements Serializable {

  /** Any number. */
  public static final Bounds NONE =
      new Bounds(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, false);

  /** Larger values are learned as this. */
  private static final double LARGEST = 1e30;

  /**
   * The bounds of two optional limits.
   *
   * @param min null for none
   * @param max null for none
   * @throws IllegalArgumentException with one line if one is too large or they contradict each
   *     other
   */
  public static Bounds of(Double min, Double max, boolean integer) {
    check("min", min);
    check("max", max);
    return new Bounds(min == null ? NONE.min : min, max == null ? NONE.max : max, integer);
  }

  private static void check(String name, Double bound) {
    if (bound != null && !isUsable(bound)) {
      throw new IllegalArgumentException(
          "%s: expected a number from -1e30 to 1e30, got %s".formatted(name, bound));
    }
  }

  /** Whether it is a valid limit. */
  public static boolean isUsable(double bound) {
    return Math.abs(bound) <= LARGEST; // not NaN either
  }

  /**
   * @throws IllegalArgumentException if {@code min} is not below {@code max}, or with {@code
   *     integer} one of them is not a whole number
   */
  public Bounds {
    if (!(min < max)) { // also for NaN
      throw new IllegalArgumentException(
          "min: expected less than max (%s), got %s".formatted(max, min));
    }
    checkWhole("min", min, integer);
    checkWhole("max", max, integer);
  }

  private static void checkWhole(String name, double bound, boolean integer) {
    if (integer && Double.isFinite(bound) && bound != Math.rint(bound)) {
      throw new IllegalArgumentException(
          "%s: expected a whole number with integer, got %s".formatted(name, bound));
    }
  }

  /** Whether every number is within, as in {@link #NONE}. */
  public boolean isUnbounded() {
    return !integer && min == Double.NEGATIVE_INFINITY && max == Double.POSITIVE_INFINITY;
  }

  /** The value within the bounds that is nearest; of two whole numbers the even one. */
  public double value(double value) {
    return clip(integer ? Math.rint(value) : value);
  }

  /** The lower end of an interval, moved out to the next whole number, and within the bounds. */
  public double lower(double end) {
    return clip(integer ? Math.floor(end) : end);
  }

  /** The upper end of an interval, in the same way. */
  public double upper(double end) {
    return clip(integer ? Math.ceil(end) : end);
  }

  /** Replaces each forecast by its {@link #value}. */
  public void apply(double[] values) {
    apply(values, 0);
  }

  /**
   * As above, for forecasts relative to another value.
   *
   * @param anchor the value that they are relative to
   */
  public void apply(double[] relative, double anchor) {
    if (isUnbounded()) {
      return;
    }
    for (int i = 0; i < relative.length; i++) {
      relative[i] = value(anchor + relative[i]) - anchor;
    }
  }

  /**
   * Moves quantiles to values within the bounds, as ends of intervals.
   *
   * @param quantiles (2 levels + 1), ascending, relative to the forecast, the median in the middle;
   *     overwritten
   */
  public void applyToQuantiles(double[] quantiles, double forecast) {
    if (isUnbounded()) {
      return;
    }
    int median = quantiles.length / 2;
    for (int k = 0; k < median; k++) {
      int above = quantiles.length - 1 - k;
      quantiles[k] = lower(forecast + quantiles[k]) - forecast;
      quantiles[above] = upper(forecast + quantiles[above]) - forecast;
    }
  }

  private double clip(double value) {
    if (isUnbounded()) {
      return value;
    }
    return Math.max(min, Math.min(max, value)) + 0.0; // no -0
  }
}
