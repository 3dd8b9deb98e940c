package dev.weir.option;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The options that say which days are holidays of which series. */
public final class HolidayOptions {

  private static final String OVERRIDES = "holidays.overrides[].";
  private static final String KEPT =
      "safe, what was learned of holidays stays; the first ones or the last: "
          + Option.LEARNS_AGAIN;
  private static final int MAX_REGIONS = 50;

  /** A name is compared with each, once for each series. */
  public static final int MAX_OVERRIDES = 100;

  public static final Option<List<String>> REGIONS =
      regions(
              "holidays.regions",
              "Countries or their parts, ISO 3166, whose public holidays the mixture knows ahead, or"
                  + " regions of holidays.file; holidays: [DE-BE] for short.")
          .change(KEPT);
  public static final Option<String> FILE =
      Option.text(
              "holidays.file",
              null,
              "CSV file of holidays of your own, with the header date or date,region; a day without a"
                  + " region is one of all series. A relative path starts at the job file.")
          .change(KEPT);
  public static final Option<Pattern> SERIES =
      Option.pattern(
              OVERRIDES + "series", "Series whose whole name matches; the first entry counts.")
          .change(KEPT);
  public static final Option<List<String>> SERIES_REGIONS =
      regions(OVERRIDES + "regions", "The regions of these series; none for no holidays.")
          .change(KEPT);

  private HolidayOptions() {}

  /**
   * Why series that are observed in such an interval can't have holidays, in one line; null if they
   * can.
   *
   * @param interval null for windows by count
   */
  public static String problemWith(Duration interval) {
    return interval == null || Duration.ofDays(1).toMillis() % interval.toMillis() == 0
        ? null
        : "expected a part of a day with holidays, such as PT1H, got " + interval;
  }

  private static Option<List<String>> regions(String key, String description) {
    return Option.list(
        key,
        "a list of regions such as DE or DE-BE",
        List.of(),
        MAX_REGIONS,
        description,
        HolidayOptions::region);
  }

  private static String region(String text) {
    if (text.isBlank() || text.length() > 100) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }
}
