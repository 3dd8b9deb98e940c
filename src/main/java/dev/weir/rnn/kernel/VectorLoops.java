package dev.weir.rnn.kernel;

import dev.weir.rnn.cell.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * tanh in the Vector API, bit for bit what {@link Activation} gives: the same fma, the same
 * polynomial; and what all loops over vectors have in common.
 *
 * <p>Only for a JVM in which {@link Kernels#vectorApi()} holds; elsewhere the first use of this
 * class fails, so each use of it is guarded by that check.
 *
 * <p>Three things cost ten times as much as they look, and tests count bytes to see them. A second
 * species in one JVM: the compiler's type profiles of FloatVector are shared, so there is one
 * species for all. A large method: vectors that the compiler does not keep in registers become
 * objects. A method that takes or returns a vector: where the compiler does not inline it, since
 * what it compiles has grown large, each vector becomes an object; so operations are written out
 * where they are used, and loops take arrays.
 */
public final class VectorLoops {

  public static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  public static final int LANES = SPECIES.length();

  private VectorLoops() {}

  /** The tanh of {@code length} values from {@code at} on, whole vectors. */
  static void tanh(float[] values, int at, int length) {
    int half = length / (2 * LANES) * LANES;
    tanh(values, at, at + half, half);
    if (2 * half < length) {
      int last = at + 2 * half;
      tanh(values, last, last, LANES); // twice the same, read before it is written
    }
  }

  /**
   * As above, at two places in lock-step. With more than 325 bytes of code it is never inlined, so
   * that no caller grows to where the compiler stops inlining in the middle of an expression.
   */
  static void tanh(float[] values, int atA, int atB, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector a = FloatVector.fromArray(SPECIES, values, atA + i);
      FloatVector b = FloatVector.fromArray(SPECIES, values, atB + i);
      VectorMask<Float> above = a.compare(VectorOperators.GT, Activation.SATURATION);
      VectorMask<Float> below = a.compare(VectorOperators.LT, -Activation.SATURATION);
      a = a.blend(Activation.SATURATION, above).blend(-Activation.SATURATION, below);
      above = b.compare(VectorOperators.GT, Activation.SATURATION);
      below = b.compare(VectorOperators.LT, -Activation.SATURATION);
      b = b.blend(Activation.SATURATION, above).blend(-Activation.SATURATION, below);
      FloatVector square = a.mul(a);
      FloatVector fourth = square.mul(square);
      FloatVector p =
          FloatVector.broadcast(SPECIES, Activation.P3)
              .fma(square, FloatVector.broadcast(SPECIES, Activation.P2));
      FloatVector q =
          FloatVector.broadcast(SPECIES, Activation.Q3)
              .fma(square, FloatVector.broadcast(SPECIES, Activation.Q2));
      p = FloatVector.broadcast(SPECIES, Activation.P4).fma(fourth, p);
      q = FloatVector.broadcast(SPECIES, Activation.Q4).fma(fourth, q);
      FloatVector low =
          FloatVector.broadcast(SPECIES, Activation.P1)
              .fma(square, FloatVector.broadcast(SPECIES, Activation.P0));
      p = p.fma(a.mul(fourth), a.mul(low));
      low =
          FloatVector.broadcast(SPECIES, Activation.Q1)
              .fma(square, FloatVector.broadcast(SPECIES, Activation.Q0));
      p.div(q.fma(fourth, low)).intoArray(values, atA + i);
      square = b.mul(b);
      fourth = square.mul(square);
      p =
          FloatVector.broadcast(SPECIES, Activation.P3)
              .fma(square, FloatVector.broadcast(SPECIES, Activation.P2));
      q =
          FloatVector.broadcast(SPECIES, Activation.Q3)
              .fma(square, FloatVector.broadcast(SPECIES, Activation.Q2));
      p = FloatVector.broadcast(SPECIES, Activation.P4).fma(fourth, p);
      q = FloatVector.broadcast(SPECIES, Activation.Q4).fma(fourth, q);
      low =
          FloatVector.broadcast(SPECIES, Activation.P1)
              .fma(square, FloatVector.broadcast(SPECIES, Activation.P0));
      p = p.fma(b.mul(fourth), b.mul(low));
      low =
          FloatVector.broadcast(SPECIES, Activation.Q1)
              .fma(square, FloatVector.broadcast(SPECIES, Activation.Q0));
      p.div(q.fma(fourth, low)).intoArray(values, atB + i);
    }
  }
}
