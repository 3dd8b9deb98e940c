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
      FloatVector anchor = load(x, first + from);
      FloatVector start = load(penalty, from).add(square(anchorUnit, anchor.sub(x[newest])));
      start.intoArray(distance, from);
      addLags(distance, x, newest, first, window, unit, from);
    }
  }

  private static void addLags(
      float[] distance, float[] x, int newest, int first, int window, float unit, int i) {
    float now = x[newest];
    FloatVector anchor = load(x, first + i);
    FloatVector sum = load(distance, i);
    for (int j = 1; j < window; j += 2) {
      int next = Math.min(j + 1, window - 1);
      float weight = unit * Distances.gain(j);
      float weightNext = next > j ? unit * Distances.gain(next) : 0;
      FloatVector one = apart(x[newest - j] - now, load(x, first - j + i), anchor);
      FloatVector two = apart(x[newest - next] - now, load(x, first - next + i), anchor);
      sum = sum.add(square(weight, one).add(square(weightNext, two)));
    }
    sum.intoArray(distance, i);
  }

  private static FloatVector apart(float query, FloatVector lag, FloatVector anchor) {
    return FloatVector.broadcast(SPECIES, query).sub(lag).add(anchor);
  }

  private static FloatVector square(float weight, FloatVector apart) {
    return apart.mul(weight).mul(apart);
  }

  private static FloatVector load(float[] values, int at) {
    return FloatVector.fromArray(SPECIES, values, at);
  }
}
