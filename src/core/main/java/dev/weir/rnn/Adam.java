package dev.weir.rnn;

import java.util.Objects;

/**
 * Turns gradients into new weights as {@code torch.optim.Adam} does, in its order of operations:
 * weight decay (L2) joins the gradient, eps is added outside the square root, and both biases are
 * corrected. State: m, v (one value per weight each), then the number of updates so far as a float,
 * as torch keeps it; it stays at 2^24, where both corrections have long been 1. The caller keeps
 * the state with the weights, zeros at first, so that one instance serves any number of networks.
 *
 * <p>Holds scratch: use one instance per thread. Allocates nothing.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html">torch</a>
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba, Adam, 2015</a>
 */
public final class Adam {

  /** torch's default of beta1. */
  public static final double BETA1 = 0.9;

  /** torch's default of beta2. */
  public static final double BETA2 = 0.999;

  /** torch's default of eps. */
  public static final double EPSILON = 1e-8;

  /** Arrays go through scratch in blocks, since the JIT compiler wants one index for all. */
  private static final int BLOCK = 256;

  /** What {@code clip_grad_norm_} adds to a norm before it divides by it. */
  private static final double CLIP_EPSILON = 1e-6;

  private final double maxNorm;
  private final double learningRate;
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double weightDecay;
  private final float[] gradientBlock = new float[BLOCK];
  private final float[] weightBlock = new float[BLOCK];
  private final float[] mBlock = new float[BLOCK];
  private final float[] vBlock = new float[BLOCK];

  /** Adam with torch's defaults, without weight decay and clipping. */
  public Adam(double learningRate) {
    this(learningRate, BETA1, BETA2, EPSILON, 0.0, Double.POSITIVE_INFINITY);
  }

  /**
   * @param learningRate 0 or more
   * @param beta1 from 0 to below 1
   * @param beta2 from 0 to below 1
   * @param epsilon 0 or more
   * @param weightDecay 0 or more; times a weight, it is added to that weight's gradient
   * @param maxNorm above 0: the largest norm of all gradients together; infinite for no limit
   * @throws IllegalArgumentException if one is out of its range, naming it
   */
  public Adam(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double maxNorm) {
    require("max_norm", maxNorm > 0, "above 0", maxNorm);
    require("lr", learningRate >= 0, "0 or more", learningRate);
    require("beta1", beta1 >= 0 && beta1 < 1, "from 0 to below 1", beta1);
    require("beta2", beta2 >= 0 && beta2 < 1, "from 0 to below 1", beta2);
    require("eps", epsilon >= 0, "0 or more", epsilon);
    require("weight_decay", weightDecay >= 0, "0 or more", weightDecay);
    this.maxNorm = maxNorm;
    this.learningRate = learningRate;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.weightDecay = weightDecay;
  }

  static void require(String what, boolean holds, String expected, double got) {
    if (!holds) {
      throw new IllegalArgumentException("%s: expected %s, got %s".formatted(what, expected, got));
    }
  }

  /** How many floats of state {@code count} weights need. */
  public int stateLength(int count) {
    return 2 * count + 1;
  }

  /**
   * Updates weights, unless the loss, any gradient or their norm is NaN or infinite: then it leaves
   * weights and state as they are. Gradients whose norm over all {@code count} values exceeds the
   * limit count scaled down to it ({@code torch.nn.utils.clip_grad_norm_}). Weights and state may
   * lie in the same array.
   *
   * @param loss of the gradients
   * @param gradient from {@code gradientOffset} on; only read
   * @param weights from {@code weightsOffset} on; updated
   * @param state {@link #stateLength} values from {@code stateOffset} on; updated
   * @param count how many weights
   * @return whether the update took place
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public boolean step(
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
    Objects.checkFromIndexSize(stateOffset, stateLength(count), state.length);
    double norm = Math.sqrt(sumOfSquares(gradient, gradientOffset, count));
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      return false;
    }
    float scale = (float) Math.min(1.0, maxNorm / (norm + CLIP_EPSILON));
    update(scale, gradient, gradientOffset, weights, weightsOffset, state, stateOffset, count);
    return true;
  }

  /** Updates from finite gradients, each to be multiplied by {@code scale} first. */
  private void update(
      float scale,
      float[] gradient,
      int gradientOffset,
      float[] weights,
      int weightsOffset,
      float[] state,
      int stateOffset,
      int count) {
    int stepAt = stateOffset + 2 * count;
    float step = state[stepAt] + 1f;
    state[stepAt] = step;
    float stepSize = (float) (learningRate / (1 - Math.pow(beta1, step)));
    float rootOfCorrection2 = (float) Math.sqrt(1 - Math.pow(beta2, step));
    for (int done = 0; done < count; done += BLOCK) {
      int length = Math.min(BLOCK, count - done);
      int m = stateOffset + done;
      int v = stateOffset + count + done;
      System.arraycopy(gradient, gradientOffset + done, gradientBlock, 0, length);
      System.arraycopy(weights, weightsOffset + done, weightBlock, 0, length);
      System.arraycopy(state, m, mBlock, 0, length);
      System.arraycopy(state, v, vBlock, 0, length);
      average(scale, gradientBlock, weightBlock, mBlock, vBlock, length);
      move(stepSize, rootOfCorrection2, weightBlock, mBlock, vBlock, length);
      System.arraycopy(weightBlock, 0, weights, weightsOffset + done, length);
      System.arraycopy(mBlock, 0, state, m, length);
      System.arraycopy(vBlock, 0, state, v, length);
    }
  }

  private void average(
      float scale, float[] gradient, float[] weight, float[] m, float[] v, int length) {
    float decay = (float) weightDecay;
    float new1 = (float) (1 - beta1);
    float old2 = (float) beta2;
    float new2 = (float) (1 - beta2);
    for (int i = 0; i < length; i++) {
      float g = Math.fma(decay, weight[i], scale * gradient[i]);
      m[i] = Math.fma(new1, g - m[i], m[i]);
      v[i] = old2 * v[i] + new2 * g * g;
    }
  }

  private void move(
      float stepSize, float rootOfCorrection2, float[] weight, float[] m, float[] v, int length) {
    float eps = (float) epsilon;
    for (int i = 0; i < length; i++) {
      float denominator = (float) Math.sqrt(v[i]) / rootOfCorrection2 + eps;
      weight[i] -= stepSize * m[i] / denominator;
    }
  }

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
