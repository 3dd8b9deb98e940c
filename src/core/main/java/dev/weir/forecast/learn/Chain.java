package dev.weir.forecast.learn;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.score.DistributionScorer;
import dev.weir.forecast.score.DistributionSums;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.stage.Draft;
import dev.weir.forecast.stage.IntervalTracker;
import dev.weir.forecast.stage.OpenForecasts;
import dev.weir.forecast.stage.Outcome;
import dev.weir.forecast.stage.Row;
import dev.weir.forecast.stage.RunningScores;
import dev.weir.forecast.stage.Stage;
import dev.weir.forecast.step.DelayLine;
import dev.weir.forecast.step.FollowedSteps;
import java.util.List;

/**
 * Makes a forecast out of those of the experts, with intervals: each {@link Stage} changes what the
 * one before it made. What was made waits in the series' slots for its value; {@link #score} learns
 * from it, {@link #make} makes the next. Forecasts are relative to the value that they were made
 * at, the anchor.
 */
final class Chain {

  final List<Stage> stages;
  final IntervalTracker intervals;
  final FollowedSteps scored;
  final DistributionScorer scorer;
  boolean scoresDistributions;
  private final ExpertEnsemble ensemble;
  private final Row row;
  private final OpenForecasts open;
  private final FollowedSteps followed;
  private final DelayLine places; // of the steps that are scored
  private final FloatSlice issued; // by place
  private final int horizon;
  private final int levels;
  private final LatestScores newest;
  private final Draft draft;
  private final Outcome outcome;
  private final double[] added; // (stages), to step 1 of the forecast made last
  private final double[] quantiles; // (2 levels + 1), scratch

  Chain(
      LearnerSettings settings,
      Slots slots,
      Row row,
      OpenForecasts open,
      FollowedSteps followed,
      List<Stage> stages,
      ExpertEnsemble ensemble) {
    this.stages = List.copyOf(stages);
    this.ensemble = ensemble;
    this.row = row;
    this.open = open;
    this.followed = followed;
    this.horizon = settings.horizon();
    this.levels = settings.levels().size();
    this.scored = FollowedSteps.scored(horizon);
    this.places = new DelayLine(scored);
    this.issued = slots.floats("issued", DelayLine.allPlaces(scored));
    this.intervals = new IntervalTracker(slots, scored, places, settings.levels());
    this.newest = new LatestScores(levels);
    this.scorer =
        new DistributionScorer(
            settings.levels().stream().mapToDouble(Double::doubleValue).toArray());
    this.draft = new Draft(ensemble.size(), horizon);
    this.outcome = new Outcome(ensemble.size());
    this.added = new double[stages.size()];
    this.quantiles = new double[scorer.quantiles()];
  }

  /** The stage of a class; the settings must say that there is one. */
  <S extends Stage> S stage(Class<S> type) {
    for (Stage stage : stages) {
      if (type.isInstance(stage)) {
        return type.cast(stage);
      }
    }
    throw new IllegalStateException(
        "stage: expected settings with a %s, got none".formatted(type.getSimpleName()));
  }

  /** What {@link #score} found last; the same object each time. */
  LatestScores newest() {
    return newest;
  }

  /** Prepares a state of zeros, before the first value of a series, which has the given index. */
  void reset(long first) {
    for (Stage stage : stages) {
      stage.reset(first);
    }
    intervals.reset();
  }

  /** Prepares what was cleared for a new season. */
  void resetSeason() {
    for (Stage stage : stages) {
      stage.resetSeason();
    }
    intervals.resetSeason();
  }

  /** Says when the value at an index is. */
  void clock(long index, long time, long spacing) {
    for (Stage stage : stages) {
      stage.clock(index, time, spacing);
    }
  }

  private void moveTo(long t, int age) {
    row.moveTo(t, age);
    open.moveTo(t);
    places.keep(t);
  }

  /**
   * Learns about all open forecasts of the value that comes next.
   *
   * @param age values since the series changed
   */
  void score(LearnerState state, double value, int age) {
    newest.clear();
    History history = row.history;
    long t = history.t() + 1;
    moveTo(t, age);
    for (Stage stage : stages) {
      stage.begin(row);
    }
    keepDistributions(state, t);
    long first = state.firstScored();
    intervals.begin(history.low(), history.high());
    for (int s = 0; s < scored.count(); s++) {
      int i = scored.step(s);
      if (t - i < first || !history.has(t - i)) {
        break;
      }
      if (!Float.isNaN(issued.get(places.at(t - i, i)))) {
        score(state, t, i, value);
      }
    }
    for (Stage stage : stages) {
      stage.finish(row);
    }
    intervals.count(t, value);
  }

  /** Gives the state sums if distributions are scored, and none otherwise. */
  private void keepDistributions(LearnerState state, long t) {
    DistributionSums sums = state.distributions();
    if (!scoresDistributions) {
      sums = null;
    } else if (sums == null || !scorer.fits(sums, scored.count())) {
      sums = scorer.newSums(scored.count());
    }
    state.distributions(sums);
    if (sums != null && row.scores.count(1) == 0) {
      sums.first(t); // before the first error forecasts have no intervals
    }
  }

