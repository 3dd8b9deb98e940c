package dev.weir.forecast.candidate;

import static dev.weir.rnn.kernel.VectorLoops.LANES;
import static dev.weir.rnn.kernel.VectorLoops.SPECIES;

import dev.weir.rnn.kernel.Kernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link FastMath#exp(float[], int)} in the Vector API, with the same operations. Only where {@link
 * Kernels#vectors()} holds. Numbers are constant vectors, which cost the compiler least.
 */
final class VectorExponential {

  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final FloatVector LEAST = FloatVector.broadcast(SPECIES, FastMath.LEAST_EXPONENT);
  private static final FloatVector PER_LOG_2 = FloatVector.broadcast(SPECIES, FastMath.PER_LOG_2);
  private static final FloatVector LOG_2_HIGH = FloatVector.broadcast(SPECIES, FastMath.LOG_2_HIGH);
  private static final FloatVector LOG_2_LOW = FloatVector.broadcast(SPECIES, FastMath.LOG_2_LOW);
  private static final FloatVector WHOLE = FloatVector.broadcast(SPECIES, FastMath.WHOLE);
  private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1);
  private static final FloatVector E2 = FloatVector.broadcast(SPECIES, FastMath.E2);
  private static final FloatVector E3 = FloatVector.broadcast(SPECIES, FastMath.E3);
  private static final FloatVector E4 = FloatVector.broadcast(SPECIES, FastMath.E4);
  private static final FloatVector E5 = FloatVector.broadcast(SPECIES, FastMath.E5);
  private static final FloatVector E6 = FloatVector.broadcast(SPECIES, FastMath.E6);
  private static final IntVector BIAS = (IntVector) INTS.broadcast(127 - FastMath.WHOLE_BITS);

  private VectorExponential() {}

  /**
   * Both halves in lock-step. With more than 325 bytes of code it is never inlined, so that no
   * caller grows to where the compiler stops inlining in the middle of an expression.
   *
   * @param length a multiple of two vectors
   */
  static void exp(float[] values, int length) {
    int half = length / 2;
    for (int i = 0; i < half; i += LANES) {
      FloatVector a = FloatVector.fromArray(SPECIES, values, i).max(LEAST);
      FloatVector aShifted = a.mul(PER_LOG_2).add(WHOLE);
      FloatVector aWhole = aShifted.sub(WHOLE);
      a = a.sub(aWhole.mul(LOG_2_HIGH)).sub(aWhole.mul(LOG_2_LOW));
      FloatVector aSeries = a.mul(E6).add(E5);
      aSeries = a.mul(aSeries).add(E4);
      aSeries = a.mul(aSeries).add(E3);
      aSeries = a.mul(aSeries).add(E2);
      aSeries = a.mul(aSeries).add(ONE);
      aSeries = a.mul(aSeries).add(ONE);
      IntVector aExponent = aShifted.reinterpretAsInts().add(BIAS);
      aExponent = aExponent.lanewise(VectorOperators.LSHL, 23);
      aSeries.mul(aExponent.reinterpretAsFloats()).intoArray(values, i);
      FloatVector b = FloatVector.fromArray(SPECIES, values, half + i).max(LEAST);
      FloatVector bShifted = b.mul(PER_LOG_2).add(WHOLE);
      FloatVector bWhole = bShifted.sub(WHOLE);
      b = b.sub(bWhole.mul(LOG_2_HIGH)).sub(bWhole.mul(LOG_2_LOW));
      FloatVector bSeries = b.mul(E6).add(E5);
      bSeries = b.mul(bSeries).add(E4);
      bSeries = b.mul(bSeries).add(E3);
      bSeries = b.mul(bSeries).add(E2);
      bSeries = b.mul(bSeries).add(ONE);
      bSeries = b.mul(bSeries).add(ONE);
      IntVector bExponent = bShifted.reinterpretAsInts().add(BIAS);
      bExponent = bExponent.lanewise(VectorOperators.LSHL, 23);
      bSeries.mul(bExponent.reinterpretAsFloats()).intoArray(values, half + i);
    }
  }
}
