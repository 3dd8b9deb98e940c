package dev.weir.rnn;

import static dev.weir.rnn.VectorLoops.LANES;
import static dev.weir.rnn.VectorLoops.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Products of one panel of {@link PanelWeights} with one or more inputs. The sums stay in registers
 * from the first column to the last; their number is what hides the latency of the fma.
 *
 * <p>The columns' order is that of {@link ColumnKernel}: 1, 0, 3, 2 in each group of four, and the
 * last one to three in their own order, so that the sums have the same bits.
 */
final class VectorPanels {

  static final int WIDE = 2 * LANES; // rows of a whole panel

  private VectorPanels() {}

  /**
   * to[i] = from[i] + panel x, for four inputs and a whole panel.
   *
   * @param w the panel's columns from {@code at} on
   * @param x four inputs of {@code count} values, {@code stride} apart from {@code xAt} on
   * @param from two vectors, the same for all inputs
   * @param to four times two vectors, {@code toStride} apart
   */
  static void four(
      float[] w,
      int at,
      int count,
      float[] x,
      int xAt,
      int stride,
      float[] from,
      int fromAt,
      float[] to,
      int toAt,
      int toStride) {
    FloatVector low0 = FloatVector.fromArray(SPECIES, from, fromAt);
    FloatVector high0 = FloatVector.fromArray(SPECIES, from, fromAt + LANES);
    FloatVector low1 = low0;
    FloatVector high1 = high0;
    FloatVector low2 = low0;
    FloatVector high2 = high0;
    FloatVector low3 = low0;
    FloatVector high3 = high0;
    int x1 = xAt + stride;
    int x2 = x1 + stride;
    int x3 = x2 + stride;
    int paired = count & ~3;
    int j = 0;
    for (; j < paired; j += 2) {
      FloatVector low = FloatVector.fromArray(SPECIES, w, at + (j + 1) * WIDE);
      FloatVector high = FloatVector.fromArray(SPECIES, w, at + (j + 1) * WIDE + LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, x[xAt + j + 1]);
      low0 = low.fma(v, low0);
      high0 = high.fma(v, high0);
      v = FloatVector.broadcast(SPECIES, x[x1 + j + 1]);
      low1 = low.fma(v, low1);
      high1 = high.fma(v, high1);
      v = FloatVector.broadcast(SPECIES, x[x2 + j + 1]);
      low2 = low.fma(v, low2);
      high2 = high.fma(v, high2);
      v = FloatVector.broadcast(SPECIES, x[x3 + j + 1]);
      low3 = low.fma(v, low3);
      high3 = high.fma(v, high3);
      low = FloatVector.fromArray(SPECIES, w, at + j * WIDE);
      high = FloatVector.fromArray(SPECIES, w, at + j * WIDE + LANES);
      v = FloatVector.broadcast(SPECIES, x[xAt + j]);
      low0 = low.fma(v, low0);
      high0 = high.fma(v, high0);
      v = FloatVector.broadcast(SPECIES, x[x1 + j]);
      low1 = low.fma(v, low1);
      high1 = high.fma(v, high1);
      v = FloatVector.broadcast(SPECIES, x[x2 + j]);
      low2 = low.fma(v, low2);
      high2 = high.fma(v, high2);
      v = FloatVector.broadcast(SPECIES, x[x3 + j]);
      low3 = low.fma(v, low3);
      high3 = high.fma(v, high3);
    }
    low0.intoArray(to, toAt);
    high0.intoArray(to, toAt + LANES);
    low1.intoArray(to, toAt + toStride);
    high1.intoArray(to, toAt + toStride + LANES);
    low2.intoArray(to, toAt + 2 * toStride);
    high2.intoArray(to, toAt + 2 * toStride + LANES);
    low3.intoArray(to, toAt + 3 * toStride);
    high3.intoArray(to, toAt + 3 * toStride + LANES);
    if (paired < count) {
      fourMore(w, at, paired, count, x, xAt, stride, to, toAt, toStride);
    }
  }

