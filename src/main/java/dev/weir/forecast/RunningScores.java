package dev.weir.forecast;

import dev.weir.forecast.expert.History;

/**
 * How the forecasts of the series at hand have done since it began, by step: sums of our errors and
 * of those that repeating a value would have made, how many truths each level's interval held, and
 * of how many.
 *
 * <p>Lies at {@link StateLayout#scores}, a row of (horizon) for each.
 */
final class RunningScores {

  /** Rows of sums of |error|. */
  static final int OURS = 0;

  static final int NAIVE = 1; // of "repeat the newest value"
  static final int SEASONAL_NAIVE = 2; // of "repeat the value of a season ago"

  /** The first level's row of hits; the others follow. */
  static final int HITS = 3;

  private final CurrentSeries series;
  private final int horizon;
  private final int countRow;
  private final Scored newest;

  RunningScores(CurrentSeries series, int horizon, int levels) {
    this.series = series;
    this.horizon = horizon;
    this.countRow = HITS + levels;
    this.newest = new Scored(levels);
  }

  /** What was taken in since this was last cleared. */
  Scored newest() {
    return newest;
  }

  /** Doubles kept. */
  static int doubles(int horizon, int levels) {
    return (HITS + levels + 1) * horizon;
  }

  /**
   * Takes in the error of the forecast of step i made at {@code origin}.
   *
   * @param truth relative to the value at the origin
   */
  void add(long origin, int i, double truth, double error) {
    double[] doubles = series.memory.doubles;
    doubles[at(OURS, i)] += Math.abs(error);
    doubles[at(NAIVE, i)] += Math.abs(truth);
    History history = series.history;
    int season = series.season();
    long before = origin + i - (long) season * ((i + season - 1) / season);
    double seasonal =
        season > 1 && history.has(before) ? history.at(before) - history.at(origin) : 0;
    doubles[at(SEASONAL_NAIVE, i)] += Math.abs(truth - seasonal);
    doubles[at(countRow, i)]++;
    newest.add(Math.abs(error), Math.abs(truth), Math.abs(truth - seasonal));
  }

  /** A truth at step i lay in the interval of a level, by its number from 0. */
  void hit(int level, int i) {
    series.memory.doubles[at(HITS + level, i)]++;
    newest.hold(level);
  }

  /** Forecasts of step i that have met their truth. */
  long count(int i) {
    return (long) series.memory.doubles[at(countRow, i)];
  }

  /** The last step of those, from the first on, that have had an error. */
  int known() {
    int known = 0;
    while (known < horizon && count(known + 1) > 0) {
      known++;
    }
    return known;
  }

  /** A row's sum at step i over the forecasts that have met their truth; NaN before the first. */
  double mean(int row, int i) {
    long scored = count(i);
    return scored == 0 ? Double.NaN : series.memory.doubles[at(row, i)] / scored;
  }

  private int at(int row, int i) {
    return series.layout.scores + row * horizon + i - 1;
  }
}
