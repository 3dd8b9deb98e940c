package dev.weir.forecast.window;

import dev.weir.forecast.Observation;

/**
 * The newest values of one series, oldest first, as a network reads them. Reused for each window,
 * so callers must not keep it.
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
  private final Sampling sampling;
  private String series;
  private int size;
  private long seen;
  private long missing;
  private double before;
  private boolean resumed;
  private double[] ahead = Observation.NO_FEATURES;
  private final int columns; // covariates known ahead that are kept for a network
  private final double[] aheadRows; // (seq_len + steps, columns)

  SequenceWindow(int seqLen, int features, Sampling sampling) {
    this(seqLen, features, sampling, 0, 0);
  }

  /**
   * @param columns covariates known ahead that are kept for a network
   * @param steps after the window that are kept
   */
  SequenceWindow(int seqLen, int features, Sampling sampling, int columns, int steps) {
    this.columns = columns;
    this.aheadRows = new double[(seqLen + steps) * columns];
    this.features = features;
    this.sampling = sampling;
    this.times = new long[seqLen];
    this.values = new double[seqLen];
    this.covariates = new double[seqLen * features];
  }

  void fill(
      String series,
      WindowState state,
      long missing,
      double before,
      boolean resumed,
      double[] ahead) {
    this.series = series;
    this.ahead = ahead;
    this.missing = missing;
    this.before = before;
    this.resumed = resumed;
    this.size = state.size();
    this.seen = state.seen();
    if (columns > 0) {
      state.covariates().copyTo(aheadRows);
    }
    for (int i = 0; i < size; i++) {
      times[i] = state.time(i);
      values[i] = state.value(i);
      for (int f = 0; f < features; f++) {
        covariates[i * features + f] = state.feature(i, f);
      }
    }
  }

  /** The window that ended with a row of a log, in which nothing is missing. */
  void fill(String series, ObservationLog log, int newest) {
    this.series = series;
    this.missing = 0;
    this.resumed = false;
    this.size = Math.min(times.length, newest + 1);
    for (int i = 0; i < size; i++) {
      int row = newest + 1 - size + i;
      times[i] = log.time(row);
      values[i] = log.value(row);
      for (int f = 0; f < features; f++) {
        covariates[i * features + f] = log.feature(row, f);
      }
    }
  }

  public String series() {
    return series;
  }

  /** Number of values; fewer than seq_len while the series is young. */
  public int size() {
    return size;
  }

  /**
   * Observations of the series so far, as {@link WindowState#seen()}; undefined for a window of a
   * log.
   */
  public long seen() {
    return seen;
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

  /**
   * Numbers known ahead of the newest value, see {@link Observation}; none in a window of a log.
   */
  public double[] ahead() {
    return ahead;
  }

  /**
   * The current value of a covariate known ahead.
   *
   * @param step after the newest value, from 1; 0 and less: at the newest value and before it
   * @return NaN if missing
   */
  public double covariate(int step, int column) {
    int place = (times.length - 1 + step) * columns + column;
    return place < aheadRows.length ? aheadRows[place] : Double.NaN;
  }

  /** Time of the newest value. */
  public long origin() {
    return times[size - 1];
  }

  /** The newest value. */
  public double last() {
    return values[size - 1];
  }

  /** Observations that are missing just before the newest; 0 where no interval is given. */
  public long missing() {
    return missing;
  }

  /** How the missing ones are treated; always skipped after the series went back in time. */
  public Sampling.Gap gap() {
    return resumed ? Sampling.Gap.SKIP : sampling.gap(missing);
  }

  /** The value filled in for the k-th missing observation, k from 1. */
  public double filled(long k) {
    return sampling.filled(before, last(), k, missing);
  }

  /** The given time from one value to the next, in milliseconds; 0 when none is given. */
  public long interval() {
    return sampling.interval();
  }

  /**
   * The time from one value to the next, in milliseconds: the interval if one is given; else the
   * median of the newest gaps, so that one missing value does not move it, and 0 while there is
   * only one value.
   */
  public long spacing() {
    if (!sampling.isByCount()) {
      return sampling.interval();
    }
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
