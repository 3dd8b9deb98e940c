package dev.weir.forecast.expert;

import dev.weir.rnn.Kernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Distances} in the Vector API: all lags of a stretch of candidates before the next stretch,
 * so that their distances stay in registers and nothing is copied. The same operations in the same
 * order, so the same bits.
 *
 * <p>Only where {@link Kernels#vectors()} holds.
 */
final class VectorDistances {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorDistances() {}

  static boolean suits(int candidates) {
    return candidates >= LANES;
  }

  /**
   * Overwrites the distances of all candidates.
   *
   * @param penalty (candidates), what the phase counts
   * @param x values, the newest of them at {@code newest}, the first candidate at {@code first}
   */
  static void measure(
      float[] distance,
      float[] penalty,
      float[] x,
      int newest,
      int first,
      int candidates,
      int window,
      float anchorUnit,
      float unit) {
    for (int i = 0; i < candidates; i += LANES) {
      // the last ones with some that have been measured already
      int from = Math.min(i, candidates - LANES);
      FloatVector level =
          FloatVector.fromArray(SPECIES, x, first + from)
              .sub(FloatVector.broadcast(SPECIES, x[newest]));
      FloatVector start =
          FloatVector.fromArray(SPECIES, penalty, from)
              .add(level.mul(FloatVector.broadcast(SPECIES, anchorUnit)).mul(level));
      start.intoArray(distance, from);
      addLags(distance, x, newest, first, window, unit, from);
    }
  }

  private static void addLags(
      float[] distance, float[] x, int newest, int first, int window, float unit, int i) {
    float now = x[newest];
    FloatVector anchor = FloatVector.fromArray(SPECIES, x, first + i);
    FloatVector sum = FloatVector.fromArray(SPECIES, distance, i);
    for (int j = 1; j < window; j += 2) {
      int next = Math.min(j + 1, window - 1);
      float weight = unit * Distances.gain(j);
      float weightNext = next > j ? unit * Distances.gain(next) : 0;
      FloatVector one =
          FloatVector.broadcast(SPECIES, x[newest - j] - now)
              .sub(FloatVector.fromArray(SPECIES, x, first - j + i))
              .add(anchor);
      FloatVector two =
          FloatVector.broadcast(SPECIES, x[newest - next] - now)
              .sub(FloatVector.fromArray(SPECIES, x, first - next + i))
              .add(anchor);
      one = one.mul(FloatVector.broadcast(SPECIES, weight)).mul(one);
      two = two.mul(FloatVector.broadcast(SPECIES, weightNext)).mul(two);
      sum = sum.add(one.add(two));
    }
    sum.intoArray(distance, i);
  }
}
