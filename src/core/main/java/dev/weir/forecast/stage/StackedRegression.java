package dev.weir.forecast.stage;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.expert.Bfloat16Slice;
import dev.weir.forecast.expert.DoubleSlice;
import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.expert.HorizonGroups;
import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.expert.Slots;

/**
 * A regression on the experts' forecasts (Wolpert 1992, "Stacked generalization"), as a correction
 * of their weighted mean b; Q is the running mean |y - b|:
 *
 * <pre>
 * (y - b) / Q = theta' [ (X_e - b) / Q for each expert, .3 ]
 * </pre>
 *
 * It may find that two experts err in opposite ways, which weights cannot. One regression for each
 * of the {@link HorizonGroups}, the first two of which share one. The forecast becomes the weighted
 * mean of b and of what the regression makes of it, by the errors of both ({@link Hedge}).
 */
public final class StackedRegression implements Stage {

  private static final double LAMBDA = 0.997;
  private static final double RIDGE = 300;
  private static final double KAPPA = 0.7;

  private final FollowedSteps followed;
  private final OpenForecasts open;
  private final int experts;
  private final int length; // of the state of a regression
  private final Rls[] rls; // one for each group: they forget by their size
  private final Hedge hedge;

  private final DoubleSlice sizes; // (followed), Q
  private final FloatSlice regressions; // (groups)
  private final FloatSlice losses; // (followed, 2), of the mean and of what is made of it
  private final Bfloat16Slice corrected;

  // scratch
  private final double[] forecasts; // (experts)
  private final double[] features; // (experts + 1)
  private final double[] two = new double[2];
  private final double[] weights; // (followed, 2)
  private final double[] shares; // (followed), of the regression

  /**
   * @param eta how sharply its share follows errors
   */
  public StackedRegression(
      Slots slots, OpenForecasts open, FollowedSteps followed, int experts, double eta) {
    this.followed = followed;
    this.open = open;
    this.experts = experts;
    this.length = Rls.floats(experts + 1);
    this.hedge = new Hedge(eta, ExpertBlend.DISCOUNT);
    int[] steps = new int[group(followed.horizon()) + 1];
    for (int s = 0; s < followed.count(); s++) {
      steps[group(followed.step(s))]++;
    }
    this.rls = new Rls[steps.length];
    for (int g = 0; g < rls.length; g++) {
      double lambda = Math.pow(LAMBDA, 1.0 / steps[g]);
      rls[g] = new Rls(experts + 1, lambda, RIDGE, KAPPA, 10.0 * (experts + 1));
    }
    Slots own = slots.in("regression");
    this.sizes = own.doubles("sizes", followed.count());
    this.regressions = own.ofExperts().floats("coefficients", rls.length * length);
    this.losses = own.ofExperts().floats("errors", 2 * followed.count());
    this.corrected = open.column("regression");
    this.forecasts = new double[experts];
    this.features = new double[experts + 1];
    this.weights = new double[2 * followed.count()];
    this.shares = new double[followed.count()];
  }

  private static int group(int i) {
    return Math.max(0, HorizonGroups.group(i) - 1);
  }

  @Override
  public String name() {
    return Explanation.STACK;
  }

  @Override
  public void reset(long index) {
    for (int g = 0; g < rls.length; g++) {
      rls[g].reset(regressions.row(g * length));
    }
  }

  @Override
  public void learn(Row row, Outcome outcome) {
    int i = outcome.step();
    double mean = open.mean(outcome);
    double size = sizes.get(followed.nearest(i));
    double error = outcome.truth() - mean;
    if (row.history.isUsable(size) && size > 0) {
      fill(outcome.experts, mean, size);
      int group = group(i);
      rls[group].update(regressions.row(group * length), features, clip(error / size, 8));
    }
    double magnitude = Math.abs(error);
    sizes.set(
        followed.nearest(i),
        size == 0 ? magnitude : size + 0.01 * (Math.min(magnitude, 5 * size) - size));
    two[0] = mean;
    two[1] = open.get(corrected, outcome);
    FloatSlice both = losses.row(2 * followed.nearest(i));
    hedge.learn(both, 2, two, outcome.truth(), i, row.age());
  }

  @Override
  public void make(Row row, Draft draft) {
    int known = row.scores.known();
    hedge.weigh(losses.row(0), shares.length, 2, weights);
    for (int s = 0; s < shares.length; s++) {
      shares[s] = followed.step(s) <= known ? weights[2 * s + 1] : 0;
    }
    for (int i = 1; i <= draft.value.length; i++) {
      double mean = draft.value[i - 1];
      double forecast = forecast(draft, i, mean);
      if (followed.has(i)) {
        open.set(corrected, row, i, forecast);
      }
      draft.value[i - 1] = mean + followed.between(shares, i) * (forecast - mean);
    }
  }

  private double forecast(Draft draft, int i, double mean) {
    double size = sizes.get(followed.nearest(i));
    if (!(size > 0)) {
      return mean;
    }
    for (int e = 0; e < experts; e++) {
      forecasts[e] = draft.experts[e][i - 1];
    }
    fill(forecasts, mean, size);
    int group = group(i);
    return mean + size * clip(rls[group].predict(regressions.row(group * length), features), 3);
  }

  private void fill(double[] of, double mean, double size) {
    double perSize = 1 / size;
    for (int e = 0; e < experts; e++) {
      features[e] = clip((of[e] - mean) * perSize, 5);
    }
    features[experts] = 0.3;
  }

  private static double clip(double value, double most) {
    return value > most ? most : value < -most ? -most : value;
  }
}
