package dev.weir.rnn;

/**
 * One weight matrix in training, (gates * hidden_size, width), and the three products that training
 * needs of it. Both kinds give the same bits, since every sum is a chain of fma in one order:
 * within each four terms the second, the first, the fourth, the third, as far as there are four,
 * then one by one. A row of a {@code float[][]} may be longer than its values, see {@link #padded}.
 *
 * <p>Not thread-safe: holds weights and scratch. Allocates nothing once made.
 */
abstract class TrainingMatrix {

  /** Makes matrices of one kind. */
  interface Factory {
    TrainingMatrix of(int rows, int width, float[] scales);
  }

  final int rows;
  final int width;
  final float[] scales; // (rows): what a row is multiplied by going forward
  final float[] sums; // (rows)

  TrainingMatrix(int rows, int width, float[] scales) {
    this.rows = rows;
    this.width = width;
    this.scales = scales;
    this.sums = new float[padded(rows)];
  }

  /** The faster kind in this JVM. */
  static TrainingMatrix of(int rows, int width, float[] scales) {
    return Kernels.vectors()
        ? new VectorMatrix(rows, width, scales)
        : new ColumnMatrix(rows, width, scales);
  }

  /**
   * The length of a scratch row of so many values: a whole number of vectors, where the JVM has
   * any.
   */
  static int padded(int length) {
    return Kernels.vectorApi() ? VectorMatrix.padded(length) : length;
  }

  /** The place of the term that is added as number k of {@code count}. */
  static int inOrder(int k, int count) {
    return k < (count & -4) ? k ^ 1 : k;
  }

  /** Copies the matrix from {@code offset} on, row-major; returns where the next tensor starts. */
  abstract int pack(float[] weights, int offset);

  /**
   * sums[first + k] += scales * W x_k, for {@code count} rows.
   *
   * @param sums each (rows)
   * @param x x_k is (width) from {@code offset + k * width} on
   */
  abstract void forward(float[][] sums, int first, int count, float[] x, int offset);

  /**
   * dX[k] += W' d[first + k], for {@code count} rows; without the scales.
   *
   * @param d each (rows)
   * @param dX each (width)
   */
  abstract void backward(float[][] d, int first, int count, float[][] dX);

  /**
   * gradient += sum over k of d[k] x_k', for {@code count} rows; returns where the next tensor's
   * gradient starts.
   *
   * @param x as in {@link #forward}
   * @param gradient (rows, width) from {@code gradientOffset} on, row-major
   */
  abstract int addGradient(
      float[][] d, int count, float[] x, int offset, float[] gradient, int gradientOffset);

  /** gradient += sum over k of d[k], for {@code count} rows; returns where the next one starts. */
  final int addBiasGradient(float[][] d, int count, float[] gradient, int gradientOffset) {
    sumRows(d, count);
    for (int row = 0; row < rows; row++) {
      gradient[gradientOffset + row] += sums[row];
    }
    return gradientOffset + rows;
  }

  /** Fills {@link #sums}. */
  abstract void sumRows(float[][] d, int count);
}
