package dev.weir.model;

import java.util.Arrays;

/**
 * The part of a classifier that answers together with its network: a linear layer on shares of a
 * window's steps at which convolutions with fixed kernels are above a threshold. Its kernels are
 * drawn from a seed. Immutable by convention: nobody may write into the arrays. Equal when all
 * numbers are equal, bit by bit.
 *
 * @param share of its probabilities in those of the classifier; the rest is the network's
 * @param steps of a window that the kernels were spread for
 * @param seed of the choice of channels
 * @param thresholds one for each feature; a multiple of {@link #KERNELS}
 * @param weights (classes, features), of the logits
 * @param bias (classes)
 * @see <a href="https://arxiv.org/abs/2012.08791">Dempster, Schmidt and Webb, MiniRocket, 2021</a>
 */
public record Convolution(
    double share, int steps, long seed, float[] thresholds, float[] weights, float[] bias) {

  /** Number of kernels. */
  public static final int KERNELS = 84;

  /** Most features. */
  public static final int MAX_FEATURES = 120 * KERNELS;

  /** Most steps of a window. */
  public static final int MAX_STEPS = 100_000;

  /**
   * @throws IllegalArgumentException when a part does not fit the others, naming it
   */
  public Convolution {
    int features = thresholds.length;
    check(share > 0 && share <= 1, "convolution_share", "above 0, at most 1", share);
    check(steps >= 1 && steps <= MAX_STEPS, "convolution_steps", "1 to " + MAX_STEPS, steps);
    check(
        features >= KERNELS && features <= MAX_FEATURES && features % KERNELS == 0,
        "convolution.threshold",
        "a multiple of %d numbers, at most %d".formatted(KERNELS, MAX_FEATURES),
        features);
    check(
        weights.length == (long) features * bias.length,
        "convolution.weight",
        "%d numbers for each of %d classes".formatted(features, bias.length),
        weights.length);
    for (float[] numbers : new float[][] {thresholds, weights, bias}) {
      for (float number : numbers) {
        check(Float.isFinite(number), "convolution", "finite numbers", number);
      }
    }
  }

  private static void check(boolean isRight, String what, String expected, Object got) {
    if (!isRight) {
      throw new IllegalArgumentException("%s: expected %s, got %s".formatted(what, expected, got));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Convolution that
        && Double.compare(share, that.share) == 0
        && steps == that.steps
        && seed == that.seed
        && Arrays.equals(thresholds, that.thresholds)
        && Arrays.equals(weights, that.weights)
        && Arrays.equals(bias, that.bias);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(weights);
  }

  /** Sizes, not weights: meant for logs. */
  @Override
  public String toString() {
    return "Convolution[%d features, share %.3f]".formatted(thresholds.length, share);
  }
}
