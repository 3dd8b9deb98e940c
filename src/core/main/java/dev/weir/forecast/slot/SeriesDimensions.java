package dev.weir.forecast.slot;

/**
 * Sizes that determine the state of an expert.
 *
 * @param horizon steps ahead
 * @param season observations in a season; 1 without a season
 * @param exact newest values that the history keeps unchanged
 * @param tail newest values that it keeps transformed, in single precision
 * @param replay values before the exact ones that it also keeps unchanged, for the network that
 *     combines
 */
public record SeriesDimensions(int horizon, int season, int exact, int tail, int replay) {

  /** Seasons in the longer season: seven days in a week. */
  public static final int WEEK = 7;

  private static final int HOURS = 24; // of a day
  private static final int MINUTES = 1440;

  public SeriesDimensions {
    if (horizon < 1) {
      throw new IllegalArgumentException("horizon: expected at least 1, got " + horizon);
    }
    if (season < 1) {
      throw new IllegalArgumentException("season: expected at least 1, got " + season);
    }
  }

  /** Without values before the exact ones. */
  public SeriesDimensions(int horizon, int season, int exact, int tail) {
    this(horizon, season, exact, tail, 0);
  }

  /** All values kept unchanged. */
  public int kept() {
    return exact + replay;
  }

  /**
   * Seven seasons if the season is a day (of hours, or so many minutes); 1 when it is not, or the
   * history does not reach that far.
   */
  public int week() {
    return isDay(season) ? sevenSeasons() : 1;
  }

  /** Seven seasons, or 1 when there is no season or the history does not reach that far. */
  public int sevenSeasons() {
    int week = WEEK * season;
    return season > 1 && week + horizon + 4 <= exact ? week : 1;
  }

  /** Whether a season is a day: at least hourly, at an interval in minutes. */
  private static boolean isDay(int season) {
    return season >= HOURS && MINUTES % season == 0;
  }
}