  /**
   * Adds the last columns to the sums of {@link #four}. A method of its own, since the compiler
   * makes objects of vectors where a method has too many operations.
   */
  private static void fourMore(
      float[] w,
      int at,
      int first,
      int count,
      float[] x,
      int xAt,
      int stride,
      float[] to,
      int toAt,
      int toStride) {
    int x1 = xAt + stride;
    int x2 = x1 + stride;
    int x3 = x2 + stride;
    FloatVector low0 = FloatVector.fromArray(SPECIES, to, toAt);
    FloatVector high0 = FloatVector.fromArray(SPECIES, to, toAt + LANES);
    FloatVector low1 = FloatVector.fromArray(SPECIES, to, toAt + toStride);
    FloatVector high1 = FloatVector.fromArray(SPECIES, to, toAt + toStride + LANES);
    FloatVector low2 = FloatVector.fromArray(SPECIES, to, toAt + 2 * toStride);
    FloatVector high2 = FloatVector.fromArray(SPECIES, to, toAt + 2 * toStride + LANES);
    FloatVector low3 = FloatVector.fromArray(SPECIES, to, toAt + 3 * toStride);
    FloatVector high3 = FloatVector.fromArray(SPECIES, to, toAt + 3 * toStride + LANES);
    for (int j = first; j < count; j++) {
      FloatVector low = FloatVector.fromArray(SPECIES, w, at + j * WIDE);
      FloatVector high = FloatVector.fromArray(SPECIES, w, at + j * WIDE + LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, x[xAt + j]);
      low0 = low.fma(v, low0);
      high0 = high.fma(v, high0);
      v = FloatVector.broadcast(SPECIES, x[x1 + j]);
      low1 = low.fma(v, low1);
      high1 = high.fma(v, high1);
      v = FloatVector.broadcast(SPECIES, x[x2 + j]);
      low2 = low.fma(v, low2);
      high2 = high.fma(v, high2);
      v = FloatVector.broadcast(SPECIES, x[x3 + j]);
      low3 = low.fma(v, low3);
      high3 = high.fma(v, high3);
    }
    low0.intoArray(to, toAt);
    high0.intoArray(to, toAt + LANES);
    low1.intoArray(to, toAt + toStride);
    high1.intoArray(to, toAt + toStride + LANES);
    low2.intoArray(to, toAt + 2 * toStride);
    high2.intoArray(to, toAt + 2 * toStride + LANES);
    low3.intoArray(to, toAt + 3 * toStride);
    high3.intoArray(to, toAt + 3 * toStride + LANES);
  }

  /** As {@link #four}, for one input and a whole panel. */
  static void one(
      float[] w,
      int at,
      int count,
      float[] x,
      int xAt,
      float[] from,
      int fromAt,
      float[] to,
      int toAt) {
    FloatVector low = FloatVector.fromArray(SPECIES, from, fromAt);
    FloatVector high = FloatVector.fromArray(SPECIES, from, fromAt + LANES);
    int j = 0;
    for (; j + 4 <= count; j += 4) {
      FloatVector v = FloatVector.broadcast(SPECIES, x[xAt + j + 1]);
      low = FloatVector.fromArray(SPECIES, w, at + (j + 1) * WIDE).fma(v, low);
      high = FloatVector.fromArray(SPECIES, w, at + (j + 1) * WIDE + LANES).fma(v, high);
      v = FloatVector.broadcast(SPECIES, x[xAt + j]);
      low = FloatVector.fromArray(SPECIES, w, at + j * WIDE).fma(v, low);
      high = FloatVector.fromArray(SPECIES, w, at + j * WIDE + LANES).fma(v, high);
      v = FloatVector.broadcast(SPECIES, x[xAt + j + 3]);
      low = FloatVector.fromArray(SPECIES, w, at + (j + 3) * WIDE).fma(v, low);
      high = FloatVector.fromArray(SPECIES, w, at + (j + 3) * WIDE + LANES).fma(v, high);
      v = FloatVector.broadcast(SPECIES, x[xAt + j + 2]);
      low = FloatVector.fromArray(SPECIES, w, at + (j + 2) * WIDE).fma(v, low);
      high = FloatVector.fromArray(SPECIES, w, at + (j + 2) * WIDE + LANES).fma(v, high);
    }
    for (; j < count; j++) {
      FloatVector v = FloatVector.broadcast(SPECIES, x[xAt + j]);
      low = FloatVector.fromArray(SPECIES, w, at + j * WIDE).fma(v, low);
      high = FloatVector.fromArray(SPECIES, w, at + j * WIDE + LANES).fma(v, high);
    }
    low.intoArray(to, toAt);
    high.intoArray(to, toAt + LANES);
  }

