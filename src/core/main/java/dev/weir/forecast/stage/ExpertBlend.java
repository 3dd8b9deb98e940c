package dev.weir.forecast.stage;

import dev.weir.forecast.expert.History;
import dev.weir.forecast.hedge.Hedge;
import dev.weir.forecast.hedge.SeasonalHedge;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;
import java.util.Arrays;

/**
 * The weighted mean of the experts, by their running errors and by the time of the season at which
 * each is good ({@link SeasonalHedge}): where every chain begins. Errors are learned of the {@link
 * FollowedSteps}; the weights of a step between two lie between theirs.
 */
public final class ExpertBlend implements Stage {

  /** How long errors count: the mean is 50 values deep. */
  static final double DISCOUNT = 0.98;

  private final FollowedSteps followed;
  private final int experts;
  private final boolean isOfFollowed;
  private final SeasonalHedge hedge;
  private final Slots phases;
  private final FloatSlice losses; // (followed, experts), running errors
  private final Bfloat16Slice phaseLosses; // (phases of a season, experts)

  // scratch
  private final double[] weights; // (experts)
  private final double[] ofSteps; // (followed, experts), weights

  /**
   * @param eta how sharply weights follow errors
   * @param isOfFollowed whether a later stage replaces the forecasts of the steps between
   */
  public ExpertBlend(
      Slots slots, FollowedSteps followed, int experts, double eta, boolean isOfFollowed) {
    this.followed = followed;
    this.experts = experts;
    this.isOfFollowed = isOfFollowed;
    this.hedge = new SeasonalHedge(new Hedge(eta, DISCOUNT), experts, followed.count());
    Slots own = slots.in("blend").ofExperts();
    own.depend(eta, DISCOUNT);
    this.losses = own.floats("errors", followed.count() * experts);
    this.phases = own.ofSeason().in("phases");
    this.phaseLosses =
        phases.bfloats("errors", shape -> SeasonalHedge.shorts(shape.season(), experts));
    this.weights = new double[experts];
    this.ofSteps = new double[followed.count() * experts];
  }

  @Override
  public String name() {
    return "blend";
  }

  /** Sets the errors by phase to "as usual". */
  @Override
  public void resetSeason() {
    int size = SeasonalHedge.shorts(phases.shape().season(), experts);
    phaseLosses.row(0);
    for (int k = 0; k < size; k++) {
      phaseLosses.set(k, 1);
    }
  }

  private FloatSlice losses(int step) {
    return losses.row(followed.nearest(step) * experts);
  }

  /** Running errors at the season's phase of an index; null without a season. */
  private Bfloat16Slice phaseLosses(History history, long index) {
    int season = history.season();
    return season == 1 ? null : phaseLosses.row(SeasonalHedge.place(season, experts, index));
  }

  @Override
  public void learn(Row row, Outcome outcome) {
    int i = outcome.step();
    hedge.learn(
        losses(i),
        phaseLosses(row.history, row.t()),
        outcome.experts,
        outcome.truth(),
        i,
        row.age());
  }

  @Override
  public void make(Row row, Draft draft) {
    int last = row.scores.lastScored();
    for (int s = 0; s < followed.count() && last > 0; s++) {
      int i = followed.step(s);
      prepare(row, s, Math.min(i, last), row.t() + i);
    }
    weigh(last, followed.count(), ofSteps);
    for (int i = 1; i <= draft.value.length; i++) {
      if (!isOfFollowed || followed.has(i)) {
        draft.value[i - 1] = mean(draft, i);
      }
    }
  }

  private double mean(Draft draft, int i) {
    int before = followed.before(i) * experts;
    int next = followed.next(i) * experts;
    double share = followed.share(i);
    double mean = 0;
    for (int e = 0; e < experts; e++) {
      double weight = (1 - share) * ofSteps[before + e] + share * ofSteps[next + e];
      mean += weight * draft.experts[e][i - 1];
    }
    return mean;
  }

  private void prepare(Row row, int place, int step, long index) {
    int i = followed.step(followed.last(step)); // one that has had an error
    hedge.prepare(place, losses(i), phaseLosses(row.history, index));
  }

  /** Fills the weights of the experts in so many rows; step 0: of none there is an error. */
  private void weigh(int step, int rows, double[] target) {
    if (step <= 0) {
      Arrays.fill(target, 0, rows * experts, 1.0 / experts);
    } else {
      hedge.weigh(rows, target);
    }
  }

  /** The weight of an expert in the mean of step 1 of the forecast made last. */
  public double firstWeight(int e) {
    return ofSteps[e];
  }

  /** The share of an expert in the mean of step i of the forecast made last, within [0, 1]. */
  public double share(Row row, int e, int i) {
    int before = followed.step(followed.before(i));
    int next = followed.step(followed.next(i));
    double first = followed.has(i) ? 0 : shareOfFollowed(row, e, before);
    return first + followed.share(i) * (shareOfFollowed(row, e, next) - first);
  }

  private double shareOfFollowed(Row row, int e, int i) {
    int step = Math.min(i, row.scores.lastScored());
    if (step > 0) {
      prepare(row, 0, step, row.history.t() + i);
    }
    weigh(step, 1, weights);
    return weights[e];
  }

  /** The running error of an expert at step i, about 50 values deep, or i where that is more. */
  public double runningError(Row row, int e, int i) {
    long matured = row.scores.count(i);
    return matured == 0
        ? 0
        : losses(i).get(e) / (1 - Math.pow(Math.max(DISCOUNT, 1 - 1.0 / i), matured));
  }
}
