package dev.weir.forecast.engine;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.engine.SeriesContext.Counted;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.SeriesOrder;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.forecast.window.Windows.Outcome;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import java.io.IOException;
import java.util.Arrays;

/**
 * All that a task does with its series, whatever engine it runs in: brings each into event-time
 * order, cuts it into windows, learns it, has each window that is due forecast, tells how the
 * forecasts have done, and forgets a series that is silent for too long. The engine is a {@link
 * SeriesContext}.
 *
 * <p>Keeps no series' state itself. One instance for each task; not thread-safe.
 */
public final class SeriesForecaster {

  /** In place of a time that nobody knows: of a model's publishing, or of a record. */
  public static final long NO_TIME = -1;

  private final ForecastSettings settings;
  private final int covariates; // known ahead
  private final int ahead; // numbers known ahead of an observation that are used, at most
  private final SeriesContext context;
  private final boolean inOrder;
  private final Windows windows;
  private final SeriesOrder order;
  private final ModeForecaster[] forecasters; // by target

  /**
   * @throws IllegalArgumentException when an initial model does not fit its target
   * @throws IOException if the bytes of an initial model are not a readable model
   */
  public SeriesForecaster(ForecastSettings settings, SeriesContext context) throws IOException {
    this.settings = settings;
    this.covariates = settings.covariatesAhead();
    this.ahead = settings.ahead();
    this.context = context;
    this.inOrder = settings.outOfOrderness().isZero();
    this.windows =
        new Windows(
            settings.seqLen(),
            settings.stride(),
            settings.features(),
            settings.sampling(),
            ahead,
            settings.columnsKept());
    this.order = new SeriesOrder(settings.limits().ttl());
    this.forecasters = new ModeForecaster[settings.targets().size()];
    for (int i = 0; i < forecasters.length; i++) {
      Target target = settings.targets().get(i);
      forecasters[i] = new ModeForecaster(settings, target, read(target), context);
    }
  }

  private ForecastModel read(Target target) throws IOException {
    if (target.initialModel() == null) {
      return null;
    }
    ForecastModel model =
        ModelFiles.fromBytes(
            target.initialModel(),
            ModelFiles.Defaults.NONE,
            "initial model of " + target.mode().label());
    String problem = settings.problemWith(model, target);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return model;
  }

  /** When series expire. */
  public SeriesOrder order() {
    return order;
  }

  /**
   * Has a target's forecasts made by a published model from now on; at least once for each target
   * before the first observation, so that no record waits until a network is compiled.
   *
   * @param target its number in the settings
   * @param published null: the initial one, if there is one
   * @param time when it was published, milliseconds since 1970, or {@link #NO_TIME}
   * @return whether the network is another one than before
   */
  public boolean use(int target, ForecastModel published, long time) {
    return forecasters[target].use(published, time);
  }

  /** The version of a target's model, as its forecasts have it; for metrics. */
  public long modelVersion(int target) {
    return forecasters[target].modelVersion();
  }

  /** How long ago a target's model was published; NaN for an initial one. */
  public double modelAgeSeconds(int target) {
    return forecasters[target].modelAgeSeconds();
  }

  /** Which code computes the network of a target's model; null if absent. */
  public String kernel(int target) {
    return forecasters[target].kernel();
  }

  /** How many networks are computed by this code. */
  public long networksOn(String kernel) {
    return Arrays.stream(forecasters).filter(f -> kernel.equals(f.kernel())).count();
  }

  /** Why an observation has not the covariates of the settings, in one line; null if it has. */
  public String problemWith(Observation observation) {
    if (observation.features().length != settings.features()) {
      return "features: expected %d, got %d"
          .formatted(settings.features(), observation.features().length);
    }
    int known = observation.ahead().length;
    if (known > 0 && (covariates == 0 || known % covariates != 0)) {
      return "features_ahead: expected %d for each step, got %d in all"
          .formatted(covariates, known);
    }
    return null;
  }

  /**
   * Takes in an observation of the current series, which {@link #problemWith} finds no fault with.
   *
   * @param source the record that brought it; for a dead letter
   */
  public void observe(Observation observation, SourceRecord source) throws IOException {
    if (observation.ahead().length > ahead) {
      take(observation.knownAhead(ahead), source);
    } else {
      take(observation, source);
    }
  }

