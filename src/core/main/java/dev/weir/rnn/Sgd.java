package dev.weir.rnn;

import java.util.Arrays;

/**
 * {@code torch.optim.SGD} without dampening and Nesterov's variant: weight decay (L2) joins the
 * gradient, then momentum times the buffer is added. State: the buffer, one value per weight; none
 * at all without momentum.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html">torch</a>
 */
public final class Sgd extends Optimizer {

  private final float learningRate;
  private final float momentum;
  private final float weightDecay;
  private final float[] bufferBlock = new float[BLOCK];

  /** Plain steps against the gradient. */
  public Sgd(double learningRate) {
    this(learningRate, 0.0, 0.0, Double.POSITIVE_INFINITY);
  }

  /**
   * @param learningRate 0 or more
   * @param momentum 0 or more
   * @param weightDecay 0 or more; times a weight, it is added to that weight's gradient
   * @param maxNorm above 0: the largest norm of all gradients together; infinite for no limit
   * @throws IllegalArgumentException if one is out of its range, naming it
   */
  public Sgd(double learningRate, double momentum, double weightDecay, double maxNorm) {
    super(maxNorm);
    require("lr", learningRate >= 0, "0 or more", learningRate);
    require("momentum", momentum >= 0, "0 or more", momentum);
    require("weight_decay", weightDecay >= 0, "0 or more", weightDecay);
    this.learningRate = (float) learningRate;
    this.momentum = (float) momentum;
    this.weightDecay = (float) weightDecay;
  }

  @Override
  public int stateLength(int count) {
    return momentum == 0f ? 0 : count;
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
    for (int done = 0; done < count; done += BLOCK) {
      int length = Math.min(BLOCK, count - done);
      System.arraycopy(gradient, gradientOffset + done, gradientBlock, 0, length);
      System.arraycopy(weights, weightsOffset + done, weightBlock, 0, length);
      if (momentum != 0f) {
        System.arraycopy(state, stateOffset + done, bufferBlock, 0, length);
      } else {
        Arrays.fill(bufferBlock, 0f); // zero times an infinity of another series would be NaN
      }
      move(scale, gradientBlock, weightBlock, bufferBlock, length);
      System.arraycopy(weightBlock, 0, weights, weightsOffset + done, length);
      if (momentum != 0f) {
        System.arraycopy(bufferBlock, 0, state, stateOffset + done, length);
      }
    }
  }

  private void move(float scale, float[] gradient, float[] weight, float[] buffer, int length) {
    for (int i = 0; i < length; i++) {
      float g = Math.fma(weightDecay, weight[i], scale * gradient[i]);
      buffer[i] = momentum * buffer[i] + g;
      weight[i] -= learningRate * buffer[i];
    }
  }
}
