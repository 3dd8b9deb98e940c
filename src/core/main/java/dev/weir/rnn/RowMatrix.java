package dev.weir.rnn;

/**
 * The kind for few rows: scalar sums, several side by side so that none waits for the one before,
 * over the matrix as it is. A vector loop over so few values would cost more than their arithmetic.
 */
final class RowMatrix extends TrainingMatrix {

  /** Fewer rows than this: measured, in plain Java the column kind is as fast from here on. */
  private static final int FEW = 16;

  private final float[] weights; // (rows, width)
  private final float[] scaled; // as weights; the same array where all scales are 1

  RowMatrix(int rows, int width, float[] scales) {
    super(rows, width, scales);
    weights = new float[rows * width];
    boolean plain = true;
    for (int row = 0; row < rows; row++) {
      plain &= scales[row] == 1f;
    }
    scaled = plain ? weights : new float[rows * width];
  }

  static boolean suits(int rows) {
    return rows < FEW;
  }

  @Override
  int pack(float[] from, int offset) {
    System.arraycopy(from, offset, weights, 0, weights.length);
    if (scaled != weights) {
      for (int row = 0, at = 0; row < rows; row++) {
        for (int end = at + width; at < end; at++) {
          scaled[at] = scales[row] * weights[at];
        }
      }
    }
    return offset + weights.length;
  }

  @Override
  void forward(float[][] sums, int first, int count, float[] x, int offset) {
    for (int k = 0; k < count; k++) {
      float[] sum = sums[first + k];
      int at = offset + k * width;
      int row = 0;
      for (; row + 4 <= rows; row += 4) {
        addToFour(sum, row, x, at);
      }
      for (; row < rows; row++) {
        addToOne(sum, row, x, at);
      }
    }
  }

  private void addToFour(float[] sum, int row, float[] x, int at) {
    int w0 = row * width;
    int w1 = w0 + width;
    int w2 = w1 + width;
    int w3 = w2 + width;
    float sum0 = sum[row];
    float sum1 = sum[row + 1];
    float sum2 = sum[row + 2];
    float sum3 = sum[row + 3];
    for (int k = 0; k < width; k++) {
      int j = inOrder(k, width);
      float xj = x[at + j];
      sum0 = Math.fma(scaled[w0 + j], xj, sum0);
      sum1 = Math.fma(scaled[w1 + j], xj, sum1);
      sum2 = Math.fma(scaled[w2 + j], xj, sum2);
      sum3 = Math.fma(scaled[w3 + j], xj, sum3);
    }
    sum[row] = sum0;
    sum[row + 1] = sum1;
    sum[row + 2] = sum2;
    sum[row + 3] = sum3;
  }

  private void addToOne(float[] sum, int row, float[] x, int at) {
    int w = row * width;
    float sum0 = sum[row];
    for (int k = 0; k < width; k++) {
      int j = inOrder(k, width);
      sum0 = Math.fma(scaled[w + j], x[at + j], sum0);
    }
    sum[row] = sum0;
  }

  @Override
  void backward(float[][] d, int first, int count, float[][] dX) {
    for (int k = 0; k < count; k++) {
      int j = 0;
      for (; j + 4 <= width; j += 4) {
        addFourBack(d[first + k], dX[k], j);
      }
      for (; j < width; j++) {
        addOneBack(d[first + k], dX[k], j);
      }
    }
  }

  private void addFourBack(float[] d, float[] dX, int j) {
    float sum0 = dX[j];
    float sum1 = dX[j + 1];
    float sum2 = dX[j + 2];
    float sum3 = dX[j + 3];
    for (int k = 0; k < rows; k++) {
      int row = inOrder(k, rows);
      int w = row * width + j;
      float dRow = d[row];
      sum0 = Math.fma(weights[w], dRow, sum0);
      sum1 = Math.fma(weights[w + 1], dRow, sum1);
      sum2 = Math.fma(weights[w + 2], dRow, sum2);
      sum3 = Math.fma(weights[w + 3], dRow, sum3);
    }
    dX[j] = sum0;
    dX[j + 1] = sum1;
    dX[j + 2] = sum2;
    dX[j + 3] = sum3;
  }

  private void addOneBack(float[] d, float[] dX, int j) {
    float sum = dX[j];
    for (int k = 0; k < rows; k++) {
      int row = inOrder(k, rows);
      sum = Math.fma(weights[row * width + j], d[row], sum);
    }
    dX[j] = sum;
  }

  @Override
  int addGradient(
      float[][] d, int count, float[] x, int offset, float[] gradient, int gradientOffset) {
    int row = 0;
    for (; row + 2 <= rows; row += 2) {
      int at = gradientOffset + row * width;
      int j = 0;
      for (; j + 4 <= width; j += 4) {
        addTwoByFour(d, row, count, x, offset + j, gradient, at + j);
      }
      for (; j < width; j++) {
        addTwo(d, row, count, x, offset + j, gradient, at + j);
      }
    }
    for (; row < rows; row++) {
      for (int j = 0; j < width; j++) {
        addOne(d, row, count, x, offset + j, gradient, gradientOffset + row * width + j);
      }
    }
    return gradientOffset + rows * width;
  }

  private void addTwoByFour(
      float[][] d, int row, int count, float[] x, int from, float[] gradient, int to) {
    float sum0 = 0f;
    float sum1 = 0f;
    float sum2 = 0f;
    float sum3 = 0f;
    float next0 = 0f;
    float next1 = 0f;
    float next2 = 0f;
    float next3 = 0f;
    for (int k = 0; k < count; k++) {
      int t = inOrder(k, count);
      float d0 = d[t][row];
      float d1 = d[t][row + 1];
      int at = from + t * width;
      float x0 = x[at];
      float x1 = x[at + 1];
      float x2 = x[at + 2];
      float x3 = x[at + 3];
      sum0 = Math.fma(d0, x0, sum0);
      sum1 = Math.fma(d0, x1, sum1);
      sum2 = Math.fma(d0, x2, sum2);
      sum3 = Math.fma(d0, x3, sum3);
      next0 = Math.fma(d1, x0, next0);
      next1 = Math.fma(d1, x1, next1);
      next2 = Math.fma(d1, x2, next2);
      next3 = Math.fma(d1, x3, next3);
    }
    gradient[to] += sum0;
    gradient[to + 1] += sum1;
    gradient[to + 2] += sum2;
    gradient[to + 3] += sum3;
    gradient[to + width] += next0;
    gradient[to + width + 1] += next1;
    gradient[to + width + 2] += next2;
    gradient[to + width + 3] += next3;
  }

  private void addTwo(
      float[][] d, int row, int count, float[] x, int from, float[] gradient, int to) {
    float sum = 0f;
    float next = 0f;
    for (int k = 0; k < count; k++) {
      int t = inOrder(k, count);
      float xt = x[from + t * width];
      sum = Math.fma(d[t][row], xt, sum);
      next = Math.fma(d[t][row + 1], xt, next);
    }
    gradient[to] += sum;
    gradient[to + width] += next;
  }

  private void addOne(
      float[][] d, int row, int count, float[] x, int from, float[] gradient, int to) {
    float sum = 0f;
    for (int k = 0; k < count; k++) {
      int t = inOrder(k, count);
      sum = Math.fma(d[t][row], x[from + t * width], sum);
    }
    gradient[to] += sum;
  }

  @Override
  void sumRows(float[][] d, int count) {
    for (int row = 0; row < rows; row++) {
      float sum = 0f;
      for (int k = 0; k < count; k++) {
        sum += d[inOrder(k, count)][row];
      }
      sums[row] = sum;
    }
  }
}
