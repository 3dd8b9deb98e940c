package dev.weir.sql.aggregate;

import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code SMAPE(actual, forecast)}: mean of {@code 200 |actual - forecast| / (|actual| +
 * |forecast|)}, per cent, as in the M4 competition; a row in which both are 0 counts as 0. Rows
 * with a NULL or a number that is not finite do not count; NULL when none does.
 */
public final class Smape extends AggregateFunction<Double, ExactMean> {

  private static final long serialVersionUID = 1L;

  @Override
  public ExactMean createAccumulator() {
    return new ExactMean();
  }

  public void accumulate(ExactMean mean, Double actual, Double forecast) {
    add(mean, actual, forecast, 1);
  }

  public void retract(ExactMean mean, Double actual, Double forecast) {
    add(mean, actual, forecast, -1);
  }

  private static void add(ExactMean mean, Double actual, Double forecast, int rows) {
    if (actual == null || forecast == null) {
      return;
    }
    double error = Math.abs(actual / 2 - forecast / 2); // halves: a sum of two could overflow
    double size = Math.abs(actual) / 2 + Math.abs(forecast) / 2;
    double term = size == 0 ? 0 : 200 * (error / size);
    if (!Double.isFinite(term)) {
      return;
    }
    mean.add(term, rows);
  }

  public void merge(ExactMean mean, Iterable<ExactMean> others) {
    mean.merge(others);
  }

  @Override
  public Double getValue(ExactMean mean) {
    return mean.value();
  }
}
