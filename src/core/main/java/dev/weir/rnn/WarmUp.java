package dev.weir.rnn;

import java.util.HashSet;
import java.util.Set;

/**
 * Runs kernels until the JVM has compiled them, so that no record waits for the compiler: each
 * shape once in a JVM, for a bounded time, and all together for a bounded time.
 */
final class WarmUp {

  static final WarmUp OF_THIS_JVM = new WarmUp(500_000_000L, 1_400_000_000L);

  private static final int CALLS = 20_000; // beyond what the compiler waits for
  private static final int STEPS = 8; // a first, interpreted call cannot be cut short
  private static final int VECTOR_UNITS = 48; // as above; its code is the same for any more

  private final long nanosOfAShape;
  private final Set<RnnConfig> warm = new HashSet<>();
  private long nanosLeft;

  WarmUp(long nanosOfAShape, long nanosOfAll) {
    this.nanosOfAShape = nanosOfAShape;
    this.nanosLeft = nanosOfAll;
  }

  /**
   * Returns whether anything had to be compiled. A second thread waits while the first one warms
   * up.
   */
  synchronized boolean run(RnnConfig config, int seqLen) {
    if (nanosLeft <= 0 || !warm.add(config)) {
      return false;
    }
    long start = System.nanoTime();
    long limit = Math.min(nanosOfAShape, nanosLeft);
    RnnConfig small = Kernels.name().equals(Kernels.VECTOR) ? narrow(config) : config;
    RecurrentKernel kernel = Kernels.of(small);
    kernel.load(new float[small.parameterCount()]);
    int steps = Math.min(seqLen, STEPS);
    float[] input = new float[steps * small.inputSize()];
    RnnOutput result = new RnnOutput();
    result.reshape(small, 1, steps);
    for (int call = 0; call < CALLS && System.nanoTime() - start < limit; call++) {
      kernel.forward(input, 1, steps, true, null, null, result.out(), result.hN(), result.cN());
    }
    nanosLeft -= System.nanoTime() - start;
    return true;
  }

  private static RnnConfig narrow(RnnConfig config) {
    return new RnnConfig(
        config.cell(),
        config.inputSize(),
        Math.min(config.hiddenSize(), VECTOR_UNITS),
        Math.min(config.numLayers(), 2),
        config.bidirectional(),
        config.bias());
  }
}
