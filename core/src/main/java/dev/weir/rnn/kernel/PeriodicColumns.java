package dev.weir.rnn.kernel;

import static dev.weir.rnn.kernel.LinearColumns.TILE;

import java.util.Arrays;

/**
 * What is the same for several blocks of columns, each of {@code period} columns, that lie behind
 * each other in the tiles of {@link LinearColumns}. Such a number is in a row, which begins with
 * one block and repeats it, so that whatever column a tile begins with, the rest of the tile is one
 * stretch of the row. A row is as long as a tile if a whole number of blocks is, else twice as
 * long.
 *
 * <p>Each number is one sum in the order of the tiles: each way to compute it gives the same bits.
 */
public final class PeriodicColumns {

  private static final boolean VECTORS = Kernels.vectors();

  private final int period;
  private final int rows;
  private final int columns;
  private final int tiles;
  private final int stride;
  private final int together; // rows that are computed in vectors

  /**
   * @param period columns of a block, at most a tile
   * @param rows in each tile
   * @param blocks that lie behind each other
   */
  public PeriodicColumns(int period, int rows, int blocks) {
    this.period = period;
    this.rows = rows;
    this.columns = period * blocks;
    this.tiles = (columns - 1) / TILE + 1;
    this.stride = TILE % period == 0 ? TILE : 2 * TILE;
    this.together =
        VECTORS ? rows / VectorPeriodicColumns.TOGETHER * VectorPeriodicColumns.TOGETHER : 0;
  }

  /** Tiles that all blocks take. */
  public int tiles() {
    return tiles;
  }

  /** Floats of all rows. */
  public int rowFloats() {
    return rows * stride;
  }

  /** Where a column of a row of an array of so many rows is. */
  public static int place(int column, int rows, int row) {
    return (column / TILE * rows + row) * TILE + column % TILE;
  }

  /**
   * Makes rows of one tile, whose first block is known.
   *
   * @param block (rows, TILE)
   * @param to (rows, ...)
   */
  public void repeat(float[] block, float[] to) {
    for (int k = 0; k < rows; k++) {
      int from = k * TILE;
      int at = k * stride;
      for (int n = 0; n < period; n++) {
        to[at + n] = block[from + n];
      }
      for (int n = at + period; n < at + stride; n++) {
        to[n] = to[n - period];
      }
    }
  }

  /**
   * Sets y to base + rows.
   *
   * @param base (tiles, rows, TILE), as y
   * @param of (rows, ...)
   */
  public void add(float[] base, float[] of, float[] y) {
    for (int tile = 0; tile < tiles; tile++) {
      int first = tile * TILE % period;
      int at = tile * rows * TILE;
      if (VECTORS) {
        VectorPeriodicColumns.add(base, of, first, stride, y, at, together);
      }
      for (int k = together; k < rows; k++) {
        int to = at + k * TILE;
        for (int n = 0; n < TILE; n++) {
          y[to + n] = base[to + n] + of[k * stride + first + n];
        }
      }
    }
  }

  /**
   * The mean over all blocks.
   *
   * @param x (tiles, rows, TILE)
   * @param sums (rows, ...), scratch
   * @param mean (rows, TILE), repeated to the end of the tile where whole blocks fit in one
   */
  public void mean(float[] x, float[] sums, float[] mean) {
    Arrays.fill(sums, 0, rows * stride, 0);
    for (int tile = 0; tile < tiles; tile++) {
      int first = tile * TILE % period;
      int at = tile * rows * TILE;
      int known = Math.min(TILE, columns - tile * TILE);
      int next = 0;
      if (VECTORS && known == TILE) {
        VectorPeriodicColumns.sum(x, at, sums, first, stride, together);
        next = together;
      }
      for (int k = next; k < rows; k++) {
        for (int n = 0; n < known; n++) {
          sums[k * stride + first + n] += x[at + k * TILE + n];
        }
      }
    }
    int blocks = columns / period;
    for (int k = 0; k < rows; k++) {
      int at = k * TILE;
      for (int n = 0; n < period; n++) {
        float sum = 0;
        for (int m = k * stride + n; m < (k + 1) * stride; m += period) {
          sum += sums[m];
        }
        mean[at + n] = sum / blocks;
      }
      for (int n = at + period; stride == TILE && n < at + TILE; n++) {
        mean[n] = mean[n - period];
      }
    }
  }
}
