package dev.weir.classify;

import java.util.Arrays;

/** Arithmetic of class probabilities. */
public final class Probabilities {

  /** What a probability counts at least in a logarithm. */
  public static final double LEAST = 1e-6;

  private Probabilities() {}

  /**
   * The softmax of scores times a factor.
   *
   * @param probabilities overwritten; may be longer than needed
   */
  public static void softmax(float[] scores, double factor, double[] probabilities) {
    softmax(scores, scores.length, factor, probabilities);
  }

  /** The softmax of each row of scores times a factor. */
  public static double[][] softmax(float[][] scores, double factor) {
    double[][] probabilities = new double[scores.length][];
    for (int i = 0; i < scores.length; i++) {
      probabilities[i] = new double[scores[i].length];
      softmax(scores[i], factor, probabilities[i]);
    }
    return probabilities;
  }

  /** As {@link #softmax(float[], double, double[])} of the first scores only; 0 for the others. */
  public static void softmax(float[] scores, int count, double factor, double[] probabilities) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < count; k++) {
      largest = Math.max(largest, factor * scores[k]);
    }
    double sum = 0;
    for (int k = 0; k < count; k++) {
      probabilities[k] = Math.exp(factor * scores[k] - largest);
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

  /**
   * The mean log loss of a softmax with this factor. A share of 1 / (n + 2) of each of the n labels
   * belongs to all classes alike, as in the scaling of Platt, Probabilistic outputs for support
   * vector machines, 1999: few answers that are all right do not prove that no answer will be
   * wrong.
   */
  public static double logLoss(float[][] scores, int[] labels, double factor) {
    double sum = 0;
    double shared = 1.0 / (scores.length + 2);
    double[] probabilities = new double[scores[0].length];
    for (int i = 0; i < scores.length; i++) {
      softmax(scores[i], factor, probabilities);
      sum -= (1 - shared) * Math.log(Math.max(LEAST, probabilities[labels[i]]));
      for (double probability : probabilities) {
        sum -= shared / probabilities.length * Math.log(Math.max(LEAST, probability));
      }
    }
    return sum / scores.length;
  }

  /**
   * The factor of a softmax with the smallest {@link #logLoss}: one over what is called a
   * temperature.
   *
   * @see <a href="https://arxiv.org/abs/1706.04599">Guo et al., On calibration of modern neural
   *     networks, 2017</a>
   */
  public static double bestFactor(float[][] scores, int[] labels) {
    double low = Math.log(1e-2);
    double high = Math.log(1e2);
    double ratio = (Math.sqrt(5) - 1) / 2;
    double left = high - ratio * (high - low);
    double right = low + ratio * (high - low);
    double lossLeft = logLoss(scores, labels, Math.exp(left));
    double lossRight = logLoss(scores, labels, Math.exp(right));
    while (high - low > 1e-3) {
      if (lossLeft <= lossRight) {
        high = right;
        right = left;
        lossRight = lossLeft;
        left = high - ratio * (high - low);
        lossLeft = logLoss(scores, labels, Math.exp(left));
      } else {
        low = left;
        left = right;
        lossLeft = lossRight;
        right = low + ratio * (high - low);
        lossRight = logLoss(scores, labels, Math.exp(right));
      }
    }
    return Math.exp((low + high) / 2);
  }
}
