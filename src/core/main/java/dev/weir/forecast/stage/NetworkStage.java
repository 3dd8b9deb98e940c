package dev.weir.forecast.stage;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.candidate.CandidateNetwork;
import dev.weir.forecast.candidate.Candidates;
import dev.weir.forecast.candidate.Candidates.Asking;
import dev.weir.forecast.hedge.Hedge;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;
import java.util.List;

/**
 * What a network that was trained for all series makes of the forecasts so far ({@link
 * Candidates}): the forecast becomes the weighted mean of both, by their errors ({@link
 * PairBlend}).
 */
public final class NetworkStage implements Stage {

  /** Up to so many errors of a step the network is trusted alone. */
  private static final int TRUSTED = 100;

  /** From so many on it has the share that its own errors give it, and is asked less. */
  private static final int JUDGED = 200;

  /** Below this share at all steps of a near horizon it is asked seldom. */
  private static final double EARNED = 0.5;

  /** How its share follows errors of far steps. */
  private static final double FAR_ETA = 1;

  /** How its share follows errors where it forecasts alone, and how long they count. */
  private static final double ALONE_ETA = 32;

  private static final double ALONE_DISCOUNT = 0.995;

  private final FollowedSteps followed;
  private final OpenForecasts open;
  private final Candidates candidates;
  private final PairBlend blend;
  private final Bfloat16Slice base; // what the network starts from
  private final Bfloat16Slice combined; // what it makes of it; NaN where it was not asked

  /**
   * @param experts names
   * @param isAlone whether it starts from the mean of its candidates, not from the forecast so far
   * @param eta how sharply its share follows errors unless it is alone
   */
  public NetworkStage(
      Slots slots,
      OpenForecasts open,
      FollowedSteps followed,
      List<String> experts,
      boolean isAlone,
      double eta) {
    this.followed = followed;
    this.open = open;
    Slots own = slots.in("network").ofExperts();
    this.candidates = new Candidates(own, experts, followed, isAlone);
    Hedge near =
        isAlone ? new Hedge(ALONE_ETA, ALONE_DISCOUNT) : new Hedge(eta, ExpertBlend.DISCOUNT);
    Hedge far = isAlone ? near : new Hedge(FAR_ETA, ExpertBlend.DISCOUNT);
    own.depend(isAlone);
    this.blend = new PairBlend(own, followed, near, far);
    this.base = open.column("network's base");
    this.combined = open.column("network");
  }

  /** Combines with another network from now on; null for none. */
  public void use(CandidateNetwork network) {
    candidates.use(network);
  }

  /** What follows the candidates' errors: the training of a network reads its inputs there. */
  public Candidates candidates() {
    return candidates;
  }

  @Override
  public String name() {
    return Explanation.NETWORK;
  }

  @Override
  public void begin(Row row) {
    candidates.begin(row.age());
  }

  @Override
  public void learn(Row row, Outcome outcome) {
    double from = open.get(base, outcome);
    double to = open.get(combined, outcome);
    candidates.learn(
        row.history, outcome.origin(), outcome.step(), outcome.experts, from, outcome.truth());
    if (!Double.isNaN(to)) {
      blend.learn(row, outcome, from, to);
    }
  }

  @Override
  public void make(Row row, Draft draft) {
    candidates.observe(row.history);
    candidates.prepare(row.history, draft.experts, draft.value);
    for (int s = 0; s < followed.count(); s++) {
      int i = followed.step(s);
      open.set(base, row, i, draft.value[i - 1]);
      blend.share(s, trust(row, s));
    }
    boolean applied = candidates.apply(draft.value, asking(row));
    for (int s = 0; s < followed.count(); s++) {
      int i = followed.step(s);
      open.set(combined, row, i, applied ? draft.value[i - 1] : Double.NaN);
    }
    for (int i = 1; i <= draft.value.length; i++) {
      draft.value[i - 1] = blend.blend(i, candidates.base(i), draft.value[i - 1]);
    }
  }

  /** How often to ask the network, by the largest share that it has in the forecast of any step. */
  private Asking asking(Row row) {
    boolean isNew = row.scores.count(1) <= JUDGED || row.age() <= JUDGED; // or has changed
    if (candidates.hasOwnBase() || isNew) {
      return Asking.ALWAYS;
    }
    boolean earned = followed.horizon() > Candidates.NEAR_HORIZON || blend.largest() >= EARNED;
    return earned ? Asking.OFTEN : Asking.SELDOM;
  }

  /**
   * The share of what a network made of the base forecast, by the errors of both; while there are
   * few, it is trusted beyond them.
   */
  private double trust(Row row, int place) {
    long errors = row.scores.count(followed.step(place));
    return errors <= TRUSTED
        ? 1
        : Math.max(blend.byErrors(place), (double) (JUDGED - errors) / (JUDGED - TRUSTED));
  }

  @Override
  public void skip(Row row) {
    candidates.skip(row.history);
  }
}
