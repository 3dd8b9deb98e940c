package dev.weir.rnn;

/**
 * The arithmetic of one network shape. A kernel owns packed weights and scratch, both for one
 * {@link RnnConfig}; the learned weights stay with the caller. All kernels give the same bits and
 * differ in speed only: each element's sum has the order that {@link ColumnKernel} gives it, by fma
 * throughout, and there is one polynomial for tanh. So a series learns the same wherever it runs.
 *
 * <p>Lengths are checked by {@code Rnn}, not here. Not thread-safe: one kernel per thread.
 */
abstract class RecurrentKernel {

  final RnnConfig config;
  final Cell cell;
  final int hiddenSize;
  final int directions;

  private float[] between = {}; // (seq_len, num_directions * hidden_size): out of a lower layer

  RecurrentKernel(RnnConfig config) {
    this.config = config;
    this.cell = config.cell();
    this.hiddenSize = config.hiddenSize();
    this.directions = config.numDirections();
  }

  /** One of {@link Kernels#KERNELS}. */
  abstract String name();

  /**
   * Packs weights for this kernel. Copies; allocates nothing.
   *
   * @param weights as in {@link RnnConfig#parameters()}
   */
  abstract void load(float[] weights);

  /**
   * Runs the network over each sequence of a batch. Allocates nothing, unless {@code seqLen} is
   * longer than ever before.
   *
   * @param input (batch, seq_len, input_size), or (seq_len, batch, input_size) if not batchFirst
   * @param h0 (num_layers * num_directions, batch, hidden_size), or null for zeros
   * @param c0 as h0, LSTM only; or null for zeros
   * @param out as input, its last axis num_directions * hidden_size; overwritten
   * @param hN as h0; overwritten
   * @param cN as h0; overwritten by an LSTM, else unused
   */
  final void forward(
      float[] input,
      int batch,
      int seqLen,
      boolean batchFirst,
      float[] h0,
      float[] c0,
      float[] out,
      float[] hN,
      float[] cN) {
    growScratch(seqLen);
    int inputSize = config.inputSize();
    int outputSize = config.outputSize();
    int rowStride = batchFirst ? 1 : batch; // rows from one step to the next
    int lastLayer = config.numLayers() - 1;
    if (lastLayer > 0 && between.length < seqLen * outputSize) {
      between = new float[seqLen * outputSize];
    }
    for (int b = 0; b < batch; b++) {
      int firstRow = batchFirst ? b * seqLen : b;
      for (int layer = 0; layer <= lastLayer; layer++) {
        if (layer == 0) {
          project(layer, input, firstRow * inputSize, rowStride * inputSize, inputSize, seqLen);
        } else {
          project(layer, between, 0, outputSize, outputSize, seqLen);
        }
        for (int d = 0; d < directions; d++) {
          begin(d, h0, c0, ((layer * directions + d) * batch + b) * hiddenSize);
        }
        // the layer below has been read in full, so its rows may be overwritten
        boolean last = layer == lastLayer;
        float[] to = last ? out : between;
        int offset = last ? firstRow * outputSize : 0;
        int stride = last ? rowStride * outputSize : outputSize;
        recur(layer, h0 == null, to, offset, stride, seqLen);
        for (int d = 0; d < directions; d++) {
          int state = ((layer * directions + d) * batch + b) * hiddenSize;
          int end = offset + (d == 0 ? seqLen - 1 : 0) * stride + d * hiddenSize;
          System.arraycopy(to, end, hN, state, hiddenSize);
          if (cell == Cell.LSTM) {
            copyCells(d, cN, state);
          }
        }
      }
    }
  }

  /** Makes room for sequences of this length. */
  abstract void growScratch(int seqLen);

  /** Multiplies the inputs of all steps by W_ih of both directions and adds the bias. */
  abstract void project(int layer, float[] x, int offset, int stride, int inputSize, int seqLen);

  /** Sets the state before the first step of a direction; null means zeros. */
  abstract void begin(int direction, float[] h0, float[] c0, int from);

  /**
   * Advances all directions from their first step to their last and writes each h into out.
   *
   * @param fromZeros whether h before the first step is zeros
   */
  abstract void recur(
      int layer, boolean fromZeros, float[] out, int offset, int stride, int seqLen);

  /** Copies c after the last step of a direction, of an LSTM. */
  abstract void copyCells(int direction, float[] cN, int to);
}