  private void take(Observation observation, SourceRecord source) throws IOException {
    WindowState known = context.window();
    if (known == null && !context.admit(observation.series(), source)) {
      return;
    }
    WindowState state = known == null ? windows.newState() : fitted(known);
    long completeUpTo = inOrder ? Windows.IN_ORDER : context.watermark();
    boolean changed = false;
    while (advance(
        observation.series(), state, completeUpTo)) { // left by a savepoint of more patience
      advanced(observation.series(), state, NO_TIME);
      changed = true;
    }
    long time = windows.timeOf(state, observation);
    if (time <= completeUpTo) {
      resetAfterSilence(observation.series(), state, time);
    }
    long before = state.newestTime();
    Outcome outcome = windows.offer(state, observation, completeUpTo);
    boolean resumes = false;
    if (outcome == Outcome.LATE) {
      if (SeriesOrder.isAhead(state.lastTime(), context)) {
        resumes = SeriesOrder.resumes(state, time, context);
        changed = true;
      }
    } else if (outcome != Outcome.DUPLICATE) {
      changed = true;
    }
    if (resumes) {
      windows.resume(state, observation);
    }
    if (resumes || outcome == Outcome.APPENDED) {
      advanced(observation.series(), state, source == null ? NO_TIME : source.timestamp());
    }
    if (resumes || outcome == Outcome.APPENDED || outcome == Outcome.PENDING) {
      state.clearMarks();
    }
    if (changed) { // once a record: on RocksDB each write is paid for
      context.window(state);
    }
    switch (outcome) {
      case APPENDED -> order.touched(state, before, time, context);
      case PENDING -> {
        context.wakeAt(windows.timeOf(state, observation));
        order.touched(state, before, time, context);
      }
      case CORRECTED -> context.count(Counted.CORRECTION, 1);
      case DUPLICATE -> context.count(Counted.DUPLICATE, 1);
      case LATE -> {
        if (resumes) {
          order.touched(state, before, time, context);
          context.count(Counted.RESUMED, 1);
        } else {
          context.collect(SeriesOrder.late(state.lastTime(), observation.time(), time, source));
        }
      }
    }
  }

  /**
   * As these windows need it. What waits may count as a later time now, with a timer of its own.
   */
  private WindowState fitted(WindowState state) {
    WindowState fitted = windows.fit(state);
    for (int i = 0; fitted != state && i < fitted.pendingSize(); i++) {
      context.wakeAt(fitted.pendingTime(i));
    }
    return fitted;
  }

  /** Appends the earliest waiting observation if it is complete; false if none waits. */
  private boolean advance(String series, WindowState state, long completeUpTo) throws IOException {
    if (state.pendingSize() > 0 && state.pendingTime(0) <= completeUpTo) {
      resetAfterSilence(series, state, state.pendingTime(0));
    }
    return windows.advance(state, completeUpTo);
  }

  /** Nothing that was known before a silence longer than the ttl has to do with what comes next. */
  private void resetAfterSilence(String series, WindowState state, long next) throws IOException {
    if (order.isSilence(state, next)) {
      state.forget();
      forgetLearned(series);
      context.count(Counted.EXPIRED, 1);
    }
  }

  private void forgetLearned(String series) throws IOException {
    for (ModeForecaster forecaster : forecasters) {
      forecaster.forget(series);
    }
  }

  /**
   * Event time has reached one that {@link SeriesContext#wakeAt} was asked for.
   *
   * @param series name of the current series
   */
  public void wake(String series, long timestamp) throws IOException {
    WindowState state = context.window();
    if (state == null) {
      return;
    }
    state = fitted(state);
    boolean changed = false;
    while (advance(series, state, timestamp)) {
      changed = true;
      advanced(series, state, NO_TIME);
    }
    boolean isDue = order.isDue(state, timestamp, context);
    if (isDue && order.isOver(state, context)) {
      context.window(null);
      forgetLearned(series);
      context.expiry(null);
      context.count(Counted.EXPIRED, 1);
    } else if (changed || isDue) {
      context.window(state);
    }
  }

