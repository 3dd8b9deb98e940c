package dev.weir.rnn;

/**
 * Losses over flat arrays: the mean over the values that a mask selects, and its gradient.
 *
 * <p>Of the other values the gradient is 0, and the target is not read, so that it may be NaN. If
 * the mask selects none the mean is NaN, as torch's of an empty tensor, and {@link Adam#step} drops
 * the update. Sums are in double precision. Allocates nothing.
 */
public final class Loss {

  private Loss() {}

  /**
   * {@code torch.nn.MSELoss}: the mean of (prediction - target)².
   *
   * @param prediction its first {@code count} values are read
   * @param target as prediction
   * @param mask true where a value counts; null means everywhere
   * @param gradient dLoss/dPrediction: its first {@code count} values are overwritten
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public static double meanSquared(
      float[] prediction, float[] target, boolean[] mask, int count, float[] gradient) {
    int counted = counted(mask, count);
    float scale = 2f / counted;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      if (mask != null && !mask[i]) {
        gradient[i] = 0f;
        continue;
      }
      float error = prediction[i] - target[i];
      sum += (double) error * error;
      gradient[i] = scale * error;
    }
    return sum / counted;
  }

  /**
   * The mean of delta² (sqrt(1 + (error/delta)²) - 1): error²/2 near zero, delta |error| far out,
   * smooth in between, so that no single outlier moves weights by more than delta.
   *
   * @param delta in units of the prediction, above 0
   * @param prediction as for {@link #meanSquared}
   * @param target as for meanSquared
   * @param mask as for meanSquared
   * @param gradient as for meanSquared
   * @throws IllegalArgumentException if delta is not above 0
   * @throws IndexOutOfBoundsException if an array is too short
   * @see <a href="https://doi.org/10.1109/83.551699">Charbonnier et al., Deterministic
   *     edge-preserving regularization in computed imaging, 1997</a>
   */
  public static double pseudoHuber(
      float delta,
      float[] prediction,
      float[] target,
      boolean[] mask,
      int count,
      float[] gradient) {
    if (!(delta > 0f)) {
      throw new IllegalArgumentException("delta: expected above 0, got " + delta);
    }
    int counted = counted(mask, count);
    float scale = 1f / counted;
    float inverse = 1f / delta;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      if (mask != null && !mask[i]) {
        gradient[i] = 0f;
        continue;
      }
      float error = prediction[i] - target[i];
      float relative = error * inverse;
      float root = (float) Math.sqrt(Math.fma(relative, relative, 1f));
      // not root - 1, which loses every digit of a small error
      sum += (double) error * error / (root + 1f);
      gradient[i] = scale * error / root;
    }
    return sum / counted;
  }

  /**
   * {@code torch.nn.CrossEntropyLoss} of one row of logits, times a weight.
   *
   * @param logits {@code classes} values from {@code at} on
   * @param label the true class
   * @param weight of the row
   * @param gradient dLoss/dLogits: {@code classes} values from {@code at} on, overwritten
   * @return the row's loss
   */
  public static double crossEntropy(
      float[] logits, int at, int classes, int label, double weight, float[] gradient) {
    float largest = logits[at];
    for (int k = 1; k < classes; k++) {
      largest = Math.max(largest, logits[at + k]);
    }
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      sum += Math.exp(logits[at + k] - largest);
    }
    double logOfSum = largest + Math.log(sum);
    for (int k = 0; k < classes; k++) {
      double probability = Math.exp(logits[at + k] - logOfSum);
      gradient[at + k] = (float) (weight * (probability - (k == label ? 1 : 0)));
    }
    return weight * (logOfSum - logits[at + label]);
  }

  private static int counted(boolean[] mask, int count) {
    if (mask == null) {
      return count;
    }
    int counted = 0;
    for (int i = 0; i < count; i++) {
      counted += mask[i] ? 1 : 0;
    }
    return counted;
  }
}
