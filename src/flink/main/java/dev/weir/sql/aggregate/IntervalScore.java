package dev.weir.sql.aggregate;

import dev.weir.forecast.score.ProperScores;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code INTERVAL_SCORE(actual, lower, upper, level)}: mean width of the intervals plus 2 / (1 -
 * level) times the distance of an actual value outside, in the unit of the values; {@code level} is
 * the share of the values that the interval is meant to contain, such as 0.8. Rows with a NULL, a
 * number that is not finite, or a lower end above the upper one do not count; NULL when none does.
 * A level that is not within 0 and 1 fails.
 */
public final class IntervalScore extends AggregateFunction<Double, ExactMean> {

  private static final long serialVersionUID = 1L;

  @Override
  public ExactMean createAccumulator() {
    return new ExactMean();
  }

  public void accumulate(ExactMean mean, Double actual, Double lower, Double upper, Double level) {
    add(mean, actual, lower, upper, level, 1);
  }

  public void retract(ExactMean mean, Double actual, Double lower, Double upper, Double level) {
    add(mean, actual, lower, upper, level, -1);
  }

  private static void add(
      ExactMean mean, Double actual, Double lower, Double upper, Double level, int rows) {
    if (actual == null
        || lower == null
        || upper == null
        || !Level.isGiven("INTERVAL_SCORE", level)) {
      return;
    }
    double score = ProperScores.interval(level, lower, upper, actual);
    if (lower <= upper && Double.isFinite(score)) {
      mean.add(score, rows);
    }
  }

  public void merge(ExactMean mean, Iterable<ExactMean> others) {
    mean.merge(others);
  }

  @Override
  public Double getValue(ExactMean mean) {
    return mean.value();
  }
}
