package dev.weir.rnn.kernel;

import dev.weir.rnn.cell.Activation;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Activation#preciseTanh(double)} in the Vector API: the same operations in the same order,
 * so the same bits.
 *
 * <p>Only where {@link Kernels#vectors()} holds.
 */
final class VectorPreciseTanh {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorPreciseTanh() {}

  /** The length of an array of so many values: a whole number of vectors. */
  static int padded(int length) {
    return (length + LANES - 1) / LANES * LANES;
  }

  /** Replaces {@code length} values, and those that fill the last vector, by their tanh. */
  static void apply(double[] values, int length) {
    for (int i = 0; i < length; i += LANES) {
      applyToVector(values, i);
    }
  }

  private static void applyToVector(double[] values, int i) {
    DoubleVector x = DoubleVector.fromArray(SPECIES, values, i);
    x =
        x.blend(Activation.PRECISE_MOST, x.compare(VectorOperators.GT, Activation.PRECISE_MOST))
            .blend(
                -Activation.PRECISE_MOST, x.compare(VectorOperators.LT, -Activation.PRECISE_MOST));
    DoubleVector s = x.mul(x);
    DoubleVector p =
        DoubleVector.broadcast(SPECIES, Activation.PRECISE_P5)
            .fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_P4));
    DoubleVector q =
        DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q5)
            .fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q4));
    p = p.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_P3));
    q = q.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q3));
    p = p.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_P2));
    q = q.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q2));
    p = p.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_P1));
    q = q.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q1));
    p = p.fma(s, DoubleVector.broadcast(SPECIES, 1));
    q = q.fma(s, DoubleVector.broadcast(SPECIES, 1));
    x.mul(p).div(q).intoArray(values, i);
  }
}
