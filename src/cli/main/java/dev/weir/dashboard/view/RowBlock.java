package dev.weir.dashboard.view;

import dev.weir.forecast.Forecast;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * A fixed number of series in columns: what lists are filtered and sorted by. A query over a
 * million series reads arrays in sequence, instead of objects all over the heap.
 *
 * <p>A row writes its own place, under its lock; queries read without one and see a value of this
 * moment or of one just before it.
 */
final class RowBlock {

  static final int SIZE = 1024;

  /** The status of a series without a forecast. */
  static final byte NO_STATUS = -1;

  static final int MAX_SLASHES = Byte.MAX_VALUE;

  final SeriesRow[] rows = new SeriesRow[SIZE];
  final double[] toNaive = new double[SIZE]; // the error divided by that of naive; NaN: not known
  final double[] toSeasonalNaive = new double[SIZE];
  final long[] seen = new long[SIZE];
  final byte[] status = new byte[SIZE]; // ordinals
  final byte[] slashes = new byte[SIZE]; // in the name, at most MAX_SLASHES
  private volatile Names names; // null until it is searched, and until it is full

  /** All names in lower case, in one text without separators, and where each one ends. */
  private record Names(String text, int[] ends) {}

  RowBlock() {
    Arrays.fill(toNaive, Double.NaN);
    Arrays.fill(toSeasonalNaive, Double.NaN);
    Arrays.fill(status, NO_STATUS);
  }

  SeriesRow add(String name, int place) {
    SeriesRow row = new SeriesRow(name, this, place);
    rows[place] = row;
    slashes[place] = (byte) Math.min(MAX_SLASHES, name.chars().filter(c -> c == '/').count());
    return row;
  }

  /** The error relative to seasonal naive, or to naive without a season; NaN: not known. */
  double relative(int place) {
    double seasonal = toSeasonalNaive[place];
    return Double.isNaN(seasonal) ? toNaive[place] : seasonal;
  }

  boolean has(int place, Forecast.Status wanted) {
    return status[place] == wanted.ordinal();
  }

  /**
   * Finds the names that contain a text in any case.
   *
   * @param size rows of this block that there are
   */
  void search(String lowerCase, int size, IntConsumer found) {
    if (size < SIZE) {
      for (int i = 0; i < size; i++) {
        if (contains(rows[i].name(), lowerCase)) {
          found.accept(i);
        }
      }
      return;
    }
    Names all = names();
    int row = 0;
    int at = all.text.indexOf(lowerCase);
    while (at >= 0) {
      while (all.ends[row] <= at) {
        row++;
      }
      if (at + lowerCase.length() <= all.ends[row]) {
        found.accept(row);
        at = all.text.indexOf(lowerCase, all.ends[row]);
      } else { // begins in one name and ends in the next
        at = all.text.indexOf(lowerCase, at + 1);
      }
    }
  }

  private Names names() {
    Names all = names;
    if (all == null) {
      StringBuilder text = new StringBuilder();
      int[] ends = new int[SIZE];
      for (int i = 0; i < SIZE; i++) {
        ends[i] = text.append(rows[i].name().toLowerCase(Locale.ROOT)).length();
      }
      all = new Names(text.toString(), ends);
      names = all;
    }
    return all;
  }

  static boolean contains(String name, String lowerCase) {
    return name.toLowerCase(Locale.ROOT).contains(lowerCase);
  }
}
