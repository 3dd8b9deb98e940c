package dev.weir.option;

/** The options of bounds, which the job file, SQL and the command line share. */
public final class BoundsOptions {

  private static final double LARGEST = 1e30;
  private static final String BOUNDED =
      "safe: forecasts are within the new ones from each series' next value on";

  public static final Option<Double> MIN =
      bound("min", "Least value of each series: no forecast and no interval goes below it.");
  public static final Option<Double> MAX =
      bound("max", "Greatest value of each series: no forecast and no interval goes above it.");
  public static final Option<Boolean> INTEGER =
      Option.flag(
              "bounds.integer",
              false,
              "Whether the values are whole numbers, such as counts: forecasts are rounded to the"
                  + " nearest one, intervals outward.")
          .change(BOUNDED);

  private BoundsOptions() {}

  private static Option<Double> bound(String name, String description) {
    return Option.number("bounds." + name, -LARGEST, LARGEST, null, description).change(BOUNDED);
  }
}
