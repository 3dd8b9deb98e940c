package dev.weir.sql;

import org.apache.flink.table.functions.PredictFunction;
import org.apache.flink.table.ml.ModelProvider;
import org.apache.flink.table.ml.PredictRuntimeProvider;

/** A model whose weights have been read. */
final class WeirModelProvider implements PredictRuntimeProvider {

  private final byte[] weights; // safetensors
  private final boolean tellsErrors;

  WeirModelProvider(byte[] weights, boolean tellsErrors) {
    this.weights = weights;
    this.tellsErrors = tellsErrors;
  }

  @Override
  public PredictFunction createPredictFunction(Context context) {
    return new WindowPrediction(weights, tellsErrors);
  }

  @Override
  public ModelProvider copy() {
    return new WeirModelProvider(weights, tellsErrors);
  }
}
