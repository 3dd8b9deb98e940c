package dev.weir.classify;

import java.util.Arrays;

/** Arithmetic of class probabilities. */
public final class Probabilities {

  /** Lower bound of a probability in a logarithm. */
  public static final double LEAST = 1e-6;

  private Probabilities() {}

  /**
   * The softmax of scores.
   *
   * @param probabilities overwritten; may be longer than needed
   */
  public static void softmax(float[] scores, double[] probabilities) {
    softmax(scores, scores.length, probabilities);
  }

  /** As {@link #softmax(float[], double[])} of the first scores only; 0 for the others. */
  public static void softmax(float[] scores, int count, double[] probabilities) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < count; k++) {
      largest = Math.max(largest, scores[k]);
    }
    double sum = 0;
    for (int k = 0; k < count; k++) {
      probabilities[k] = Math.exp(scores[k] - largest);
      sum += probabilities[k];
    }
    for (int k = 0; k < count; k++) {
      probabilities[k] /= sum;
    }
    Arrays.fill(probabilities, count, probabilities.length, 0);
  }

  /** The first class with the largest probability. */
  public static int largest(double[] probabilities) {
    int best = 0;
    for (int k = 1; k < probabilities.length; k++) {
      if (probabilities[k] > probabilities[best]) {
        best = k;
      }
    }
    return best;
  }
}
