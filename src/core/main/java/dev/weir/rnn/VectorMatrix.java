package dev.weir.rnn;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kind in the Vector API: the accumulators of a tile, four rows by two vectors, stay in
 * registers for a whole sum. Rows of scratch are padded to whole vectors, so there are no tails;
 * the padding is never read as a value.
 *
 * <p>Only where {@link Kernels#vectors()} holds. One species and small methods: see {@link
 * VectorLoops}.
 */
final class VectorMatrix extends TrainingMatrix {

  private static final VectorSpecies<Float> SPECIES = VectorLoops.SPECIES;
  private static final int LANES = VectorLoops.LANES;

  private final int columnLength; // rows, padded
  private final int rowLength; // width, padded
  private final float[] columns; // (width, rows padded), scaled
  private final float[] byRow; // (rows, width padded)
  private final float[][] dColumns; // (4)(rows padded)

  VectorMatrix(int rows, int width, float[] scales) {
    super(rows, width, scales);
    columnLength = padded(rows);
    rowLength = padded(width);
    columns = new float[width * columnLength];
    byRow = new float[rows * rowLength];
    dColumns = new float[4][columnLength];
  }

  static int padded(int length) {
    return (length + LANES - 1) / LANES * LANES;
  }

  @Override
  int pack(float[] weights, int offset) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(weights, offset + row * width, byRow, row * rowLength, width);
    }
    int row = 0;
    for (; row + 4 <= rows; row += 4) {
      transposeFour(weights, offset + row * width, row);
    }
    for (; row < rows; row++) {
      for (int j = 0; j < width; j++) {
        columns[j * columnLength + row] = scales[row] * weights[offset + row * width + j];
      }
    }
    return offset + rows * width;
  }

  private void transposeFour(float[] weights, int from, int row) {
    float scale0 = scales[row];
    float scale1 = scales[row + 1];
    float scale2 = scales[row + 2];
    float scale3 = scales[row + 3];
    int to = row;
    for (int j = from; j < from + width; j++) {
      columns[to] = scale0 * weights[j];
      columns[to + 1] = scale1 * weights[j + width];
      columns[to + 2] = scale2 * weights[j + 2 * width];
      columns[to + 3] = scale3 * weights[j + 3 * width];
      to += columnLength;
    }
  }

  @Override
  void forward(float[][] sums, int first, int count, float[] x, int offset) {
    int k = 0;
    for (; k + 4 <= count; k += 4) {
      int at = offset + k * width;
      addFour(
          columns,
          columnLength,
          width,
          x,
          at,
          x,
          at + width,
          x,
          at + 2 * width,
          x,
          at + 3 * width,
          sums[first + k],
          sums[first + k + 1],
          sums[first + k + 2],
          sums[first + k + 3]);
    }
    for (; k < count; k++) {
      addOne(columns, columnLength, width, x, offset + k * width, sums[first + k]);
    }
  }

  @Override
  void backward(float[][] d, int first, int count, float[][] dX) {
    int k = 0;
    for (; k + 4 <= count; k += 4) {
      int f = first + k;
      addFour(
          byRow, rowLength, rows, d[f], 0, d[f + 1], 0, d[f + 2], 0, d[f + 3], 0, dX[k], dX[k + 1],
          dX[k + 2], dX[k + 3]);
    }
    for (; k < count; k++) {
      addOne(byRow, rowLength, rows, d[first + k], 0, dX[k]);
    }
  }

  /** sum += matrix' x, the matrix (count, length), for four x and sums. */
  private static void addFour(
      float[] matrix,
      int length,
      int count,
      float[] x0,
      int at0,
      float[] x1,
      int at1,
      float[] x2,
      int at2,
      float[] x3,
      int at3,
      float[] sum0,
      float[] sum1,
      float[] sum2,
      float[] sum3) {
    int i = 0;
    for (; i + 2 * LANES <= length; i += 2 * LANES) {
      fourByTwo(
          matrix, length, count, x0, at0, x1, at1, x2, at2, x3, at3, sum0, sum1, sum2, sum3, i);
    }
    if (i < length) {
      fourByOne(
          matrix, length, count, x0, at0, x1, at1, x2, at2, x3, at3, sum0, sum1, sum2, sum3, i);
    }
  }

  private static void fourByTwo(
      float[] matrix,
      int length,
      int count,
      float[] x0,
      int at0,
      float[] x1,
      int at1,
      float[] x2,
      int at2,
      float[] x3,
      int at3,
      float[] sum0,
      float[] sum1,
      float[] sum2,
      float[] sum3,
      int i) {
    int k = i + LANES;
    FloatVector low0 = FloatVector.fromArray(SPECIES, sum0, i);
    FloatVector high0 = FloatVector.fromArray(SPECIES, sum0, k);
    FloatVector low1 = FloatVector.fromArray(SPECIES, sum1, i);
    FloatVector high1 = FloatVector.fromArray(SPECIES, sum1, k);
    FloatVector low2 = FloatVector.fromArray(SPECIES, sum2, i);
    FloatVector high2 = FloatVector.fromArray(SPECIES, sum2, k);
    FloatVector low3 = FloatVector.fromArray(SPECIES, sum3, i);
    FloatVector high3 = FloatVector.fromArray(SPECIES, sum3, k);
    for (int n = 0; n < count; n++) {
      int j = inOrder(n, count);
      FloatVector low = FloatVector.fromArray(SPECIES, matrix, j * length + i);
      FloatVector high = FloatVector.fromArray(SPECIES, matrix, j * length + k);
      FloatVector x = FloatVector.broadcast(SPECIES, x0[at0 + j]);
      low0 = low.fma(x, low0);
      high0 = high.fma(x, high0);
      x = FloatVector.broadcast(SPECIES, x1[at1 + j]);
      low1 = low.fma(x, low1);
      high1 = high.fma(x, high1);
      x = FloatVector.broadcast(SPECIES, x2[at2 + j]);
      low2 = low.fma(x, low2);
      high2 = high.fma(x, high2);
      x = FloatVector.broadcast(SPECIES, x3[at3 + j]);
      low3 = low.fma(x, low3);
      high3 = high.fma(x, high3);
    }
    low0.intoArray(sum0, i);
    high0.intoArray(sum0, k);
    low1.intoArray(sum1, i);
    high1.intoArray(sum1, k);
    low2.intoArray(sum2, i);
    high2.intoArray(sum2, k);
    low3.intoArray(sum3, i);
    high3.intoArray(sum3, k);
  }

  private static void fourByOne(
      float[] matrix,
      int length,
      int count,
      float[] x0,
      int at0,
      float[] x1,
      int at1,
      float[] x2,
      int at2,
      float[] x3,
      int at3,
      float[] sum0,
      float[] sum1,
      float[] sum2,
      float[] sum3,
      int i) {
    FloatVector s0 = FloatVector.fromArray(SPECIES, sum0, i);
    FloatVector s1 = FloatVector.fromArray(SPECIES, sum1, i);
    FloatVector s2 = FloatVector.fromArray(SPECIES, sum2, i);
    FloatVector s3 = FloatVector.fromArray(SPECIES, sum3, i);
    for (int n = 0; n < count; n++) {
      int j = inOrder(n, count);
      FloatVector m = FloatVector.fromArray(SPECIES, matrix, j * length + i);
      s0 = m.fma(FloatVector.broadcast(SPECIES, x0[at0 + j]), s0);
      s1 = m.fma(FloatVector.broadcast(SPECIES, x1[at1 + j]), s1);
      s2 = m.fma(FloatVector.broadcast(SPECIES, x2[at2 + j]), s2);
      s3 = m.fma(FloatVector.broadcast(SPECIES, x3[at3 + j]), s3);
    }
    s0.intoArray(sum0, i);
    s1.intoArray(sum1, i);
    s2.intoArray(sum2, i);
    s3.intoArray(sum3, i);
  }

  private static void addOne(
      float[] matrix, int length, int count, float[] x, int at, float[] sum) {
    int i = 0;
    for (; i + 4 * LANES <= length; i += 4 * LANES) {
      oneByFour(matrix, length, count, x, at, sum, i);
    }
    for (; i + 2 * LANES <= length; i += 2 * LANES) {
      oneByTwo(matrix, length, count, x, at, sum, i);
    }
    if (i < length) {
      oneByOne(matrix, length, count, x, at, sum, i);
    }
  }

  private static void oneByFour(
      float[] matrix, int length, int count, float[] x, int at, float[] sum, int i) {
    FloatVector s0 = FloatVector.fromArray(SPECIES, sum, i);
    FloatVector s1 = FloatVector.fromArray(SPECIES, sum, i + LANES);
    FloatVector s2 = FloatVector.fromArray(SPECIES, sum, i + 2 * LANES);
    FloatVector s3 = FloatVector.fromArray(SPECIES, sum, i + 3 * LANES);
    for (int n = 0; n < count; n++) {
      int j = inOrder(n, count);
      int m = j * length + i;
      FloatVector xj = FloatVector.broadcast(SPECIES, x[at + j]);
      s0 = FloatVector.fromArray(SPECIES, matrix, m).fma(xj, s0);
      s1 = FloatVector.fromArray(SPECIES, matrix, m + LANES).fma(xj, s1);
      s2 = FloatVector.fromArray(SPECIES, matrix, m + 2 * LANES).fma(xj, s2);
      s3 = FloatVector.fromArray(SPECIES, matrix, m + 3 * LANES).fma(xj, s3);
    }
    s0.intoArray(sum, i);
    s1.intoArray(sum, i + LANES);
    s2.intoArray(sum, i + 2 * LANES);
    s3.intoArray(sum, i + 3 * LANES);
  }

  private static void oneByTwo(
      float[] matrix, int length, int count, float[] x, int at, float[] sum, int i) {
    FloatVector s0 = FloatVector.fromArray(SPECIES, sum, i);
    FloatVector s1 = FloatVector.fromArray(SPECIES, sum, i + LANES);
    for (int n = 0; n < count; n++) {
      int j = inOrder(n, count);
      int m = j * length + i;
      FloatVector xj = FloatVector.broadcast(SPECIES, x[at + j]);
      s0 = FloatVector.fromArray(SPECIES, matrix, m).fma(xj, s0);
      s1 = FloatVector.fromArray(SPECIES, matrix, m + LANES).fma(xj, s1);
    }
    s0.intoArray(sum, i);
    s1.intoArray(sum, i + LANES);
  }

  private static void oneByOne(
      float[] matrix, int length, int count, float[] x, int at, float[] sum, int i) {
    FloatVector s = FloatVector.fromArray(SPECIES, sum, i);
    for (int n = 0; n < count; n++) {
      int j = inOrder(n, count);
      s =
          FloatVector.fromArray(SPECIES, matrix, j * length + i)
              .fma(FloatVector.broadcast(SPECIES, x[at + j]), s);
    }
    s.intoArray(sum, i);
  }

  @Override
  int addGradient(
      float[][] d, int count, float[] x, int offset, float[] gradient, int gradientOffset) {
    int row = 0;
    int inLanes = width / LANES * LANES; // columns that fill vectors; the others lie across
    for (; row + 4 <= rows; row += 4) {
      int at = gradientOffset + row * width;
      int j = 0;
      for (; j + 2 * LANES <= inLanes; j += 2 * LANES) {
        VectorGradients.fourByTwo(d, row, count, x, offset + j, width, gradient, at + j);
      }
      if (j < inLanes) {
        VectorGradients.fourByOne(d, row, count, x, offset + j, width, gradient, at + j);
      }
    }
    for (; row < rows; row++) {
      for (int j = 0; j < inLanes; j += LANES) {
        VectorGradients.one(
            d, row, count, x, offset + j, width, gradient, gradientOffset + row * width + j);
      }
    }
    int j = inLanes;
    for (; j + 4 <= width; j += 4) {
      for (int i = 0; i < columnLength; i += LANES) {
        VectorGradients.fourColumns(d, i, count, x, offset + j, width, dColumns);
      }
      ColumnMatrix.addFourColumns(
          dColumns[0],
          dColumns[1],
          dColumns[2],
          dColumns[3],
          gradient,
          gradientOffset + j,
          width,
          rows);
    }
    for (; j < width; j++) {
      for (int i = 0; i < columnLength; i += LANES) {
        VectorGradients.oneColumn(d, i, count, x, offset + j, width, dColumns[0]);
      }
      ColumnMatrix.addColumn(dColumns[0], gradient, gradientOffset + j, width, rows);
    }
    return gradientOffset + rows * width;
  }

  @Override
  void sumRows(float[][] d, int count) {
    for (int i = 0; i < columnLength; i += LANES) {
      sumRows(d, i, count, sums);
    }
  }

  private static void sumRows(float[][] d, int i, int count, float[] sums) {
    FloatVector s = FloatVector.zero(SPECIES);
    for (int n = 0; n < count; n++) {
      s = s.add(FloatVector.fromArray(SPECIES, d[inOrder(n, count)], i));
    }
    s.intoArray(sums, i);
  }
}
