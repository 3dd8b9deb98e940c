package dev.weir.forecast.engine;

import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.forecast.Score;
import dev.weir.forecast.candidate.CandidateNetwork;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.learn.LearnerWarmUp;
import dev.weir.forecast.network.BaseModelExpert;
import dev.weir.forecast.network.LastValueForecast;
import dev.weir.forecast.network.NetworkForecaster;
import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.SeriesResult.Counted;
import dev.weir.forecast.window.Windows;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Makes the forecasts of one mode: by the mixture that learns each series, or by the model alone.
 * One instance for each task and mode.
 */
public final class ModeForecaster {

  private final int number; // in the settings, as in results
  private final ModeSettings settings;
  private final ZoneId zone; // of the calendar that models read
  private final boolean knowsAhead; // whether numbers known ahead come with observations
  private final ForecastModel initialModel; // null if absent
  private final Learner learner; // null when the model alone forecasts
  private final BaseModelExpert baseModel; // null when no model takes part in a mixture
  private final SeriesPart part;
  private final ForecastResult result;
  private final List<String> covariateNames; // null when forecasts are not explained
  private ForecastModel active; // null if absent
  private NetworkForecaster network; // of a model that reads windows; null if absent
  private CandidateNetwork combining; // of a model that combines forecasts; null if absent
  private long modelTime = SeriesForecaster.NO_TIME; // when the active model was published
  private long restarts; // as last counted
  private boolean relearned; // since it was last asked whether the newest value is repeatable
  private boolean repeatable; // whether the newest value could be learned again from its window
  private long older; // values of the current series before its newest and what is missing there

  ModeForecaster(ForecastSettings all, int number, ForecastResult result) {
    this.number = number;
    this.settings = all.modes().get(number);
    this.zone = all.inputs().zone();
    this.knowsAhead = all.columnsAhead() > 0;
    this.initialModel = settings.initial();
    String problem = initialModel == null ? null : all.problemWith(initialModel, settings);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    this.result = result;
    Learning learning = settings.learning();
    boolean isLearned = learning != null;
    Covariates.Count read = isLearned ? learning.learner().covariates() : null;
    this.baseModel =
        isLearned && settings.model() != null && !learning.learner().isAlone()
            ? new BaseModelExpert()
            : null;
    this.learner =
        isLearned
            ? new Learner(learning.learner(), baseModel == null ? List.of() : List.of(baseModel))
            : null;
    this.covariateNames =
        isLearned && learning.explanation() != null
            ? learning.explanation().names(read.observed(), read.ahead())
            : null;
    this.part = SeriesPart.ofMode(all, this, learner, result);
    if (isLearned) {
      learner.bound(settings.bounds());
      learner.scoreDistributions(learning.scoresEvery() > 0);
      LearnerWarmUp.OF_THIS_JVM.run(learner);
    }
  }

  ModeSettings settings() {
    return settings;
  }

  public Mode mode() {
    return settings.mode();
  }

  boolean readsDropped() {
    return part.readsLearned();
  }

  boolean learns() {
    return learner != null;
  }

  /**
   * Has the forecasts made by a published model from now on, which is made ready if it is another
   * one; at least once before the first observation, so that no record waits until a network is
   * compiled.
   *
   * @param published null: the initial one, if there is one
   * @param time when it was published, milliseconds since 1970, or {@link SeriesForecaster#NO_TIME}
   * @return whether its network is of another size or kind than the one before
   */
  public boolean use(ForecastModel published, long time) {
    modelTime = time;
    ForecastModel next = published == null ? initialModel : published;
    if (next == null || next == active) {
      return false;
    }
    ForecastModel before = active;
    active = next;
    boolean another =
        before == null
            || !next.rnn().equals(before.rnn())
            || !next.candidates().equals(before.candidates());
    if (next.combines()) {
      combining = CandidateNetwork.of(next);
      learner.use(combining);
    } else {
      network = new NetworkForecaster(next, zone);
      if (combining != null) { // as after a restore, which knows only the active model
        combining = null;
        learner.use(CandidateNetwork.of(BuiltInModels.weir()));
      }
    }
    if (another && combining != null) {
      combining.warmUp();
    } else if (another) {
      network.warmUp();
    }
    return another;
  }

  /** Which code computes the active model's network; null if absent. */
  public String kernel() {
    if (combining != null) {
      return combining.kernel();
    }
    return network == null ? null : network.kernel();
  }

  /** The active model's name, as its forecasts have it. */
  String model() {
    return active == null ? "" : active.name();
  }

