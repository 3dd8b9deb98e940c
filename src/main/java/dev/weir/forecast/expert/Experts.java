package dev.weir.forecast.expert;

import java.util.List;

/** The built-in experts by name. */
public final class Experts {

  /** All names, cheap ones first. */
  public static final List<String> NAMES =
      List.of(
          "naive",
          "weekly-naive",
          "rls-ar",
          "seasonal-profile",
          "log-rls",
          "median-7",
          "median-25",
          "seasonal-median",
          "analogs");

  private Experts() {}

  /**
   * Makes one.
   *
   * @param window values that analogs compare
   * @param neighbours analogs averaged
   * @param reach values that analogs look back
   * @throws IllegalArgumentException when there is none of this name
   */
  public static Expert create(String name, int window, int neighbours, int reach) {
    return switch (name) {
      case "naive" -> new Naive();
      case "weekly-naive" -> new WeeklyNaive();
      case "rls-ar" -> new RlsAr();
      case "seasonal-profile" -> new SeasonalProfile();
      case "log-rls" -> new LogRls();
      case "median-7" -> new RunningMedian(7);
      case "median-25" -> new RunningMedian(25);
      case "seasonal-median" -> new SeasonalMedian();
      case "analogs" -> new Analogs(window, neighbours, reach);
      default ->
          throw new IllegalArgumentException(
              "expert: expected one of %s, got %s".formatted(NAMES, name));
    };
  }
}
