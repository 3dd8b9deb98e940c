package dev.weir.forecast.expert;

import dev.weir.rnn.Kernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Distances} in the Vector API: all lags of a stretch of candidates before the next stretch,
 * so that their distances stay in registers and nothing is copied. The same operations in the same
 * order, so the same bits.
 *
 * <p>Only where {@link Kernels#vectorApi()} holds.
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
    int i = 0;
    for (; i + 2 * LANES <= candidates; i += 2 * LANES) {
      measureTwo(distance, penalty, x, newest, first, window, anchorUnit, unit, i);
    }
    for (; i < candidates; i += LANES) {
      // the last ones with some that have been measured already
      int from = Math.min(i, candidates - LANES);
      measureOne(distance, penalty, x, newest, first, window, anchorUnit, unit, from);
    }
  }

  private static void measureTwo(
      float[] distance,
      float[] penalty,
      float[] x,
      int newest,
      int first,
      int window,
      float anchorUnit,
      float unit,
      int i) {
    float now = x[newest];
    int k = i + LANES;
    FloatVector anchor = load(x, first + i);
    FloatVector anchorToo = load(x, first + k);
    FloatVector sum = load(penalty, i).add(square(anchorUnit, anchor.sub(now)));
    FloatVector sumToo = load(penalty, k).add(square(anchorUnit, anchorToo.sub(now)));
    for (int j = 1; j < window; j += 2) {
      int next = Math.min(j + 1, window - 1);
      float query = x[newest - j] - now;
      float queryNext = x[newest - next] - now;
      float weight = unit * Distances.gain(j);
      float weightNext = next > j ? unit * Distances.gain(next) : 0;
      int at = first - j;
      int atNext = first - next;
      FloatVector q = FloatVector.broadcast(SPECIES, query);
      FloatVector r = FloatVector.broadcast(SPECIES, queryNext);
      FloatVector one = square(weight, q.sub(load(x, at + i)).add(anchor));
      FloatVector two = square(weightNext, r.sub(load(x, atNext + i)).add(anchor));
      sum = sum.add(one.add(two));
      one = square(weight, q.sub(load(x, at + k)).add(anchorToo));
      two = square(weightNext, r.sub(load(x, atNext + k)).add(anchorToo));
      sumToo = sumToo.add(one.add(two));
    }
    sum.intoArray(distance, i);
    sumToo.intoArray(distance, k);
  }

  private static void measureOne(
      float[] distance,
      float[] penalty,
      float[] x,
      int newest,
      int first,
      int window,
      float anchorUnit,
      float unit,
      int i) {
    float now = x[newest];
    FloatVector anchor = load(x, first + i);
    FloatVector sum = load(penalty, i).add(square(anchorUnit, anchor.sub(now)));
    for (int j = 1; j < window; j += 2) {
      int next = Math.min(j + 1, window - 1);
      float weightNext = next > j ? unit * Distances.gain(next) : 0;
      FloatVector q = FloatVector.broadcast(SPECIES, x[newest - j] - now);
      FloatVector r = FloatVector.broadcast(SPECIES, x[newest - next] - now);
      FloatVector one = square(unit * Distances.gain(j), q.sub(load(x, first - j + i)).add(anchor));
      FloatVector two = square(weightNext, r.sub(load(x, first - next + i)).add(anchor));
      sum = sum.add(one.add(two));
    }
    sum.intoArray(distance, i);
  }

  private static FloatVector square(float weight, FloatVector apart) {
    return apart.mul(weight).mul(apart);
  }

  private static FloatVector load(float[] values, int at) {
    return FloatVector.fromArray(SPECIES, values, at);
  }
}
