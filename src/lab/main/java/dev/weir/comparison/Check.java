package dev.weir.comparison;

import dev.weir.rnn.DoubleNetwork;

/**
 * Nothing is timed that computes something else: outputs against the equations in double precision,
 * which are nobody's kernel.
 */
final class Check {

  /** Largest difference of an output. */
  static final double OUTPUT = 1e-6;

  private Check() {}

  static void output(String library, Shape shape, float[] out, boolean batchFirst) {
    double[] expected = reference(shape, DoubleNetwork.widened(shape.tensors().weights()));
    int width = 2 * shape.hiddenSize();
    for (int b = 0; b < shape.batch(); b++) {
      for (int t = 0; t < shape.seqLen(); t++) {
        int row = batchFirst ? b * shape.seqLen() + t : t * shape.batch() + b;
        for (int k = 0; k < width; k++) {
          double wanted = expected[(b * shape.seqLen() + t) * width + k];
          String what = "out[%d][%d][%d]".formatted(b, t, k);
          require(library, shape, what, wanted, out[row * width + k], OUTPUT);
        }
      }
    }
  }

  static void require(
      String library, Shape shape, String what, double wanted, double got, double bound) {
    if (!(Math.abs(got - wanted) <= bound)) {
      throw new IllegalStateException(
          "%s: expected %s = %s, got %s (%s)".formatted(library, what, wanted, got, shape));
    }
  }

  /** out: (batch, seq_len, 2 * hidden_size). */
  static double[] reference(Shape shape, double[] weights) {
    return new DoubleNetwork(shape.config(), shape.batch(), shape.seqLen())
        .forward(weights, DoubleNetwork.widened(shape.tensors().input()), null, null);
  }
}
