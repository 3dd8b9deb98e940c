package dev.weir.rnn;

import java.util.Arrays;

/**
 * The kind in plain loops. Every hot loop is a "sum += column * x" over arrays that share one
 * index, which JDK 17 turns into vector code (see {@link ColumnWeights}). Forward that is a column
 * of the matrix, times one input; backward a row of it, times one gate's gradient. A column of the
 * gradient is the gates' gradients of all steps, each times that step's input: so no loop ever runs
 * along the input, which may be a single value.
 */
final class ColumnMatrix extends TrainingMatrix {

  private static final float[] ONE = {1f};

  private final float[][] columns; // (width)(rows), scaled
  private final float[][] byRow; // (rows)(width)
  private final float[][] dColumns; // (width)(rows)

  ColumnMatrix(int rows, int width, float[] scales) {
    super(rows, width, scales);
    columns = new float[width][rows];
    byRow = new float[rows][width];
    dColumns = new float[width][rows];
  }

  @Override
  int pack(float[] weights, int offset) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(weights, offset + row * width, byRow[row], 0, width);
    }
    for (int j = 0; j < width; j++) {
      takeColumn(weights, offset + j, width, scales, columns[j], rows);
    }
    return offset + rows * width;
  }

  private static void takeColumn(
      float[] matrix, int offset, int width, float[] scales, float[] column, int length) {
    int at = offset;
    for (int row = 0; row < length; row++) {
      column[row] = scales[row] * matrix[at];
      at += width;
    }
  }

  @Override
  void forward(float[][] sums, int first, int count, float[] x, int offset) {
    for (int k = 0; k < count; k++) {
      ColumnKernel.addColumns(columns, x, offset + k * width, width, sums[first + k], rows);
    }
  }

  @Override
  void backward(float[][] d, int first, int count, float[][] dX) {
    for (int k = 0; k < count; k++) {
      ColumnKernel.addColumns(byRow, d[first + k], 0, rows, dX[k], width);
    }
  }

  @Override
  int addGradient(
      float[][] d, int count, float[] x, int offset, float[] gradient, int gradientOffset) {
    for (int j = 0; j < width; j++) {
      Arrays.fill(dColumns[j], 0f);
      ColumnKernel.addColumns(d, x, offset + j, width, count, dColumns[j], rows);
    }
    int j = 0;
    for (; j + 4 <= width; j += 4) {
      addFourColumns(
          dColumns[j],
          dColumns[j + 1],
          dColumns[j + 2],
          dColumns[j + 3],
          gradient,
          gradientOffset + j,
          width,
          rows);
    }
    for (; j < width; j++) {
      addColumn(dColumns[j], gradient, gradientOffset + j, width, rows);
    }
    return gradientOffset + rows * width;
  }

  static void addFourColumns(
      float[] column0,
      float[] column1,
      float[] column2,
      float[] column3,
      float[] matrix,
      int offset,
      int width,
      int length) {
    int at = offset;
    for (int row = 0; row < length; row++) {
      matrix[at] += column0[row];
      matrix[at + 1] += column1[row];
      matrix[at + 2] += column2[row];
      matrix[at + 3] += column3[row];
      at += width;
    }
  }

  static void addColumn(float[] column, float[] matrix, int offset, int width, int length) {
    for (int row = 0; row < length; row++) {
      matrix[offset + row * width] += column[row];
    }
  }

  @Override
  void sumRows(float[][] d, int count) {
    Arrays.fill(sums, 0f);
    ColumnKernel.addColumns(d, ONE, 0, 0, count, sums, rows);
  }
}
