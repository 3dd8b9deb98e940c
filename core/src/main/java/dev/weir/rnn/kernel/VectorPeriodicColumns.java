package dev.weir.rnn.kernel;

import static dev.weir.rnn.kernel.LinearColumns.TILE;
import static dev.weir.rnn.kernel.VectorLoops.LANES;
import static dev.weir.rnn.kernel.VectorLoops.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The loops of {@link PeriodicColumns} over one tile, in the Vector API. Only where {@link
 * Kernels#vectorApi()} holds. With more than 325 bytes of code none is ever inlined: see {@link
 * VectorLoops}.
 */
final class VectorPeriodicColumns {

  /** Rows that are computed together. */
  static final int TOGETHER = 8;

  private VectorPeriodicColumns() {}

  /**
   * Sets y to base + rows, both from {@code at} on.
   *
   * @param first where the tile begins in each row
   * @param rows a multiple of {@link #TOGETHER}
   */
  static void add(float[] base, float[] of, int first, int stride, float[] y, int at, int rows) {
    for (int k = 0; k < rows; k += TOGETHER) {
      for (int n = 0; n < TILE; n += LANES) {
        int from = k * stride + first + n;
        int to = at + k * TILE + n;
        FloatVector a0 = FloatVector.fromArray(SPECIES, base, to + 0 * TILE);
        a0.add(FloatVector.fromArray(SPECIES, of, from + 0 * stride)).intoArray(y, to + 0 * TILE);
        FloatVector a1 = FloatVector.fromArray(SPECIES, base, to + 1 * TILE);
        a1.add(FloatVector.fromArray(SPECIES, of, from + 1 * stride)).intoArray(y, to + 1 * TILE);
        FloatVector a2 = FloatVector.fromArray(SPECIES, base, to + 2 * TILE);
        a2.add(FloatVector.fromArray(SPECIES, of, from + 2 * stride)).intoArray(y, to + 2 * TILE);
        FloatVector a3 = FloatVector.fromArray(SPECIES, base, to + 3 * TILE);
        a3.add(FloatVector.fromArray(SPECIES, of, from + 3 * stride)).intoArray(y, to + 3 * TILE);
        FloatVector a4 = FloatVector.fromArray(SPECIES, base, to + 4 * TILE);
        a4.add(FloatVector.fromArray(SPECIES, of, from + 4 * stride)).intoArray(y, to + 4 * TILE);
        FloatVector a5 = FloatVector.fromArray(SPECIES, base, to + 5 * TILE);
        a5.add(FloatVector.fromArray(SPECIES, of, from + 5 * stride)).intoArray(y, to + 5 * TILE);
        FloatVector a6 = FloatVector.fromArray(SPECIES, base, to + 6 * TILE);
        a6.add(FloatVector.fromArray(SPECIES, of, from + 6 * stride)).intoArray(y, to + 6 * TILE);
        FloatVector a7 = FloatVector.fromArray(SPECIES, base, to + 7 * TILE);
        a7.add(FloatVector.fromArray(SPECIES, of, from + 7 * stride)).intoArray(y, to + 7 * TILE);
      }
    }
  }

  /**
   * Adds x from {@code at} on to the sums.
   *
   * @param rows a multiple of {@link #TOGETHER}
   */
  static void sum(float[] x, int at, float[] sums, int first, int stride, int rows) {
    for (int k = 0; k < rows; k += TOGETHER) {
      for (int n = 0; n < TILE; n += LANES) {
        int to = k * stride + first + n;
        int from = at + k * TILE + n;
        FloatVector a0 = FloatVector.fromArray(SPECIES, sums, to + 0 * stride);
        a0.add(FloatVector.fromArray(SPECIES, x, from + 0 * TILE)).intoArray(sums, to + 0 * stride);
        FloatVector a1 = FloatVector.fromArray(SPECIES, sums, to + 1 * stride);
        a1.add(FloatVector.fromArray(SPECIES, x, from + 1 * TILE)).intoArray(sums, to + 1 * stride);
        FloatVector a2 = FloatVector.fromArray(SPECIES, sums, to + 2 * stride);
        a2.add(FloatVector.fromArray(SPECIES, x, from + 2 * TILE)).intoArray(sums, to + 2 * stride);
        FloatVector a3 = FloatVector.fromArray(SPECIES, sums, to + 3 * stride);
        a3.add(FloatVector.fromArray(SPECIES, x, from + 3 * TILE)).intoArray(sums, to + 3 * stride);
        FloatVector a4 = FloatVector.fromArray(SPECIES, sums, to + 4 * stride);
        a4.add(FloatVector.fromArray(SPECIES, x, from + 4 * TILE)).intoArray(sums, to + 4 * stride);
        FloatVector a5 = FloatVector.fromArray(SPECIES, sums, to + 5 * stride);
        a5.add(FloatVector.fromArray(SPECIES, x, from + 5 * TILE)).intoArray(sums, to + 5 * stride);
        FloatVector a6 = FloatVector.fromArray(SPECIES, sums, to + 6 * stride);
        a6.add(FloatVector.fromArray(SPECIES, x, from + 6 * TILE)).intoArray(sums, to + 6 * stride);
        FloatVector a7 = FloatVector.fromArray(SPECIES, sums, to + 7 * stride);
        a7.add(FloatVector.fromArray(SPECIES, x, from + 7 * TILE)).intoArray(sums, to + 7 * stride);
      }
    }
  }
}
