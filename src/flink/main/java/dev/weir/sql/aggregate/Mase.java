package dev.weir.sql.aggregate;

import java.math.MathContext;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code MASE(actual, forecast, naive)}: mean absolute error of the forecasts over that of a naive
 * forecast of the same values, such as {@code LAG(value, season)}; below 1 is better than naive, as
 * in the topic of scores. Rows with a NULL or a number that is not finite do not count; NULL when
 * none does, or while the naive forecast has made no error.
 */
public final class Mase extends AggregateFunction<Double, Mase.Errors> {

  private static final long serialVersionUID = 1L;

  /** The sums of the errors. Flink reads and writes the fields. */
  public static final class Errors {
    public RowMean.Sum ours = new RowMean.Sum();
    public RowMean.Sum naive = new RowMean.Sum();
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

  private static void add(Errors errors, Double actual, Double forecast, Double naive, int sign) {
    if (RowMean.isNull(actual, forecast, naive)) {
      return;
    }
    double ours = Math.abs(actual - forecast);
    double theirs = Math.abs(actual - naive);
    if (Double.isFinite(ours) && Double.isFinite(theirs)) {
      errors.ours.add(ours, sign);
      errors.naive.add(theirs, sign);
    }
  }

  public void merge(Errors errors, Iterable<Errors> others) {
    for (Errors other : others) {
      errors.ours.merge(other.ours);
      errors.naive.merge(other.naive);
    }
  }

  @Override
  public Double getValue(Errors errors) {
    if (errors.ours.rows <= 0 || errors.naive.sum.signum() <= 0) {
      return null;
    }
    double ratio = errors.ours.sum.divide(errors.naive.sum, MathContext.DECIMAL128).doubleValue();
    return Double.isFinite(ratio) ? ratio : null;
  }
}
