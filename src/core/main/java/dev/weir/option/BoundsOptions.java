package dev.weir.option;

import dev.weir.forecast.Bounds;
import java.util.List;

/** The options of bounds, which the job file, SQL and the command line share. */
public final class BoundsOptions {

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

  private static Option<Double> bound(String name, String description) {
    return new Option<>(
        "bounds." + name, Option.Type.NUMBER, NUMBER, null, description, BoundsOptions::number);
  }

  private static double number(String text) {
    double value = Numbers.option(text);
    if (!Bounds.isUsable(value)) {
      throw new IllegalArgumentException(text);
    }
    return value;
  }
}
