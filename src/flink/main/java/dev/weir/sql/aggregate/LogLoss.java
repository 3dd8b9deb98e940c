package dev.weir.sql.aggregate;

import dev.weir.classify.Probabilities;
import java.util.Map;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * {@code LOG_LOSS(label, probabilities)}: mean of minus the natural logarithm of the label's
 * probability, which counts as a millionth at least; a label that is not among the classes has
 * probability 0. Rows with a NULL, or a probability that is not between 0 and 1, do not count; NULL
 * when none does.
 */
public final class LogLoss extends AggregateFunction<Double, ExactMean> {

  private static final long serialVersionUID = 1L;

  @Override
  public ExactMean createAccumulator() {
    return new ExactMean();
  }

  public void accumulate(
      ExactMean mean,
      String label,
      @DataTypeHint("MAP<STRING, DOUBLE>") Map<String, Double> probabilities) {
    add(mean, label, probabilities, 1);
  }

  public void retract(
      ExactMean mean,
      String label,
      @DataTypeHint("MAP<STRING, DOUBLE>") Map<String, Double> probabilities) {
    add(mean, label, probabilities, -1);
  }

  private static void add(
      ExactMean mean, String label, Map<String, Double> probabilities, int rows) {
    if (label == null || probabilities == null) {
      return;
    }
    Double probability = probabilities.getOrDefault(label, 0.0);
    if (probability == null || !(probability >= 0 && probability <= 1 + 1e-9)) {
      return;
    }
    double loss = -Math.log(Math.max(Probabilities.LEAST, probability));
    mean.add(loss, rows);
  }

  public void merge(ExactMean mean, Iterable<ExactMean> others) {
    mean.merge(others);
  }

  @Override
  public Double getValue(ExactMean mean) {
    return mean.value();
  }
}
