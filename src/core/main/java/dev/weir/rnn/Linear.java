package dev.weir.rnn;

/** The affine map of {@code torch.nn.Linear}: y = W x + b. */
public final class Linear {

  private Linear() {}

  /**
   * Computes y = W x + b for one row. Allocates nothing; y must not overlap x.
   *
   * @param weight (out_features, in_features), row-major, from {@code weightOffset} on
   * @param bias (out_features) from {@code biasOffset} on; null for {@code bias=False}
   * @param x (in_features) from {@code xOffset} on
   * @param y (out_features) from {@code yOffset} on; overwritten
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public static void forward(
      float[] weight,
      int weightOffset,
      float[] bias,
      int biasOffset,
      int inFeatures,
      int outFeatures,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    int row = 0;
    // four rows at a time, since one sum would make each product wait for the one before
    for (; row + 4 <= outFeatures; row += 4) {
      int w0 = weightOffset + row * inFeatures;
      int w1 = w0 + inFeatures;
      int w2 = w1 + inFeatures;
      int w3 = w2 + inFeatures;
      float sum0 = 0f;
      float sum1 = 0f;
      float sum2 = 0f;
      float sum3 = 0f;
      for (int j = 0; j < inFeatures; j++) {
        float xj = x[xOffset + j];
        sum0 = Math.fma(weight[w0 + j], xj, sum0);
        sum1 = Math.fma(weight[w1 + j], xj, sum1);
        sum2 = Math.fma(weight[w2 + j], xj, sum2);
        sum3 = Math.fma(weight[w3 + j], xj, sum3);
      }
      y[yOffset + row] = bias == null ? sum0 : sum0 + bias[biasOffset + row];
      y[yOffset + row + 1] = bias == null ? sum1 : sum1 + bias[biasOffset + row + 1];
      y[yOffset + row + 2] = bias == null ? sum2 : sum2 + bias[biasOffset + row + 2];
      y[yOffset + row + 3] = bias == null ? sum3 : sum3 + bias[biasOffset + row + 3];
    }
    for (; row < outFeatures; row++) {
      int w = weightOffset + row * inFeatures;
      // four sums, for the same reason
      float sum0 = bias == null ? 0f : bias[biasOffset + row];
      float sum1 = 0f;
      float sum2 = 0f;
      float sum3 = 0f;
      int j = 0;
      for (; j + 4 <= inFeatures; j += 4) {
        sum0 = Math.fma(weight[w + j], x[xOffset + j], sum0);
        sum1 = Math.fma(weight[w + j + 1], x[xOffset + j + 1], sum1);
        sum2 = Math.fma(weight[w + j + 2], x[xOffset + j + 2], sum2);
        sum3 = Math.fma(weight[w + j + 3], x[xOffset + j + 3], sum3);
      }
      for (; j < inFeatures; j++) {
        sum0 = Math.fma(weight[w + j], x[xOffset + j], sum0);
      }
      y[yOffset + row] = (sum0 + sum1) + (sum2 + sum3);
    }
  }

  /**
   * Adds the gradients of one row of {@link #forward} to what the arrays hold. Allocates nothing.
   *
   * @param weight as for forward
   * @param x as for forward
   * @param dY dLoss/dy: (out_features) from {@code dYOffset} on
   * @param dWeight dLoss/dW: (out_features, in_features), row-major, from {@code dWeightOffset} on
   * @param dBias dLoss/db: (out_features) from {@code dBiasOffset} on; null to skip it
   * @param dX dLoss/dx: (in_features) from {@code dXOffset} on; null to skip it
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public static void backward(
      float[] weight,
      int weightOffset,
      int inFeatures,
      int outFeatures,
      float[] x,
      int xOffset,
      float[] dY,
      int dYOffset,
      float[] dWeight,
      int dWeightOffset,
      float[] dBias,
      int dBiasOffset,
      float[] dX,
      int dXOffset) {
    for (int row = 0; row < outFeatures; row++) {
      float d = dY[dYOffset + row];
      int w = dWeightOffset + row * inFeatures;
      for (int j = 0; j < inFeatures; j++) {
        dWeight[w + j] = Math.fma(d, x[xOffset + j], dWeight[w + j]);
      }
      if (dBias != null) {
        dBias[dBiasOffset + row] += d;
      }
      if (dX != null) {
        addRow(d, weight, weightOffset + row * inFeatures, dX, dXOffset, inFeatures);
      }
    }
  }

  private static void addRow(float d, float[] row, int from, float[] sum, int to, int length) {
    for (int j = 0; j < length; j++) {
      sum[to + j] = Math.fma(d, row[from + j], sum[to + j]);
    }
  }
}
