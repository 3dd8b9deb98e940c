package dev.weir.classify;

import java.util.Arrays;

/**
 * The labels of a series' newest rows, and features of those some rows before: for each lag one
 * value for each class, for two classes one value in all. A row whose label has not come yet counts
 * as having that of the newest row before it that has one. State: number of rows, place of the next
 * one, then a ring of labels, {@value #UNKNOWN} for one that has not come.
 */
final class LabelHistory {

  private static final int UNKNOWN = -1;

  private final int classes;
  private final int[] lags;
  private final int ring; // rows
  private final int waiting; // rows whose label may not have come
  private final int at;

  LabelHistory(int classes, int[] lags, int waiting, int at) {
    this.classes = classes;
    this.lags = lags;
    this.waiting = waiting;
    this.ring = Arrays.stream(lags).max().orElse(1) + waiting;
    this.at = at;
  }

  int length() {
    return 2 + ring;
  }

  int width() {
    return lags.length * each();
  }

  private int each() {
    return classes == 2 ? 1 : classes;
  }

  /** The label {@code lag} rows before the next one, or the newest before; -1 without one. */
  int label(float[] state, int lag) {
    int count = (int) state[at];
    int next = (int) state[at + 1];
    for (int back = lag; back <= Math.min(count, lag + waiting); back++) {
      int label = (int) state[at + 2 + Math.floorMod(next - back, ring)];
      if (label != UNKNOWN) {
        return label;
      }
    }
    return UNKNOWN;
  }

  void features(float[] state, float[] features, int from) {
    int each = each();
    for (int l = 0; l < lags.length; l++) {
      int label = label(state, lags[l]);
      int to = from + l * each;
      if (label < 0) {
        Arrays.fill(features, to, to + each, 0f);
      } else if (classes == 2) {
        features[to] = label == 1 ? 1f : -1f;
      } else {
        Arrays.fill(features, to, to + each, -1f / classes);
        features[to + label] += 1f;
      }
    }
  }

  /** One more row, whose label is not known. */
  void add(float[] state) {
    int next = (int) state[at + 1];
    state[at + 2 + next] = UNKNOWN;
    state[at + 1] = (next + 1) % ring;
    state[at] = Math.min(ring, state[at] + 1f);
  }

  /**
   * The label of a row.
   *
   * @param age rows after it
   */
  void set(float[] state, int age, int label) {
    state[at + 2 + place(state, age)] = label;
  }

  /** The label of a row will not come: it counts as having that of the row before. */
  void giveUp(float[] state, int age) {
    set(state, age, label(state, age + 1));
  }

  private int place(float[] state, int age) {
    return Math.floorMod((int) state[at + 1] - 1 - age, ring);
  }
}
