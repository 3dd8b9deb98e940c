package dev.weir.rnn;

import java.util.Arrays;

/**
 * One weight matrix in training, (gates * hidden_size, width), and the three products that training
 * needs of it. Every hot loop is a "sum += column * x" over arrays that share one index, which JDK
 * 17 turns into vector code (see {@link ColumnWeights}). Forward that is a column of the matrix,
 * times one input; backward a row of it, times one gate's gradient. A column of the gradient is the
 * gates' gradients of all steps, each times that step's input: so no loop ever runs along the
 * input, which may be a single value.
 *
 * <p>Not thread-safe: holds weights and scratch. Allocates only in its constructor.
 */
final class TrainingMatrix {

  private static final float[] ONE = {1f};

  private final int rows;
  private final int width;
  private final float[] scales; // (rows): what a row is multiplied by going forward
  private final float[][] columns; // (width)(rows), scaled
  private final float[][] byRow; // (rows)(width)
  private final float[][] dColumns; // (width)(rows)
  private final float[] sums; // (rows)

  TrainingMatrix(int rows, int width, float[] scales) {
    this.rows = rows;
    this.width = width;
    this.scales = scales;
    columns = new float[width][rows];
    byRow = new float[rows][width];
    dColumns = new float[width][rows];
    sums = new float[rows];
  }

  /** Copies the matrix from {@code offset} on, row-major; returns where the next tensor starts. */
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

  /** sum += scales * W x, where x is (width) from {@code offset} on. */
  void forward(float[] sum, float[] x, int offset) {
    ColumnKernel.addColumns(columns, x, offset, width, sum, rows);
  }

  /** dX += W' d; without the scales. */
  void backward(float[] d, float[] dX) {
    ColumnKernel.addColumns(byRow, d, 0, rows, dX, width);
  }

  /**
   * gradient += sum over k of d[k] x_k', for {@code count} rows; returns where the next tensor's
   * gradient starts.
   *
   * @param x x_k is (width) from {@code offset + k * width} on
   * @param gradient (rows, width) from {@code gradientOffset} on, row-major
   */
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

  private static void addFourColumns(
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

  private static void addColumn(float[] column, float[] matrix, int offset, int width, int length) {
    for (int row = 0; row < length; row++) {
      matrix[offset + row * width] += column[row];
    }
  }

  /** gradient += sum over k of d[k], for {@code count} rows; returns where the next one starts. */
  int addBiasGradient(float[][] d, int count, float[] gradient, int gradientOffset) {
    Arrays.fill(sums, 0f);
    ColumnKernel.addColumns(d, ONE, 0, 0, count, sums, rows);
    addColumn(sums, gradient, gradientOffset, 1, rows);
    return gradientOffset + rows;
  }
}
