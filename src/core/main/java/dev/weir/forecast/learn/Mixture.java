package dev.weir.forecast.learn;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.holiday.HolidayCorrection;
import dev.weir.forecast.learn.CandidateStage.Asking;
import dev.weir.forecast.score.DistributionScorer;
import dev.weir.forecast.score.DistributionSums;
import java.util.Arrays;

/**
 * One forecast out of those of the experts, with intervals, for each step ahead:
 *
 * <pre>
 * b   = sum of w_e X_e           weighted mean of the experts ({@link SeasonalHedge})
 * st  = b + a regression's correction of it                   ({@link StackedRegression})
 * out = weighted mean of b and st, by their errors            ({@link Hedge})
 * </pre>
 *
 * Where a network combines ({@link CandidateStage}), it makes another forecast of these and of the
 * experts', and the last one is the weighted mean of out and that. Where there is no regression,
 * out is the weighted mean of all its candidates instead. After a shift of the level it is moved
 * there ({@link LevelShift}), on holidays it is corrected ({@link HolidayCorrection}), and then
 * combined with what models outside of Weir say ({@link OutsideStage}).
 *
 * <p>What was made waits in the series' state for its truth; {@link #score} learns from it, {@link
 * #make} makes the next. Errors are learned of the {@link FollowedSteps}; weights of a step between
 * two lie between theirs. All numbers are relative to the value that they were made at, the anchor.
 *
 * <p>Keeps settings and scratch.
 */
final class Mixture {

  /** Up to so many errors of a step a network that combines is trusted alone. */
  private static final int TRUSTED = 100;

  /** From so many on it has the share that its own errors give it, and is asked less. */
  private static final int JUDGED = 200;

  /** Below this share at all steps of a near horizon it is asked seldom. */
  private static final double EARNED = 0.5;

  /** How long errors count: the mean is 50 values deep. */
  private static final double DISCOUNT = 0.98;

  /** Slow, so that ends don't follow chance; young series take larger steps anyway. */
  private static final double INTERVAL_STEP = 0.01;

  /**
   * Errors of far steps come in runs and tell little: beyond this its share hardly follows them.
   */
  private static final int NEAR = 2;

  private static final double FAR_ETA = 1;

  /** How its share follows errors where it forecasts alone, and how long they count. */
  private static final double ALONE_ETA = 32;

  private static final double ALONE_DISCOUNT = 0.995;

  /** What changes the weighted mean of the experts, in this order. */
  enum Stage {
    STACK(Explanation.STACK),
    NETWORK(Explanation.NETWORK),
    SHIFT(Explanation.SHIFT),
    HOLIDAYS(Explanation.HOLIDAYS),
    OUTSIDE(Explanation.OUTSIDE);

    final String label;

    Stage(String label) {
      this.label = label;
    }
  }

  private final ExpertEnsemble ensemble;
  private final FollowedSteps followed;
  final FollowedSteps scored;
  private final int experts;
  private final int horizon;
  private final int levels;
  private final SeasonalHedge hedge;
  private final Hedge finalHedge;
  private final Hedge combinedHedge; // of the base forecast and what a network makes of it
  private final Hedge farHedge; // the same, beyond the nearest steps
  private final StackedRegression regression; // null if absent
  private final IntervalTracker tracker;
  private final LatestScores newest;
  final LevelShift shift = new LevelShift();
  final CandidateStage stage; // null if absent
  final HolidayCorrection holidays; // null if absent
  final OutsideStage outside; // null if absent
  final DistributionScorer scorer;
  boolean scoresDistributions;
  private Bounds bounds = Bounds.NONE;
  private double first; // step 1 of the forecast that is being made, after the stages so far
  private final double[] added = new double[Stage.values().length]; // to step 1

  // scratch
  private final double[] said; // (experts), relative to the anchor
  private final double[] weights; // (experts)
  private final double[] ofSteps; // (followed, experts), weights
  private final double[] shares; // (followed), of the second of two
  private final double[][] relative; // (experts, horizon), forecasts relative to the anchor
  private final double[] results; // (horizon)
  private final double[] quantiles; // (2 levels + 1)
  private final double[] finalSaid = new double[2];
  private final double[] finalWeights; // (followed, 2)

