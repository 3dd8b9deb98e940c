package dev.weir.forecast.engine;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.forecast.Score;
import dev.weir.forecast.candidate.CandidateNetwork;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExplanationSettings;
import dev.weir.forecast.learn.LatestScores;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.learn.LearnerWarmUp;
import dev.weir.forecast.network.BaseModelExpert;
import dev.weir.forecast.network.CarriedState;
import dev.weir.forecast.network.LastValueForecast;
import dev.weir.forecast.network.NetworkForecaster;
import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.Windows;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the forecasts of one mode: by the mixture that learns each series, or by the model alone.
 * One instance for each task and mode.
 */
final class ModeForecaster {

  private final ModeSettings target;
  private final ZoneId zone; // of the calendar that models read
  private final boolean knowsAhead; // whether numbers known ahead come with observations
  private final ForecastModel initialModel; // null if absent
  private final Learner learner; // null when the model alone forecasts
  private final BaseModelExpert baseModel; // null when no model takes part in a mixture
  private final AlarmMonitor alarms; // null when no alarms are reported
  private final List<String> covariateNames; // null when forecasts are not explained
  private ForecastModel active; // null if absent
  private NetworkForecaster network; // of a model that reads windows; null if absent
  private CandidateNetwork combining; // of a model that combines forecasts; null if absent
  private long modelTime = SeriesForecaster.NO_TIME; // when the active model was published
  private long restarts; // as last told
  private boolean relearned; // since it was last asked whether the newest value is repeatable
  private boolean repeatable; // whether the newest value could be learned again from its window
  private long before; // values of the current series before its newest and what is missing there

  ModeForecaster(
      ForecastSettings all,
      ModeSettings target,
      ForecastModel initialModel,
      ForecastResult result) {
    this.target = target;
    this.zone = all.inputs().zone();
    this.knowsAhead = all.columnsAhead() > 0;
    this.initialModel = initialModel;
    List<Expert> own = new ArrayList<>();
    LearnerSettings settings = target.learning() == null ? null : target.learning().learner();
    if (settings == null || target.model() == null || settings.isAlone()) {
      this.baseModel = null;
    } else {
      this.baseModel = new BaseModelExpert();
      own.add(baseModel);
    }
    this.learner = settings == null ? null : new Learner(settings, own);
    this.alarms =
        learner == null || target.learning().alarms() == null
            ? null
            : new AlarmMonitor(target.learning().alarms(), learner, result);
    this.covariateNames =
        learner == null || target.learning().explanation() == null
            ? null
            : names(target.learning().explanation(), settings.covariates());
    if (learner != null) {
      learner.bound(target.bounds());
      learner.scoreDistributions(target.learning().scoresEvery() > 0);
      LearnerWarmUp.OF_THIS_JVM.run(learner);
    }
  }

  private static List<String> names(ExplanationSettings settings, Covariates.Count covariates) {
    return settings.names(covariates.observed(), covariates.ahead());
  }

  Mode mode() {
    return target.mode();
  }

  boolean hasAlarms() {
    return alarms != null;
  }

  boolean learns() {
    return learner != null;
  }

