package dev.weir.forecast.alarm;

import java.util.Arrays;
import java.util.List;

/**
 * The probability that at least one of the next k values is beyond a limit.
 *
 * <p>For each step, the ends of the forecast's intervals are quantiles; between them, and beyond
 * the last, the limit's normal score is linear. So each step has a probability q of its own. The
 * steps depend on each other differently in each series; for all k together the probability is
 * between
 *
 * <pre>
 * one   = max q               as if all steps were one
 * each  = 1 - prod (1 - q)    as if all steps were independent
 * logit p = w0 + w1 logit(one) + w2 (logit(each) - logit(one))
 * </pre>
 *
 * <p>w begins at (0, 1, 1/4) and is learned from whether a value did cross the limit within the k
 * values: Bayesian logistic regression by a Kalman step for each value (Laplace's approximation;
 * West, Harrison and Migon 1985), with a memory of about 5,000 values. Successive events overlap,
 * so each has the weight 2 / (k + 1).
 *
 * <p>The normal distribution is that of Bowling et al. 2009, "A Logistic Approximation to the
 * Cumulative Normal Distribution": logit = 1.5976 x + 0.07056 x^3, with an error of 1.4e-4.
 *
 * <p>Holds scratch; the learned state is in the {@link ThresholdState}. Not thread-safe. Allocates
 * nothing.
 */
final class CrossingProbability {

  static final int WEIGHTS = 3;

  /** Of the symmetric covariance of the weights, row by row. */
  static final int COVARIANCES = 6;

  /** Of logits. */
  static final double MAX_LOGIT = 8;

  private static final double MAX_SCORE = 6;
  private static final double[] MEANS = {0, 1, 0.25};
  private static final double[] VARIANCES = {0.5, 0.1, 0.2};
  private static final int[] DIAGONAL = {0, 3, 5};
  private static final double MEMORY = 0.9998;
  private static final double LEAST_INFORMATION = 1e-3;

  /** An outer interval is at least this part as much wider than an inner one as if normal. */
  private static final double NARROWEST = 0.5;

  private final int within;
  private final boolean above;
  private final double limit;
  private final double[] scores; // (levels), normal scores of the ends
  private final double[] logits; // (within), of one at least up to each step
  private final double[] x = new double[WEIGHTS];
  private final double[] px = new double[WEIGHTS];
  private double one; // logits of the newest prediction
  private double beyond;
  private int step;

  CrossingProbability(Threshold threshold, List<Double> levels) {
    this.within = threshold.within();
    this.above = threshold.above();
    this.limit = threshold.limit();
    this.scores = levels.stream().mapToDouble(level -> score((1 + level) / 2)).toArray();
    this.logits = new double[within];
  }

  /** Sets weights and covariances to their prior. */
  static void reset(double[] weights, double[] covariances) {
    System.arraycopy(MEANS, 0, weights, 0, WEIGHTS);
    Arrays.fill(covariances, 0);
    for (int i = 0; i < WEIGHTS; i++) {
      covariances[DIAGONAL[i]] = VARIANCES[i];
    }
  }

  /** Whether weights and covariances are valid. */
  static boolean areSound(double[] weights, double[] covariances) {
    boolean sound = true;
    for (double weight : weights) {
      sound &= Double.isFinite(weight);
    }
    for (double covariance : covariances) {
      sound &= Double.isFinite(covariance);
    }
    for (int i : DIAGONAL) {
      sound &= covariances[i] > 0;
    }
    return sound;
  }

