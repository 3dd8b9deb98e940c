package dev.weir.forecast.expert;

import static dev.weir.rnn.VectorLoops.LANES;
import static dev.weir.rnn.VectorLoops.SPECIES;

import dev.weir.rnn.Kernels;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Distances} in the Vector API: all lags of a stretch of candidates before the next, so that
 * their distances stay in registers and nothing is copied. The same operations in the same order,
 * so the same bits.
 *
 * <p>Only where {@link Kernels#vectors()} holds. Scratch: nothing outlives a call.
 */
final class VectorDistances {

  private float[] queries = new float[0]; // (window + 1), x[t-j] - x[t]
  private float[] weights = new float[0]; // (window + 1), g_j / (w s^2)
  private int window;
  private float now; // x[t]
  private float anchorUnit; // a / s^2

  static boolean suits(int candidates) {
    return candidates >= LANES;
  }

  /**
   * Sets the query that candidates are compared with.
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
   * @param penalty (candidates), of the phase
   * @param x values, the first candidate at {@code first}
   */
  public void measure(float[] distance, float[] penalty, float[] x, int first, int candidates) {
    int last = candidates - LANES;
    for (int i = 0; i < candidates; i += LANES) {
      // the last ones with some that have been measured already
      measureAt(distance, penalty, x, first, Math.min(i, last));
    }
  }

  // Two stretches at once are no faster, and so many operations that C2 may stop inlining before
  // the last ones, which are objects then.
  private void measureAt(float[] distance, float[] penalty, float[] x, int first, int at) {
    float[] queries = this.queries;
    float[] weights = this.weights;
    int window = this.window;
    FloatVector anchor = FloatVector.fromArray(SPECIES, x, first + at);
    FloatVector apart = anchor.sub(now);
    FloatVector sum =
        FloatVector.fromArray(SPECIES, penalty, at).add(apart.mul(anchorUnit).mul(apart));
    for (int j = 1; j < window; j += 2) {
      apart = FloatVector.broadcast(SPECIES, queries[j]);
      apart = apart.sub(FloatVector.fromArray(SPECIES, x, first + at - j)).add(anchor);
      FloatVector square = apart.mul(weights[j]).mul(apart);
      int next = first + at - Math.min(j + 1, window - 1);
      apart = FloatVector.broadcast(SPECIES, queries[j + 1]);
      apart = apart.sub(FloatVector.fromArray(SPECIES, x, next)).add(anchor);
      sum = sum.add(square.add(apart.mul(weights[j + 1]).mul(apart)));
    }
    sum.intoArray(distance, at);
  }
}
