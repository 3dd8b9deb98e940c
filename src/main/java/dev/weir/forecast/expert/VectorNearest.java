package dev.weir.forecast.expert;

import dev.weir.rnn.Kernels;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The least of some distances in their order, of equals the first ones, without a branch for each
 * that may be one: a limit that hardly more than are wanted do not exceed comes from the least of
 * each of some groups, or is found by halving, and those are put in order by counting how many are
 * less than each.
 *
 * <p>Only where {@link Kernels#vectors()} holds. Scratch: nothing outlives a call.
 */
final class VectorNearest {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int SPARE = 16; // more than wanted that a limit may let through

  private static final int GROUPS = 4 * LANES;

  private final int wanted;
  private final float[] near; // within the limit, then infinities up to a whole vector
  private final int[] nearAt;
  private final int[] order; // (wanted + spare), places in near by distance
  private final float[] leasts = new float[GROUPS];

  VectorNearest(int wanted) {
    this.wanted = wanted;
    this.near = new float[wanted + SPARE + LANES];
    this.nearAt = new int[near.length];
    this.order = new int[wanted + SPARE];
  }

  /**
   * Finds the least {@code wanted} ones.
   *
   * @param best distances, overwritten
   * @param bestAt their numbers, overwritten
   * @return whether it did; not where too many are equal, or too few are finite numbers
   */
  boolean select(float[] distance, int candidates, double[] best, int[] bestAt) {
    int found = gather(distance, candidates, limit(distance, candidates), near, nearAt);
    if (found < wanted || found > wanted + SPARE) {
      int high = limitByHalving(distance, candidates, wanted, wanted + SPARE);
      if (high < 0) {
        return false;
      }
      found = gather(distance, candidates, Float.intBitsToFloat(high), near, nearAt);
    }
    Arrays.fill(near, found, found + LANES, Float.POSITIVE_INFINITY);
    Arrays.fill(order, 0, found, -1);
    for (int k = 0; k < found; k++) {
      int place = countLess(near, found, near[k]);
      while (order[place] >= 0) { // an equal one that comes before
        place++;
      }
      order[place] = k;
    }
    for (int place = 0; place < wanted; place++) {
      best[place] = near[order[place]];
      bestAt[place] = nearAt[order[place]];
    }
    return true;
  }

  /**
   * Of the least ones of some groups, the last that is wanted: so many at least do not exceed it,
   * and few more, since hardly two of them share a group. Negative where the groups are too few or
   * too small.
   */
  private float limit(float[] distance, int candidates) {
    if (candidates < 2 * GROUPS || 4 * wanted > 3 * GROUPS) {
      return -1;
    }
    leastOfGroups(distance, candidates / GROUPS * GROUPS, leasts);
    int high = limitByHalving(leasts, GROUPS, wanted, wanted);
    return high < 0 ? -1 : Float.intBitsToFloat(high);
  }

  private static void leastOfGroups(float[] distance, int length, float[] leasts) {
    FloatVector a = FloatVector.fromArray(SPECIES, distance, 0);
    FloatVector b = FloatVector.fromArray(SPECIES, distance, LANES);
    FloatVector c = FloatVector.fromArray(SPECIES, distance, 2 * LANES);
    FloatVector d = FloatVector.fromArray(SPECIES, distance, 3 * LANES);
    for (int i = GROUPS; i < length; i += GROUPS) {
      a = a.min(FloatVector.fromArray(SPECIES, distance, i));
      b = b.min(FloatVector.fromArray(SPECIES, distance, i + LANES));
      c = c.min(FloatVector.fromArray(SPECIES, distance, i + 2 * LANES));
      d = d.min(FloatVector.fromArray(SPECIES, distance, i + 3 * LANES));
    }
    a.intoArray(leasts, 0);
    b.intoArray(leasts, LANES);
    c.intoArray(leasts, 2 * LANES);
    d.intoArray(leasts, 3 * LANES);
  }

  /**
   * Bits of a number that from {@code least} to {@code most} of the values do not exceed; negative
   * where there is none. The order of bits is the order of numbers from 0 on.
   */
  private static int limitByHalving(float[] values, int length, int least, int most) {
    int low = -1;
    int high = Float.floatToIntBits(Float.MAX_VALUE);
    int count = -1;
    while (count < least || count > most) {
      if (high - low <= 1) {
        return -1;
      }
      int middle = (low + high) >>> 1;
      count = count(values, length, Float.intBitsToFloat(middle));
      if (count < least) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private static int count(float[] distance, int candidates, float limit) {
    int count = 0;
    int i = 0;
    for (; i + LANES <= candidates; i += LANES) {
      count +=
          FloatVector.fromArray(SPECIES, distance, i)
              .compare(VectorOperators.LE, limit)
              .trueCount();
    }
    for (; i < candidates; i++) {
      count += distance[i] <= limit ? 1 : 0;
    }
    return count;
  }

  private static int gather(
      float[] distance, int candidates, float limit, float[] near, int[] nearAt) {
    int found = 0;
    int most = near.length - LANES;
    for (int i = 0; i < candidates && found <= most; i += LANES) {
      int end = Math.min(i + LANES, candidates);
      if (end - i == LANES && isBeyond(distance, i, limit)) {
        continue;
      }
      for (int k = i; k < end; k++) {
        if (distance[k] <= limit) {
          near[found] = distance[k];
          nearAt[found++] = k;
        }
      }
    }
    return found;
  }

  private static boolean isBeyond(float[] distance, int i, float limit) {
    VectorMask<Float> within =
        FloatVector.fromArray(SPECIES, distance, i).compare(VectorOperators.LE, limit);
    return !within.anyTrue();
  }

  private static int countLess(float[] near, int found, float than) {
    int count = 0;
    for (int i = 0; i < found; i += LANES) {
      count +=
          FloatVector.fromArray(SPECIES, near, i).compare(VectorOperators.LT, than).trueCount();
    }
    return count;
  }
}
