package dev.weir.sql.aggregate;

import java.math.BigDecimal;
import org.apache.flink.api.common.typeutils.base.BigDecSerializer;
import org.apache.flink.table.annotation.DataTypeHint;

/** A mean by an exact sum: retraction leaves no remainder. Flink reads and writes the fields. */
public final class ExactMean {

  @DataTypeHint(value = "RAW", bridgedTo = BigDecimal.class, rawSerializer = BigDecSerializer.class)
  public BigDecimal sum = BigDecimal.ZERO;

  public long rows = 0;

  /**
   * @param sign 1 to add, -1 to take back
   */
  void add(double term, int sign) {
    rows += sign;
    sum = sum.add(new BigDecimal(sign * term));
  }

  void merge(Iterable<ExactMean> others) {
    for (ExactMean other : others) {
      sum = sum.add(other.sum);
      rows += other.rows;
    }
  }

  /** NULL without rows. */
  Double value() {
    return rows <= 0 ? null : sum.doubleValue() / rows;
  }
}
