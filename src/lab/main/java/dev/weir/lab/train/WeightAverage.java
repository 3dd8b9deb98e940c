package dev.weir.lab.train;

/**
 * An exponential moving average of weights, which forecasts better than the weights of the last
 * update do ({@code torch.optim.swa_utils.get_ema_avg_fn}). Start it as a copy of the weights.
 */
final class WeightAverage {

  private WeightAverage() {}

  /**
   * average = decay * average + (1 - decay) * weights. Allocates nothing; both may lie in the same
   * array.
   *
   * @param average {@code count} values from {@code averageOffset} on; updated
   * @param weights {@code count} values from {@code weightsOffset} on
   * @param decay from 0, which copies, to 1, which changes nothing
   * @throws IndexOutOfBoundsException if an array is too short
   */
  static void update(
      float[] average,
      int averageOffset,
      float[] weights,
      int weightsOffset,
      int count,
      double decay) {
    float fresh = (float) (1 - decay);
    for (int i = 0; i < count; i++) {
      float old = average[averageOffset + i];
      average[averageOffset + i] = Math.fma(fresh, weights[weightsOffset + i] - old, old);
    }
  }
}
