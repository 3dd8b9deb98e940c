package dev.weir.forecast.engine;

import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.window.SeriesEngine;
import dev.weir.forecast.window.SeriesOrder;
import dev.weir.forecast.window.SeriesResult.Counted;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
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
public final class SeriesForecaster
    extends SeriesEngine<WindowState, ForecastState, ForecastResult> {

  /** In place of a time that is not known: of a model's publishing, or of a record. */
  public static final long NO_TIME = -1;

  private final ForecastSettings settings;
  private final int covariates; // known ahead, and what outside models forecast
  private final int ahead; // numbers known ahead of an observation that are used, at most
  private final ModeForecaster[] forecasters; // by mode
  private final boolean learns; // whether a mode does
  private final SeriesPart part;
  private final SeriesCall call = new SeriesCall();

  /**
   * @param clock the machine's, milliseconds since 1970
   * @throws IllegalArgumentException when an initial model does not fit its mode
   */
  public SeriesForecaster(ForecastSettings settings, LongSupplier clock) {
    super(
        new Windows(
            settings.seqLen(),
            settings.stride(),
            settings.inputs().features(),
            settings.sampling(),
            settings.ahead(),
            settings.columnsKept()),
        new SeriesOrder(settings.limits().ttl(), clock),
        settings.outOfOrderness().isZero(),
        new ForecastResult(settings.modes().size()));
    this.settings = settings;
    this.covariates = settings.columnsAhead();
    this.ahead = settings.ahead();
    this.forecasters = new ModeForecaster[settings.modes().size()];
    for (int i = 0; i < forecasters.length; i++) {
      forecasters[i] = new ModeForecaster(settings, i, result);
    }
    this.learns = Arrays.stream(forecasters).anyMatch(ModeForecaster::learns);
    this.part = SeriesPart.ofWindow(settings, order(), result);
  }

  /**
   * One with the initial models, of series that come in order and never expire: nothing waits and
   * nothing depends on the clock.
   */
  public static SeriesForecaster inOrder(ForecastSettings settings) {
    SeriesForecaster forecaster = new SeriesForecaster(settings, SeriesOrder.LATER);
    for (int i = 0; i < forecaster.forecasters.length; i++) {
      forecaster.forecasters[i].use(null, NO_TIME);
    }
    return forecaster;
  }

  /**
   * The forecasts of a mode.
   *
   * @param number of the mode in the settings
   */
  public ModeForecaster mode(int number) {
    return forecasters[number];
  }

  /** How many networks are computed by this code. */
  public long networksOn(String kernel) {
    return Arrays.stream(forecasters).filter(f -> kernel.equals(f.kernel())).count();
  }

  /** Why an observation has not the covariates of the settings, in one line; null if it has. */
  public String problemWith(Observation observation) {
    if (observation.features().length != settings.inputs().features()) {
      return "features: expected %d, got %d"
          .formatted(settings.inputs().features(), observation.features().length);
    }
    int numbers = observation.ahead().length;
    if (numbers > 0 && (covariates == 0 || numbers % covariates != 0)) {
      return "features_ahead: expected %d for each step, got %d in all"
          .formatted(covariates, numbers);
    }
    return null;
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
    take(series, observation.knownAhead(ahead), source, watermark);
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

  /** Has each mode learn the observation, and forecast if a window is due. */
  @Override
  protected void advance(String name, ForecastState series, WindowState state, Arrival arrival)
      throws IOException {
    call.of(name, series, state, watermark()).arrival = arrival;
    part.before(call);
    append(state, arrival);
    part.after(call);
    if (windows.missing() > 0 && !windows.resumed()) {
      result.count(Counted.GAP, 1);
      result.count(Counted.MISSING, windows.missing());
    }
    result.isDue = windows.isDue(state);
    result.bytes = state.bytes();
    result.isRepeatable = !windows.resumed() && !result.isBack;
    if (!result.isDue && !learns) {
      return;
    }
    result.window = windows.window(name, state);
    read();
    for (ModeForecaster forecaster : forecasters) {
      forecaster.observe(call, result.window);
    }
  }

  @Override
  protected void elapse(String name, ForecastState series, WindowState state, long timestamp) {
    if (part.wake(call.of(name, series, state, watermark()), timestamp)) {
      series.times(state);
    }
  }

  @Override
  protected void silence(String name, ForecastState series, WindowState state, boolean isOver)
      throws IOException {
    part.drop(call.of(name, series, state, watermark()));
    if (Arrays.stream(forecasters).anyMatch(ModeForecaster::readsDropped)) {
      read();
    }
    for (ModeForecaster forecaster : forecasters) {
      forecaster.drop(call);
    }
  }

  /**
   * Takes in that an incident of a series was a false alarm.
   *
   * @return why it can't be used, in one line; null if it can
   */
  public String dismiss(ForecastState series, FeedbackEvent dismissed) throws IOException {
    String problem = SeriesPart.NO_ALARMS;
    if (series.times() != null) {
      call.of(dismissed.series(), series, series.times(), watermark());
      read();
      for (int i = 0; i < forecasters.length && SeriesPart.NO_ALARMS.equals(problem); i++) {
        problem = forecasters[i].dismiss(call, dismissed);
      }
    }
    return problem;
  }

  /** Has what was learned of the series read when it is first needed, and brought up to date. */
  private void read() throws IOException {
    ForecastState series = call.series;
    if (!learns || !series.read() || series.log == null) {
      return;
    }
    if (!windows.fits(series.log)) {
      series.log = null; // of other features or interval: its rows mean nothing now
      return;
    }
    for (ModeForecaster forecaster : forecasters) {
      if (forecaster.learns()) {
        forecaster.catchUp(call, series.log, windows);
      }
    }
  }

  /**
   * The first mode's forecast at the newest value of a series, made again from what was learned of
   * it, without an explanation; learns nothing.
   *
   * @return null of a series without values, or that other settings have learned
   */
  public Forecast forecast(String name, ForecastState series) {
    return isCurrent(series) ? forecasters[0].again(newest(name, series)) : null;
  }

  /**
   * The same where {@link #observe} found that its observation came before: what other settings
   * have learned of the series is learned again first, and kept. Never null.
   */
  public Forecast forecastOfRepeated(String name, ForecastState series) throws IOException {
    WindowState state = fitted(series);
    if (state != series.times()) {
      series.times(state);
    }
    forecasters[0].fit(newest(name, series));
    return forecasters[0].again(newest(name, series));
  }

  /**
   * How the first mode's forecasts of a series have done so far.
   *
   * @return null while none has met its truth, and where nothing is learned
   */
  public Score score(String name, ForecastState series) {
    return isCurrent(series) ? forecasters[0].scoreSoFar(newest(name, series)) : null;
  }

  /** A series at its newest value, which was taken in before. */
  private SeriesCall newest(String name, ForecastState series) {
    WindowState state = series.times();
    return call.of(name, series, state, watermark())
        .at(windows.again(name, state), series.learned(forecasters[0].mode()), true);
  }

  private boolean isCurrent(ForecastState series) {
    WindowState state = series.times();
    return state != null && fit(state) == state && state.size() > 0;
  }

  /** How many observations before a new one what is learned of it depends on. */
  public int windowBefore() {
    return Arrays.stream(forecasters)
        .mapToInt(f -> f.windowBefore(settings.seqLen()))
        .max()
        .orElse(0);
  }
}