  /** The active model's version, as its forecasts have it; for metrics. */
  public long modelVersion() {
    ForecastModel model = active;
    return model == null ? Forecast.NO_VERSION : model.version();
  }

  /** How long ago the active model was published; NaN for an initial one. */
  public double modelAgeSeconds() {
    long time = modelTime;
    return time < 0 ? Double.NaN : (System.currentTimeMillis() - time) / 1000.0;
  }

  /**
   * Scores what was forecast of the newest value of a series, learns from it, and makes the next
   * forecast if one is due, in that order.
   */
  void observe(SeriesCall call, SequenceWindow window) throws IOException {
    boolean isTimed = result.isDue && result.wantsNanos;
    long start = isTimed ? System.nanoTime() : 0;
    LearnerState learned = learner == null ? null : learn(call, window);
    if (result.isDue) {
      Forecast forecast =
          learner == null
              ? alone(call.at(window, null, true))
              : mixture(window, learned, covariateNames);
      if (isTimed) {
        result.nanos[number] = System.nanoTime() - start;
      }
      result.add(forecast);
    }
    if (learner != null && isScoreDue(learned)) {
      result.add(score(window, learned));
    }
  }

  private LearnerState learn(SeriesCall call, SequenceWindow window) throws IOException {
    LearnerState before = call.series.learned(mode());
    if (window.missing() > 0 && window.gap() == Gap.RESET) {
      part.drop(call.at(null, before, true));
      before = null;
    }
    LearnerState learned = learn(call, window, before, true);
    call.series.learned(mode(), learned);
    result.scored[number] = learner.newest();
    result.hasLearned = true;
    result.isRepeatable &= repeatable && !relearned;
    relearned = false;
    result.count(Counted.RESTART, learner.restarts() - restarts);
    restarts = learner.restarts();
    result.bytes += learned.bytes();
    return learned;
  }

  /**
   * @param before what was learned of the series before; null for nothing
   * @param isNew false for a value that is learned again, of which nothing is reported
   */
  private LearnerState learn(
      SeriesCall call, SequenceWindow window, LearnerState before, boolean isNew)
      throws IOException {
    LearnerState state = before;
    int season = settings.learning().season();
    repeatable = window.missing() == 0 && !knowsAhead; // no log has what is known ahead
    if (state != null && !learner.fits(state, season)) {
      // a savepoint of other settings or of an older version
      relearned = true;
      state = relearn(state, window);
    }
    if (state == null || !learner.isSpacedAs(state, window)) {
      repeatable &= state == null;
      if (isNew) {
        part.drop(call.at(null, before, true));
      }
      state = learner.newSeries(window.series(), season);
      if (!isNew && before != null) { // nothing may be reported: an open incident stays open
        state.alarms(before.alarms());
      }
    }
    older = state.count();
    if (baseModel != null) { // the index that the newest will have
      baseModel.use(network, window, older + learner.passed(state, window));
    }
    part.before(call.at(window, state, isNew)); // by the forecast that was issued
    learner.observe(state, window);
    part.after(call);
    return state;
  }

  /** Null if nothing of what was learned with other settings can be learned again. */
  private LearnerState relearn(LearnerState before, SequenceWindow window) {
    if (baseModel != null) {
      baseModel.use(null, window, 0); // it saw nothing of the past
    }
    LearnerState state = learner.relearn(before, settings.learning().season());
    if (state != null) { // these do not depend on the other settings
      state.alarms(before.alarms());
    }
    return state;
  }

  /** How many values before the newest one what is learned of it depends on. */
  int windowBefore(int seqLen) {
    return baseModel == null ? 0 : seqLen - 1;
  }

  /** Learns what a saved state has not learned yet; nothing is counted twice. */
  void catchUp(SeriesCall call, ObservationLog log, Windows windows) throws IOException {
    LearnerState state = call.series.learned(mode());
    for (int row = log.learnedRows(); row < log.size(); row++) {
      state = learn(call, windows.window(call.name, log, row), state, false);
    }
    call.series.learned[mode().ordinal()] = state; // as it is saved, with the log
    restarts = learner.restarts();
  }

  void drop(SeriesCall call) throws IOException {
    part.drop(call.at(null, call.series.learned(mode()), true));
    if (learner != null) {
      call.series.learned(mode(), null);
    }
  }

  /** As {@link SeriesPart#dismiss}. */
  String dismiss(SeriesCall call, FeedbackEvent dismissed) {
    return part.dismiss(call.at(null, call.series.learned(mode()), true), dismissed);
  }

