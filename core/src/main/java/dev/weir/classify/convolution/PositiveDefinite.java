package dev.weir.classify.convolution;

/**
 * Symmetric positive definite systems, solved by a Cholesky decomposition in double precision. Of a
 * matrix only the upper triangle is read and written. The inner loops have no sums across a row, so
 * that the compiler vectorizes them; a block of rows stays in the cache.
 */
final class PositiveDefinite {

  private static final int BLOCK = 64; // rows, a multiple of 4

  private PositiveDefinite() {}

  /**
   * The sum of the outer products of each row with itself.
   *
   * @param rows (terms, size), at least one
   * @return (size, size), upper triangle
   */
  static double[][] gram(double[][] rows) {
    int size = rows[0].length;
    double[][] gram = new double[size][size];
    for (int from = 0; from < size; from += BLOCK) {
      int to = Math.min(from + BLOCK, size);
      int k = 0;
      for (; k + 4 <= rows.length; k += 4) {
        for (int i = from; i < to; i++) {
          addFour(gram[i], i, 1, rows, k);
        }
      }
      for (; k < rows.length; k++) {
        for (int i = from; i < to; i++) {
          add(gram[i], i, rows[k][i], rows[k]);
        }
      }
    }
    return gram;
  }

  /**
   * Replaces a matrix A by U with A = transposed(U) U.
   *
   * @param matrix (size, size), upper triangle
   * @return whether the matrix is positive definite; if not, its content is undefined
   */
  static boolean decompose(double[][] matrix) {
    int size = matrix.length;
    for (int from = 0; from < size; from += BLOCK) {
      int to = Math.min(from + BLOCK, size);
      for (int k = 0; k < from; k += 4) {
        for (int i = from; i < to; i++) {
          addFour(matrix[i], i, -1, matrix, k);
        }
      }
      for (int i = from; i < to; i++) {
        double[] row = matrix[i];
        for (int k = from; k < i; k++) {
          add(row, i, -matrix[k][i], matrix[k]);
        }
        if (!(row[i] > 0)) { // also NaN
          return false;
        }
        double factor = 1 / Math.sqrt(row[i]);
        for (int j = i; j < size; j++) {
          row[j] *= factor;
        }
      }
    }
    return true;
  }

  /**
   * Solves transposed(U) U x = b.
   *
   * @param upper what {@link #decompose} made of the matrix
   * @param x (size) b; overwritten by the solution
   */
  static void solve(double[][] upper, double[] x) {
    int size = x.length;
    for (int i = 0; i < size; i++) {
      x[i] /= upper[i][i];
      add(x, i + 1, -x[i], upper[i]);
    }
    for (int i = size - 1; i >= 0; i--) {
      double sum = x[i];
      for (int j = i + 1; j < size; j++) {
        sum -= upper[i][j] * x[j];
      }
      x[i] = sum / upper[i][i];
    }
  }

  /** Adds a row times a factor from a column on. */
  static void add(double[] to, int from, double factor, double[] row) {
    for (int j = from; j < to.length; j++) {
      to[j] += factor * row[j];
    }
  }

  /** Adds the rows k to k + 3, each times its own element of the first column and a sign. */
  private static void addFour(double[] to, int first, double sign, double[][] rows, int k) {
    double[] a = rows[k];
    double[] b = rows[k + 1];
    double[] c = rows[k + 2];
    double[] d = rows[k + 3];
    double ofA = sign * a[first];
    double ofB = sign * b[first];
    double ofC = sign * c[first];
    double ofD = sign * d[first];
    for (int j = first; j < to.length; j++) {
      to[j] += ofA * a[j] + ofB * b[j] + ofC * c[j] + ofD * d[j];
    }
  }
}
