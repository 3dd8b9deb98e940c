package dev.weir.dashboard.view;

import java.util.Arrays;

/** Puts some positions of an array in order, without sorting the rest of it (quickselect). */
final class Selection {

  /** A part that is sorted at once. */
  private static final int SMALL = 256;

  private Selection() {}

  /**
   * Reorders an array: each of these positions has the number that sorting would put there, and
   * what is between two of them is between their numbers.
   *
   * @param positions ascending, each below the size
   * @return how many numbers were visited; a few times the size
   */
  static long select(long[] numbers, int size, int... positions) {
    return positions.length == 0 ? 0 : select(numbers, 0, size, positions, 0, positions.length);
  }

  /** The numbers [from, to), for the positions [first, last). */
  private static long select(
      long[] numbers, int from, int to, int[] positions, int first, int last) {
    long visited = 0;
    while (first < last && to - from > SMALL) {
      visited += to - from;
      long pivot = pivot(numbers, from, to);
      int below = from; // [from, below) are less
      int above = to; // [above, to) are greater
      for (int i = from; i < above; ) {
        long number = numbers[i];
        if (number < pivot) {
          numbers[i++] = numbers[below];
          numbers[below++] = number;
        } else if (number > pivot) {
          numbers[i] = numbers[--above];
          numbers[above] = number;
        } else {
          i++;
        }
      }
      int lower = first;
      while (lower < last && positions[lower] < below) {
        lower++;
      }
      visited += select(numbers, from, below, positions, first, lower);
      while (lower < last && positions[lower] < above) {
        lower++;
      }
      first = lower;
      from = above;
    }
    if (first < last) {
      visited += to - from;
      Arrays.sort(numbers, from, to);
    }
    return visited;
  }

  /** The median of nine, so that no usual order makes parts of very different sizes. */
  private static long pivot(long[] numbers, int from, int to) {
    int step = (to - from) / 9;
    long[] some = new long[9];
    for (int i = 0; i < some.length; i++) {
      some[i] = numbers[from + i * step + step / 2];
    }
    Arrays.sort(some);
    return some[4];
  }
}
