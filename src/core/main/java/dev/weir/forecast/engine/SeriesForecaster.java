package dev.weir.forecast.engine;

import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.joint.Targets;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.network.CarriedState;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.SeriesEngine;
import dev.weir.forecast.window.SeriesOrder;
import dev.weir.forecast.window.SeriesResult.Counted;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * All that a task does with its series, whatever it runs in: brings each into event-time order,
 * cuts it into windows, learns it, has each window that is due forecast, tells how the forecasts
 * have done, and forgets a series that is silent for too long. A call takes what is kept of a
 * series, changes it, and returns one reused {@link ForecastResult}.
 *
 * <p>Keeps no series' state itself. One instance for each task; not thread-safe.
 */
public final class SeriesForecaster extends SeriesEngine<WindowState, ForecastState> {

  /** In place of a time that nobody knows: of a model's publishing, or of a record. */
  public static final long NO_TIME = -1;

  private final ForecastSettings settings;
  private final int covariates; // known ahead, and what outside models forecast
  private final int ahead; // numbers known ahead of an observation that are used, at most
  private final ForecastResult result;
  private final ModeForecaster[] forecasters; // by mode
  private final TargetsForecaster[] joint; // by mode; null where a series has one target
  private final SilenceMonitor silence; // null where no alarms are reported

  /**
   * @param clock the machine's, milliseconds since 1970
   * @throws IllegalArgumentException when an initial model does not fit its target
   * @throws IOException if the bytes of an initial model are not a readable model
   */
  public SeriesForecaster(ForecastSettings settings, LongSupplier clock) throws IOException {
    this(settings, clock, new ForecastResult(settings.modes().size()));
  }

  private SeriesForecaster(ForecastSettings settings, LongSupplier clock, ForecastResult result)
      throws IOException {
    super(
        new Windows(
                settings.seqLen(),
                settings.stride(),
                settings.inputs().columns(),
                settings.sampling(),
                settings.ahead(),
                settings.columnsKept())
            .withTargets(settings.inputs().targets().names()),
        new SeriesOrder(settings.limits().ttl(), clock),
        settings.outOfOrderness().isZero(),
        result);
    this.settings = settings;
    this.covariates = settings.columnsAhead();
    this.ahead = settings.ahead();
    this.result = result;
    this.forecasters = new ModeForecaster[settings.modes().size()];
    for (int i = 0; i < forecasters.length; i++) {
      ModeSettings target = settings.modes().get(i);
      forecasters[i] = new ModeForecaster(settings, target, read(target), result);
    }
    this.silence =
        settings.modes().stream()
            .filter(mode -> mode.learning() != null && mode.learning().alarms() != null)
            .findFirst()
            .map(mode -> new SilenceMonitor(mode.learning().alarms(), result))
            .orElse(null);
    Targets targets = settings.inputs().targets();
    this.joint = targets.areSeveral() ? new TargetsForecaster[forecasters.length] : null;
    for (int i = 0; joint != null && i < forecasters.length; i++) {
      joint[i] = new TargetsForecaster(forecasters[i], targets, result);
    }
  }

  /**
   * One with the initial models, of series that come in order and never expire: nothing waits and
   * nothing depends on the clock.
   *
   * @throws IOException if the bytes of an initial model are not a readable model
   */
  public static SeriesForecaster inOrder(ForecastSettings settings) throws IOException {
    SeriesForecaster forecaster = new SeriesForecaster(settings, SeriesOrder.LATER);
    for (int i = 0; i < forecaster.forecasters.length; i++) {
      forecaster.use(i, null, NO_TIME);
    }
    return forecaster;
  }

  private ForecastModel read(ModeSettings target) throws IOException {
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
    int others = settings.inputs().targets().count() - 1;
    if (observation.features().length != settings.inputs().columns()) {
      return "features: expected %d, got %d"
          .formatted(settings.inputs().features(), observation.features().length - others);
    }
    int known = observation.ahead().length;
    if (known > 0 && (covariates == 0 || known % covariates != 0)) {
      return "features_ahead: expected %d for each step, got %d in all"
          .formatted(covariates, known);
    }
    return null;
  }

  /** What all calls return; to say what is wanted. */
  public ForecastResult result() {
    return result;
  }

  /**
   * Takes in an observation of a series, which {@link #problemWith} finds no fault with. To be
   * called again while the result {@link ForecastResult#hasMore}.
   *
   * @param source the record that brought it, for a dead letter; null for none
   * @param watermark event time, milliseconds since 1970; {@link Long#MAX_VALUE} once the input has
   *     ended
   */
  public ForecastResult observe(
      ForecastState series, Observation observation, SourceRecord source, long watermark)
      throws IOException {
    result.clear();
    if (observation.ahead().length > ahead) {
      take(series, observation.knownAhead(ahead), source, watermark);
    } else {
      take(series, observation, source, watermark);
    }
    return result;
  }