  Mixture(
      LearnerSettings settings,
      FollowedSteps followed,
      ExpertEnsemble ensemble,
      CandidateStage stage) {
    this.followed = followed;
    this.scored = FollowedSteps.scored(followed.horizon());
    this.stage = stage;
    this.ensemble = ensemble;
    this.experts = ensemble.size();
    this.horizon = settings.horizon();
    this.levels = settings.levels().size();
    this.holidays =
        settings.holidays() == null ? null : new HolidayCorrection(settings.holidays(), followed);
    this.finalHedge = new Hedge(settings.combination().eta(), DISCOUNT);
    this.combinedHedge =
        settings.combination().stacking() ? finalHedge : new Hedge(ALONE_ETA, ALONE_DISCOUNT);
    this.farHedge =
        settings.combination().stacking() ? new Hedge(FAR_ETA, DISCOUNT) : combinedHedge;
    this.hedge = new SeasonalHedge(finalHedge, experts, followed.count());
    this.regression =
        settings.combination().stacking() ? new StackedRegression(followed, experts) : null;
    this.tracker = new IntervalTracker(scored, settings.levels(), INTERVAL_STEP);
    this.newest = new LatestScores(levels);
    this.scorer =
        new DistributionScorer(
            settings.levels().stream().mapToDouble(Double::doubleValue).toArray());
    this.outside =
        settings.outside().count() == 0 ? null : new OutsideStage(settings.outside(), followed);
    this.quantiles = new double[scorer.quantiles()];
    this.said = new double[experts];
    this.weights = new double[experts];
    this.ofSteps = new double[followed.count() * experts];
    this.shares = new double[followed.count()];
    this.finalWeights = new double[2 * followed.count()];
    this.relative = new double[experts][horizon];
    this.results = new double[horizon];
  }

  /** Bounds the forecasts and intervals that are issued from now on. */
  void bound(Bounds wanted) {
    bounds = wanted;
    tracker.bound(wanted);
  }

  /** What {@link #score} found last; the same object each time. */
  LatestScores newest() {
    return newest;
  }

  /** Prepares a state of zeros, before the first value of a series, which has the given index. */
  void reset(StateView state, long first) {
    if (regression != null) {
      regression.reset(state.regression);
    }
    tracker.reset(state.intervals);
    if (holidays != null) {
      state.bind(holidays);
      holidays.reset();
    }
    if (outside != null) {
      state.bind(outside);
      outside.reset(first);
    }
  }

  /** Learns about all open forecasts of the value that comes next. */
  void score(StateView state, double value) {
    newest.clear();
    if (stage != null) {
      state.bind(stage);
      stage.begin(state.age());
    }
    if (holidays != null) {
      state.bind(holidays);
    }
    History history = state.history;
    long t = history.t() + 1;
    if (outside != null) {
      state.bind(outside);
      outside.begin(t);
    }
    state.turnTo(t);
    keepDistributions(state, t);
    long first = state.firstScored();
    tracker.begin(history.low(), history.high());
    for (int s = 0; s < scored.count(); s++) {
      int i = scored.step(s);
      if (t - i < first || !history.has(t - i)) {
        break;
      }
      if (!Double.isNaN(state.issued(t - i, i))) {
        score(state, t, i, value);
      }
    }
    tracker.finish(state.intervals);
    if (outside != null) {
      outside.finish();
    }
    state.intervals.count(t, value);
  }

  /** Gives the state sums if distributions are scored, and none otherwise. */
  private void keepDistributions(StateView state, long t) {
    DistributionSums sums = state.distributions();
    if (!scoresDistributions) {
      sums = null;
    } else if (sums == null || !scorer.fits(sums, scored.count())) {
      sums = scorer.newSums(scored.count());
    }
    state.distributions(sums);
    if (sums != null && state.scores.count(1) == 0) {
      sums.first(t); // before the first error forecasts have no intervals
    }
  }

