package dev.weir.forecast.stage;

import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;

/**
 * A regression that corrects a forecast f out of the distances of others from it, in units of its
 * usual error Q, the running mean |y - f|:
 *
 * <pre>
 * (y - f) / Q = theta' [ (x_e - f) / Q for each other e, {@value #CONSTANT} ]
 * </pre>
 *
 * There may be several, each a theta, which share Q of each followed step. The stage fills {@link
 * #inputs} before it learns or corrects.
 */
final class Correction {

  private static final double CONSTANT = 0.3;
  private static final double OUTLIER = 8; // error that is learned from, in Q
  private static final double MOST = 3; // correction, in Q
  private static final double RATE = 0.01; // of Q
  private static final double SHOCK = 5; // times Q that an error counts as in Q, at most

  /** (others + 1), distances in Q; the last one is constant. */
  final double[] inputs;

  private final FollowedSteps followed;
  private final int length; // of a theta and its covariance
  private final DoubleSlice sizes; // (followed), Q
  private final FloatSlice regressions;

  /**
   * @param count of regressions
   */
  Correction(Slots slots, FollowedSteps followed, int others, int count) {
    this.followed = followed;
    this.length = Rls.floats(others + 1);
    this.inputs = new double[others + 1];
    this.inputs[others] = CONSTANT;
    this.sizes = slots.doubles("sizes", followed.count());
    this.regressions = slots.ofExperts().floats("regressions", count * length);
  }

  /** The state of a regression, by its number. */
  FloatSlice regression(int number) {
    return regressions.row(number * length);
  }

  /** Q of a step, or of the nearest one that is followed; 0 before the first error. */
  double size(int step) {
    return sizes.get(followed.nearest(step));
  }

  /**
   * Learns an error.
   *
   * @param step a followed one
   * @param rls that the regression is learned by; null if it is not to learn
   * @param error y - f
   */
  void learn(int step, Rls rls, int number, double error) {
    double size = size(step);
    if (rls != null && size > 0) {
      rls.update(regression(number), inputs, clip(error / size, OUTLIER));
    }
    double magnitude = Math.abs(error);
    sizes.set(
        followed.nearest(step),
        size == 0 ? magnitude : size + RATE * (Math.min(magnitude, SHOCK * size) - size));
  }

  /** What is added to the forecast of a step; Q must be known. */
  double amount(int step, Rls rls, int number) {
    return size(step) * clip(rls.predict(regression(number), inputs), MOST);
  }

  static double clip(double value, double most) {
    return value > most ? most : value < -most ? -most : value;
  }
}
