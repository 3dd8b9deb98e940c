package dev.weir.forecast.math;

import static dev.weir.rnn.VectorLoops.LANES;
import static dev.weir.rnn.VectorLoops.SPECIES;

import dev.weir.rnn.Kernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops of {@link FastMath} in the Vector API, with the same operations. Only where {@link
 * Kernels#vectors()} holds. Numbers are constant vectors, which cost the compiler least.
 */
final class VectorFastMath {

  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1);
  private static final FloatVector TWO = FloatVector.broadcast(SPECIES, 2);
  private static final FloatVector THIRD = FloatVector.broadcast(SPECIES, FastMath.THIRD);
  private static final FloatVector FIFTH = FloatVector.broadcast(SPECIES, FastMath.FIFTH);
  private static final FloatVector SEVENTH = FloatVector.broadcast(SPECIES, FastMath.SEVENTH);
  private static final FloatVector LOG_2 = FloatVector.broadcast(SPECIES, FastMath.LOG_2);
  private static final FloatVector MOST = FloatVector.broadcast(SPECIES, FastMath.MOST);
  private static final FloatVector LEAST = FloatVector.broadcast(SPECIES, -FastMath.MOST);
  private static final IntVector SQRT_HALF = (IntVector) INTS.broadcast(FastMath.SQRT_HALF);
  private static final IntVector SHIFT =
      (IntVector) INTS.broadcast(FastMath.ONE - FastMath.SQRT_HALF);
  private static final IntVector BITS_OF_ONE = (IntVector) INTS.broadcast(FastMath.ONE);
  private static final IntVector MANTISSA = (IntVector) INTS.broadcast(FastMath.MANTISSA);

  /** As the bits of a float, 2^23: with a small integer in its last bits it is 2^23 more. */
  private static final IntVector WHOLE = (IntVector) INTS.broadcast(0x4b000000);

  private static final FloatVector WHOLE_BIAS = FloatVector.broadcast(SPECIES, (1 << 23) + 127);

  // of exp
  private static final FloatVector HALF = FloatVector.broadcast(SPECIES, 0.5f);
  private static final FloatVector SIXTH = FloatVector.broadcast(SPECIES, FastMath.SIXTH);
  private static final FloatVector PER_FACTORIAL_4 =
      FloatVector.broadcast(SPECIES, FastMath.PER_FACTORIAL_4);
  private static final FloatVector PER_FACTORIAL_5 =
      FloatVector.broadcast(SPECIES, FastMath.PER_FACTORIAL_5);
  private static final FloatVector PER_FACTORIAL_6 =
      FloatVector.broadcast(SPECIES, FastMath.PER_FACTORIAL_6);
  private static final FloatVector LEAST_EXPONENT =
      FloatVector.broadcast(SPECIES, FastMath.LEAST_EXPONENT);
  private static final FloatVector PER_LOG_2 = FloatVector.broadcast(SPECIES, FastMath.PER_LOG_2);
  private static final FloatVector LOG_2_HIGH = FloatVector.broadcast(SPECIES, FastMath.LOG_2_HIGH);
  private static final FloatVector LOG_2_LOW = FloatVector.broadcast(SPECIES, FastMath.LOG_2_LOW);
  private static final FloatVector ROUNDING = FloatVector.broadcast(SPECIES, FastMath.ROUNDING);

  private VectorFastMath() {}

  static void exps(float[] values, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, values, i).max(LEAST_EXPONENT);
      FloatVector rounded = x.mul(PER_LOG_2).add(ROUNDING);
      FloatVector k = rounded.sub(ROUNDING);
      FloatVector r = x.sub(k.mul(LOG_2_HIGH)).sub(k.mul(LOG_2_LOW));
      FloatVector series = r.mul(PER_FACTORIAL_6).add(PER_FACTORIAL_5);
      series = r.mul(series).add(PER_FACTORIAL_4);
      series = r.mul(series).add(SIXTH);
      series = r.mul(series).add(HALF);
      series = r.mul(series).add(ONE);
      series = r.mul(series).add(ONE);
      IntVector power = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
      series.mul(power.add(BITS_OF_ONE).reinterpretAsFloats()).intoArray(values, i);
    }
  }

  static void logRatios(float[] above, float[] below, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector ratio =
          FloatVector.fromArray(SPECIES, above, i).div(FloatVector.fromArray(SPECIES, below, i));
      IntVector bits = ratio.reinterpretAsInts().add(SHIFT);
      FloatVector m = bits.and(MANTISSA).add(SQRT_HALF).reinterpretAsFloats();
      FloatVector s = m.sub(ONE).div(m.add(ONE));
      FloatVector square = s.mul(s);
      FloatVector series = square.mul(SEVENTH).add(FIFTH);
      series = square.mul(series).add(THIRD);
      series = square.mul(series).add(ONE);
      IntVector exponent = bits.lanewise(VectorOperators.LSHR, 23).or(WHOLE);
      FloatVector result = exponent.reinterpretAsFloats().sub(WHOLE_BIAS).mul(LOG_2);
      result = result.add(s.mul(TWO).mul(series));
      result.min(MOST).max(LEAST).intoArray(above, i);
    }
  }
}