  /** Learns from the value at t about the forecast of step i made at t - i. */
  private void score(StateView state, long t, int i, double value) {
    long origin = t - i;
    double anchor = state.history.at(origin);
    double truth = value - anchor;
    double forecast = bounds.value(anchor + state.issued(origin, i));
    double error = bounds.isUnbounded() ? truth - state.issued(origin, i) : value - forecast;
    if (followed.has(i)) {
      learn(state, t, i, truth);
      if (i == 1) {
        state.bind(shift);
        shift.learn(truth, state.scores.count(1));
      }
      if (holidays != null) {
        holidays.learn(state.history, t, i, truth);
      }
      if (outside != null) {
        outside.learn(t, i, value, anchor, error, bounds, state.age());
      }
    }
    double naive = Math.abs(truth);
    double seasonalError = Math.abs(truth - seasonalNaive(state, origin, i));
    state.scores.add(i, error, naive, seasonalError);
    int place = scored.next(i);
    int count = scored.width(place);
    newest.add(count, Math.abs(error), naive, seasonalError);
    double frequent = state.intervals.frequent(origin);
    readQuantiles(state, origin, i, frequent - forecast);
    for (int k = 0; k < levels; k++) {
      if (value == frequent || isWithin(k, error, value, forecast)) {
        state.scores.hit(k, i);
        newest.hold(count, k);
      }
    }
    DistributionSums sums = state.distributions();
    if (sums != null && origin >= sums.first()) {
      bounds.applyToQuantiles(quantiles, forecast);
      double crps = scorer.add(sums, place, quantiles, error);
      if (Double.isFinite(crps)) {
        newest.addDistribution(count, crps, naive, seasonalError);
      }
    }
    long matured = state.scores.count(i);
    double mean = state.scores.mean(RunningScores.OURS, i);
    tracker.learn(state.intervals, t, i, error, value, forecast, matured, mean);
  }

  /** Reads what was issued, relative to the forecast, with the most frequent value inside. */
  private void readQuantiles(StateView state, long origin, int i, double frequent) {
    readEnds(state, origin, i);
    for (int k = levels - 1; k >= 0 && frequent < quantiles[k]; k--) {
      quantiles[k] = frequent;
    }
    for (int k = levels + 1; k <= 2 * levels && frequent > quantiles[k]; k++) {
      quantiles[k] = frequent;
    }
  }

  private void readEnds(StateView state, long origin, int i) {
    tracker.ends(state.intervals, origin, i, quantiles);
  }

  private boolean isWithin(int level, double error, double value, double forecast) {
    double low = quantiles[levels - 1 - level];
    double high = quantiles[levels + 1 + level];
    if (bounds.isUnbounded()) {
      return error >= low && error <= high;
    }
    return value >= bounds.lower(forecast + low) && value <= bounds.upper(forecast + high);
  }

  /** Learns from the truth about those who had a part in the forecast of a followed step. */
  private void learn(StateView state, long t, int i, double truth) {
    long origin = t - i;
    for (int e = 0; e < experts; e++) {
      said[e] = state.said(e, origin, i);
    }
    hedge.learn(state.losses(i), state.phaseLosses(t), said, truth, i, state.age());
    if (stage != null) {
      double base = state.base(origin, i);
      stage.learn(state.history, origin, i, said, base, truth);
      finalSaid[0] = base;
      finalSaid[1] = state.combined(origin, i);
      if (!Double.isNaN(finalSaid[1])) {
        combinedHedge.learn(state.combinedLosses(i), 2, finalSaid, truth, i, state.age());
      }
    }
    if (regression != null) {
      learnCorrection(state, origin, i, truth);
    }
  }

  private void learnCorrection(StateView state, long origin, int i, double truth) {
    double mean = state.mean(origin, i);
    boolean usable = state.history.isUsable(state.regression.size(i));
    regression.learn(state.regression, i, said, mean, truth, usable);
    finalSaid[0] = mean;
    finalSaid[1] = state.corrected(origin, i);
    finalHedge.learn(state.finalLosses(i), 2, finalSaid, truth, i, state.age());
  }

  /** What repeating the last season would have said at {@code origin}; 0 where it is not kept. */
  private static double seasonalNaive(StateView state, long origin, int i) {
    History history = state.history;
    int season = state.season();
    long before = origin + i - (long) season * ((i + season - 1) / season);
    return season > 1 && history.has(before) ? history.at(before) - history.at(origin) : 0;
  }

