package dev.weir.sql.aggregate;

import dev.weir.forecast.score.ProperScores;

/**
 * {@code INTERVAL_SCORE(actual, lower, upper, level)}: mean width of the intervals plus 2 / (1 -
 * level) times the distance of an actual value outside, in the unit of the values; {@code level} is
 * the share of the values that the interval is meant to contain, such as 0.8. Rows with a NULL, a
 * number that is not finite, or a lower end above the upper one do not count; NULL when none does.
 * A level that is not within 0 and 1 fails.
 */
public final class IntervalScore extends RowMean {

  private static final long serialVersionUID = 1L;

  public void accumulate(Sum mean, Double actual, Double lower, Double upper, Double level) {
    mean.add(term(actual, lower, upper, level), 1);
  }

  public void retract(Sum mean, Double actual, Double lower, Double upper, Double level) {
    mean.add(term(actual, lower, upper, level), -1);
  }

  private static double term(Double actual, Double lower, Double upper, Double level) {
    if (isNull(actual, lower, upper, level)) {
      return Double.NaN;
    }
    checkLevel("INTERVAL_SCORE", level);
    return lower <= upper ? ProperScores.interval(level, lower, upper, actual) : Double.NaN;
  }
}