  /**
   * The series has moved on by one observation: learn from it, and forecast if a window is due.
   *
   * @param recordTime timestamp of the observation's record, or {@link #NO_TIME}
   */
  private void advanced(String series, WindowState state, long recordTime) throws IOException {
    if (windows.missing() > 0 && !windows.resumed()) {
      context.count(Counted.GAP, 1);
      context.count(Counted.MISSING, windows.missing());
    }
    boolean due = windows.isDue(state);
    boolean sampled = due && context.isSampled();
    long bytes = state.bytes();
    SequenceWindow window = null;
    boolean learns = false;
    boolean repeatable = !windows.resumed();
    for (ModeForecaster forecaster : forecasters) {
      if (!due && !forecaster.learns()) {
        continue;
      }
      if (window == null) {
        window = windows.window(series, state);
      }
      long start = sampled ? System.nanoTime() : 0;
      LearnerState learned = null;
      if (forecaster.learns()) {
        learned = forecaster.learn(window);
        learns = true;
        repeatable &= forecaster.isRepeatable();
        context.count(Counted.SKIPPED_UPDATE, forecaster.newlySkippedUpdates());
        context.count(Counted.RESTART, forecaster.newRestarts());
        bytes += learned.bytes();
      }
      if (due) {
        Forecast forecast = forecaster.forecast(window, learned);
        if (sampled) {
          context.took(forecast.mode(), System.nanoTime() - start);
        }
        context.collect(forecast);
      }
      if (learned != null && forecaster.isScoreDue(learned)) {
        context.collect(forecaster.score(window, learned));
      }
    }
    if (learns) {
      context.observed(window, repeatable);
    }
    if (context.followsValues()) {
      context.advanced(window == null ? windows.window(series, state) : window);
    }
    if (sampled) {
      context.sampled(window.origin(), recordTime, bytes);
    }
  }

  /**
   * The forecast that a target has made at the newest value of the current series, made again from
   * what is known of it, without an explanation; learns nothing.
   *
   * @param target its number in the settings
   * @return null of a series that is not known, or that other settings have learned
   */
  public Forecast forecast(int target, String series) throws IOException {
    WindowState state = known();
    return state == null ? null : forecasters[target].again(windows.again(series, state));
  }

  /**
   * The same where {@link #observe} found that its observation came before: what other settings
   * have learned of the series is learned again first, and kept. Never null.
   */
  public Forecast forecastOfRepeated(int target, String series) throws IOException {
    WindowState known = context.window();
    WindowState state = fitted(known);
    if (state != known) {
      context.window(state);
    }
    forecasters[target].fit(windows.again(series, state));
    return forecasters[target].again(windows.again(series, state));
  }

  /**
   * How a target's forecasts of the current series have done so far.
   *
   * @param target its number in the settings
   * @return null while none has met its truth, and where nothing is learned
   */
  public Score score(int target, String series) throws IOException {
    WindowState state = known();
    return state == null ? null : forecasters[target].scoreSoFar(windows.again(series, state));
  }

  /** What the windows remember of the current series; null for nothing. */
  private WindowState known() throws IOException {
    WindowState state = context.window();
    return state == null || windows.fit(state) != state || state.size() == 0 ? null : state;
  }

  /** How many observations before a new one what is learned of it depends on. */
  public int windowBefore() {
    return Arrays.stream(forecasters)
        .mapToInt(f -> f.windowBefore(settings.seqLen()))
        .max()
        .orElse(0);
  }

  /** Whether the rows of a log are observations as these settings have them. */
  public boolean fits(ObservationLog log) {
    return windows.fits(log);
  }

  /**
   * Learns what a saved state has not learned yet.
   *
   * @param saved null where nothing was learned before
   * @return the state as it was after the newest observation of the log; of a log that was kept
   *     under other features or another interval, whose rows mean nothing now, the saved one
   */
  public LearnerState catchUp(String series, Mode mode, LearnerState saved, ObservationLog log) {
    if (!fits(log)) {
      return saved;
    }
    for (int i = 0; i < forecasters.length; i++) {
      if (settings.targets().get(i).mode() == mode) {
        return forecasters[i].catchUp(saved, log, windows, series);
      }
    }
    throw new IllegalArgumentException("mode: expected one of the settings, got " + mode);
  }
}