  /** As {@link #one}, for a panel one vector wide. */
  static void oneNarrow(
      float[] w,
      int at,
      int count,
      float[] x,
      int xAt,
      float[] from,
      int fromAt,
      float[] to,
      int toAt) {
    FloatVector low = FloatVector.fromArray(SPECIES, from, fromAt);
    int j = 0;
    for (; j + 4 <= count; j += 4) {
      FloatVector v = FloatVector.broadcast(SPECIES, x[xAt + j + 1]);
      low = FloatVector.fromArray(SPECIES, w, at + (j + 1) * LANES).fma(v, low);
      v = FloatVector.broadcast(SPECIES, x[xAt + j]);
      low = FloatVector.fromArray(SPECIES, w, at + j * LANES).fma(v, low);
      v = FloatVector.broadcast(SPECIES, x[xAt + j + 3]);
      low = FloatVector.fromArray(SPECIES, w, at + (j + 3) * LANES).fma(v, low);
      v = FloatVector.broadcast(SPECIES, x[xAt + j + 2]);
      low = FloatVector.fromArray(SPECIES, w, at + (j + 2) * LANES).fma(v, low);
    }
    for (; j < count; j++) {
      FloatVector v = FloatVector.broadcast(SPECIES, x[xAt + j]);
      low = FloatVector.fromArray(SPECIES, w, at + j * LANES).fma(v, low);
    }
    low.intoArray(to, toAt);
  }

  /**
   * Two products in lock-step, of two panels with two inputs: a forward and a backward direction.
   * All places are given twice, in the same arrays.
   */
  static void pair(
      float[] w,
      int atA,
      int atB,
      int count,
      float[] x,
      int xA,
      int xB,
      float[] from,
      int fromA,
      int fromB,
      float[] to,
      int toA,
      int toB) {
    FloatVector lowA = FloatVector.fromArray(SPECIES, from, fromA);
    FloatVector highA = FloatVector.fromArray(SPECIES, from, fromA + LANES);
    FloatVector lowB = FloatVector.fromArray(SPECIES, from, fromB);
    FloatVector highB = FloatVector.fromArray(SPECIES, from, fromB + LANES);
    int paired = count & ~3;
    int j = 0;
    for (; j < paired; j += 2) {
      FloatVector a = FloatVector.broadcast(SPECIES, x[xA + j + 1]);
      FloatVector b = FloatVector.broadcast(SPECIES, x[xB + j + 1]);
      lowA = FloatVector.fromArray(SPECIES, w, atA + (j + 1) * WIDE).fma(a, lowA);
      highA = FloatVector.fromArray(SPECIES, w, atA + (j + 1) * WIDE + LANES).fma(a, highA);
      lowB = FloatVector.fromArray(SPECIES, w, atB + (j + 1) * WIDE).fma(b, lowB);
      highB = FloatVector.fromArray(SPECIES, w, atB + (j + 1) * WIDE + LANES).fma(b, highB);
      a = FloatVector.broadcast(SPECIES, x[xA + j]);
      b = FloatVector.broadcast(SPECIES, x[xB + j]);
      lowA = FloatVector.fromArray(SPECIES, w, atA + j * WIDE).fma(a, lowA);
      highA = FloatVector.fromArray(SPECIES, w, atA + j * WIDE + LANES).fma(a, highA);
      lowB = FloatVector.fromArray(SPECIES, w, atB + j * WIDE).fma(b, lowB);
      highB = FloatVector.fromArray(SPECIES, w, atB + j * WIDE + LANES).fma(b, highB);
    }
    for (; j < count; j++) {
      FloatVector a = FloatVector.broadcast(SPECIES, x[xA + j]);
      FloatVector b = FloatVector.broadcast(SPECIES, x[xB + j]);
      lowA = FloatVector.fromArray(SPECIES, w, atA + j * WIDE).fma(a, lowA);
      highA = FloatVector.fromArray(SPECIES, w, atA + j * WIDE + LANES).fma(a, highA);
      lowB = FloatVector.fromArray(SPECIES, w, atB + j * WIDE).fma(b, lowB);
      highB = FloatVector.fromArray(SPECIES, w, atB + j * WIDE + LANES).fma(b, highB);
    }
    lowA.intoArray(to, toA);
    highA.intoArray(to, toA + LANES);
    lowB.intoArray(to, toB);
    highB.intoArray(to, toB + LANES);
  }

