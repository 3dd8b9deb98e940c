package dev.weir.comparison;

import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnOutput;

/** Ours. */
final class WeirForward implements Forward {

  /** The system property that says what is in the table. */
  static final String KERNEL = "bench.kernel";

  private final Shape shape;
  private final Rnn rnn;
  private final RnnOutput result = new RnnOutput();

  WeirForward(Shape shape, float[] weights) {
    this.shape = shape;
    this.rnn = new Rnn(shape.config());
    boolean vectors = System.getProperty(KERNEL, "").equals("vector");
    if (vectors != rnn.kernel().equals("vector")) {
      throw new IllegalStateException(
          "kernel: expected %s, got %s (%s)"
              .formatted(vectors ? "vector" : "plain", rnn.kernel(), shape));
    }
    rnn.load(weights);
  }

  @Override
  public float[] run(float[] input) {
    rnn.forward(input, shape.batch(), shape.seqLen(), true, null, null, result);
    return result.out();
  }
}
