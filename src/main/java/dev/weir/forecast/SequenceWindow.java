package dev.weir.forecast;

/**
 * The newest values of one series, oldest first: what a network reads. A view that is filled again
 * for each window, so nobody may keep it.
 */
public final class SequenceWindow {

  /**
   * Spacing is judged by at most this many of the newest gaps, so that it costs the same for any
   * window.
   */
  private static final int GAPS = 8;

  private final int features;
  private final long[] times; // (seq_len)
  private final double[] values; // (seq_len)
  private final double[] covariates; // (seq_len, features), row-major
  private final long[] gaps = new long[GAPS];
  private String series;
  private int size;

  public SequenceWindow(int seqLen, int features) {
    this.features = features;
    this.times = new long[seqLen];
    this.values = new double[seqLen];
    this.covariates = new double[seqLen * features];
  }

  void fill(String series, WindowState state) {
    this.series = series;
    this.size = state.size();
    for (int i = 0; i < size; i++) {
      times[i] = state.time(i);
      values[i] = state.value(i);
      for (int f = 0; f < features; f++) {
        covariates[i * features + f] = state.feature(i, f);
      }
    }
  }

  public String series() {
    return series;
  }

  /** How many values there are; less than {@link #seqLen()} while the series is young. */
  public int size() {
    return size;
  }

  public int seqLen() {
    return times.length;
  }

  public int features() {
    return features;
  }

  public boolean isFull() {
    return size == times.length;
  }

  public long time(int index) {
    return times[index];
  }

  public double value(int index) {
    return values[index];
  }

  public double feature(int index, int feature) {
    return covariates[index * features + feature];
  }

  /** Time of the newest value. */
  public long origin() {
    return times[size - 1];
  }

  /** The newest value. */
  public double last() {
    return values[size - 1];
  }

  /**
   * The usual time from one value to the next, in milliseconds: the median of the newest gaps, so
   * that one missing value does not move it. 0 while there is only one value.
   */
  public long spacing() {
    int n = Math.min(size - 1, GAPS);
    for (int i = 0; i < n; i++) {
      long gap = times[size - 1 - i] - times[size - 2 - i];
      int j = i;
      for (; j > 0 && gaps[j - 1] > gap; j--) { // insertion: n is at most eight
        gaps[j] = gaps[j - 1];
      }
      gaps[j] = gap;
    }
    return n < 1 ? 0 : gaps[(n - 1) / 2];
  }
}
