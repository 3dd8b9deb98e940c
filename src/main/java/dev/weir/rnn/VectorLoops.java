package dev.weir.rnn;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops in the Vector API, bit for bit what {@link ColumnKernel} and {@link Activation}
 * give: the same sums in the same order, the same fma, the same polynomial.
 *
 * <p>Only for a JVM in which {@link Kernels#vectorApi()} holds; elsewhere the first use of this
 * class fails, so every mention of it stands behind that question.
 *
 * <p>Two things cost ten times as much as they look. A second species in one JVM: the compiler's
 * type profiles of FloatVector are shared, so there is one species for all. A large method: vectors
 * that the compiler does not keep in registers become objects, so methods are small and tests count
 * bytes.
 */
final class VectorLoops {

  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  private VectorLoops() {}

  /**
   * sum[0 .. length) += columns x, as {@link ColumnKernel#addColumns}.
   *
   * @param columns at least {@code count}, each at least {@code length} long
   * @param x its values from {@code offset} on, {@code stride} apart
   */
  static void addColumns(
      float[][] columns, float[] x, int offset, int stride, int count, float[] sum, int length) {
    int i = 0;
    for (; i + 2 * LANES <= length; i += 2 * LANES) {
      addTwo(columns, x, offset, stride, count, sum, i);
    }
    for (; i + LANES <= length; i += LANES) {
      addOne(columns, x, offset, stride, count, sum, i);
    }
    if (i < length) {
      addRest(columns, x, offset, stride, count, sum, i, length);
    }
  }

  private static void addTwo(
      float[][] columns, float[] x, int offset, int stride, int count, float[] sum, int i) {
    int k = i + LANES;
    FloatVector low = FloatVector.fromArray(SPECIES, sum, i);
    FloatVector high = FloatVector.fromArray(SPECIES, sum, k);
    int j = 0;
    int at = offset;
    for (; j + 4 <= count; j += 4) {
      FloatVector x1 = FloatVector.broadcast(SPECIES, x[at + stride]);
      low = FloatVector.fromArray(SPECIES, columns[j + 1], i).fma(x1, low);
      high = FloatVector.fromArray(SPECIES, columns[j + 1], k).fma(x1, high);
      FloatVector x0 = FloatVector.broadcast(SPECIES, x[at]);
      low = FloatVector.fromArray(SPECIES, columns[j], i).fma(x0, low);
      high = FloatVector.fromArray(SPECIES, columns[j], k).fma(x0, high);
      FloatVector x3 = FloatVector.broadcast(SPECIES, x[at + 3 * stride]);
      low = FloatVector.fromArray(SPECIES, columns[j + 3], i).fma(x3, low);
      high = FloatVector.fromArray(SPECIES, columns[j + 3], k).fma(x3, high);
      FloatVector x2 = FloatVector.broadcast(SPECIES, x[at + 2 * stride]);
      low = FloatVector.fromArray(SPECIES, columns[j + 2], i).fma(x2, low);
      high = FloatVector.fromArray(SPECIES, columns[j + 2], k).fma(x2, high);
      at += 4 * stride;
    }
    for (; j < count; j++) {
      FloatVector x0 = FloatVector.broadcast(SPECIES, x[at]);
      low = FloatVector.fromArray(SPECIES, columns[j], i).fma(x0, low);
      high = FloatVector.fromArray(SPECIES, columns[j], k).fma(x0, high);
      at += stride;
    }
    low.intoArray(sum, i);
    high.intoArray(sum, k);
  }

  private static void addOne(
      float[][] columns, float[] x, int offset, int stride, int count, float[] sum, int i) {
    FloatVector s = FloatVector.fromArray(SPECIES, sum, i);
    int j = 0;
    int at = offset;
    for (; j + 4 <= count; j += 4) {
      s = FloatVector.fromArray(SPECIES, columns[j + 1], i).fma(broadcast(x, at + stride), s);
      s = FloatVector.fromArray(SPECIES, columns[j], i).fma(broadcast(x, at), s);
      s = FloatVector.fromArray(SPECIES, columns[j + 3], i).fma(broadcast(x, at + 3 * stride), s);
      s = FloatVector.fromArray(SPECIES, columns[j + 2], i).fma(broadcast(x, at + 2 * stride), s);
      at += 4 * stride;
    }
    for (; j < count; j++) {
      s = FloatVector.fromArray(SPECIES, columns[j], i).fma(broadcast(x, at), s);
      at += stride;
    }
    s.intoArray(sum, i);
  }

  private static FloatVector broadcast(float[] x, int at) {
    return FloatVector.broadcast(SPECIES, x[at]);
  }

  private static void addRest(
      float[][] columns,
      float[] x,
      int offset,
      int stride,
      int count,
      float[] sum,
      int from,
      int length) {
    for (int i = from; i < length; i++) {
      float s = sum[i];
      int j = 0;
      int at = offset;
      for (; j + 4 <= count; j += 4) {
        s = Math.fma(columns[j + 1][i], x[at + stride], s);
        s = Math.fma(columns[j][i], x[at], s);
        s = Math.fma(columns[j + 3][i], x[at + 3 * stride], s);
        s = Math.fma(columns[j + 2][i], x[at + 2 * stride], s);
        at += 4 * stride;
      }
      for (; j < count; j++) {
        s = Math.fma(columns[j][i], x[at], s);
        at += stride;
      }
      sum[i] = s;
    }
  }

  /** Replaces the first {@code length} values by their tanh, as {@link Activation#tanh}. */
  static void tanh(float[] values, int length) {
    int whole = length - length % LANES;
    tanh(values, 0, whole);
    for (int i = whole; i < length; i++) {
      values[i] = Activation.tanh(values[i]);
    }
  }

  /** The tanh of {@code length} values from {@code at} on, whole vectors. */
  static void tanh(float[] values, int at, int length) {
    int half = length / (2 * LANES) * LANES;
    tanh(values, at, at + half, half);
    if (2 * half < length) {
      int last = at + 2 * half;
      tanh(values, last, last, LANES); // twice the same, read before it is written
    }
  }

  /**
   * As above, at two places in lock-step. The polynomial stands here and not in a method with a
   * vector for its argument, since such a method, once compiled, is too large to be inlined
   * everywhere, and then takes and gives objects. This one, with more than 325 bytes of code, is
   * never inlined, so that no caller grows to where the compiler stops inlining in the middle of an
   * expression, with the same effect; the panels' products are as long for the same reason.
   */
  static void tanh(float[] values, int atA, int atB, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector a = FloatVector.fromArray(SPECIES, values, atA + i);
      FloatVector b = FloatVector.fromArray(SPECIES, values, atB + i);
      VectorMask<Float> above = a.compare(VectorOperators.GT, Activation.SATURATION);
      VectorMask<Float> below = a.compare(VectorOperators.LT, -Activation.SATURATION);
      a = a.blend(Activation.SATURATION, above).blend(-Activation.SATURATION, below);
      above = b.compare(VectorOperators.GT, Activation.SATURATION);
      below = b.compare(VectorOperators.LT, -Activation.SATURATION);
      b = b.blend(Activation.SATURATION, above).blend(-Activation.SATURATION, below);
      FloatVector s = a.mul(a);
      FloatVector r = b.mul(b);
      FloatVector p =
          FloatVector.broadcast(SPECIES, Activation.P4)
              .fma(s, FloatVector.broadcast(SPECIES, Activation.P3));
      FloatVector q =
          FloatVector.broadcast(SPECIES, Activation.Q4)
              .fma(s, FloatVector.broadcast(SPECIES, Activation.Q3));
      p =
          p.fma(s, FloatVector.broadcast(SPECIES, Activation.P2))
              .fma(s, FloatVector.broadcast(SPECIES, Activation.P1))
              .fma(s, FloatVector.broadcast(SPECIES, Activation.P0));
      q =
          q.fma(s, FloatVector.broadcast(SPECIES, Activation.Q2))
              .fma(s, FloatVector.broadcast(SPECIES, Activation.Q1))
              .fma(s, FloatVector.broadcast(SPECIES, Activation.Q0));
      a.mul(p).div(q).intoArray(values, atA + i);
      p =
          FloatVector.broadcast(SPECIES, Activation.P4)
              .fma(r, FloatVector.broadcast(SPECIES, Activation.P3));
      q =
          FloatVector.broadcast(SPECIES, Activation.Q4)
              .fma(r, FloatVector.broadcast(SPECIES, Activation.Q3));
      p =
          p.fma(r, FloatVector.broadcast(SPECIES, Activation.P2))
              .fma(r, FloatVector.broadcast(SPECIES, Activation.P1))
              .fma(r, FloatVector.broadcast(SPECIES, Activation.P0));
      q =
          q.fma(r, FloatVector.broadcast(SPECIES, Activation.Q2))
              .fma(r, FloatVector.broadcast(SPECIES, Activation.Q1))
              .fma(r, FloatVector.broadcast(SPECIES, Activation.Q0));
      b.mul(p).div(q).intoArray(values, atB + i);
    }
  }
}
