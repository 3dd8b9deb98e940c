package dev.weir.rnn;

/**
 * {@link Activation#preciseTanh(double)} of many values at once, for training.
 *
 * <p>In three loops, over an array in double precision, though one would do: on x86 a conversion
 * between float and double leaves the rest of its register as it was, so that it waits for whatever
 * stood there last. In one loop that is the value before, with its polynomials and its division;
 * then each tanh waits for the one before, which takes three times as long as all of them side by
 * side.
 *
 * <p>Holds scratch; not thread-safe. Allocates only when it is asked for more values than before.
 */
final class PreciseTanh {

  private final boolean vectors = Kernels.vectors();
  private double[] wide = new double[0];

  /** Replaces {@code length} values from {@code at} on by their tanh. */
  public void apply(float[] values, int at, int length) {
    if (wide.length < length) {
      wide = new double[length];
    }
    if (vectors) {
      VectorPreciseTanh.apply(values, at, length, wide);
      return;
    }
    widen(values, at, wide, length);
    apply(wide, length);
    narrow(wide, values, at, length);
  }

  private static void widen(float[] values, int at, double[] wide, int length) {
    for (int i = 0; i < length; i++) {
      wide[i] = values[at + i];
    }
  }

  private static void apply(double[] wide, int length) {
    for (int i = 0; i < length; i++) {
      wide[i] = Activation.preciseTanh(wide[i]);
    }
  }

  private static void narrow(double[] wide, float[] values, int at, int length) {
    for (int i = 0; i < length; i++) {
      values[at + i] = (float) wide[i];
    }
  }
}
