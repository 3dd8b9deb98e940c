package dev.weir.forecast.expert;

import static dev.weir.rnn.VectorLoops.LANES;
import static dev.weir.rnn.VectorLoops.SPECIES;

import dev.weir.rnn.Kernels;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The least distances in their order, of equals the first ones, without a branch for each
 * candidate: a limit that hardly more than {@code neighbors} distances do not exceed is found by
 * counting, from the last limit on, and those are sorted by counting how many are less than each.
 *
 * <p>Only where {@link Kernels#vectors()} holds. Scratch: nothing outlives a call but a guess at
 * the next limit, which changes no result.
 */
final class VectorNearest {

  private static final VectorSpecies<Integer> BITS = IntVector.SPECIES_PREFERRED;
  private static final int SPARE = 16; // distances beyond neighbors that a limit may select
  private static final int MOST = Float.floatToIntBits(Float.MAX_VALUE);
  private static final int FIRST_STEP = 1 << 20; // an eighth of an octave

  private final int neighbors;
  private final float[] near; // within the limit, then infinities up to a full vector
  private final int[] nearAt;
  private final int[] places; // how many are less than each of near
  private final int[] order; // (neighbors + spare), places in near by distance
  private int last = Float.floatToIntBits(1); // limit: a guess at the next, and no more than that

  public VectorNearest(int neighbors) {
    this.neighbors = neighbors;
    this.near = new float[neighbors + SPARE + LANES];
    this.nearAt = new int[near.length];
    this.places = new int[near.length];
    this.order = new int[neighbors + SPARE];
  }

  /**
   * Finds the least {@code neighbors} ones.
   *
   * <p>With more than 325 bytes of code it is never inlined, so that no caller grows to where the
   * compiler stops inlining in the middle of an expression, which makes objects of its vectors.
   *
   * @param best distances, overwritten
   * @param bestAt their numbers, overwritten
   * @return false if too many are equal, or too few are finite
   */
  public boolean select(float[] distance, int candidates, double[] best, int[] bestAt) {
    int high = limit(distance, candidates);
    if (high < 0) {
      return false;
    }
    float limit = Float.intBitsToFloat(high);
    int found = 0;
    for (int i = 0; i < candidates; i += LANES) {
      int end = Math.min(i + LANES, candidates);
      if (end - i < LANES
          || FloatVector.fromArray(SPECIES, distance, i)
              .compare(VectorOperators.LE, limit)
              .anyTrue()) {
        for (int k = i; k < end; k++) {
          if (distance[k] <= limit) {
            near[found] = distance[k];
            nearAt[found++] = k;
          }
        }
      }
    }
    Arrays.fill(near, found, found + LANES, Float.POSITIVE_INFINITY);
    Arrays.fill(order, 0, found, -1);
    for (int i = 0; i < found; i += LANES) {
      IntVector bits = FloatVector.fromArray(SPECIES, near, i).reinterpretAsInts();
      IntVector less = IntVector.zero(BITS); // by the sign of the difference: none is below 0
      for (int k = 0; k < found; k++) {
        IntVector other = IntVector.broadcast(BITS, Float.floatToIntBits(near[k]));
        less = less.add(other.sub(bits).lanewise(VectorOperators.LSHR, 31));
      }
      less.intoArray(places, i);
    }
    for (int k = 0; k < found; k++) {
      int place = places[k];
      while (order[place] >= 0) { // an equal one that comes before
        place++;
      }
      order[place] = k;
    }
    for (int place = 0; place < neighbors; place++) {
      best[place] = near[order[place]];
      bestAt[place] = nearAt[order[place]];
    }
    return true;
  }

  /**
   * Bits of a limit that {@code neighbors} distances or hardly more do not exceed; -1 if there is
   * none. Any such limit gives the same result.
   */
  private int limit(float[] distance, int candidates) {
    int low = -1;
    int high = MOST; // order of bits is order of numbers above 0
    int step = FIRST_STEP;
    int limit = last;
    while (high - low > 1) {
      int count = count(distance, candidates, limit);
      if (count < neighbors) {
        low = limit;
      } else if (count > neighbors + SPARE) {
        high = limit;
      } else {
        last = limit;
        return limit;
      }
      // on in one direction, farther each time, until it lies between two: then by halving
      if (high == MOST && limit < MOST - step) {
        limit += step;
      } else if (low == -1 && limit > step) {
        limit -= step;
      } else {
        limit = (low + high) >>> 1;
      }
      step = Math.min(2 * step, MOST / 4);
    }
    return -1;
  }

  private static int count(float[] distance, int candidates, int limit) {
    IntVector most = IntVector.broadcast(BITS, limit);
    IntVector beyond = IntVector.zero(BITS);
    int i = 0;
    for (; i + LANES <= candidates; i += LANES) {
      IntVector bits = FloatVector.fromArray(SPECIES, distance, i).reinterpretAsInts();
      // the sign of the difference, or of a NaN that has one
      beyond = beyond.add(most.sub(bits).or(bits).lanewise(VectorOperators.LSHR, 31));
    }
    int count = i - beyond.reduceLanes(VectorOperators.ADD);
    float end = Float.intBitsToFloat(limit);
    for (; i < candidates; i++) {
      count += distance[i] <= end ? 1 : 0;
    }
    return count;
  }
}
