package dev.weir.sql;

import dev.weir.forecast.Score;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code MASE(actual, forecast, naive)}: mean absolute error of the forecasts over that of a naive
 * forecast of the same values, such as {@code LAG(value, season)}; below 1 is better than naive, as
 * in the topic of scores. Rows with a NULL or a number that is not finite do not count; NULL when
 * none does, or while the naive forecast has made no error.
 */
public final class Mase extends AggregateFunction<Double, Mase.Errors> {

  private static final long serialVersionUID = 1L;

  /** What has come so far. Flink reads and writes the fields. */
  public static final class Errors {
    public double ours = 0;
    public double naive = 0;
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
    boolean none = errors.rows == 0; // what rounding left goes with the last row
    errors.ours = none ? 0 : errors.ours + rows * ours;
    errors.naive = none ? 0 : errors.naive + rows * theirs;
  }

  public void merge(Errors errors, Iterable<Errors> others) {
    for (Errors other : others) {
      errors.ours += other.ours;
      errors.naive += other.naive;
      errors.rows += other.rows;
    }
  }

  @Override
  public Double getValue(Errors errors) {
    double ratio = errors.rows <= 0 ? Double.NaN : Score.ratio(errors.ours, errors.naive);
    return Double.isNaN(ratio) ? null : ratio;
  }
}