  /** The same of one that {@link #inOrder} gave. */
  public ForecastResult observe(ForecastState series, Observation observation) throws IOException {
    return observe(series, observation, null, Long.MIN_VALUE);
  }

  @Override
  public WindowState newState() {
    return windows.newState();
  }

  @Override
  protected WindowState fit(WindowState known) {
    return windows.fit(known);
  }

  @Override
  protected void precede(
      String name, ForecastState series, WindowState state, long time, boolean goesBack)
      throws IOException {
    result.isBack = silence != null && silence.precede(name, state, time, goesBack);
  }

  @Override
  protected void elapse(
      String name, ForecastState series, WindowState state, long timestamp, long watermark)
      throws IOException {
    boolean isTrusted = watermark != Long.MAX_VALUE && !order().isAhead(timestamp);
    if (silence != null && silence.elapse(name, state, timestamp, isTrusted)) {
      series.times(state);
    }
  }

  @Override
  protected void silence(String name, ForecastState series, WindowState state, boolean isOver)
      throws IOException {
    if (silence != null) {
      silence.drop(name, state);
    }
    for (ModeForecaster forecaster : forecasters) {
      if (forecaster.hasAlarms()) { // an incident may be open
        read(name, series);
        drop(forecaster, series.learned(forecaster.mode()), name);
      }
    }
    for (ModeForecaster forecaster : forecasters) {
      if (forecaster.learns()) {
        series.learned(forecaster.mode(), null);
      }
      if (settings.carries()) {
        series.carried(forecaster.mode()).clear();
      }
    }
  }

  /**
   * Takes in that an incident of a series was a false alarm.
   *
   * @return why it can't be used, in one line; null if it can
   */
  public String dismiss(ForecastState series, FeedbackEvent dismissed) throws IOException {
    String name = dismissed.observed();
    for (ModeForecaster forecaster : forecasters) {
      if (forecaster.hasAlarms() && series.times() != null) {
        read(name, series);
        LearnerState first = series.learned(forecaster.mode());
        LearnerState learned =
            joint == null ? first : TargetsForecaster.named(dismissed.series(), first, name);
        if (learned != null && learned.alarms() != null) {
          learned.alarms().dismiss(dismissed);
          series.changedOtherwise();
          return null;
        }
      }
    }
    return "series: expected one with observations and alarms, got '%s'"
        .formatted(dismissed.series());
  }

  private void drop(ModeForecaster forecaster, LearnerState learned, String name) {
    if (joint == null) {
      forecaster.drop(learned, name);
    } else {
      TargetsForecaster.drop(forecaster, learned, name);
    }
  }

  /**
   * Event time has reached one that a result asked for. To be called again while the result {@link
   * ForecastResult#hasMore}.
   *
   * @param name of the series
   * @param watermark as for {@link #observe}
   */
  public ForecastResult wake(String name, ForecastState series, long timestamp, long watermark)
      throws IOException {
    result.clear();
    if (series.times() == null) {
      return result;
    }
    wakeUp(name, series, timestamp, watermark);
    return result;
  }

  /** The series has moved on by one observation: learn from it, and forecast if one is due. */
  @Override
  protected void advanced(String name, ForecastState series, WindowState state, boolean hasWaited)
      throws IOException {
    if (windows.missing() > 0 && !windows.resumed()) {
      result.count(Counted.GAP, 1);
      result.count(Counted.MISSING, windows.missing());
    }
    if (silence == null) {
      state.pace(null); // left by settings with alarms
    } else {
      silence.advanced(name, state);
    }
    if (isOfOtherTargets(name, series)) {
      state.keepNewest(); // what is before it may be of another target
    }
    result.isDue = windows.isDue(state);
    result.bytes = state.bytes();
    result.isRepeatable = !windows.resumed() && !result.isBack;
    result.models = state.models();
    SequenceWindow window = null;
    for (int i = 0; i < forecasters.length; i++) {
      ModeForecaster forecaster = forecasters[i];
      if (!result.isDue && !forecaster.learns()) {
        continue;
      }
      if (window == null) {
        window = windows.window(name, state);
      }
      boolean isTimed = result.isDue && result.wantsNanos;
      long start = isTimed ? System.nanoTime() : 0;
      LearnerState learned = null;
      if (forecaster.learns()) {
        read(name, series);
        LearnerState known = series.learned(forecaster.mode());
        learned = joint == null ? forecaster.learn(known, window) : joint[i].learn(known, window);
        series.learned(forecaster.mode(), learned);
        result.scored[i] = joint == null ? forecaster.scored() : joint[i].scored();
        result.hasLearned = true;
        result.isRepeatable &= joint == null ? forecaster.isRepeatable() : joint[i].isRepeatable();
        result.count(Counted.RESTART, forecaster.newRestarts());
        result.bytes += learned.bytes();
      }
      if (result.isDue) {
        CarriedState carried = settings.carries() ? series.carried(forecaster.mode()) : null;
        Output forecast =
            joint == null
                ? forecaster.forecast(window, learned, carried)
                : joint[i].forecast(window, learned);
        result.bytes += carried == null ? 0 : carried.bytes();
        if (isTimed) {
          result.nanos[i] = System.nanoTime() - start;
        }
        result.add(forecast);
      }
      if (learned != null && joint != null) {
        joint[i].addScores(window, learned);
      } else if (learned != null && forecaster.isScoreDue(learned)) {
        result.add(forecaster.score(window, learned, state.models()));
      }
    }
    result.window = window;
  }

