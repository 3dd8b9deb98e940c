package dev.weir.rnn;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of a weight gradient, the sum over all steps and sequences of d x', for {@link
 * VectorMatrix}. A tile stays in registers for its whole sum.
 */
final class VectorGradients {

  private static final VectorSpecies<Float> SPECIES = VectorLoops.SPECIES;
  private static final int LANES = VectorLoops.LANES;

  private VectorGradients() {}

  static void fourByTwo(
      float[][] d, int row, int count, float[] x, int from, int width, float[] gradient, int to) {
    FloatVector low0 = FloatVector.zero(SPECIES);
    FloatVector high0 = low0;
    FloatVector low1 = low0;
    FloatVector high1 = low0;
    FloatVector low2 = low0;
    FloatVector high2 = low0;
    FloatVector low3 = low0;
    FloatVector high3 = low0;
    for (int n = 0; n < count; n++) {
      int t = TrainingMatrix.inOrder(n, count);
      float[] dt = d[t];
      FloatVector low = FloatVector.fromArray(SPECIES, x, from + t * width);
      FloatVector high = FloatVector.fromArray(SPECIES, x, from + t * width + LANES);
      FloatVector d0 = FloatVector.broadcast(SPECIES, dt[row]);
      low0 = low.fma(d0, low0);
      high0 = high.fma(d0, high0);
      d0 = FloatVector.broadcast(SPECIES, dt[row + 1]);
      low1 = low.fma(d0, low1);
      high1 = high.fma(d0, high1);
      d0 = FloatVector.broadcast(SPECIES, dt[row + 2]);
      low2 = low.fma(d0, low2);
      high2 = high.fma(d0, high2);
      d0 = FloatVector.broadcast(SPECIES, dt[row + 3]);
      low3 = low.fma(d0, low3);
      high3 = high.fma(d0, high3);
    }
    FloatVector.fromArray(SPECIES, gradient, to).add(low0).intoArray(gradient, to);
    FloatVector.fromArray(SPECIES, gradient, to + LANES).add(high0).intoArray(gradient, to + LANES);
    FloatVector.fromArray(SPECIES, gradient, to + width).add(low1).intoArray(gradient, to + width);
    FloatVector.fromArray(SPECIES, gradient, to + width + LANES)
        .add(high1)
        .intoArray(gradient, to + width + LANES);
    FloatVector.fromArray(SPECIES, gradient, to + 2 * width)
        .add(low2)
        .intoArray(gradient, to + 2 * width);
    FloatVector.fromArray(SPECIES, gradient, to + 2 * width + LANES)
        .add(high2)
        .intoArray(gradient, to + 2 * width + LANES);
    FloatVector.fromArray(SPECIES, gradient, to + 3 * width)
        .add(low3)
        .intoArray(gradient, to + 3 * width);
    FloatVector.fromArray(SPECIES, gradient, to + 3 * width + LANES)
        .add(high3)
        .intoArray(gradient, to + 3 * width + LANES);
  }

  static void fourByOne(
      float[][] d, int row, int count, float[] x, int from, int width, float[] gradient, int to) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int n = 0; n < count; n++) {
      int t = TrainingMatrix.inOrder(n, count);
      float[] dt = d[t];
      FloatVector xt = FloatVector.fromArray(SPECIES, x, from + t * width);
      s0 = xt.fma(FloatVector.broadcast(SPECIES, dt[row]), s0);
      s1 = xt.fma(FloatVector.broadcast(SPECIES, dt[row + 1]), s1);
      s2 = xt.fma(FloatVector.broadcast(SPECIES, dt[row + 2]), s2);
      s3 = xt.fma(FloatVector.broadcast(SPECIES, dt[row + 3]), s3);
    }
    FloatVector.fromArray(SPECIES, gradient, to).add(s0).intoArray(gradient, to);
    FloatVector.fromArray(SPECIES, gradient, to + width).add(s1).intoArray(gradient, to + width);
    FloatVector.fromArray(SPECIES, gradient, to + 2 * width)
        .add(s2)
        .intoArray(gradient, to + 2 * width);
    FloatVector.fromArray(SPECIES, gradient, to + 3 * width)
        .add(s3)
        .intoArray(gradient, to + 3 * width);
  }

  static void one(
      float[][] d, int row, int count, float[] x, int from, int width, float[] gradient, int to) {
    FloatVector s = FloatVector.zero(SPECIES);
    for (int n = 0; n < count; n++) {
      int t = TrainingMatrix.inOrder(n, count);
      s =
          FloatVector.fromArray(SPECIES, x, from + t * width)
              .fma(FloatVector.broadcast(SPECIES, d[t][row]), s);
    }
    FloatVector.fromArray(SPECIES, gradient, to).add(s).intoArray(gradient, to);
  }

  static void fourColumns(
      float[][] d, int i, int count, float[] x, int from, int width, float[][] columns) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int n = 0; n < count; n++) {
      int t = TrainingMatrix.inOrder(n, count);
      int at = from + t * width;
      FloatVector dt = FloatVector.fromArray(SPECIES, d[t], i);
      s0 = dt.fma(FloatVector.broadcast(SPECIES, x[at]), s0);
      s1 = dt.fma(FloatVector.broadcast(SPECIES, x[at + 1]), s1);
      s2 = dt.fma(FloatVector.broadcast(SPECIES, x[at + 2]), s2);
      s3 = dt.fma(FloatVector.broadcast(SPECIES, x[at + 3]), s3);
    }
    s0.intoArray(columns[0], i);
    s1.intoArray(columns[1], i);
    s2.intoArray(columns[2], i);
    s3.intoArray(columns[3], i);
  }

  static void oneColumn(
      float[][] d, int i, int count, float[] x, int from, int width, float[] column) {
    FloatVector s = FloatVector.zero(SPECIES);
    for (int n = 0; n < count; n++) {
      int t = TrainingMatrix.inOrder(n, count);
      s =
          FloatVector.fromArray(SPECIES, d[t], i)
              .fma(FloatVector.broadcast(SPECIES, x[from + t * width]), s);
    }
    s.intoArray(column, i);
  }
}
