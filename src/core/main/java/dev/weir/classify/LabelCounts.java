package dev.weir.classify;

import java.util.Arrays;

/**
 * How often each class came after each class, newer labels counting more, and how often in all.
 * State: counts in all, then after each class.
 */
final class LabelCounts {

  private static final float KEPT = 0.999f;
  private static final double PRIOR = 0.5;

  private final int classes;
  private final int at;

  LabelCounts(int classes, Parts parts) {
    this.classes = classes;
    this.at = parts.add(1 + classes, classes);
  }

  /**
   * Probabilities after a class; those in all if it is -1.
   *
   * @param known classes that there are so far; the others have probability 0
   */
  void probabilities(float[] state, int after, int known, double[] probabilities) {
    int from = at + (1 + after) * classes;
    double sum = 0;
    for (int k = 0; k < known; k++) {
      sum += state[from + k];
    }
    double all = sum + PRIOR * known;
    for (int k = 0; k < known; k++) {
      probabilities[k] = (state[from + k] + PRIOR) / all;
    }
    Arrays.fill(probabilities, known, classes, 0);
  }

  void add(float[] state, int after, int label) {
    count(state, at, label);
    if (after >= 0) {
      count(state, at + (1 + after) * classes, label);
    }
  }

  private void count(float[] state, int from, int label) {
    for (int k = 0; k < classes; k++) {
      state[from + k] *= KEPT;
    }
    state[from + label] += 1f;
  }
}
