package dev.weir.classify;

import java.util.Arrays;

/**
 * The labels of a series' newest rows, in a ring, and features of those some rows before. A row
 * whose label has not come yet counts as having that of the newest row before it that has one.
 *
 * <p>Features are the digits of a class's number in base 2, which for two or three classes say as
 * much as a feature for each class: first the last digit at each lag, then the next one. Those that
 * a further class brings are 0 for the classes before it.
 */
final class LabelHistory {

  /** Rows before at which labels are read: the newest, and what a day or a week is in rows. */
  private static final int[] LAGS = {1, 2, 3, 12, 24, 48, 96, 168, 336};

  static final int COUNT = LAGS.length;

  static final int UNKNOWN = -1;

  private final int waiting; // rows whose label may not have come

  LabelHistory(int waiting) {
    this.waiting = waiting;
  }

  /** Features for so many classes. */
  static int width(int classes) {
    return COUNT * (Integer.SIZE - Integer.numberOfLeadingZeros(classes - 1));
  }

  /** The ring before the first row. */
  byte[] newRing() {
    byte[] ring = new byte[length()];
    Arrays.fill(ring, (byte) UNKNOWN);
    return ring;
  }

  /** Labels in the ring. */
  int length() {
    return LAGS[COUNT - 1] + waiting;
  }

  /** The label {@code lag} rows before the next one, or the newest before; -1 without one. */
  private int label(StreamState state, int lag) {
    for (int back = lag; back <= Math.min(state.labels.length, lag + waiting); back++) {
      int label = state.labels[place(state, back)];
      if (label != UNKNOWN) {
        return label;
      }
    }
    return UNKNOWN;
  }

  /** The label at one of the lags before the next row. */
  int at(StreamState state, int index) {
    return label(state, LAGS[index]);
  }

  /** The features of the label at one of the lags. */
  static void features(int label, int index, float[] features, int from, int classes) {
    features[from + index] = label < 0 ? 0f : (label & 1) == 1 ? 1f : -1f;
    int digits = width(classes) / COUNT;
    for (int digit = 1; digit < digits; digit++) {
      features[from + digit * COUNT + index] = label < 0 ? 0f : label >> digit & 1;
    }
  }

  /** One more row, whose label has not come. */
  void add(StreamState state) {
    state.labels[state.nextLabel] = UNKNOWN;
    state.nextLabel = (state.nextLabel + 1) % state.labels.length;
  }

  /**
   * The label of a row.
   *
   * @param age rows after it
   */
  void set(StreamState state, int age, int label) {
    state.labels[place(state, age + 1)] = (byte) label;
  }

  /** The label of a row will not come: it gets the label of the row before. */
  void giveUp(StreamState state, int age) {
    set(state, age, label(state, age + 2));
  }

  private static int place(StreamState state, int back) {
    return Math.floorMod(state.nextLabel - back, state.labels.length);
  }
}
