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

  static void exp(float[] values, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, values, i).max(LEAST);
      FloatVector shifted = x.mul(PER_LOG_2).add(WHOLE);
      FloatVector k = shifted.sub(WHOLE);
      FloatVector r = x.sub(k.mul(LOG_2_HIGH)).sub(k.mul(LOG_2_LOW));
      FloatVector series = r.mul(E6).add(E5);
      series = r.mul(series).add(E4);
      series = r.mul(series).add(E3);
      series = r.mul(series).add(E2);
      series = r.mul(series).add(ONE);
      series = r.mul(series).add(ONE);
      IntVector exponent = shifted.reinterpretAsInts().add(BIAS);
      exponent = exponent.lanewise(VectorOperators.LSHL, 23);
      series.mul(exponent.reinterpretAsFloats()).intoArray(values, i);
    }
  }
}
