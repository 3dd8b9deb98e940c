package dev.weir.rnn;

import static dev.weir.rnn.LinearColumns.TILE;
import static dev.weir.rnn.VectorLoops.LANES;
import static dev.weir.rnn.VectorLoops.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * {@link LinearColumns} in the Vector API: the sums of four outputs and two vectors of columns stay
 * in registers. Only where {@link Kernels#vectorApi()} holds; see {@link VectorLoops}.
 */
final class VectorLinearColumns {

  private VectorLinearColumns() {}

  /**
   * As {@link LinearColumns#add}, of the first outputs.
   *
   * @param count of outputs, a multiple of four
   */
  static void add(
      float[] weights,
      int inputs,
      int count,
      int outputs,
      float[] x,
      int tiles,
      float least,
      float[] y) {
    int vectors = tiles * TILE / LANES;
    int v = 0;
    for (; v + 2 <= vectors; v += 2) {
      int fromA = at(v, inputs);
      int fromB = at(v + 1, inputs);
      int toA = at(v, outputs);
      int toB = at(v + 1, outputs);
      for (int k = 0; k < count; k += 4) {
        int row = k * TILE;
        fourByTwo(weights, k * inputs, inputs, x, fromA, fromB, least, y, toA + row, toB + row);
      }
    }
    for (int k = 0; v < vectors && k < count; k += 4) {
      int to = at(v, outputs) + k * TILE;
      fourByOne(weights, k * inputs, inputs, x, at(v, inputs), least, y, to);
    }
  }

  /** Where a vector of columns has its first of so many rows. */
  private static int at(int vector, int rows) {
    int column = vector * LANES;
    return column / TILE * rows * TILE + column % TILE;
  }

  /** Two vectors from fromA and fromB on, of four outputs. */
  private static void fourByTwo(
      float[] weights,
      int at,
      int inputs,
      float[] x,
      int fromA,
      int fromB,
      float least,
      float[] y,
      int toA,
      int toB) {
    FloatVector low0 = FloatVector.fromArray(SPECIES, y, toA);
    FloatVector high0 = FloatVector.fromArray(SPECIES, y, toB);
    FloatVector low1 = FloatVector.fromArray(SPECIES, y, toA + TILE);
    FloatVector high1 = FloatVector.fromArray(SPECIES, y, toB + TILE);
    FloatVector low2 = FloatVector.fromArray(SPECIES, y, toA + 2 * TILE);
    FloatVector high2 = FloatVector.fromArray(SPECIES, y, toB + 2 * TILE);
    FloatVector low3 = FloatVector.fromArray(SPECIES, y, toA + 3 * TILE);
    FloatVector high3 = FloatVector.fromArray(SPECIES, y, toB + 3 * TILE);
    int at1 = at + inputs;
    int at2 = at1 + inputs;
    int at3 = at2 + inputs;
    for (int i = 0; i < inputs; i++) {
      FloatVector low = FloatVector.fromArray(SPECIES, x, fromA + i * TILE);
      FloatVector high = FloatVector.fromArray(SPECIES, x, fromB + i * TILE);
      FloatVector w = FloatVector.broadcast(SPECIES, weights[at + i]);
      low0 = low.fma(w, low0);
      high0 = high.fma(w, high0);
      w = FloatVector.broadcast(SPECIES, weights[at1 + i]);
      low1 = low.fma(w, low1);
      high1 = high.fma(w, high1);
      w = FloatVector.broadcast(SPECIES, weights[at2 + i]);
      low2 = low.fma(w, low2);
      high2 = high.fma(w, high2);
      w = FloatVector.broadcast(SPECIES, weights[at3 + i]);
      low3 = low.fma(w, low3);
      high3 = high.fma(w, high3);
    }
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    low0.max(floor).intoArray(y, toA);
    high0.max(floor).intoArray(y, toB);
    low1.max(floor).intoArray(y, toA + TILE);
    high1.max(floor).intoArray(y, toB + TILE);
    low2.max(floor).intoArray(y, toA + 2 * TILE);
    high2.max(floor).intoArray(y, toB + 2 * TILE);
    low3.max(floor).intoArray(y, toA + 3 * TILE);
    high3.max(floor).intoArray(y, toB + 3 * TILE);
  }

  /** One vector from from on, of four outputs. */
  private static void fourByOne(
      float[] weights, int at, int inputs, float[] x, int from, float least, float[] y, int to) {
    FloatVector s0 = FloatVector.fromArray(SPECIES, y, to);
    FloatVector s1 = FloatVector.fromArray(SPECIES, y, to + TILE);
    FloatVector s2 = FloatVector.fromArray(SPECIES, y, to + 2 * TILE);
    FloatVector s3 = FloatVector.fromArray(SPECIES, y, to + 3 * TILE);
    int at1 = at + inputs;
    int at2 = at1 + inputs;
    int at3 = at2 + inputs;
    for (int i = 0; i < inputs; i++) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, from + i * TILE);
      s0 = v.fma(FloatVector.broadcast(SPECIES, weights[at + i]), s0);
      s1 = v.fma(FloatVector.broadcast(SPECIES, weights[at1 + i]), s1);
      s2 = v.fma(FloatVector.broadcast(SPECIES, weights[at2 + i]), s2);
      s3 = v.fma(FloatVector.broadcast(SPECIES, weights[at3 + i]), s3);
    }
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    s0.max(floor).intoArray(y, to);
    s1.max(floor).intoArray(y, to + TILE);
    s2.max(floor).intoArray(y, to + 2 * TILE);
    s3.max(floor).intoArray(y, to + 3 * TILE);
  }
}
