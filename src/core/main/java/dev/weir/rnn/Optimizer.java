package dev.weir.rnn;

import java.util.Objects;

/**
 * Turns gradients into new weights, as {@code torch.optim} does. Its hyper-parameters are
 * configured; its state belongs to the weights and lies with the caller, zeros at first, so that
 * one instance serves any number of series.
 *
 * <p>Holds scratch: use one instance per thread. Allocates nothing.
 */
public abstract sealed class Optimizer permits Adam, Sgd {

  /** Arrays go through scratch in blocks, since the JIT compiler wants one index for all. */
  static final int BLOCK = 256;

  /** What {@code clip_grad_norm_} adds to a norm before it divides by it. */
  private static final double CLIP_EPSILON = 1e-6;

  private final double maxNorm;
  final float[] gradientBlock = new float[BLOCK];
  final float[] weightBlock = new float[BLOCK];

  Optimizer(double maxNorm) {
    require("max_norm", maxNorm > 0, "above 0", maxNorm);
    this.maxNorm = maxNorm;
  }

  static void require(String what, boolean holds, String expected, double got) {
    if (!holds) {
      throw new IllegalArgumentException("%s: expected %s, got %s".formatted(what, expected, got));
    }
  }

  /** How many floats of state {@code count} weights need. */
  public abstract int stateLength(int count);

  /**
   * Updates weights, unless the loss, any gradient or their norm is NaN or infinite: then it leaves
   * weights and state as they are. Gradients whose norm over all {@code count} values exceeds the
   * limit count scaled down to it ({@code torch.nn.utils.clip_grad_norm_}). Weights and state may
   * lie in the same array.
   *
   * @param loss what the gradients belong to
   * @param gradient from {@code gradientOffset} on; only read
   * @param weights from {@code weightsOffset} on; updated
   * @param state {@link #stateLength} values from {@code stateOffset} on; updated; null if it needs
   *     none
   * @param count how many weights
   * @return whether the update took place
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public final boolean step(
      double loss,
      float[] gradient,
      int gradientOffset,
      float[] weights,
      int weightsOffset,
      float[] state,
      int stateOffset,
      int count) {
    Objects.checkFromIndexSize(gradientOffset, count, gradient.length);
    Objects.checkFromIndexSize(weightsOffset, count, weights.length);
    int stateLength = stateLength(count);
    if (stateLength > 0) {
      Objects.checkFromIndexSize(stateOffset, stateLength, state.length);
    }
    double norm = Math.sqrt(sumOfSquares(gradient, gradientOffset, count));
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      return false;
    }
    float scale = (float) Math.min(1.0, maxNorm / (norm + CLIP_EPSILON));
    update(scale, gradient, gradientOffset, weights, weightsOffset, state, stateOffset, count);
    return true;
  }

  /** Updates from finite gradients, each to be multiplied by {@code scale} first. */
  abstract void update(
      float scale,
      float[] gradient,
      int gradientOffset,
      float[] weights,
      int weightsOffset,
      float[] state,
      int stateOffset,
      int count);

  /**
   * In float32 as torch's, so a norm beyond 1.8e19 is infinite; in double only from block to block,
   * since the JIT compiler chains conversions to double one behind another.
   */
  private static double sumOfSquares(float[] values, int offset, int count) {
    double total = 0;
    for (int done = 0; done < count; done += BLOCK) {
      total += blockOfSquares(values, offset + done, Math.min(BLOCK, count - done));
    }
    return total;
  }

  private static float blockOfSquares(float[] values, int offset, int length) {
    float sum0 = 0f;
    float sum1 = 0f;
    float sum2 = 0f;
    float sum3 = 0f;
    float sum4 = 0f;
    float sum5 = 0f;
    float sum6 = 0f;
    float sum7 = 0f;
    int end = offset + length;
    int i = offset;
    for (; i + 8 <= end; i += 8) {
      sum0 = Math.fma(values[i], values[i], sum0);
      sum1 = Math.fma(values[i + 1], values[i + 1], sum1);
      sum2 = Math.fma(values[i + 2], values[i + 2], sum2);
      sum3 = Math.fma(values[i + 3], values[i + 3], sum3);
      sum4 = Math.fma(values[i + 4], values[i + 4], sum4);
      sum5 = Math.fma(values[i + 5], values[i + 5], sum5);
      sum6 = Math.fma(values[i + 6], values[i + 6], sum6);
      sum7 = Math.fma(values[i + 7], values[i + 7], sum7);
    }
    for (; i < end; i++) {
      sum0 = Math.fma(values[i], values[i], sum0);
    }
    return ((sum0 + sum1) + (sum2 + sum3)) + ((sum4 + sum5) + (sum6 + sum7));
  }
}