  /**
   * Takes the newest published model, or the initial one; made ready only when it has changed.
   *
   * @param published null if absent
   * @param time when it was published, milliseconds since 1970, or {@link SeriesForecaster#NO_TIME}
   * @return whether its network is of another size or kind than the one before
   */
  boolean use(ForecastModel published, long time) {
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
  String kernel() {
    if (combining != null) {
      return combining.kernel();
    }
    return network == null ? null : network.kernel();
  }

  private String model() {
    ForecastModel model = active;
    return model == null ? "" : model.name();
  }

  /** The active model's version, as its forecasts have it; for metrics. */
  long modelVersion() {
    ForecastModel model = active;
    return model == null ? Forecast.NO_VERSION : model.version();
  }

  /** How long ago the active model was published; NaN for an initial one. */
  double modelAgeSeconds() {
    long time = modelTime;
    return time < 0 ? Double.NaN : (System.currentTimeMillis() - time) / 1000.0;
  }

  /**
   * Scores what was forecast of the window's newest value, learns from it, and makes the next
   * forecast, in that order.
   *
   * @param known what was learned of the series before; null for nothing
   */
  LearnerState learn(LearnerState known, SequenceWindow window) {
    if (window.missing() > 0 && window.gap() == Gap.RESET) {
      drop(known, window.series());
      return learn(null, window, true);
    }
    return learn(known, window, true);
  }

  /** What {@link #learn} has scored at the newest value; valid until the next. */
  LatestScores scored() {
    return learner.newest();
  }

  /**
   * @param isNew false for a value that is learned again, of which nothing is reported
   */
  private LearnerState learn(LearnerState known, SequenceWindow window, boolean isNew) {
    LearnerState state = known;
    int season = target.learning().season();
    repeatable = window.missing() == 0 && !knowsAhead; // ahead, no log knows anything
    if (state != null && !learner.fits(state, season)) {
      // a savepoint of other settings or of an older version
      relearned = true;
      state = relearn(state, window);
    }
    if (state == null || !learner.isSpacedAs(state, window)) {
      repeatable &= state == null;
      if (isNew) {
        drop(known, window.series());
      }
      state = learner.newSeries(window.series(), season);
      if (!isNew && known != null) { // nothing may be reported: an open incident stays open
        state.alarms(known.alarms());
      }
    }
    before = state.count();
    if (baseModel != null) { // the index that the newest will have
      tell(network, window, before + learner.passed(state, window));
    }
    if (alarms != null) { // by the forecast that was issued, before this value is learned
      alarms.observe(state, window, isNew, model(), modelVersion());
    } else {
      state.alarms(null);
    }
    learner.observe(state, window);
    if (alarms != null) {
      repeatable &= !alarms.ahead(state, isNew);
    }
    return state;
  }

  /** Null if nothing of what was learned with other settings can be learned again. */
  private LearnerState relearn(LearnerState known, SequenceWindow window) {
    if (baseModel != null) {
      tell(null, window, 0); // it saw nothing of the past
    }
    LearnerState state = learner.relearn(known, target.learning().season());
    if (state != null) { // these do not depend on the other settings
      state.alarms(known.alarms());
    }
    return state;
  }

  /** Whether what is known of the series now follows from what was known before, and the window. */
  boolean isRepeatable() {
    boolean is = repeatable && !relearned;
    relearned = false;
    return is;
  }

  /** How many values before the newest one what is learned of it depends on. */
  int windowBefore(int seqLen) {
    return baseModel == null ? 0 : seqLen - 1;
  }

  /** Learns what a saved state has not learned yet; nothing is counted twice. */
  LearnerState catchUp(LearnerState saved, ObservationLog log, Windows windows, String series) {
    LearnerState state = saved;
    for (int row = log.learnedRows(); row < log.size(); row++) {
      state = learn(state, windows.window(series, log, row), false);
    }
    restarts = learner.restarts();
    return state;
  }

  private void tell(NetworkForecaster forecaster, SequenceWindow window, long newest) {
    baseModel.use(forecaster, window, newest);
  }

  /** States reset since this was last asked. */
  long newRestarts() {
    long before = restarts;
    restarts = learner.restarts();
    return restarts - before;
  }

  void drop(LearnerState known, String series) {
    if (alarms != null) {
      alarms.drop(known, series, model(), modelVersion());
    }
  }

  /**
   * @param state what {@link #learn} gave; null when nothing is learned
   * @param carried with what a network that forecasts alone begins; null for zeros
   */
  Forecast forecast(SequenceWindow window, LearnerState state, CarriedState carried) {
    return state == null ? alone(window, carried) : mixture(window, state, covariateNames);
  }

  private Forecast alone(SequenceWindow window, CarriedState carried) {
    Forecast forecast = withoutLearning(window, carried);
    target.bounds().apply(forecast.values());
    return forecast;
  }

  /**
   * The forecast at the newest value, from what is known, without an explanation: that is made of
   * what the experts said of the series that was observed last. Null if it was not learned like
   * this.
   */
  Forecast again(LearnerState known, SequenceWindow window) {
    if (learner == null) {
      return alone(window, null);
    }
    return isOfThese(known) ? mixture(window, known, null) : null;
  }

  /**
   * Learns again what was learned with other settings, so that {@link #again} has a forecast; the
   * newest value of the window was learned before.
   */
  LearnerState fit(LearnerState known, SequenceWindow window) {
    LearnerState state = known == null || isOfThese(known) ? known : relearn(known, window);
    return state != null && learner.isSpacedAs(state, window)
        ? state
        : learn(known, window, true); // the series starts again, with this value
  }

  /** The score at the newest value; null while unknown. */
  Score scoreSoFar(LearnerState known, SequenceWindow window) {
    return !isOfThese(known) || learner.scored(known, 1) == 0 ? null : score(window, known);
  }

  private boolean isOfThese(LearnerState state) {
    return learner != null && state != null && learner.fits(state, target.learning().season());
  }

  private Forecast withoutLearning(SequenceWindow window, CarriedState carried) {
    if (!window.isFull()) {
      return LastValueForecast.forecast(window, target.mode(), target.horizon(), Status.WARMUP);
    }
    if (network == null) {
      return LastValueForecast.forecast(window, target.mode(), target.horizon(), Status.FALLBACK);
    }
    return network.forecast(window, carried);
  }

  /**
   * @param explained names of the covariates; null for no explanation
   */
  private Forecast mixture(SequenceWindow window, LearnerState state, List<String> explained) {
    Steps steps = learner.steps(state);
    ForecastModel model = active;
    return new Forecast(
        window.series(),
        window.origin(),
        window.time(0),
        window.size(),
        target.mode(),
        LastValueForecast.times(window, steps.value().length),
        steps,
        model == null ? "" : model.name(),
        model == null ? Forecast.NO_VERSION : model.version(),
        state.count(),
        window.isFull() ? Status.OK : Status.WARMUP,
        learner.missingCovariates(state),
        explained == null ? null : learner.explain(state, steps.value()[0], explained));
  }

  /** Whether a score is emitted after this value. */
  boolean isScoreDue(LearnerState state) {
    int every = target.learning().scoresEvery();
    return every > 0 && state.count() / every > before / every && learner.scored(state, 1) > 0;
  }

  Score score(SequenceWindow window, LearnerState state) {
    int steps = 0;
    while (steps < target.horizon() && learner.scored(state, steps + 1) > 0) {
      steps++;
    }
    double[] errors = new double[steps];
    double naive = 0;
    double seasonalNaive = 0;
    double coverage = 0;
    for (int i = 1; i <= steps; i++) {
      errors[i - 1] = learner.meanError(state, i);
      naive += learner.naiveError(state, i) / steps;
      seasonalNaive += learner.seasonalNaiveError(state, i) / steps;
      coverage += learner.coverage(state, 0, i) / steps;
    }
    double mae = mean(errors);
    List<Score.Method> methods = new ArrayList<>();
    methods.add(new Score.Method("naive", naive, 0));
    methods.add(new Score.Method("seasonal_naive", seasonalNaive, 0));
    for (int e = 0; e < learner.experts(); e++) {
      double error = 0;
      double share = 0;
      for (int i = 1; i <= steps; i++) {
        error += learner.runningError(state, e, i) / steps;
        share += learner.share(state, e, i) / steps;
      }
      methods.add(new Score.Method(Score.Method.EXPERT + learner.expertName(e), error, share));
    }
    for (int m = 0; m < learner.settings().outside().count(); m++) {
      methods.addAll(learner.outsideScores(state, m));
    }
    return new Score(
        window.series(),
        window.origin(),
        target.mode(),
        window.last(),
        learner.scored(state, 1),
        errors,
        mae,
        Score.ratio(mae, seasonalNaive),
        learner.settings().levels().get(0),
        coverage,
        methods,
        DistributionMeans.of(learner, state));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