  /**
   * Predicts whether one of the next values is beyond the limit.
   *
   * @param forecast (steps), at least {@code within}
   * @param lower (levels, steps), ends of the intervals
   * @param upper (levels, steps)
   * @return NaN if the forecast has no such numbers
   */
  double predict(double[] weights, double[] forecast, double[][] lower, double[][] upper) {
    double largest = Double.NEGATIVE_INFINITY;
    double none = 0; // log of the probability that no value is beyond
    for (int i = 0; i < within; i++) {
      double logit = logit(-score(i, forecast, lower, upper));
      if (Double.isNaN(logit)) {
        return Double.NaN;
      }
      largest = Math.max(largest, logit);
      none -= Math.log1p(Math.exp(logit));
      one = clip(largest);
      // log((1 - n) / n) with n the probability of none
      beyond = Math.max(0, clip(Math.log(Math.expm1(Math.min(-none, MAX_LOGIT)))) - one);
      logits[i] = weights[0] + weights[1] * one + weights[2] * beyond;
    }
    double probability = probability(logits[within - 1]);
    step = 1;
    while (step < within && probability(logits[step - 1]) < probability / 2) {
      step++;
    }
    return probability;
  }

  /** Input of {@link #learn} from the newest prediction. */
  double one() {
    return one;
  }

  /** As {@link #one}. */
  double beyond() {
    return beyond;
  }

  /** The step of the newest prediction by which half of the probability is reached, from 1. */
  int step() {
    return step;
  }

  /** Learns whether a predicted event occurred. */
  void learn(double[] weights, double[] covariances, double one, double beyond, boolean occurred) {
    x[0] = 1;
    x[1] = one;
    x[2] = beyond;
    double weight = 2.0 / (within + 1);
    double p = probability(weights[0] + weights[1] * one + weights[2] * beyond);
    double information = weight * Math.max(p * (1 - p), LEAST_INFORMATION);
    double spread = 0;
    for (int i = 0; i < WEIGHTS; i++) {
      px[i] = 0;
      for (int j = 0; j < WEIGHTS; j++) {
        px[i] += covariances[place(i, j)] * x[j];
      }
      spread += px[i] * x[i];
    }
    double shrink = 1 / (1 + information * spread);
    double surprise = weight * ((occurred ? 1 : 0) - p);
    boolean forgets = true;
    for (int i = 0; i < WEIGHTS; i++) {
      weights[i] += shrink * surprise * px[i];
      for (int j = i; j < WEIGHTS; j++) {
        covariances[place(i, j)] -= information * shrink * px[i] * px[j];
      }
      forgets &= covariances[DIAGONAL[i]] <= MEMORY * VARIANCES[i];
    }
    for (int i = 0; i < COVARIANCES && forgets; i++) {
      covariances[i] /= MEMORY;
    }
    if (!areSound(weights, covariances)) {
      reset(weights, covariances);
    }
  }

  private static int place(int i, int j) {
    int row = Math.min(i, j);
    return DIAGONAL[row] + Math.max(i, j) - row;
  }

  /** Normal score of the limit at a step: positive if the forecast is on this side of it. */
  private double score(int step, double[] forecast, double[][] lower, double[][] upper) {
    double distance = above ? limit - forecast[step] : forecast[step] - limit;
    if (Double.isNaN(distance)) {
      return Double.NaN;
    }
    boolean isUpper = above == distance >= 0;
    double far = Math.abs(distance);
    double end = 0; // of the interval that is the last inside
    double score = 0;
    for (int k = 0; k < scores.length; k++) {
      double width = isUpper ? upper[k][step] - forecast[step] : forecast[step] - lower[k][step];
      if (k > 0) {
        width = Math.max(width, end + NARROWEST * end * (scores[k] / score - 1));
      }
      boolean isLast = k == scores.length - 1;
      if (far <= width || isLast) {
        score =
            width > end
                ? score + (far - end) / (width - end) * (scores[k] - score)
                : MAX_SCORE; // without any width
        break;
      }
      end = width;
      score = scores[k];
    }
    score = Math.min(score, MAX_SCORE);
    return distance >= 0 ? score : -score;
  }

  private static double logit(double score) {
    return score * (1.5976 + 0.07056 * score * score);
  }

  /** The normal score of a probability above one half. */
  private static double score(double probability) {
    double target = Math.log(probability / (1 - probability));
    double low = 0;
    double high = 10;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (logit(middle) < target) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static double probability(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }

  private static double clip(double logit) {
    return Math.max(-MAX_LOGIT, Math.min(MAX_LOGIT, logit));
  }
}
