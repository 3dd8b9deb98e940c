package dev.weir.forecast.expert;

import dev.weir.rnn.Optimizer;
import dev.weir.rnn.WeightAverage;

/**
 * Turns the gradients of a network that learns with a series into new weights, and keeps their
 * running average, which forecasts better than the weights of the last update do. The state that is
 * passed in starts with zeros but for the weights and their average:
 *
 * <pre>
 * weights | their average | the optimizer's state | number of updates, unless that is in the state
 * </pre>
 *
 * Keeps scratch: one instance for each network and task. Allocates nothing.
 */
public final class WeightUpdater {

  private static final double AVERAGING = 0.99;

  private final Optimizer optimizer;
  private final boolean counts; // Adam's state ends with the number of updates
  private long skipped;

  /**
   * @param adamRate learning rate unless the settings have one
   * @param sgdRate the same for plain steps
   */
  public WeightUpdater(NetworkTraining training, double adamRate, double sgdRate) {
    this.optimizer = training.optimizer(adamRate, sgdRate);
    this.counts = optimizer.stateLength(1) > 0;
  }

  /** Floats to keep for so many weights. */
  public int floats(int count) {
    return 2 * count + optimizer.stateLength(count) + (counts ? 0 : 1);
  }

  /** Writes the first weights and their average into a state that is all zeros. */
  public void reset(float[] start, FloatSlice state, int count) {
    System.arraycopy(start, 0, state.array(), state.from(), start.length);
    System.arraycopy(start, 0, state.array(), state.from() + count, start.length);
  }

  /** Updates left out by this object, because loss or gradient were no finite numbers. */
  public long skipped() {
    return skipped;
  }

  /**
   * One update, unless loss or gradient are no finite numbers; then it is counted as skipped.
   *
   * @param gradient (count)
   */
  public void step(double loss, float[] gradient, FloatSlice state, int count) {
    float[] floats = state.array();
    int weights = state.from();
    int average = weights + count;
    if (!optimizer.step(loss, gradient, 0, floats, weights, floats, average + count, count)) {
      skipped++;
      return;
    }
    int number = floats(count) - 1;
    if (!counts) {
      state.add(number, 1); // stays at 2^24, as Adam's does
    }
    double updates = state.get(number);
    double decay = Math.min(AVERAGING, (1 + updates) / (10 + updates));
    WeightAverage.update(floats, average, floats, weights, count, decay);
  }
}
