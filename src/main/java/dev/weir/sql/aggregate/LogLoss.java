package dev.weir.sql.aggregate;

import dev.weir.classify.Probabilities;
import java.math.BigDecimal;
import java.util.Map;
import org.apache.flink.api.common.typeutils.base.BigDecSerializer;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code LOG_LOSS(label, probabilities)}: mean of minus the natural logarithm of the label's
 * probability, which counts as a millionth at least; a label that is not among the classes has
 * probability 0. Rows with a NULL, or a probability that is not between 0 and 1, do not count; NULL
 * when none does.
 */
public final class LogLoss extends AggregateFunction<Double, LogLoss.Sum> {

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

  public void accumulate(
      Sum sum,
      String label,
      @DataTypeHint("MAP<STRING, DOUBLE>") Map<String, Double> probabilities) {
    add(sum, label, probabilities, 1);
  }

  public void retract(
      Sum sum,
      String label,
      @DataTypeHint("MAP<STRING, DOUBLE>") Map<String, Double> probabilities) {
    add(sum, label, probabilities, -1);
  }

  private static void add(Sum sum, String label, Map<String, Double> probabilities, int rows) {
    if (label == null || probabilities == null) {
      return;
    }
    Double probability = probabilities.getOrDefault(label, 0.0);
    if (probability == null || !(probability >= 0 && probability <= 1 + 1e-9)) {
      return;
    }
    double loss = -Math.log(Math.max(Probabilities.LEAST, probability));
    sum.rows += rows;
    sum.sum = sum.sum.add(new BigDecimal(rows * loss));
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
