package dev.weir.rnn;

/**
 * {@code torch.optim.SGD} without momentum and weight decay: plain steps against the gradient.
 * Needs no state.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html">torch</a>
 */
public final class Sgd extends Optimizer {

  private final float learningRate;

  /**
   * @param learningRate 0 or more
   * @param maxNorm above 0: the largest norm of all gradients together; infinite for no limit
   * @throws IllegalArgumentException if one is out of its range, naming it
   */
  public Sgd(double learningRate, double maxNorm) {
    super(maxNorm);
    require("lr", learningRate >= 0, "0 or more", learningRate);
    this.learningRate = (float) learningRate;
  }

  @Override
  public int stateLength(int count) {
    return 0;
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
    for (int i = 0; i < count; i++) {
      weights[weightsOffset + i] -= learningRate * (scale * gradient[gradientOffset + i]);
    }
  }
}
