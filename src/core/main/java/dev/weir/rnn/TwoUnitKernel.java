package dev.weir.rnn;

/**
 * Bidirectional tanh networks of two units, the tutorial's: a loop over vectors would be all
 * beginning and end. The weights of a step and its states stay in registers, and both directions
 * advance in one loop, so that the CPU works on one while the other waits for its tanh. Gives the
 * bits of {@link ColumnKernel}.
 */
final class TwoUnitKernel extends RecurrentKernel {

  private static final int ROWS = 4; // two units, both directions

  private final float[][] inputWeights; // (num_layers)(ROWS, layer_input_size)
  private final float[][] hiddenWeights; // (num_layers)(ROWS, 2)
  private final float[][] bias; // (num_layers)(ROWS)
  private float[] projected = {}; // (seq_len, ROWS)
  private final float[] first = new float[ROWS]; // h before the first step

  TwoUnitKernel(RnnConfig config) {
    super(config);
    int layers = config.numLayers();
    this.inputWeights = new float[layers][];
    this.hiddenWeights = new float[layers][ROWS * 2];
    this.bias = new float[layers][ROWS];
    for (int layer = 0; layer < layers; layer++) {
      inputWeights[layer] = new float[ROWS * config.layerInputSize(layer)];
    }
  }

  static boolean fits(RnnConfig config) {
    return config.cell() == Cell.RNN_TANH
        && config.hiddenSize() == 2
        && config.numDirections() == 2;
  }

  @Override
  String name() {
    return Kernels.name();
  }

  @Override
  void load(float[] weights) {
    int from = 0;
    for (int layer = 0; layer < config.numLayers(); layer++) {
      int inputs = 2 * config.layerInputSize(layer);
      for (int d = 0; d < 2; d++) {
        System.arraycopy(weights, from, inputWeights[layer], d * inputs, inputs);
        System.arraycopy(weights, from + inputs, hiddenWeights[layer], d * 4, 4);
        from += inputs + 4;
        for (int k = 0; k < 2 && config.bias(); k++) {
          bias[layer][2 * d + k] = weights[from + k] + weights[from + 2 + k];
        }
        from += config.bias() ? 4 : 0;
      }
    }
  }

  @Override
  void growScratch(int seqLen) {
    if (projected.length < seqLen * ROWS) {
      projected = new float[seqLen * ROWS];
    }
  }

  @Override
  void project(int layer, float[] x, int offset, int stride, int inputSize, int seqLen) {
    float[] w = inputWeights[layer];
    float[] b = bias[layer];
    float[] to = projected;
    for (int t = 0, at = 0, from = offset; t < seqLen; t++, at += ROWS, from += stride) {
      if (inputSize == 1) {
        float value = x[from];
        to[at] = Math.fma(w[0], value, b[0]);
        to[at + 1] = Math.fma(w[1], value, b[1]);
        to[at + 2] = Math.fma(w[2], value, b[2]);
        to[at + 3] = Math.fma(w[3], value, b[3]);
      } else if (inputSize == ROWS) { // of an upper layer
        float x0 = x[from];
        float x1 = x[from + 1];
        float x2 = x[from + 2];
        float x3 = x[from + 3];
        float r0 = Math.fma(w[0], x0, Math.fma(w[1], x1, b[0]));
        float r1 = Math.fma(w[4], x0, Math.fma(w[5], x1, b[1]));
        float r2 = Math.fma(w[8], x0, Math.fma(w[9], x1, b[2]));
        float r3 = Math.fma(w[12], x0, Math.fma(w[13], x1, b[3]));
        to[at] = Math.fma(w[2], x2, Math.fma(w[3], x3, r0));
        to[at + 1] = Math.fma(w[6], x2, Math.fma(w[7], x3, r1));
        to[at + 2] = Math.fma(w[10], x2, Math.fma(w[11], x3, r2));
        to[at + 3] = Math.fma(w[14], x2, Math.fma(w[15], x3, r3));
      } else {
        for (int row = 0; row < ROWS; row++) {
          to[at + row] = dot(b[row], w, row * inputSize, x, from, inputSize);
        }
      }
    }
  }

  /** sum + w x, in the order of {@link ColumnKernel}: 1, 0, 3, 2 in each group of four. */
  private static float dot(float sum, float[] w, int at, float[] x, int xAt, int count) {
    float s = sum;
    int j = 0;
    for (; j + 4 <= count; j += 4) {
      s = Math.fma(w[at + j], x[xAt + j], Math.fma(w[at + j + 1], x[xAt + j + 1], s));
      s = Math.fma(w[at + j + 2], x[xAt + j + 2], Math.fma(w[at + j + 3], x[xAt + j + 3], s));
    }
    for (; j < count; j++) {
      s = Math.fma(w[at + j], x[xAt + j], s);
    }
    return s;
  }

  @Override
  void begin(int direction, float[] h0, float[] c0, int from) {
    for (int k = 0; k < 2; k++) {
      first[2 * direction + k] = h0 == null ? 0 : h0[from + k];
    }
  }

  @Override
  void recur(int layer, boolean fromZeros, float[] out, int offset, int stride, int seqLen) {
    float[] w = hiddenWeights[layer];
    float[] sums = projected;
    float w00 = w[0];
    float w01 = w[1];
    float w10 = w[2];
    float w11 = w[3];
    float v00 = w[4]; // of the backward direction
    float v01 = w[5];
    float v10 = w[6];
    float v11 = w[7];
    float f0 = first[0];
    float f1 = first[1];
    float g0 = first[2];
    float g1 = first[3];
    int to = offset;
    int toBack = offset + (seqLen - 1) * stride + 2;
    for (int sum = 0, sumBack = ROWS * seqLen - 2; sumBack >= 0; sum += ROWS, sumBack -= ROWS) {
      float a0 = sums[sum];
      float a1 = sums[sum + 1];
      float b0 = sums[sumBack];
      float b1 = sums[sumBack + 1];
      if (sum > 0 || !fromZeros) {
        a0 = Math.fma(w01, f1, Math.fma(w00, f0, a0));
        a1 = Math.fma(w11, f1, Math.fma(w10, f0, a1));
        b0 = Math.fma(v01, g1, Math.fma(v00, g0, b0));
        b1 = Math.fma(v11, g1, Math.fma(v10, g0, b1));
      }
      f0 = Activation.scalarTanh(a0);
      f1 = Activation.scalarTanh(a1);
      g0 = Activation.scalarTanh(b0);
      g1 = Activation.scalarTanh(b1);
      out[to] = f0;
      out[to + 1] = f1;
      out[toBack] = g0;
      out[toBack + 1] = g1;
      to += stride;
      toBack -= stride;
    }
  }

  @Override
  void copyCells(int direction, float[] cN, int to) {
    throw new IllegalStateException("a tanh network has no cells");
  }
}
