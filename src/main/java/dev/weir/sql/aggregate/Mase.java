package dev.weir.sql.aggregate;

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

  /**
   * Of all errors, so that no sum of them leaves the range of a double; below 1e-288 they lose bits
   * by it.
   */
  private static final double SCALE = 0x1p-64;

  /** What has come so far: sums as {@link ExactSum} has them. Flink reads and writes the fields. */
  public static final class Errors {
    public double[] ours = ExactSum.NONE; // times SCALE, as the other
    public double[] naive = ExactSum.NONE;
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
    errors.ours = ExactSum.plus(errors.ours, rows * SCALE * ours);
    errors.naive = ExactSum.plus(errors.naive, rows * SCALE * theirs);
  }

  public void merge(Errors errors, Iterable<Errors> others) {
    for (Errors other : others) {
      errors.ours = ExactSum.plus(errors.ours, other.ours);
      errors.naive = ExactSum.plus(errors.naive, other.naive);
      errors.rows += other.rows;
    }
  }

  @Override
  public Double getValue(Errors errors) {
    if (errors.rows <= 0) {
      return null;
    }
    double ratio = Score.ratio(ExactSum.value(errors.ours), ExactSum.value(errors.naive));
    return Double.isNaN(ratio) ? null : ratio;
  }
}
