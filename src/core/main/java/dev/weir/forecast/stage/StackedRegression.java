package dev.weir.forecast.stage;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.hedge.Hedge;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;
import dev.weir.forecast.step.HorizonGroups;

/**
 * A regression on the experts' forecasts (Wolpert 1992, "Stacked generalization"), as a correction
 * of their weighted mean ({@link Correction}). It may find that two experts err in opposite ways,
 * which weights cannot. One regression for each of the {@link HorizonGroups}, the first two of
 * which share one. The forecast becomes the weighted mean of both ({@link PairBlend}).
 */
public final class StackedRegression implements Stage {

  private static final double LAMBDA = 0.997;
  private static final double RIDGE = 300;
  private static final double KAPPA = 0.7;
  private static final double FARTHEST = 5; // distance of an expert, in its usual error

  private final FollowedSteps followed;
  private final OpenForecasts open;
  private final int experts;
  private final Rls[] rls; // one for each group: they forget by their size
  private final Correction correction;
  private final PairBlend blend;
  private final Bfloat16Slice corrected;
  private final double[] forecasts; // (experts), scratch

  /**
   * @param eta how sharply its share follows errors
   */
  public StackedRegression(
      Slots slots, OpenForecasts open, FollowedSteps followed, int experts, double eta) {
    this.followed = followed;
    this.open = open;
    this.experts = experts;
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
    Hedge hedge = new Hedge(eta, ExpertBlend.DISCOUNT);
    this.correction = new Correction(own, followed, experts, rls.length);
    this.blend = new PairBlend(own.ofExperts(), followed, hedge, hedge);
    this.corrected = open.column("regression");
    this.forecasts = new double[experts];
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
      rls[g].reset(correction.regression(g));
    }
  }

  @Override
  public void learn(Row row, Outcome outcome) {
    int i = outcome.step();
    double mean = open.mean(outcome);
    fill(outcome.experts, i, mean);
    boolean usable = row.history.isUsable(correction.size(i)); // else errors are of rounding
    correction.learn(i, usable ? rls[group(i)] : null, group(i), outcome.truth() - mean);
    blend.learn(row, outcome, mean, open.get(corrected, outcome));
  }

  @Override
  public void make(Row row, Draft draft) {
    int scored = row.scores.lastScored();
    for (int s = 0; s < followed.count(); s++) {
      blend.share(s, followed.step(s) <= scored ? blend.byErrors(s) : 0);
    }
    for (int i = 1; i <= draft.value.length; i++) {
      double mean = draft.value[i - 1];
      double forecast = mean;
      if (correction.size(i) > 0) {
        for (int e = 0; e < experts; e++) {
          forecasts[e] = draft.experts[e][i - 1];
        }
        fill(forecasts, i, mean);
        forecast = mean + correction.amount(i, rls[group(i)], group(i));
      }
      if (followed.has(i)) {
        open.set(corrected, row, i, forecast);
      }
      draft.value[i - 1] = blend.blend(i, mean, forecast);
    }
  }

  private void fill(double[] of, int step, double mean) {
    double perSize = 1 / correction.size(step);
    for (int e = 0; e < experts; e++) {
      correction.inputs[e] = Correction.clip((of[e] - mean) * perSize, FARTHEST);
    }
  }
}
