package dev.weir.forecast.learn;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.candidate.CandidateNetwork;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.Experts;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.holiday.HolidayCorrection;
import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.SeriesDimensions;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.stage.ExpertBlend;
import dev.weir.forecast.stage.LevelShift;
import dev.weir.forecast.stage.Limits;
import dev.weir.forecast.stage.NetworkStage;
import dev.weir.forecast.stage.OpenForecasts;
import dev.weir.forecast.stage.OutsideStage;
import dev.weir.forecast.stage.Row;
import dev.weir.forecast.stage.RunningScores;
import dev.weir.forecast.stage.StackedRegression;
import dev.weir.forecast.stage.Stage;
import dev.weir.forecast.step.FollowedSteps;
import dev.weir.model.CandidateShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a {@link Learner} computes with: experts, the {@link Chain} of stages, and the slots of a
 * series, which are pointed at one {@link LearnerState} after the other. A learner that finds
 * second seasons has two of these, and each state is one of either.
 */
final class LearnerParts {

  final LearnerSettings settings;
  final Slots slots;
  final History history;
  final Covariates covariates; // null if absent
  final ObservationSpacing spacing;
  final Row row;
  final ExpertEnsemble ensemble;
  final Chain chain;
  private final DoubleSlice newest; // as it came, which the history may have brought closer
  private final long identity;
  private LearnerState bound;
  private Slots.Layout layout;
  private float[] floats; // of the state, as it was bound

  /**
   * @param own experts beside those that the settings name
   * @param network that combines; null for none yet
   */
  LearnerParts(LearnerSettings settings, List<Expert> own, CandidateNetwork network) {
    this.settings = settings;
    this.slots = new Slots(season -> shape(settings, season));
    slots.depend(LearnerState.LAYOUT_VERSION, settings.memory(), settings.secondSeason());
    Slots ofHistory = slots.ofSeason().in("history"); // first: see LearnerState
    ofHistory.doubles("doubles", History.DOUBLES);
    ofHistory.floats("floats", History::floats);
    ofHistory.bfloats("tail", History::shorts);
    this.newest = slots.doubles("newest value", 1);
    this.spacing = new ObservationSpacing(slots);
    int horizon = settings.horizon();
    Covariates.Count beside = settings.covariates();
    this.covariates = beside.all() == 0 ? null : new Covariates(slots, beside, horizon);
    this.history = new History(covariates);
    FollowedSteps followed = new FollowedSteps(horizon);
    FollowedSteps scored = FollowedSteps.scored(horizon);
    int levels = settings.levels().size();
    this.row = new Row(history, new RunningScores(slots, scored, levels));
    List<Expert> experts = experts(settings, own);
    this.ensemble = new ExpertEnsemble(slots, experts, horizon);
    OpenForecasts open = new OpenForecasts(slots, followed, experts);
    List<Stage> stages = stages(settings, slots, open, followed, experts);
    this.chain = new Chain(settings, slots, row, open, followed, stages, ensemble);
    this.identity = slots.identity();
    if (settings.combines()) {
      chain.stage(NetworkStage.class).use(network);
    }
  }

  /** The chain of a job, in its order: what a forecast goes through. */
  private static List<Stage> stages(
      LearnerSettings settings,
      Slots slots,
      OpenForecasts open,
      FollowedSteps followed,
      List<Expert> experts) {
    Set<String> has = settings.combination().stages();
    boolean isAlone = settings.isAlone();
    double eta = settings.combination().eta();
    int count = experts.size();
    List<Stage> stages = new ArrayList<>();
    stages.add(new ExpertBlend(slots, followed, count, eta, isAlone && settings.combines()));
    if (has.contains("regression")) {
      stages.add(new StackedRegression(slots, open, followed, count, eta));
    }
    if (settings.combines()) {
      List<String> names = experts.stream().map(Expert::name).toList();
      stages.add(new NetworkStage(slots, open, followed, names, isAlone, eta));
    }
    if (has.contains("shift")) {
      stages.add(new LevelShift(slots));
    }
    if (settings.holidays() != null) {
      stages.add(new HolidayCorrection(slots, open, settings.holidays(), followed));
    }
    if (settings.outside().count() > 0) {
      int before = settings.covariates().ahead();
      stages.add(new OutsideStage(slots, open, settings.outside(), before, followed));
    }
    stages.add(new Limits());
    return stages;
  }

