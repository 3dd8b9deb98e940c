package dev.weir.dashboard.view;

import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Numbers of rows in the order of their names. Adding one of a million takes about twenty
 * comparisons, and moves at most a leaf of {@value #LEAF} numbers. Not thread-safe.
 */
final class NameOrder {

  private static final int LEAF = 512;

  private final IntFunction<String> names;
  private int[][] leaves = {new int[LEAF]};
  private int[] sizes = {0};
  private int count = 1; // of leaves
  private int size;

  /**
   * @param names the name of a row
   */
  NameOrder(IntFunction<String> names) {
    this.names = names;
  }

  void add(int row) {
    String name = names.apply(row);
    int leaf = leaf(name);
    if (sizes[leaf] == LEAF) {
      split(leaf);
      if (name.compareTo(names.apply(leaves[leaf + 1][0])) >= 0) {
        leaf++;
      }
    }
    int[] rows = leaves[leaf];
    int at = place(rows, sizes[leaf], name);
    System.arraycopy(rows, at, rows, at + 1, sizes[leaf] - at);
    rows[at] = row;
    sizes[leaf]++;
    size++;
  }

  /** The last leaf that starts before a name; the first one if none does. */
  private int leaf(String name) {
    int low = 1;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (names.apply(leaves[middle][0]).compareTo(name) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private int place(int[] rows, int size, String name) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (names.apply(rows[middle]).compareTo(name) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void split(int leaf) {
    if (count == leaves.length) {
      leaves = Arrays.copyOf(leaves, 2 * count);
      sizes = Arrays.copyOf(sizes, 2 * count);
    }
    System.arraycopy(leaves, leaf + 1, leaves, leaf + 2, count - leaf - 1);
    System.arraycopy(sizes, leaf + 1, sizes, leaf + 2, count - leaf - 1);
    int[] upper = new int[LEAF];
    System.arraycopy(leaves[leaf], LEAF / 2, upper, 0, LEAF / 2);
    leaves[leaf + 1] = upper;
    sizes[leaf + 1] = LEAF / 2;
    sizes[leaf] = LEAF / 2;
    count++;
  }

  /** All rows by name. */
  int[] rows() {
    int[] all = new int[size];
    int at = 0;
    for (int leaf = 0; leaf < count; leaf++) {
      System.arraycopy(leaves[leaf], 0, all, at, sizes[leaf]);
      at += sizes[leaf];
    }
    return all;
  }
}