  /** Learns from the value at t about the forecast of step i made at t - i. */
  private void score(LearnerState state, long t, int i, double value) {
    Bounds bounds = row.bounds();
    RunningScores scores = row.scores;
    long origin = t - i;
    double anchor = row.history.at(origin);
    double relative = issued.get(places.at(origin, i));
    double forecast = bounds.value(anchor + relative);
    double error = bounds.isUnbounded() ? value - anchor - relative : value - forecast;
    outcome.set(i, origin, anchor, value, error);
    if (followed.has(i)) {
      open.read(origin, i, outcome.experts);
      for (Stage stage : stages) {
        stage.learn(row, outcome);
      }
    }
    double naive = Math.abs(outcome.truth());
    double seasonalError = Math.abs(outcome.truth() - seasonalNaive(origin, i));
    scores.add(i, error, naive, seasonalError);
    int place = scored.next(i);
    int count = scored.width(place);
    newest.add(count, Math.abs(error), naive, seasonalError);
    double frequent = intervals.frequent(origin);
    readQuantiles(origin, i, frequent - forecast);
    for (int k = 0; k < levels; k++) {
      if (value == frequent || isWithin(k, error, value, forecast)) {
        scores.hit(k, i);
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
    double mean = scores.mean(RunningScores.OURS, i);
    intervals.learn(t, i, error, value, forecast, scores.count(i), mean);
  }

  /** Reads what was issued, relative to the forecast, with the most frequent value inside. */
  private void readQuantiles(long origin, int i, double frequent) {
    intervals.ends(origin, i, quantiles);
    for (int k = levels - 1; k >= 0 && frequent < quantiles[k]; k--) {
      quantiles[k] = frequent;
    }
    for (int k = levels + 1; k <= 2 * levels && frequent > quantiles[k]; k++) {
      quantiles[k] = frequent;
    }
  }

  private boolean isWithin(int level, double error, double value, double forecast) {
    Bounds bounds = row.bounds();
    double low = quantiles[levels - 1 - level];
    double high = quantiles[levels + 1 + level];
    if (bounds.isUnbounded()) {
      return error >= low && error <= high;
    }
    return value >= bounds.lower(forecast + low) && value <= bounds.upper(forecast + high);
  }

  /** The error of repeating the last season at {@code origin}; 0 where it is not kept. */
  private double seasonalNaive(long origin, int i) {
    History history = row.history;
    int season = history.season();
    long before = origin + i - (long) season * ((i + season - 1) / season);
    return season > 1 && history.has(before) ? history.at(before) - history.at(origin) : 0;
  }

  /**
   * Makes the forecasts at the newest value, out of what the ensemble has made.
   *
   * @param anchor the newest value
   * @param age values since the series changed
   */
  void make(double anchor, int age) {
    long t = row.history.t();
    moveTo(t, age);
    draft.anchor = anchor;
    for (int e = 0; e < ensemble.size(); e++) {
      for (int i = 1; i <= horizon; i++) {
        draft.experts[e][i - 1] = ensemble.forecast(e, i) - anchor;
      }
    }
    double before = 0;
    for (int k = 0; k < added.length; k++) {
      stages.get(k).make(row, draft);
      if (k == 0) {
        open.keep(row, draft);
      }
      added[k] = draft.value[0] - before;
      before = draft.value[0];
    }
    int last = row.scores.lastScored();
    for (int i = 1; i <= horizon; i++) {
      issue(t, i, last);
    }
  }

  private void issue(long t, int i, int last) {
    double result = draft.value[i - 1];
    issued.set(places.at(t, i), (float) result);
    double disagreement = 0;
    for (double[] of : draft.experts) {
      disagreement += Math.abs(of[i - 1] - result);
    }
    intervals.issue(t, i, disagreement / draft.experts.length, last);
  }

  /** What a stage added to step 1 of the forecast made last. */
  double added(int stage) {
    return added[stage];
  }

  /**
   * Marks the newest value as one that no forecast was made at.
   *
   * @param age values since the series changed
   */
  void skip(int age) {
    long t = row.history.t();
    moveTo(t, age);
    for (Stage stage : stages) {
      stage.skip(row);
    }
    for (int i = 1; i <= horizon; i++) {
      issued.set(places.at(t, i), Float.NaN);
    }
  }

  /** Leaves all forecasts that wait for their value without a score. */
  void dropIssued() {
    for (int k = 0; k < DelayLine.allPlaces(scored); k++) {
      issued.set(k, Float.NaN);
    }
  }

  /** The forecast of step i made at the newest value, relative to it. */
  double issued(int i) {
    return issued.get(places.at(row.history.t(), i));
  }

  /**
   * Distances of the intervals' ends from the newest forecast of step i, ascending, with the
   * forecast in the middle: scratch, (2 levels + 1).
   */
  double[] ends(int i) {
    intervals.ends(row.history.t(), i, quantiles);
    return quantiles;
  }

  /**
   * Whether the forecast just made is finite. No value leads to another, but a state that was
   * damaged elsewhere may hold NaN, which would stay in it.
   */
  boolean isSound() {
    boolean sound = true;
    for (int i = 1; i <= horizon; i++) {
      double[] ends = ends(i);
      sound &= Double.isFinite(issued(i));
      for (double end : ends) {
        sound &= Double.isFinite(end);
      }
    }
    return sound;
  }
}