  /**
   * Makes the forecasts at the newest value, out of what the ensemble has made.
   *
   * @param anchor the newest value
   */
  void make(StateView state, double anchor) {
    long t = state.history.t();
    state.turnTo(t);
    int known = state.scores.known();
    weighSteps(state, t, known);
    if (regression != null) {
      weighCorrections(state, known);
    }
    boolean overwritten = stage != null && stage.hasOwnBase();
    for (int i = 1; i <= horizon; i++) {
      for (int e = 0; e < experts; e++) {
        said[e] = ensemble.made(e, i) - anchor;
        relative[e][i - 1] = said[e];
      }
      if (!overwritten || followed.has(i)) { // what waits is kept as distances from the mean
        results[i - 1] = mix(state, t, i);
      }
    }
    keep(Stage.STACK);
    if (stage != null) {
      combine(state, t);
      keep(Stage.NETWORK);
    }
    state.bind(shift);
    shift.move(state.history, results);
    keep(Stage.SHIFT);
    if (holidays != null) {
      state.bind(holidays);
      holidays.correct(state.history, results);
      keep(Stage.HOLIDAYS);
    }
    if (outside != null) {
      state.bind(outside);
      outside.combine(t, results, anchor);
      keep(Stage.OUTSIDE);
    }
    bounds.apply(results, anchor);
    for (int i = 1; i <= horizon; i++) {
      issue(state, t, i, known);
    }
  }

  private void keep(Stage by) {
    added[by.ordinal()] = results[0] - first;
    first = results[0];
  }

  /** What a stage added to step 1 of the forecast made last; 0 if it is absent. */
  double added(Stage by) {
    return added[by.ordinal()];
  }

  /** The weight of an expert in the mean of step 1 of the forecast made last. */
  double firstWeight(int e) {
    return ofSteps[e];
  }

  /** Makes the forecast of step i, with the weights of the steps and of the corrections. */
  private double mix(StateView state, long t, int i) {
    weightsBetween(i);
    double mean = 0;
    for (int e = 0; e < experts; e++) {
      mean += weights[e] * said[e];
    }
    if (i == 1) {
      first = mean;
    }
    double corrected =
        regression == null ? mean : regression.forecast(state.regression, i, said, mean);
    if (followed.has(i)) {
      keep(state, t, i, mean, corrected);
    }
    return regression == null ? mean : mean + followed.between(shares, i) * (corrected - mean);
  }

  private void keep(StateView state, long t, int i, double mean, double corrected) {
    state.mean(t, i, mean);
    for (int e = 0; e < experts; e++) {
      state.said(e, t, i, said[e]);
    }
    if (regression != null) {
      state.corrected(t, i, corrected);
    }
  }

  /** Gives the shares of the corrections; {@code known} is the last step that has had an error. */
  private void weighCorrections(StateView state, int known) {
    finalHedge.weigh(state.finalLosses(1), shares.length, 2, finalWeights);
    for (int s = 0; s < shares.length; s++) {
      shares[s] = followed.step(s) <= known ? finalWeights[2 * s + 1] : 0;
    }
  }

  /** Turns the base forecast into that with what the network makes of it. */
  private void combine(StateView state, long t) {
    state.bind(stage);
    stage.observe(state.history);
    stage.prepare(state.history, relative, results);
    for (int s = 0; s < shares.length; s++) {
      int i = followed.step(s);
      state.base(t, i, results[i - 1]);
      shares[s] = trust(state, i);
    }
    boolean applied = stage.apply(results, asking(state));
    for (int s = 0; s < shares.length; s++) {
      int i = followed.step(s);
      state.combined(t, i, applied ? results[i - 1] : Double.NaN);
    }
    for (int i = 1; i <= horizon; i++) {
      double base = stage.base(i);
      results[i - 1] = base + followed.between(shares, i) * (results[i - 1] - base);
    }
  }

  /** How often to ask the network, by the largest share that it has in the forecast of any step. */
  private Asking asking(StateView state) {
    boolean isNew = state.scores.count(1) <= JUDGED || state.age() <= JUDGED; // or has changed
    if (stage.hasOwnBase() || isNew) {
      return Asking.ALWAYS;
    }
    boolean earned = horizon > CandidateStage.NEAR_HORIZON;
    for (double share : shares) {
      earned |= share >= EARNED;
    }
    return earned ? Asking.OFTEN : Asking.SELDOM;
  }

