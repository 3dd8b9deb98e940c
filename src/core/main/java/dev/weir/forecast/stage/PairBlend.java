package dev.weir.forecast.stage;

import dev.weir.forecast.hedge.Hedge;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;

/**
 * Weighs what a stage makes of a forecast against the forecast that it was given, by the running
 * errors of both ({@link Hedge}), for each of the {@link FollowedSteps}.
 */
final class PairBlend {

  /** Errors of farther steps come in runs and tell little. */
  private static final int NEAR = 2;

  private final FollowedSteps followed;
  private final Hedge near;
  private final Hedge far;
  private final FloatSlice losses; // (followed, 2), running errors
  private final double[] two = new double[2];
  private final double[] shares; // (followed), of what the stage makes

  /**
   * @param far for steps beyond {@value #NEAR}
   */
  PairBlend(Slots slots, FollowedSteps followed, Hedge near, Hedge far) {
    this.followed = followed;
    this.near = near;
    this.far = far;
    this.losses = slots.floats("errors of both", 2 * followed.count());
    this.shares = new double[followed.count()];
  }

  /** Takes in the errors of both at a followed step. */
  void learn(Row row, Outcome outcome, double before, double after) {
    int i = outcome.step();
    two[0] = before;
    two[1] = after;
    near.learn(losses.row(2 * followed.nearest(i)), 2, two, outcome.truth(), i, row.age());
  }

  /** The share of what the stage makes at the followed step of a place, by the errors. */
  double byErrors(int place) {
    (followed.step(place) > NEAR ? far : near).weigh(losses.row(2 * place), 1, 2, two);
    return two[1];
  }

  /** Sets the share at the followed step of a place. */
  void share(int place, double share) {
    shares[place] = share;
  }

  /** The largest share of a followed step. */
  double largest() {
    double largest = 0;
    for (double share : shares) {
      largest = Math.max(largest, share);
    }
    return largest;
  }

  /** The weighted mean of both for a step. */
  double blend(int step, double before, double after) {
    return before + followed.between(shares, step) * (after - before);
  }
}
