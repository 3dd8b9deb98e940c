package dev.weir.forecast.expert;

import dev.weir.rnn.Kernels;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The least of some distances in their order, of equals the first ones, without a branch for each
 * that may be one: a limit that hardly more than are wanted do not exceed is found by halving, and
 * those are put in order by counting how many are less than each.
 *
 * <p>Only where {@link Kernels#vectors()} holds. Scratch: nothing outlives a call.
 */
final class VectorNearest {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int SPARE = 16; // more than wanted that a limit may let through

  private final int wanted;
  private final float[] near; // within the limit, then infinities up to a whole vector
  private final int[] nearAt;
  private final int[] order; // (wanted + spare), places in near by distance

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
    int low = -1;
    int high = Float.floatToIntBits(Float.MAX_VALUE); // order of bits is order of numbers above 0
    int count = -1;
    while (count < wanted || count > wanted + SPARE) {
      if (high - low <= 1) {
        return false;
      }
      int middle = (low + high) >>> 1;
      count = count(distance, candidates, Float.intBitsToFloat(middle));
      if (count < wanted) {
        low = middle;
      } else {
        high = middle;
      }
    }
    int found = gather(distance, candidates, Float.intBitsToFloat(high), near, nearAt);
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
    int i = 0;
    for (; i < candidates; i += LANES) {
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
