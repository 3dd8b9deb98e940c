package dev.weir.rnn;

/**
 * The recurrence of a bidirectional tanh network of two units, written out for {@link
 * ScalarKernel}: its eight recurrent weights and four states stay in registers.
 */
final class TwoUnitTanhLayer {

  private TwoUnitTanhLayer() {}

  /** The whole recurrence of one layer; the backward direction's state is {@code apart} behind. */
  static void recur(
      float[] w,
      float[] sums,
      float[] h0,
      float[] hN,
      int state,
      int apart,
      float[] out,
      int offset,
      int stride,
      int seqLen) {
    float w00 = w[0];
    float w01 = w[1];
    float w10 = w[2];
    float w11 = w[3];
    float v00 = w[4]; // of the backward direction
    float v01 = w[5];
    float v10 = w[6];
    float v11 = w[7];
    int sum = 0;
    int sumBack = 4 * seqLen - 2;
    float a0 = sums[sum];
    float a1 = sums[sum + 1];
    float b0 = sums[sumBack];
    float b1 = sums[sumBack + 1];
    if (h0 != null) {
      a0 = Math.fma(w01, h0[state + 1], Math.fma(w00, h0[state], a0));
      a1 = Math.fma(w11, h0[state + 1], Math.fma(w10, h0[state], a1));
      b0 = Math.fma(v01, h0[state + apart + 1], Math.fma(v00, h0[state + apart], b0));
      b1 = Math.fma(v11, h0[state + apart + 1], Math.fma(v10, h0[state + apart], b1));
    }
    float f0 = Activation.scalarTanh(a0);
    float f1 = Activation.scalarTanh(a1);
    float g0 = Activation.scalarTanh(b0);
    float g1 = Activation.scalarTanh(b1);
    int to = offset;
    int toBack = offset + (seqLen - 1) * stride + 2;
    for (int step = 1; step < seqLen; step++) {
      out[to] = f0;
      out[to + 1] = f1;
      out[toBack] = g0;
      out[toBack + 1] = g1;
      sum += 4;
      sumBack -= 4;
      to += stride;
      toBack -= stride;
      a0 = Math.fma(w01, f1, Math.fma(w00, f0, sums[sum]));
      a1 = Math.fma(w11, f1, Math.fma(w10, f0, sums[sum + 1]));
      b0 = Math.fma(v01, g1, Math.fma(v00, g0, sums[sumBack]));
      b1 = Math.fma(v11, g1, Math.fma(v10, g0, sums[sumBack + 1]));
      f0 = Activation.scalarTanh(a0);
      f1 = Activation.scalarTanh(a1);
      g0 = Activation.scalarTanh(b0);
      g1 = Activation.scalarTanh(b1);
    }
    out[to] = f0;
    out[to + 1] = f1;
    out[toBack] = g0;
    out[toBack + 1] = g1;
    hN[state] = f0;
    hN[state + 1] = f1;
    hN[state + apart] = g0;
    hN[state + apart + 1] = g1;
  }
}
