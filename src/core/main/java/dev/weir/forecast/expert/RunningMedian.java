package dev.weir.forecast.expert;

import java.util.Arrays;

/** The median of the newest values: suits a flat series with spikes. */
final class RunningMedian implements Expert {

  private final String name;
  private final double[] window;

  public RunningMedian(int values) {
    this.name = "median-" + values;
    this.window = new double[values];
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean flat() {
    return true;
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    Arrays.fill(out, ofNewest(history, window));
  }

  /** The median of as many of the newest values as {@code scratch} can hold. */
  static double ofNewest(History history, double[] scratch) {
    int size = 0;
    for (long index = history.t(); size < scratch.length && history.has(index); index--) {
      insert(scratch, size++, history.at(index));
    }
    return ofSorted(scratch, size);
  }

  /** Inserts a value into the first {@code size} ones, which are sorted. */
  static void insert(double[] sorted, int size, double value) {
    int i = size;
    while (i > 0 && sorted[i - 1] > value) {
      sorted[i] = sorted[i - 1];
      i--;
    }
    sorted[i] = value;
  }

  /** The middle one, or the mean of the middle two. */
  static double ofSorted(double[] sorted, int size) {
    return 0.5 * (sorted[(size - 1) / 2] + sorted[size / 2]);
  }
}
