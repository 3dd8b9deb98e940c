package dev.weir.forecast.learn;

import dev.weir.forecast.expert.DoubleSlice;
import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.expert.HorizonGroups;
import dev.weir.forecast.expert.Rls;

/**
 * A regression on what the experts say (Wolpert 1992, "Stacked generalization"), as a correction of
 * their weighted mean b; Q is the running mean |y - b|:
 *
 * <pre>
 * (y - b) / Q = theta' [ (X_e - b) / Q for each expert, .3 ]
 * </pre>
 *
 * It may find that two experts err in opposite ways, which weights cannot. One regression for each
 * of the {@link HorizonGroups}, the first two of which share one. Keeps settings and scratch; Q and
 * theta are in the {@link State}.
 */
final class StackedRegression {

  private static final double LAMBDA = 0.997;
  private static final double RIDGE = 300;
  private static final double KAPPA = 0.7;

  private final int experts;
  private final Rls[] rls; // one for each group: they forget by their size
  private final double[] features; // (experts + 1)

  /** What is kept of a series, by name: Q for each followed step, and the regressions. */
  public static final class State {

    private final DoubleSlice size = new DoubleSlice();
    private final FloatSlice regression = new FloatSlice();
    private int firstRegression;
    private final FollowedSteps followed;
    private final int length;

    public State(FollowedSteps followed, int experts) {
      this.followed = followed;
      this.length = Rls.floats(experts + 1);
    }

    /** Points at the state of a series. */
    public void bind(double[] doubles, int firstDouble, float[] floats, int firstFloat) {
      size.at(doubles, firstDouble);
      regression.at(floats, firstFloat);
      firstRegression = firstFloat;
    }

    /** Q of a step, or of the nearest one that is followed. */
    public double size(int i) {
      return size.get(followed.nearest(i));
    }

    void size(int i, double value) {
      size.set(followed.nearest(i), value);
    }

    /** State of the regression of a group of steps; valid until the next call. */
    FloatSlice regression(int group) {
      return regression.moveTo(firstRegression + group * length);
    }
  }

  public StackedRegression(FollowedSteps followed, int experts) {
    this.experts = experts;
    this.features = new double[experts + 1];
    int[] steps = new int[group(followed.horizon()) + 1];
    for (int s = 0; s < followed.count(); s++) {
      steps[group(followed.step(s))]++;
    }
    this.rls = new Rls[steps.length];
    for (int g = 0; g < rls.length; g++) {
      double lambda = Math.pow(LAMBDA, 1.0 / steps[g]);
      rls[g] = new Rls(experts + 1, lambda, RIDGE, KAPPA, 10.0 * (experts + 1));
    }
  }

  private static int group(int i) {
    return Math.max(0, HorizonGroups.group(i) - 1);
  }

  /** Doubles kept. */
  public static int doubles(FollowedSteps followed) {
    return followed.count();
  }

  /** Floats kept. */
  public static int floats(FollowedSteps followed, int experts) {
    return (group(followed.horizon()) + 1) * Rls.floats(experts + 1);
  }

  /** Prepares a state that is all zeros. */
  public void reset(State state) {
    for (int g = 0; g < rls.length; g++) {
      rls[g].reset(state.regression(g));
    }
  }

  /**
   * Learns from a truth; all numbers relative to the same anchor.
   *
   * @param i a followed step
   * @param said what each expert said for this step
   * @param mean what their weighted mean was
   * @param usable whether errors of this size mean anything beside rounding
   */
  public void learn(State state, int i, double[] said, double mean, double truth, boolean usable) {
    double size = state.size(i);
    double error = truth - mean;
    if (usable && size > 0) {
      fill(said, mean, size);
      int group = group(i);
      rls[group].update(state.regression(group), features, clip(error / size, 8));
    }
    double magnitude = Math.abs(error);
    state.size(i, size == 0 ? magnitude : size + 0.01 * (Math.min(magnitude, 5 * size) - size));
  }

  public double forecast(State state, int i, double[] said, double mean) {
    double size = state.size(i);
    if (!(size > 0)) {
      return mean;
    }
    fill(said, mean, size);
    int group = group(i);
    return mean + size * clip(rls[group].predict(state.regression(group), features), 3);
  }

  private void fill(double[] said, double mean, double size) {
    double perSize = 1 / size;
    for (int e = 0; e < experts; e++) {
      features[e] = clip((said[e] - mean) * perSize, 5);
    }
    features[experts] = 0.3;
  }

  private static double clip(double value, double most) {
    return value > most ? most : value < -most ? -most : value;
  }
}