  /** Whether a series was learned with other targets, or with these in another order. */
  private boolean isOfOtherTargets(String name, ForecastState series) throws IOException {
    for (int i = 0; joint != null && i < forecasters.length; i++) {
      if (forecasters[i].learns()) {
        read(name, series);
        LearnerState learned = learned(i, series);
        return learned != null && !joint[i].isOfThese(learned);
      }
    }
    return false;
  }

  /** Has what was learned of a series read when it is first needed, and brought up to date. */
  private void read(String name, ForecastState series) throws IOException {
    if (!series.read() || series.log == null) {
      return;
    }
    if (!windows.fits(series.log) || isOfOtherTargets(name, series)) {
      series.log = null; // of other features, targets or interval: its rows mean nothing now
      return;
    }
    for (int i = 0; i < forecasters.length; i++) {
      ModeForecaster forecaster = forecasters[i];
      if (forecaster.learns()) {
        int mode = forecaster.mode().ordinal();
        series.learned[mode] =
            forecaster.catchUp(
                series.learned[mode],
                series.log,
                windows,
                name,
                joint == null ? forecaster::learn : joint[i]::learn);
      }
    }
  }

  /**
   * The forecast that a target has made at the newest value of a series, made again from what is
   * known of it, without an explanation; learns nothing.
   *
   * @param target its number in the settings
   * @return null of a series that is not known, or that other settings have learned
   */
  public Forecast forecast(int target, String name, ForecastState series) {
    return isKnown(series)
        ? forecasters[target].again(learned(target, series), windows.again(name, series.times()))
        : null;
  }

  /**
   * The same where {@link #observe} found that its observation came before: what other settings
   * have learned of the series is learned again first, and kept. Never null.
   */
  public Forecast forecastOfRepeated(int target, String name, ForecastState series) {
    WindowState state = fitted(series);
    if (state != series.times()) {
      series.times(state);
    }
    ModeForecaster forecaster = forecasters[target];
    if (forecaster.learns()) {
      series.learned(
          forecaster.mode(),
          forecaster.fit(learned(target, series), windows.again(name, series.times())));
    }
    return forecaster.again(learned(target, series), windows.again(name, series.times()));
  }

  /**
   * How a target's forecasts of a series have done so far.
   *
   * @param target its number in the settings
   * @return null while none has met its truth, and where nothing is learned
   */
  public Score score(int target, String name, ForecastState series) {
    return isKnown(series)
        ? forecasters[target].scoreSoFar(
            learned(target, series), windows.again(name, series.times()), series.times().models())
        : null;
  }

  /**
   * The forecasts of all targets that a mode has made at the newest observation of a series, made
   * again from what is known of it; learns nothing.
   *
   * @param mode its number in the settings
   * @return null of a series that is not known, or that other settings have learned
   */
  public JointForecast jointForecast(int mode, String name, ForecastState series) {
    return isKnown(series)
        ? joint[mode].again(windows.again(name, series.times()), learned(mode, series))
        : null;
  }

  /**
   * As {@link #score(int, String, ForecastState)}, of one of several targets.
   *
   * @param number of the target, from 0
   */
  public Score score(int mode, int number, String name, ForecastState series) {
    return isKnown(series)
        ? joint[mode].score(windows.again(name, series.times()), learned(mode, series), number)
        : null;
  }

  private LearnerState learned(int target, ForecastState series) {
    return series.learned(forecasters[target].mode());
  }

  private boolean isKnown(ForecastState series) {
    WindowState state = series.times();
    return state != null && windows.fit(state) == state && state.size() > 0;
  }

  /** How many observations before a new one what is learned of it depends on. */
  public int windowBefore() {
    return Arrays.stream(forecasters)
        .mapToInt(f -> f.windowBefore(settings.seqLen()))
        .max()
        .orElse(0);
  }
}