  private static List<Expert> experts(LearnerSettings settings, List<Expert> own) {
    LearnerSettings.Memory memory = settings.memory();
    List<Expert> all =
        new ArrayList<>(
            Experts.create(
                settings.experts(),
                memory.analogWindow(),
                memory.analogNeighbours(),
                memory.tail()));
    if (settings.covariates().all() > 0) {
      all.addAll(Experts.ofCovariates(settings.covariates()));
    }
    if (settings.secondSeason() > 1) {
      all.addAll(Experts.ofSecondSeason(settings.secondSeason()));
    }
    all.addAll(own);
    return all;
  }

  private static SeriesDimensions shape(LearnerSettings settings, int season) {
    if (season > LearnerSettings.EXACT_LIMIT / 2) {
      throw new IllegalArgumentException(
          "season: expected at most %d, half of what is kept exactly, got %d"
              .formatted(LearnerSettings.EXACT_LIMIT / 2, season));
    }
    int horizon = settings.horizon();
    int exact = History.exact(horizon, season, LearnerSettings.LONGEST_WEEK);
    int replay = settings.combines() ? CandidateShape.WINDOW : 0;
    return new SeriesDimensions(horizon, season, exact, settings.memory().tail(), replay);
  }

  /** An empty state. */
  LearnerState empty(int season, boolean needsSeason) {
    return new LearnerState(slots.layout(season), identity, needsSeason);
  }

  /** Whether a state says that it is one of these. */
  boolean isOne(LearnerState state) {
    return state.layoutId() == identity;
  }

  /** Whether it is, and has the sizes of one. */
  boolean fits(LearnerState state) {
    if (!state.isComplete()
        || !isOne(state)
        || !state.hasSeasonUpTo(LearnerSettings.EXACT_LIMIT / 2)) {
      return false;
    }
    Slots.Layout expected = slots.layout(state.season());
    return state.doubles().length == expected.doubles()
        && state.floats().length == expected.floats()
        && state.shorts().length == expected.shorts();
  }

  /** Points at a state. */
  void bind(LearnerState state) {
    if (state == bound && state.floats() == floats) {
      return; // bound by another call for the same record
    }
    boolean isSameSeason = layout != null && layout.shape().season() == state.season();
    bound = state;
    floats = state.floats();
    layout = isSameSeason ? layout : slots.layout(state.season());
    slots.bind(layout, state.doubles(), floats, state.shorts());
    history.attach(layout.shape(), state.longs(), state.doubles(), floats, state.shorts());
  }

  /** The state that is bound. */
  LearnerState state() {
    return bound;
  }

  /** Values since the series changed, or {@link NewestWeight#UNCHANGED}. */
  int age() {
    return bound.alarms() == null ? NewestWeight.UNCHANGED : bound.alarms().age();
  }

  /** The newest value as it came. */
  double newest() {
    return newest.get(0);
  }

  /**
   * Sets the newest value as it came.
   *
   * @param learned what was learned in its place
   */
  void observed(long time, double value, double learned) {
    newest.set(0, value);
    bound.outlier(learned != value);
    bound.time(time);
  }

  /** Bounds the forecasts and intervals from now on. */
  void bound(Bounds bounds) {
    row.bounds(bounds);
    chain.intervals.bound(bounds);
  }

  /**
   * Sets everything as it was before the first value, which has the given index; but how far apart
   * values are does not depend on what they are.
   */
  void reset(long first) {
    double[] apart = spacing.numbers();
    slots.clear();
    spacing.copy(apart, 0);
    bound.firstScored(first);
    bound.outlier(false);
    if (bound.distributions() != null) {
      bound.distributions().clear();
    }
    if (covariates != null) { // the next values bring those known ahead again
      covariates.reset(first);
    }
    chain.reset(first);
    resetSeason(first);
  }

  /** Prepares what depends on the season, which was cleared. */
  private void resetSeason(long first) {
    history.reset(first);
    chain.resetSeason();
    ensemble.reset(history);
  }

  /**
   * Goes on with another season: all that depends on it is as before the first value.
   *
   * @param first index of the next value
   */
  void changeSeason(int season, long first) {
    LearnerState state = bound;
    Slots.Layout before = layout;
    double[] oldDoubles = state.doubles();
    float[] oldFloats = state.floats();
    short[] oldShorts = state.shorts();
    float[][] beside = covariates == null ? null : covariates.values();
    state.resize(slots.layout(season));
    bind(state);
    slots.keepOverSeason(before, oldDoubles, oldFloats, oldShorts);
    if (covariates != null) {
      covariates.restore(beside);
    }
    resetSeason(first);
  }
}
