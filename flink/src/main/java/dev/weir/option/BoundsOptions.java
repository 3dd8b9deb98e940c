package dev.weir.option;

import dev.weir.forecast.Bounds;
import java.util.List;

/** The options of bounds, which the job file, SQL and the command line share. */
public final class BoundsOptions {

  /** Larger values are learned as this. */
  private static final double LARGEST = 1e30;

  private static final String NUMBER = "a number from -1e30 to 1e30";

  public static final Option<Double> MIN =
      bound("min", "Least value of each series: no forecast and no interval goes below it.");
  public static final Option<Double> MAX =
      bound("max", "Greatest value of each series: no forecast and no interval goes above it.");
  public static final Option<Boolean> INTEGER =
      Option.flag(
          "bounds.integer",
          false,
          "Whether the values are whole numbers, such as counts: forecasts are rounded to the"
              + " nearest one, intervals outward.");

  public static final List<Option<?>> ALL = List.of(MIN, MAX, INTEGER);

  private BoundsOptions() {}

  /**
   * The bounds of all three.
   *
   * @param min null for none
   * @param max null for none
   * @throws IllegalArgumentException with one line if one is too large or they contradict each
   *     other
   */
  public static Bounds bounds(Double min, Double max, boolean integer) {
    check("min", min);
    check("max", max);
    return new Bounds(
        min == null ? Bounds.NONE.min() : min, max == null ? Bounds.NONE.max() : max, integer);
  }

  private static Option<Double> bound(String name, String description) {
    return new Option<>(
        "bounds." + name, Option.Type.NUMBER, NUMBER, null, description, BoundsOptions::number);
  }

  private static double number(String text) {
    double value = Double.parseDouble(text);
    if (!isUsable(value)) {
      throw new IllegalArgumentException(text);
    }
    return value;
  }

  private static void check(String name, Double bound) {
    if (bound != null && !isUsable(bound)) {
      throw new IllegalArgumentException("%s: expected %s, got %s".formatted(name, NUMBER, bound));
    }
  }

  private static boolean isUsable(double bound) {
    return Math.abs(bound) <= LARGEST; // not NaN either
  }
}
