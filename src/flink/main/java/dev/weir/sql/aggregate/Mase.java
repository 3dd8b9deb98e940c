package dev.weir.sql.aggregate;

import java.math.BigDecimal;
import java.math.MathContext;
import org.apache.flink.api.common.typeutils.base.BigDecSerializer;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code MASE(actual, forecast, naive)}: mean absolute error of the forecasts over that of a naive
 * forecast of the same values, such as {@code LAG(value, season)}; below 1 is better than naive, as
 * in the topic of scores. Rows with a NULL or a number that is not finite do not count; NULL when
 * none does, or while the naive forecast has made no error.
 */
public final class Mase extends AggregateFunction<Double, Mase.Errors> {

  private static final long serialVersionUID = 1L;

  /** Exact sums: retraction leaves no remainder. Flink reads and writes the fields. */
  public static final class Errors {
    @DataTypeHint(
        value = "RAW",
        bridgedTo = BigDecimal.class,
        rawSerializer = BigDecSerializer.class)
    public BigDecimal ours = BigDecimal.ZERO;

    @DataTypeHint(
        value = "RAW",
        bridgedTo = BigDecimal.class,
        rawSerializer = BigDecSerializer.class)
    public BigDecimal naive = BigDecimal.ZERO;

    public long rows = 0;
  }

  @Override
  public Errors createAccumulator() {
    return new Errors();
  }

  public void accumulate(Errors errors, Double actual, Double forecast, Double naive) {
    add(errors, actual, forecast, naive, 1);
  }

  public void retract(Errors errors, Double actual, Double forecast, Double naive) {
    add(errors, actual, forecast, naive, -1);
  }

  private static void add(Errors errors, Double actual, Double forecast, Double naive, int rows) {
    if (actual == null || forecast == null || naive == null) {
      return;
    }
    double ours = Math.abs(actual - forecast);
    double theirs = Math.abs(actual - naive);
    if (!Double.isFinite(ours) || !Double.isFinite(theirs)) {
      return;
    }
    errors.rows += rows;
    errors.ours = errors.ours.add(new BigDecimal(rows * ours));
    errors.naive = errors.naive.add(new BigDecimal(rows * theirs));
  }

  public void merge(Errors errors, Iterable<Errors> others) {
    for (Errors other : others) {
      errors.ours = errors.ours.add(other.ours);
      errors.naive = errors.naive.add(other.naive);
      errors.rows += other.rows;
    }
  }

  @Override
  public Double getValue(Errors errors) {
    if (errors.rows <= 0 || errors.naive.signum() <= 0) {
      return null;
    }
    double ratio = errors.ours.divide(errors.naive, MathContext.DECIMAL128).doubleValue();
    return Double.isFinite(ratio) ? ratio : null;
  }
}
