package dev.weir.sql.aggregate;

import dev.weir.forecast.score.ProperScores;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code PINBALL_LOSS(actual, quantile, level)}: mean pinball (quantile) loss of the forecasts of a
 * quantile, in the unit of the values; {@code level} is that of the quantile, such as 0.9. Rows
 * with a NULL or a number that is not finite do not count; NULL when none does. A level that is not
 * within 0 and 1 fails.
 */
public final class PinballLoss extends AggregateFunction<Double, ExactMean> {

  private static final long serialVersionUID = 1L;

  @Override
  public ExactMean createAccumulator() {
    return new ExactMean();
  }

  public void accumulate(ExactMean mean, Double actual, Double quantile, Double level) {
    add(mean, actual, quantile, level, 1);
  }

  public void retract(ExactMean mean, Double actual, Double quantile, Double level) {
    add(mean, actual, quantile, level, -1);
  }

  private static void add(ExactMean mean, Double actual, Double quantile, Double level, int rows) {
    if (actual == null || quantile == null || !Level.isGiven("PINBALL_LOSS", level)) {
      return;
    }
    double loss = ProperScores.pinball(level, quantile, actual);
    if (Double.isFinite(loss)) {
      mean.add(loss, rows);
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
