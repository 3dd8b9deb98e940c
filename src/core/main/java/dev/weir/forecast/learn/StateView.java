package dev.weir.forecast.learn;

import dev.weir.forecast.expert.Bfloat16Slice;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.DelayLine;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.holiday.HolidayCorrection;
import dev.weir.forecast.score.DistributionSums;
import java.util.Arrays;

/**
 * A {@link LearnerState} by name: the history, the scores, the intervals, each expert's part, and
 * what the {@link Mixture} keeps. A {@link Learner} binds its only view to a state once for each
 * call and passes it to its parts, which keep settings and scratch only.
 *
 * <p>A flyweight: binding copies and allocates nothing. All offsets into the floats of the mixture
 * are computed here.
 *
 * <p>What was forecast at {@code t} for step {@code i} is found by that pair until it has met its
 * truth at {@code t + i}. Forecasts are relative to the value at {@code t}. What was given out is
 * kept for the steps that are scored, the rest for the {@link FollowedSteps}: the experts' weighted
 * mean as a float, the others as their distance from it in 16 bits, so that they are rounded by a
 * share of what they are apart.
 */
final class StateView {

  final History history;
  final Covariates covariates; // null if absent
  final ObservationSpacing spacing = new ObservationSpacing();
  final RunningScores scores;
  final IntervalState intervals;
  final StackedRegression.State regression;

  private final ExpertState expert = new ExpertState();
  private final FloatSlice losses = new FloatSlice();
  private final Bfloat16Slice phaseLosses = new Bfloat16Slice();
  private final Bfloat16Slice waiting = new Bfloat16Slice(); // distances from the mean
  private final FloatSlice finalLosses = new FloatSlice();
  private final DelayLine delays;
  private final DelayLine followedDelays;
  private final FollowedSteps followed;
  private final int experts;
  private LearnerState learner;
  private StateLayout layout;
  private double[] doubles;
  private float[] floats;
  private short[] shorts;

  StateView(LearnerSettings settings, FollowedSteps followed, int experts) {
    int horizon = settings.horizon();
    this.covariates =
        settings.covariates().all() == 0 ? null : new Covariates(settings.covariates(), horizon);
    this.history = new History(covariates);
    this.followed = followed;
    this.experts = experts;
    FollowedSteps scored = FollowedSteps.scored(horizon);
    this.scores = new RunningScores(scored, settings.levels().size());
    this.delays = new DelayLine(scored);
    this.followedDelays = new DelayLine(followed);
    this.intervals = new IntervalState(scored, settings.levels().size(), delays);
    this.regression = new StackedRegression.State(followed, experts);
  }

  /** Points at a state; returns itself. */
  StateView bind(LearnerState learner, StateLayout layout) {
    if (learner == this.learner && layout == this.layout && learner.floats() == floats) {
      return this; // bound by another call for the same record
    }
    this.learner = learner;
    this.layout = layout;
    doubles = learner.doubles();
    floats = learner.floats();
    shorts = learner.shorts();
    history.attach(layout.shape, learner.longs(), doubles, floats, shorts);
    if (covariates != null) {
      covariates.attach(
          layout.shape, doubles, layout.covariateDoubles, floats, layout.covariateFloats);
    }
    expert.at(doubles, 0, floats, 0, shorts, 0);
    losses.at(floats, 0);
    phaseLosses.at(shorts, 0);
    waiting.at(shorts, 0);
    finalLosses.at(floats, 0);
    spacing.bind(doubles, layout.spacing);
    scores.bind(doubles, layout.scores);
    intervals.bind(learner, layout);
    regression.bind(doubles, layout.stackedSizes, floats, layout.stackedRegression);
    return this;
  }

  /** The layout that the view is bound by; null before the first. */
  StateLayout layout() {
    return layout;
  }

  /** Observations in a season; 1 for none. */
  int season() {
    return layout.shape.season();
  }

  /** Whether the season is to be found in the data. */
  boolean needsSeason() {
    return learner.needsSeason();
  }

  /** Values since the series changed, or {@link NewestWeight#UNCHANGED}. */
  int age() {
    return learner.alarms() == null ? NewestWeight.UNCHANGED : learner.alarms().age();
  }

  /** Index of the first forecast whose errors count. */
  long firstScored() {
    return learner.firstScored();
  }

  /** Scores of the predictive distributions so far; null if none are kept. */
  DistributionSums distributions() {
    return learner.distributions();
  }

  void distributions(DistributionSums sums) {
    learner.distributions(sums);
  }

  long time() {
    return learner.time();
  }

  /** The newest value as it came, which the history may have brought closer. */
  double newestObserved() {
    return doubles[layout.newestObserved];
  }

  /** The value that most of the newest ones have; NaN if none. */
  double frequent() {
    return intervals.frequent(history.t());
  }

  /** Whether the newest value was too far out to learn from as it is. */
  boolean isOutlier() {
    return learner.isOutlier();
  }

  /**
   * Sets the newest value as it came.
   *
   * @param learned what was learned in its place
   */
  void observed(long time, double value, double learned) {
    doubles[layout.newestObserved] = value;
    learner.outlier(learned != value);
    learner.time(time);
  }

  /**
   * Sets everything to zero, as before the first value, which has the given index; but how far
   * apart values are does not depend on what they are.
   */
  void clear(long first) {
    spacing.copy(doubles, layout.spacing);
    Arrays.fill(doubles, 0, layout.spacing, 0);
    Arrays.fill(doubles, layout.spacing + ObservationSpacing.DOUBLES, doubles.length, 0);
    Arrays.fill(floats, 0);
    Arrays.fill(shorts, (short) 0);
    learner.firstScored(first);
    learner.outlier(false);
    if (learner.distributions() != null) {
      learner.distributions().clear();
    }
  }