  /**
   * The share of what a network made of the base forecast, by the errors of both; while few are
   * known, the network knows more of series than they say.
   */
  private double trust(StateView state, int i) {
    long errors = state.scores.count(i);
    if (errors <= TRUSTED) {
      return 1;
    }
    Hedge shares = i > NEAR ? farHedge : combinedHedge;
    shares.weigh(state.combinedLosses(i), 1, 2, finalWeights);
    return Math.max(finalWeights[1], (double) (JUDGED - errors) / (JUDGED - TRUSTED));
  }

  private void issue(StateView state, long t, int i, int known) {
    double result = results[i - 1];
    state.issued(t, i, result);
    double disagreement = 0;
    for (int e = 0; e < experts; e++) {
      disagreement += Math.abs(relative[e][i - 1] - result);
    }
    tracker.issue(state.intervals, t, i, disagreement / experts, known);
  }

  /** Fills the weights of the experts for the followed steps. */
  private void weighSteps(StateView state, long t, int known) {
    for (int s = 0; s < followed.count() && known > 0; s++) {
      int i = followed.step(s);
      prepareWeights(state, s, Math.min(i, known), t + i);
    }
    weigh(known, followed.count(), ofSteps);
  }

  /** Fills the weights for a step out of those of the followed ones. */
  private void weightsBetween(int i) {
    int before = followed.before(i) * experts;
    int next = followed.next(i) * experts;
    double share = followed.share(i);
    for (int e = 0; e < experts; e++) {
      weights[e] = (1 - share) * ofSteps[before + e] + share * ofSteps[next + e];
    }
  }

  private void prepareWeights(StateView state, int row, int step, long index) {
    int i = followed.step(followed.last(step)); // one that has had an error
    hedge.prepare(row, state.losses(i), state.phaseLosses(index));
  }

  /** Fills the weights of the experts in so many rows; step 0: of none there is an error. */
  private void weigh(int step, int rows, double[] weights) {
    if (step <= 0) {
      Arrays.fill(weights, 0, rows * experts, 1.0 / experts);
    } else {
      hedge.weigh(rows, weights);
    }
  }

  /** Fills the weights of the experts for one step. */
  private void weigh(StateView state, int step, long index) {
    if (step > 0) {
      prepareWeights(state, 0, step, index);
    }
    weigh(step, 1, weights);
  }

  /** Marks the newest value as one that no forecast was made at. */
  void skip(StateView state) {
    long t = state.history.t();
    if (stage != null) {
      state.bind(stage);
      stage.skip(state.history);
    }
    state.bind(shift);
    shift.skip();
    if (outside != null) {
      state.bind(outside);
      outside.skip(t);
    }
    for (int i = 1; i <= horizon; i++) {
      state.issued(t, i, Double.NaN);
    }
  }

  /** The forecast of step i made at the newest value, relative to it. */
  double issued(StateView state, int i) {
    return state.issued(state.history.t(), i);
  }

  /**
   * Distances of the intervals' ends from the newest forecast of step i, ascending, with the
   * forecast in the middle: scratch, (2 levels + 1).
   */
  double[] ends(StateView state, int i) {
    readEnds(state, state.history.t(), i);
    return quantiles;
  }

  /**
   * Whether the forecast just made is finite. No value leads to another, but a state that was
   * damaged elsewhere may hold NaN, which would stay in it.
   */
  boolean isSound(StateView state) {
    boolean sound = true;
    for (int i = 1; i <= horizon; i++) {
      double[] ends = ends(state, i);
      sound &= Double.isFinite(issued(state, i));
      for (double end : ends) {
        sound &= Double.isFinite(end);
      }
    }
    return sound;
  }

  /** The share of an expert in the weighted mean of step i, within [0, 1]. */
  double share(StateView state, int e, int i) {
    int before = followed.step(followed.before(i));
    int next = followed.step(followed.next(i));
    double first = followed.has(i) ? 0 : shareOfFollowed(state, e, before);
    return first + followed.share(i) * (shareOfFollowed(state, e, next) - first);
  }

  private double shareOfFollowed(StateView state, int e, int i) {
    weigh(state, Math.min(i, state.scores.known()), state.history.t() + i);
    return weights[e];
  }

  /** The running error of an expert at step i, about 50 values deep, or i where that is more. */
  double runningError(StateView state, int e, int i) {
    long matured = state.scores.count(i);
    return matured == 0
        ? 0
        : state.losses(i).get(e) / (1 - Math.pow(Math.max(DISCOUNT, 1 - 1.0 / i), matured));
  }
}
