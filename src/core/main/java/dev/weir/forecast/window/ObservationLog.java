package dev.weir.forecast.window;

import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * The newest observations of one series, which its saved state has not learned yet; learning them
 * brings the state up to date. So an observation writes 16 bytes, and 8 for each feature, instead
 * of the kilobytes that learning changes.
 *
 * <p>Also holds the observations before them that a window ending with the first of them needs.
 * Mutable; one per series, in the series' keyed state.
 */
public final class ObservationLog {

  private static final int FIRST_ROWS = 8;

  private final int features;
  private final long interval;
  private final int learnedRows;
  private int size;
  private long[] rows; // (size, 2 + features): time, and the bits of value and features

  /**
   * Begins with the newest observation of a window.
   *
   * @param before maximum number of observations before it that are kept
   */
  public ObservationLog(SequenceWindow window, int features, int before) {
    this(
        features,
        window.interval(),
        Math.min(before, window.size() - 1),
        Math.min(before, window.size() - 1) + FIRST_ROWS);
    for (int i = window.size() - 1 - learnedRows; i < window.size(); i++) {
      append(window, i);
    }
  }

  /**
   * Without a row.
   *
   * @param interval {@link SequenceWindow#interval} of the observations
   * @param learnedRows number of first rows that the saved state has learned
   * @param rows that there is room for
   */
  ObservationLog(int features, long interval, int learnedRows, int rows) {
    this.features = features;
    this.interval = interval;
    this.learnedRows = learnedRows;
    this.rows = new long[rows * width()];
  }

  /** A copy that shares nothing; the heap backend needs it while a snapshot runs. */
  public ObservationLog(ObservationLog other) {
    this.features = other.features;
    this.interval = other.interval;
    this.learnedRows = other.learnedRows;
    this.size = other.size;
    this.rows = other.rows.clone();
  }

  private int width() {
    return 2 + features;
  }

  /** Adds the newest observation of a window. */
  public void append(SequenceWindow window) {
    append(window, window.size() - 1);
  }

  private void append(SequenceWindow window, int index) {
    int at = size * width();
    if (at == rows.length) {
      rows = Arrays.copyOf(rows, Math.max(2 * rows.length, FIRST_ROWS * width()));
    }
    rows[at++] = window.time(index);
    rows[at++] = Double.doubleToRawLongBits(window.value(index));
    for (int f = 0; f < features; f++) {
      rows[at++] = Double.doubleToRawLongBits(window.feature(index, f));
    }
    size++;
  }

  public int features() {
    return features;
  }

  /** {@link SequenceWindow#interval} of the observations. */
  public long interval() {
    return interval;
  }

  /** Number of first rows that the saved state has learned. */
  public int learnedRows() {
    return learnedRows;
  }

  public int size() {
    return size;
  }

  /** Number of observations that are not learned yet. */
  public int unlearned() {
    return size - learnedRows;
  }

  long time(int index) {
    return rows[index * width()];
  }

  double value(int index) {
    return Double.longBitsToDouble(rows[index * width() + 1]);
  }

  double feature(int index, int feature) {
    return Double.longBitsToDouble(rows[index * width() + 2 + feature]);
  }

  /** Copies all rows out, each the time, then the bits of the value and of each feature. */
  void save(LongBuffer to) {
    to.put(rows, 0, size * width());
  }

  /** Reads the rows of {@link #save}. */
  void restore(LongBuffer from, int count) {
    from.get(rows, 0, count * width());
    size = count;
  }

  /** Size of the numbers, without the JVM's few bytes for the array. */
  public int bytes() {
    return Long.BYTES * rows.length;
  }
}
