package dev.weir.rnn.kernel;

import static dev.weir.rnn.kernel.LinearColumns.TILE;
import static dev.weir.rnn.kernel.VectorLoops.LANES;
import static dev.weir.rnn.kernel.VectorLoops.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The loops of {@link PeriodicColumns} over one tile, in the Vector API. Only where {@link
 * Kernels#vectorApi()} holds; see {@link VectorLoops}.
 */
final class VectorPeriodicColumns {

  private VectorPeriodicColumns() {}

  /**
   * Sets y to base + rows, both from {@code at} on.
   *
   * @param first where the tile begins in each row
   */
  static void add(float[] base, float[] of, int first, int stride, float[] y, int at, int rows) {
    for (int k = 0; k < rows; k++) {
      for (int n = 0; n < TILE; n += LANES) {
        int from = k * stride + first + n;
        int to = at + k * TILE + n;
        FloatVector.fromArray(SPECIES, base, to)
            .add(FloatVector.fromArray(SPECIES, of, from))
            .intoArray(y, to);
      }
    }
  }

  /** Adds x from {@code at} on to the sums. */
  static void sum(float[] x, int at, float[] sums, int first, int stride, int rows) {
    for (int k = 0; k < rows; k++) {
      for (int n = 0; n < TILE; n += LANES) {
        int to = k * stride + first + n;
        FloatVector.fromArray(SPECIES, sums, to)
            .add(FloatVector.fromArray(SPECIES, x, at + k * TILE + n))
            .intoArray(sums, to);
      }
    }
  }
}
