package dev.weir.rnn;

/**
 * A linear layer applied to many columns at once. The columns come in tiles of {@link #TILE}, and x
 * and y are (tiles, rows, TILE), so that the result of a layer is what the next one reads. Each sum
 * is a chain of fma in the order of the inputs, so that each way to compute it gives the same bits.
 */
public final class LinearColumns {

  /** Columns in a tile: a whole number of vectors of 128 to 512 bits. */
  public static final int TILE = 16;

  private static final boolean VECTORS = Kernels.vectors();

  private LinearColumns() {}

  /**
   * Sets y to max(least, y + W x). Allocates nothing.
   *
   * @param weights (outputs, inputs)
   * @param x (tiles, inputs, TILE)
   * @param least result: 0 for relu, negative infinity for none
   * @param y (tiles, outputs, TILE), the bias; overwritten
   */
  public static void add(
      float[] weights, int inputs, int outputs, float[] x, int tiles, float least, float[] y) {
    int k = 0;
    if (VECTORS) {
      k = outputs / 4 * 4;
      VectorLinearColumns.add(weights, inputs, k, outputs, x, tiles, least, y);
    }
    for (; k < outputs; k++) {
      for (int tile = 0; tile < tiles; tile++) {
        int to = (tile * outputs + k) * TILE;
        addProducts(weights, k * inputs, inputs, x, tile * inputs * TILE, y, to);
        for (int n = to; n < to + TILE; n++) {
          y[n] = Math.max(y[n], least);
        }
      }
    }
  }

  private static void addProducts(
      float[] weights, int at, int inputs, float[] x, int from, float[] sum, int to) {
    for (int i = 0; i < inputs; i++) {
      float w = weights[at + i];
      int row = from + i * TILE;
      for (int n = 0; n < TILE; n++) {
        sum[to + n] = Math.fma(w, x[row + n], sum[to + n]);
      }
    }
  }
}
