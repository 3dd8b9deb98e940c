package dev.weir.forecast.candidate;

import dev.weir.forecast.expert.History;
import java.util.List;

/**
 * Forecasts that cost a few operations each and need no learning: what a season or a week ago was,
 * with or without the level shift since, and the mean change over the same steps in earlier seasons
 * and weeks. All are relative to the value at the origin; those whose past is not there are 0: they
 * repeat that value.
 *
 * <p>They are functions of the history: they can be computed for any origin that it still holds.
 */
final class CheapCandidates {

  /** In the order of {@link #forecast}. */
  static final List<String> NAMES =
      List.of(
          "season-ago",
          "season-ago-shifted",
          "week-ago-shifted",
          "changes-by-season",
          "changes-by-week");

  private static final int SEASON_INCREMENTS = 4;
  private static final int WEEK_INCREMENTS = 3;

  private CheapCandidates() {}

  /**
   * Fills in all of them for one origin and step.
   *
   * @param to (…, as many as there are {@link #NAMES} from {@code at} on)
   */
  static void forecast(History history, long origin, int step, double[] to, int at) {
    int season = history.season();
    int week = history.shape().week();
    double now = history.at(origin);
    to[at] = lag(history, origin, step, season, now);
    to[at + 1] = shifted(history, origin, step, season, season, now);
    to[at + 2] = shifted(history, origin, step, week > 1 ? week : season, season, now);
    double bySeason = increments(history, origin, step, season, SEASON_INCREMENTS);
    double byWeek = increments(history, origin, step, week, WEEK_INCREMENTS);
    to[at + 3] = Double.isNaN(bySeason) ? 0 : bySeason;
    to[at + 4] = Double.isNaN(byWeek) ? to[at + 3] : byWeek;
  }

  private static double lag(History history, long origin, int step, int period, double now) {
    long before = origin + step - (long) period * ((step + period - 1) / period);
    return period > 1 && history.has(before) ? history.at(before) - now : 0;
  }

  private static double shifted(
      History history, long origin, int step, int period, int season, double now) {
    if (season == 1) {
      return 0;
    }
    long back = (long) period * ((step + period - 1) / period);
    if (!history.has(origin - back)) {
      return period == season ? 0 : shifted(history, origin, step, season, season, now);
    }
    return history.at(origin - back + step) - history.at(origin - back);
  }

  /** Mean change over so many steps in earlier periods; NaN without one. */
  private static double increments(
      History history, long origin, int step, int period, int periods) {
    if (period == 1) {
      return Double.NaN;
    }
    long first = (step + period - 1) / period;
    double sum = 0;
    int count = 0;
    for (; count < periods; count++) {
      long before = origin - period * (first + count);
      if (!history.has(before)) {
        break;
      }
      sum += history.at(before + step) - history.at(before);
    }
    return count == 0 ? Double.NaN : sum / count;
  }
}
