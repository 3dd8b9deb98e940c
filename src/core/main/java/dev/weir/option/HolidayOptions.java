package dev.weir.option;

import java.time.Duration;
import java.util.List;

/** The option that says which days are holidays. */
public final class HolidayOptions {

  private static final String KEPT =
      "safe, what was learned of holidays stays; the first ones or the last: "
          + Option.LEARNS_AGAIN;
  private static final int MAX_REGIONS = 50;

  public static final Option<List<String>> REGIONS =
      Option.list(
              "holidays",
              "a list of regions such as DE or DE-BE",
              List.of(),
              MAX_REGIONS,
              "Countries or their parts, ISO 3166, whose public holidays the mixture knows ahead.",
              HolidayOptions::region)
          .change(KEPT);

  private HolidayOptions() {}

  /**
   * Why series with this interval can't have holidays, in one line; null if they can.
   *
   * @param interval null for windows by count
   */
  public static String problemWith(Duration interval) {
    return interval == null || Duration.ofDays(1).toMillis() % interval.toMillis() == 0
        ? null
        : "expected a part of a day with holidays, such as PT1H, got " + interval;
  }

  private static String region(String text) {
    if (text.isBlank() || text.length() > 100) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }
}
