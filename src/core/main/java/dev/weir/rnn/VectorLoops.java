package dev.weir.rnn;

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

  // of tanh; as constants they are loaded where they are used, and cost the compiler least
  private static final FloatVector P0 = FloatVector.broadcast(SPECIES, Activation.P0);
  private static final FloatVector P1 = FloatVector.broadcast(SPECIES, Activation.P1);
  private static final FloatVector P2 = FloatVector.broadcast(SPECIES, Activation.P2);
  private static final FloatVector P3 = FloatVector.broadcast(SPECIES, Activation.P3);
  private static final FloatVector P4 = FloatVector.broadcast(SPECIES, Activation.P4);
  private static final FloatVector Q0 = FloatVector.broadcast(SPECIES, Activation.Q0);
  private static final FloatVector Q1 = FloatVector.broadcast(SPECIES, Activation.Q1);
  private static final FloatVector Q2 = FloatVector.broadcast(SPECIES, Activation.Q2);
  private static final FloatVector Q3 = FloatVector.broadcast(SPECIES, Activation.Q3);
  private static final FloatVector Q4 = FloatVector.broadcast(SPECIES, Activation.Q4);
  private static final FloatVector HIGHEST = FloatVector.broadcast(SPECIES, Activation.SATURATION);
  private static final FloatVector LOWEST = FloatVector.broadcast(SPECIES, -Activation.SATURATION);

  private static final int MIXED = 5_000; // the compiler counts from 200 on and compiles at 5,000

  static {
    mix(MIXED);
  }

  private VectorLoops() {}

  /**
   * Shows the compiler all operators before it compiles the library's methods that they share. Had
   * it seen one alone, each of these methods would trap at the next one; and once the methods that
   * it inlines into a loop have trapped a hundred times together, it trusts no type profile there,
   * so that what the loop carries becomes an object for good.
   */
  private static float mix(int rounds) {
    FloatVector a = P0;
    for (int i = 0; i < rounds; i++) {
      a = a.add(P0).mul(P1).sub(P2).div(P3);
    }
    return a.lane(0);
  }

  /** The tanh of {@code length} values from {@code at} on, whole vectors. */
  public static void tanh(float[] values, int at, int length) {
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
      VectorMask<Float> above = a.compare(VectorOperators.GT, HIGHEST);
      VectorMask<Float> below = a.compare(VectorOperators.LT, LOWEST);
      a = a.blend(HIGHEST, above).blend(LOWEST, below);
      above = b.compare(VectorOperators.GT, HIGHEST);
      below = b.compare(VectorOperators.LT, LOWEST);
      b = b.blend(HIGHEST, above).blend(LOWEST, below);
      FloatVector square = a.mul(a);
      FloatVector fourth = square.mul(square);
      FloatVector p = P4.fma(fourth, P3.fma(square, P2));
      FloatVector q = Q4.fma(fourth, Q3.fma(square, Q2));
      p = p.fma(a.mul(fourth), a.mul(P1.fma(square, P0)));
      p.div(q.fma(fourth, Q1.fma(square, Q0))).intoArray(values, atA + i);
      square = b.mul(b);
      fourth = square.mul(square);
      p = P4.fma(fourth, P3.fma(square, P2));
      q = Q4.fma(fourth, Q3.fma(square, Q2));
      p = p.fma(b.mul(fourth), b.mul(P1.fma(square, P0)));
      p.div(q.fma(fourth, Q1.fma(square, Q0))).intoArray(values, atB + i);
    }
  }
}
