package dev.weir.sql.aggregate;

import dev.weir.classify.Probabilities;
import java.util.Map;
import org.apache.flink.table.annotation.DataTypeHint;

/**
 * {@code LOG_LOSS(label, probabilities)}: mean of minus the natural logarithm of the label's
 * probability, which counts as a millionth at least; a label that is not among the classes has
 * probability 0. Rows with a NULL, or a probability that is not between 0 and 1, do not count; NULL
 * when none does.
 */
public final class LogLoss extends RowMean {

  private static final long serialVersionUID = 1L;

  public void accumulate(
      Sum mean,
      String label,
      @DataTypeHint("MAP<STRING, DOUBLE>") Map<String, Double> probabilities) {
    mean.add(term(label, probabilities), 1);
  }

  public void retract(
      Sum mean,
      String label,
      @DataTypeHint("MAP<STRING, DOUBLE>") Map<String, Double> probabilities) {
    mean.add(term(label, probabilities), -1);
  }

  private static double term(String label, Map<String, Double> probabilities) {
    Double probability =
        isNull(label, probabilities) ? null : probabilities.getOrDefault(label, 0.0);
    return probability == null || !(probability >= 0 && probability <= 1 + 1e-9)
        ? Double.NaN
        : -Math.log(Math.max(Probabilities.LEAST, probability));
  }
}
