package dev.weir.sql.aggregate;

import java.math.BigDecimal;
import org.apache.flink.api.common.typeutils.base.BigDecSerializer;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code SMAPE(actual, forecast)}: mean of {@code 200 |actual - forecast| / (|actual| +
 * |forecast|)}, per cent, as in the M4 competition; a row in which both are 0 counts as 0. Rows
 * with a NULL or a number that is not finite do not count; NULL when none does.
 */
public final class Smape extends AggregateFunction<Double, Smape.Sum> {

  private static final long serialVersionUID = 1L;

  /** An exact sum: retraction leaves no remainder. Flink reads and writes the fields. */
  public static final class Sum {
    @DataTypeHint(
        value = "RAW",
        bridgedTo = BigDecimal.class,
        rawSerializer = BigDecSerializer.class)
    public BigDecimal sum = BigDecimal.ZERO;

    public long rows = 0;
  }

  @Override
  public Sum createAccumulator() {
    return new Sum();
  }

  public void accumulate(Sum sum, Double actual, Double forecast) {
    add(sum, actual, forecast, 1);
  }

  public void retract(Sum sum, Double actual, Double forecast) {
    add(sum, actual, forecast, -1);
  }

  private static void add(Sum sum, Double actual, Double forecast, int rows) {
    if (actual == null || forecast == null) {
      return;
    }
    double error = Math.abs(actual / 2 - forecast / 2); // halves: a sum of two could overflow
    double size = Math.abs(actual) / 2 + Math.abs(forecast) / 2;
    double term = size == 0 ? 0 : 200 * (error / size);
    if (!Double.isFinite(term)) {
      return;
    }
    sum.rows += rows;
    sum.sum = sum.sum.add(new BigDecimal(rows * term));
  }

  public void merge(Sum sum, Iterable<Sum> others) {
    for (Sum other : others) {
      sum.sum = sum.sum.add(other.sum);
      sum.rows += other.rows;
    }
  }

  @Override
  public Double getValue(Sum sum) {
    return sum.rows <= 0 ? null : sum.sum.doubleValue() / sum.rows;
  }
}
