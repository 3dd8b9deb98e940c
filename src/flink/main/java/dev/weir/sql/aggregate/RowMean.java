package dev.weir.sql.aggregate;

import java.math.BigDecimal;
import org.apache.flink.api.common.typeutils.base.BigDecSerializer;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * Mean over rows of a number that a subclass calculates of each. Rows without such a number do not
 * count; NULL when none does. Flink finds {@code accumulate} and {@code retract} by their names.
 */
abstract class RowMean extends AggregateFunction<Double, RowMean.Sum> {

  private static final long serialVersionUID = 1L;

  /** An exact sum: retraction leaves no remainder. Flink reads and writes the fields. */
  public static final class Sum {

    @DataTypeHint(
        value = "RAW",
        bridgedTo = BigDecimal.class,
        rawSerializer = BigDecSerializer.class)
    public BigDecimal sum = BigDecimal.ZERO;

    public long rows = 0;

    /**
     * @param term NaN or infinite for a row that does not count
     * @param sign 1 to add, -1 to take back
     */
    void add(double term, int sign) {
      if (Double.isFinite(term)) {
        rows += sign;
        sum = sum.add(new BigDecimal(sign * term));
      }
    }

    void merge(Sum other) {
      sum = sum.add(other.sum);
      rows += other.rows;
    }
  }

  @Override
  public Sum createAccumulator() {
    return new Sum();
  }

  public void merge(Sum mean, Iterable<Sum> others) {
    others.forEach(mean::merge);
  }

  @Override
  public Double getValue(Sum mean) {
    return mean.rows <= 0 ? null : mean.sum.doubleValue() / mean.rows;
  }

  static boolean isNull(Object... arguments) {
    for (Object argument : arguments) {
      if (argument == null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Checks the level of an interval or quantile.
   *
   * @throws IllegalArgumentException if it is no share within 0 and 1, such as 80 for 0.8, which is
   *     a mistake in the statement; the planner hides such a literal
   */
  static void checkLevel(String function, double level) {
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException(
          "%s: level: expected a share within 0 and 1, such as 0.8, got %s"
              .formatted(function, level));
    }
  }
}
