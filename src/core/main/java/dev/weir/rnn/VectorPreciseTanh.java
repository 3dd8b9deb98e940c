package dev.weir.rnn;

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

  /**
   * Replaces {@code length} values from {@code at} on by their tanh.
   *
   * <p>With more than 325 bytes of code it is never inlined, so that no caller grows to where the
   * compiler makes objects of vectors.
   *
   * @param wide scratch of that length at least
   */
  static void apply(float[] values, int at, int length, double[] wide) {
    for (int i = 0; i < length; i++) {
      wide[i] = values[at + i];
    }
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
      DoubleVector x = DoubleVector.fromArray(SPECIES, wide, i);
      x = x.blend(Activation.PRECISE_MOST, x.compare(VectorOperators.GT, Activation.PRECISE_MOST));
      x =
          x.blend(
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
      x.mul(p).div(q).intoArray(wide, i);
    }
    for (; i < length; i++) {
      wide[i] = Activation.preciseTanh(wide[i]);
    }
    for (i = 0; i < length; i++) {
      values[at + i] = (float) wide[i];
    }
  }
}
