package dev.weir.forecast;

import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.expert.StepGroups;

/**
 * A regression on what the experts say (Wolpert 1992, "Stacked generalization"), as a correction of
 * their weighted mean b; Q is the running mean |y - b|:
 *
 * <pre>
 * (y - b) / Q = theta' [ (X_e - b) / Q for each expert, .3 ]
 * </pre>
 *
 * It may find that two experts err in opposite ways, which weights cannot. One regression for each
 * of the {@link StepGroups}.
 */
final class StackedRegression {

  private static final double LAMBDA = 0.997;
  private static final double RIDGE = 300;
  private static final double KAPPA = 0.7;

  private final int experts;
  private final int horizon;
  private final Rls[] rls; // one for each group: they forget by their size
  private final double[] features; // (experts + 1)

  StackedRegression(int experts, int horizon) {
    this.experts = experts;
    this.horizon = horizon;
    this.features = new double[experts + 1];
    this.rls = new Rls[StepGroups.count(horizon)];
    for (int i = 1; i <= horizon; i++) {
      if (StepGroups.isFirst(i)) {
        double lambda = Math.pow(LAMBDA, 1.0 / StepGroups.size(i, horizon));
        rls[StepGroups.group(i)] = new Rls(experts + 1, lambda, RIDGE, KAPPA, 10.0 * (experts + 1));
      }
    }
  }

  /** Q for each step, then the regressions. */
  int doubles() {
    return horizon + rls.length * Rls.doubles(experts + 1);
  }

  void begin(double[] doubles, int d) {
    for (int g = 0; g < rls.length; g++) {
      rls[g].begin(doubles, regression(d, g));
    }
  }

  private int regression(int d, int group) {
    return d + horizon + group * Rls.doubles(experts + 1);
  }

  /**
   * Learns from a truth; all numbers relative to the same anchor.
   *
   * @param said what each expert said for this step
   * @param mean what their weighted mean was
   * @param usable whether errors of this size mean anything beside rounding
   */
  void learn(
      double[] doubles, int d, int i, double[] said, double mean, double truth, boolean usable) {
    double size = doubles[d + i - 1];
    double error = truth - mean;
    if (usable && size > 0) {
      fill(said, mean, size);
      int group = StepGroups.group(i);
      rls[group].update(doubles, regression(d, group), features, clip(error / size, 8));
    }
    double magnitude = Math.abs(error);
    doubles[d + i - 1] =
        size == 0 ? magnitude : size + 0.01 * (Math.min(magnitude, 5 * size) - size);
  }

  double forecast(double[] doubles, int d, int i, double[] said, double mean) {
    double size = doubles[d + i - 1];
    if (!(size > 0)) {
      return mean;
    }
    fill(said, mean, size);
    int group = StepGroups.group(i);
    return mean + size * clip(rls[group].predict(doubles, regression(d, group), features), 3);
  }

  private void fill(double[] said, double mean, double size) {
    for (int e = 0; e < experts; e++) {
      features[e] = clip((said[e] - mean) / size, 5);
    }
    features[experts] = 0.3;
  }

  private static double clip(double value, double most) {
    return Math.max(-most, Math.min(most, value));
  }
}
