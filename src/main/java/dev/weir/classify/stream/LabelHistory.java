package dev.weir.classify.stream;

import java.util.Arrays;

/**
 * The newest labels of a series, and features of those some rows before: for each lag one value for
 * each class, for two classes one value in all. State: number of labels, then a ring of them.
 */
final class LabelHistory {

  private final int classes;
  private final int[] lags;
  private final int longest;
  private final int at;

  LabelHistory(int classes, int[] lags, int at) {
    this.classes = classes;
    this.lags = lags;
    this.longest = Arrays.stream(lags).max().orElse(1);
    this.at = at;
  }

  int length() {
    return 2 + longest;
  }

  int width() {
    return lags.length * each();
  }

  private int each() {
    return classes == 2 ? 1 : classes;
  }

  /** The label {@code lag} rows before the next one; -1 without one. */
  int label(float[] state, int lag) {
    int count = (int) state[at];
    if (lag > count) {
      return -1;
    }
    int next = (int) state[at + 1];
    return (int) state[at + 2 + Math.floorMod(next - lag, longest)];
  }

  /** Writes the features for the next row. */
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

  void add(float[] state, int label) {
    int next = (int) state[at + 1];
    state[at + 2 + next] = label;
    state[at + 1] = (next + 1) % longest;
    state[at] = Math.min(longest, state[at] + 1f);
  }
}