  private Forecast alone(SeriesCall call) throws IOException {
    part.before(call);
    Forecast forecast = byModel(call);
    part.after(call);
    return forecast;
  }

  /**
   * The forecast at the newest value, from what was learned, without an explanation: that is made
   * of what the experts forecast for the series that was observed last. Null if it was not learned
   * like this.
   */
  Forecast again(SeriesCall call) {
    if (learner == null) {
      return byModel(call);
    }
    return isOfThese(call.learned) ? mixture(call.window, call.learned, null) : null;
  }

  /**
   * Learns again what was learned with other settings, so that {@link #again} has a forecast; the
   * newest value of the window was learned before.
   */
  void fit(SeriesCall call) throws IOException {
    if (learner == null) {
      return;
    }
    SequenceWindow window = call.window;
    LearnerState before = call.learned;
    LearnerState state = before == null || isOfThese(before) ? before : relearn(before, window);
    if (state == null || !learner.isSpacedAs(state, window)) {
      state = learn(call, window, before, true); // the series starts again, with this value
    }
    call.series.learned(mode(), state);
  }

  /** The score at the newest value; null while there is none. */
  Score scoreSoFar(SeriesCall call) {
    return isOfThese(call.learned) && learner.scored(call.learned, 1) > 0
        ? score(call.window, call.learned)
        : null;
  }

  private boolean isOfThese(LearnerState state) {
    return learner != null && state != null && learner.fits(state, settings.learning().season());
  }

  private Forecast byModel(SeriesCall call) {
    Forecast forecast;
    if (call.window.isFull() && network != null) {
      forecast = network.forecast(call.window, call.carried);
    } else {
      Status status = call.window.isFull() ? Status.FALLBACK : Status.WARMUP;
      forecast =
          LastValueForecast.forecast(call.window, settings.mode(), settings.horizon(), status);
    }
    settings.bounds().apply(forecast.values());
    return forecast;
  }

  /**
   * @param explained names of the covariates; null for no explanation
   */
  private Forecast mixture(SequenceWindow window, LearnerState state, List<String> explained) {
    Steps steps = learner.steps(state);
    return new Forecast(
        window.series(),
        window.origin(),
        window.time(0),
        window.size(),
        settings.mode(),
        LastValueForecast.times(window, steps.value().length),
        steps,
        model(),
        modelVersion(),
        state.count(),
        window.isFull() ? Status.OK : Status.WARMUP,
        learner.missingCovariates(state),
        explained == null ? null : learner.explain(state, steps.value()[0], explained));
  }

  /** Whether a score is emitted after this value. */
  boolean isScoreDue(LearnerState state) {
    int every = settings.learning().scoresEvery();
    return every > 0 && state.count() / every > older / every && learner.scored(state, 1) > 0;
  }

  Score score(SequenceWindow window, LearnerState state) {
    int steps = 0;
    while (steps < settings.horizon() && learner.scored(state, steps + 1) > 0) {
      steps++;
    }
    double[] errors = new double[steps];
    double sum = 0;
    for (int i = 1; i <= steps; i++) {
      errors[i - 1] = learner.meanError(state, i);
      sum += errors[i - 1];
    }
    double mae = sum / steps;
    double seasonalNaive = mean(steps, i -> learner.seasonalNaiveError(state, i));
    List<Score.Method> methods = new ArrayList<>();
    methods.add(new Score.Method("naive", mean(steps, i -> learner.naiveError(state, i)), 0));
    methods.add(new Score.Method("seasonal_naive", seasonalNaive, 0));
    for (int expert = 0; expert < learner.experts(); expert++) {
      int e = expert;
      double error = mean(steps, i -> learner.runningError(state, e, i));
      double share = mean(steps, i -> learner.share(state, e, i));
      methods.add(new Score.Method(Score.Method.EXPERT + learner.expertName(e), error, share));
    }
    for (int m = 0; m < learner.settings().outside().count(); m++) {
      methods.addAll(learner.outsideScores(state, m));
    }
    return new Score(
        window.series(),
        window.origin(),
        settings.mode(),
        window.last(),
        learner.scored(state, 1),
        errors,
        mae,
        Score.ratio(mae, seasonalNaive),
        learner.settings().levels().get(0),
        mean(steps, i -> learner.coverage(state, 0, i)),
        methods,
        DistributionMeans.of(learner, state));
  }

  private static double mean(int steps, IntToDoubleFunction ofStep) {
    double mean = 0;
    for (int i = 1; i <= steps; i++) {
      mean += ofStep.applyAsDouble(i) / steps;
    }
    return mean;
  }
}