  /** Goes on with another season: all that depends on it is zero. */
  void changeSeason(StateLayout after) {
    StateLayout before = layout;
    double[] oldDoubles = doubles;
    float[] oldFloats = floats;
    short[] oldShorts = shorts;
    learner.resize(after);
    after.copyMixture(oldDoubles, oldFloats, oldShorts, before, learner);
    bind(learner, after);
    if (covariates != null) {
      Covariates old = new Covariates(covariates.count(), after.shape.horizon());
      covariates.copy(
          old.attach(
              before.shape,
              oldDoubles,
              before.covariateDoubles,
              oldFloats,
              before.covariateFloats));
    }
  }

  /** What an expert has learned; valid until the next call. */
  ExpertState expert(int e) {
    return expert.moveTo(layout.expertDoubles[e], layout.expertFloats[e], layout.expertShorts[e]);
  }

  /** Sets to zero what an expert has learned. */
  void clearExpert(int e) {
    Arrays.fill(doubles, layout.expertDoubles[e], layout.expertDoubles[e + 1], 0);
    Arrays.fill(floats, layout.expertFloats[e], layout.expertFloats[e + 1], 0);
    Arrays.fill(shorts, layout.expertShorts[e], layout.expertShorts[e + 1], (short) 0);
  }

  /** Says that forecasts made at t, and those with their truth there, are asked for next. */
  void turnTo(long t) {
    delays.keep(t);
    followedDelays.keep(t);
  }

  double mean(long t, int i) {
    return floats[layout.mean + followedDelays.at(t, i)];
  }

  /** Comes before all others made at t for step i: they are kept as distances from it. */
  void mean(long t, int i, double value) {
    floats[layout.mean + followedDelays.at(t, i)] = (float) value;
  }

  /** What expert e forecast. */
  double said(int e, long t, int i) {
    return layout.flat[e] ? floats[flatAt(e, t)] : fromMean(layout.said[e], t, i);
  }

  void said(int e, long t, int i, double value) {
    if (layout.flat[e]) {
      floats[flatAt(e, t)] = (float) value;
    } else {
      fromMean(layout.said[e], t, i, value);
    }
  }

  private int flatAt(int e, long t) {
    return layout.said[e] + delays.ofAll(t);
  }

  private double fromMean(int first, long t, int i) {
    int place = followedDelays.at(t, i);
    return floats[layout.mean + place] + waiting.get(first + place);
  }

  private void fromMean(int first, long t, int i, double value) {
    int place = followedDelays.at(t, i);
    waiting.set(first + place, (float) (value - floats[layout.mean + place]));
  }

  /** The mean as the stacked regression corrected it. */
  double corrected(long t, int i) {
    return fromMean(layout.corrected, t, i);
  }

  void corrected(long t, int i, double value) {
    fromMean(layout.corrected, t, i, value);
  }

  /** What the network's forecast started from. */
  double base(long t, int i) {
    return fromMean(layout.base, t, i);
  }

  void base(long t, int i, double value) {
    fromMean(layout.base, t, i, value);
  }

  /** What the network made of it. */
  double combined(long t, int i) {
    return fromMean(layout.combined, t, i);
  }

  void combined(long t, int i, double value) {
    fromMean(layout.combined, t, i, value);
  }

  /** Running errors at step i of the base and of what the network makes of it. */
  FloatSlice combinedLosses(int i) {
    return finalLosses.moveTo(layout.combinedLosses + 2 * followed.nearest(i));
  }

  void bind(CandidateStage stage) {
    stage.bind(
        season(),
        floats,
        layout.candidates,
        shorts,
        layout.candidateInputs,
        layout.candidateErrors,
        layout.networkAnswer,
        layout.candidatePhases);
  }

  /** Points what outside models said at its part. */
  void bind(OutsideStage outside) {
    outside.bind(
        season(),
        doubles,
        layout.outsideDoubles,
        floats,
        layout.outsideFloats,
        shorts,
        layout.outsideShorts);
  }

  void bind(LevelShift shift) {
    shift.bind(floats, layout.shift);
  }

  void bind(HolidayCorrection correction) {
    correction.bind(floats, layout.holidays);
  }

  /**
   * The forecast that was given out; NaN where none was made. Of a step that is not scored only the
   * newest is known.
   */
  double issued(long t, int i) {
    return floats[layout.issued + delays.at(t, i)];
  }

  void issued(long t, int i, double value) {
    floats[layout.issued + delays.at(t, i)] = (float) value;
  }

  /** Leaves all forecasts that wait for their truth without a score. */
  void dropIssued() {
    Arrays.fill(floats, layout.issued, layout.losses, Float.NaN);
  }

  /** (experts), running errors at step i; valid until the next call. */
  FloatSlice losses(int i) {
    return losses.moveTo(layout.losses + followed.nearest(i) * experts);
  }

  /**
   * (experts), running errors at the season's phase of an index; null without a season. Valid until
   * the next call.
   */
  Bfloat16Slice phaseLosses(long index) {
    int season = season();
    return season == 1
        ? null
        : phaseLosses.moveTo(layout.phaseLosses + SeasonalHedge.place(season, experts, index));
  }

  /** Running errors at step i of the mean and of what the stacked regression makes of it. */
  FloatSlice finalLosses(int i) {
    return finalLosses.moveTo(layout.finalLosses + 2 * followed.nearest(i));
  }

  /** Sets the errors by phase to "as usual", for a season that is new. */
  void resetPhases() {
    intervals.resetPhases();
    int size = SeasonalHedge.shorts(season(), experts);
    phaseLosses.moveTo(layout.phaseLosses);
    for (int k = 0; k < size; k++) {
      phaseLosses.set(k, 1);
    }
  }
}
