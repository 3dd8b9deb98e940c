package dev.weir.forecast.expert.analog;

import dev.weir.rnn.kernel.Kernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Distances} in the Vector API: all lags of two stretches of candidates before the next two,
 * so that their distances stay in registers and nothing is copied, and what is the same for all
 * candidates is read once for both. The same operations in the same order, so the same bits.
 *
 * <p>Only where {@link Kernels#vectors()} holds. Scratch: nothing outlives a call.
 */
public final class VectorDistances {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private float[] queries = new float[0]; // (window + 1), x[t-j] - x[t]
  private float[] weights = new float[0]; // (window + 1), g_j / (w s^2)
  private int window;
  private float now; // x[t]
  private float anchorUnit; // a / s^2

  static boolean suits(int candidates) {
    return candidates >= LANES;
  }

  /**
   * Sets what candidates are compared with.
   *
   * @param x values, the newest of them at {@code newest}
   */
  public void query(float[] x, int newest, int window, float anchorUnit, float unit) {
    if (queries.length <= window) {
      queries = new float[window + 1];
      weights = new float[window + 1];
    }
    this.window = window;
    this.anchorUnit = anchorUnit;
    now = x[newest];
    for (int j = 1; j < window; j++) {
      queries[j] = x[newest - j] - now;
      weights[j] = unit * Distances.gain(j);
    }
    queries[window] = queries[window - 1]; // lags go in pairs: the last one alone, and for nothing
    weights[window] = 0;
  }

  /**
   * Overwrites the distances of all candidates.
   *
   * @param penalty (candidates), what the phase counts
   * @param x values, the first candidate at {@code first}
   */
  public void measure(float[] distance, float[] penalty, float[] x, int first, int candidates) {
    int last = candidates - LANES;
    for (int i = 0; i < candidates; i += 2 * LANES) {
      // the last ones with some that have been measured already
      int one = Math.min(i, last);
      int two = Math.min(i + LANES, last);
      measureTwo(distance, penalty, x, first, one, two);
    }
  }

  private void measureTwo(
      float[] distance, float[] penalty, float[] x, int first, int one, int two) {
    float[] queries = this.queries;
    float[] weights = this.weights;
    int window = this.window;
    FloatVector anchorOne = FloatVector.fromArray(SPECIES, x, first + one);
    FloatVector anchorTwo = FloatVector.fromArray(SPECIES, x, first + two);
    FloatVector weight = FloatVector.broadcast(SPECIES, anchorUnit);
    FloatVector query = FloatVector.broadcast(SPECIES, now);
    FloatVector apartOne = anchorOne.sub(query);
    FloatVector apartTwo = anchorTwo.sub(query);
    FloatVector sumOne =
        FloatVector.fromArray(SPECIES, penalty, one).add(apartOne.mul(weight).mul(apartOne));
    FloatVector sumTwo =
        FloatVector.fromArray(SPECIES, penalty, two).add(apartTwo.mul(weight).mul(apartTwo));
    for (int j = 1; j < window; j += 2) {
      int lag = first - j;
      query = FloatVector.broadcast(SPECIES, queries[j]);
      weight = FloatVector.broadcast(SPECIES, weights[j]);
      apartOne = query.sub(FloatVector.fromArray(SPECIES, x, lag + one)).add(anchorOne);
      apartTwo = query.sub(FloatVector.fromArray(SPECIES, x, lag + two)).add(anchorTwo);
      FloatVector squareOne = apartOne.mul(weight).mul(apartOne);
      FloatVector squareTwo = apartTwo.mul(weight).mul(apartTwo);
      lag = first - Math.min(j + 1, window - 1);
      query = FloatVector.broadcast(SPECIES, queries[j + 1]);
      weight = FloatVector.broadcast(SPECIES, weights[j + 1]);
      apartOne = query.sub(FloatVector.fromArray(SPECIES, x, lag + one)).add(anchorOne);
      apartTwo = query.sub(FloatVector.fromArray(SPECIES, x, lag + two)).add(anchorTwo);
      sumOne = sumOne.add(squareOne.add(apartOne.mul(weight).mul(apartOne)));
      sumTwo = sumTwo.add(squareTwo.add(apartTwo.mul(weight).mul(apartTwo)));
    }
    sumOne.intoArray(distance, one);
    sumTwo.intoArray(distance, two);
  }
}
