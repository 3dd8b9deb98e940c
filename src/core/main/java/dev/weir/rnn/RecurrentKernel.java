package dev.weir.rnn;

/**
 * The arithmetic of one network shape. A kernel owns packed weights and scratch, both for one
 * {@link RnnConfig}; the learned weights stay with the caller. All kernels give the same bits and
 * differ in speed only: each element's sum has the order that {@link ColumnKernel} gives it, by fma
 * throughout, and there is one polynomial for tanh. So a series learns the same wherever it runs.
 *
 * <p>Lengths are checked by {@code Rnn}, not here. Not thread-safe: one kernel per thread.
 */
interface RecurrentKernel {

  /** One of {@link Kernels#KERNELS}. */
  String name();

  /**
   * Packs weights for this kernel. Copies; allocates nothing.
   *
   * @param weights as in {@link RnnConfig#parameters()}
   */
  void load(float[] weights);

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
  void forward(
      float[] input,
      int batch,
      int seqLen,
      boolean batchFirst,
      float[] h0,
      float[] c0,
      float[] out,
      float[] hN,
      float[] cN);
}