  /** As {@link #pair}, for panels one vector wide. */
  static void pairNarrow(
      float[] w,
      int atA,
      int atB,
      int count,
      float[] x,
      int xA,
      int xB,
      float[] from,
      int fromA,
      int fromB,
      float[] to,
      int toA,
      int toB) {
    FloatVector lowA = FloatVector.fromArray(SPECIES, from, fromA);
    FloatVector lowB = FloatVector.fromArray(SPECIES, from, fromB);
    int j = 0;
    for (; j + 4 <= count; j += 4) {
      FloatVector a = FloatVector.broadcast(SPECIES, x[xA + j + 1]);
      FloatVector b = FloatVector.broadcast(SPECIES, x[xB + j + 1]);
      lowA = FloatVector.fromArray(SPECIES, w, atA + (j + 1) * LANES).fma(a, lowA);
      lowB = FloatVector.fromArray(SPECIES, w, atB + (j + 1) * LANES).fma(b, lowB);
      a = FloatVector.broadcast(SPECIES, x[xA + j]);
      b = FloatVector.broadcast(SPECIES, x[xB + j]);
      lowA = FloatVector.fromArray(SPECIES, w, atA + j * LANES).fma(a, lowA);
      lowB = FloatVector.fromArray(SPECIES, w, atB + j * LANES).fma(b, lowB);
      a = FloatVector.broadcast(SPECIES, x[xA + j + 3]);
      b = FloatVector.broadcast(SPECIES, x[xB + j + 3]);
      lowA = FloatVector.fromArray(SPECIES, w, atA + (j + 3) * LANES).fma(a, lowA);
      lowB = FloatVector.fromArray(SPECIES, w, atB + (j + 3) * LANES).fma(b, lowB);
      a = FloatVector.broadcast(SPECIES, x[xA + j + 2]);
      b = FloatVector.broadcast(SPECIES, x[xB + j + 2]);
      lowA = FloatVector.fromArray(SPECIES, w, atA + (j + 2) * LANES).fma(a, lowA);
      lowB = FloatVector.fromArray(SPECIES, w, atB + (j + 2) * LANES).fma(b, lowB);
    }
    for (; j < count; j++) {
      FloatVector a = FloatVector.broadcast(SPECIES, x[xA + j]);
      FloatVector b = FloatVector.broadcast(SPECIES, x[xB + j]);
      lowA = FloatVector.fromArray(SPECIES, w, atA + j * LANES).fma(a, lowA);
      lowB = FloatVector.fromArray(SPECIES, w, atB + j * LANES).fma(b, lowB);
    }
    lowA.intoArray(to, toA);
    lowB.intoArray(to, toB);
  }
}
