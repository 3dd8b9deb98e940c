package dev.weir.rnn;

/**
 * {@code torch.optim.Adam}, in its order of operations: weight decay (L2) joins the gradient, eps
 * is added outside the square root, and both biases are corrected. State: m, v (one value per
 * weight each), then the number of updates so far as a float, as torch keeps it; it stays at 2^24,
 * where both corrections have long been 1.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html">torch</a>
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba, Adam, 2015</a>
 */
public final class Adam extends Optimizer {

  /** torch's default of beta1. */
  public static final double BETA1 = 0.9;

  /** torch's default of beta2. */
  public static final double BETA2 = 0.999;

  /** torch's default of eps. */
  public static final double EPSILON = 1e-8;

  private final double learningRate;
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double weightDecay;
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
    super(maxNorm);
    require("lr", learningRate >= 0, "0 or more", learningRate);
    require("beta1", beta1 >= 0 && beta1 < 1, "from 0 to below 1", beta1);
    require("beta2", beta2 >= 0 && beta2 < 1, "from 0 to below 1", beta2);
    require("eps", epsilon >= 0, "0 or more", epsilon);
    require("weight_decay", weightDecay >= 0, "0 or more", weightDecay);
    this.learningRate = learningRate;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.weightDecay = weightDecay;
  }

  @Override
  public int stateLength(int count) {
    return 2 * count + 1;
  }

  @Override
  void update(
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
}
