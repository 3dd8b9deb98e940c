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

  /** The length of an array of so many values: a whole number of pairs of vectors. */
  static int padded(int length) {
    int pair = 2 * LANES;
    return (length + pair - 1) / pair * pair;
  }

  /**
   * Replaces {@code length} values, and those that fill the last pair of vectors, by their tanh.
   *
   * <p>Two vectors in lock-step: with more than 325 bytes of code it is never inlined, so that no
   * caller grows to where the compiler stops inlining in the middle of an expression, which makes
   * objects of its vectors.
   */
  static void apply(double[] values, int length) {
    double most = Activation.PRECISE_MOST;
    for (int i = 0; i < length; i += 2 * LANES) {
      int k = i + LANES;
      DoubleVector a = DoubleVector.fromArray(SPECIES, values, i);
      DoubleVector b = DoubleVector.fromArray(SPECIES, values, k);
      a = a.blend(most, a.compare(VectorOperators.GT, most));
      b = b.blend(most, b.compare(VectorOperators.GT, most));
      a = a.blend(-most, a.compare(VectorOperators.LT, -most));
      b = b.blend(-most, b.compare(VectorOperators.LT, -most));
      DoubleVector s = a.mul(a);
      DoubleVector c = DoubleVector.broadcast(SPECIES, Activation.PRECISE_P4);
      DoubleVector d = DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q4);
      DoubleVector p = DoubleVector.broadcast(SPECIES, Activation.PRECISE_P5).fma(s, c);
      DoubleVector q = DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q5).fma(s, d);
      p = p.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_P3));
      q = q.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q3));
      p = p.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_P2));
      q = q.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q2));
      p = p.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_P1));
      q = q.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q1));
      p = p.fma(s, DoubleVector.broadcast(SPECIES, 1));
      q = q.fma(s, DoubleVector.broadcast(SPECIES, 1));
      a.mul(p).div(q).intoArray(values, i);
      s = b.mul(b);
      p = DoubleVector.broadcast(SPECIES, Activation.PRECISE_P5).fma(s, c);
      q = DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q5).fma(s, d);
      p = p.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_P3));
      q = q.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q3));
      p = p.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_P2));
      q = q.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q2));
      p = p.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_P1));
      q = q.fma(s, DoubleVector.broadcast(SPECIES, Activation.PRECISE_Q1));
      p = p.fma(s, DoubleVector.broadcast(SPECIES, 1));
      q = q.fma(s, DoubleVector.broadcast(SPECIES, 1));
      b.mul(p).div(q).intoArray(values, k);
    }
  }
}
