package dev.weir.core;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ForecastResult;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Forecasts series and learns each from its own values, as a Weir job does with the same options,
 * bit for bit, but without Flink and Kafka: settings and networks, which all series share.
 *
 * <p>One series:
 *
 * <pre>{@code
 * Forecaster forecaster = Forecaster.builder().horizon(24).season(24).build();
 * for (Observation o : observations) {
 *   Forecast next = forecaster.observe(o);
 * }
 * }</pre>
 *
 * Many series, each in a {@link Series} of its own:
 *
 * <pre>{@code
 * Map<String, Series> series = new HashMap<>();
 * Forecast next = series.computeIfAbsent(sensor, forecaster::series).observe(o);
 * }</pre>
 *
 * <p>Thread-safe. Threads that use it at the same time each have temporary arrays of their own, so
 * they do not wait for each other. Only {@link #observe(Observation)} has a series of its own, and
 * is synchronized: it takes one thread at a time, and others wait.
 */
public final class Forecaster {

  /** Name of the series of {@link #observe(Observation)}. */
  private static final String ONLY = "series";

  private final ForecastSettings settings;
  private final ForecastModel model; // null if absent
  private final int covariates; // known ahead
  private final int outside; // columns of outside models
  private final EnginePool<SeriesForecaster> engines;
  private final Series only = new Series(this, ONLY);

  /**
   * @param model of the only mode, null if absent
   */
  Forecaster(ForecastSettings settings, ForecastModel model) {
    this.settings = settings;
    this.model = model;
    this.covariates = settings.inputs().ahead();
    this.outside = settings.outsideColumns();
    this.engines = new EnginePool<>(() -> SeriesForecaster.inOrder(settings));
  }

  /** Settings to begin with; all but the horizon have a default. */
  public static ForecasterBuilder builder() {
    return new ForecasterBuilder();
  }

  /**
   * For a program with one series: takes in its next value and forecasts those after it. As {@link
   * Series#observe} of a series that this forecaster keeps, and that can't be saved.
   *
   * @throws LateObservationException if the series has passed its time
   * @throws IllegalArgumentException if it has other covariates than the forecaster was built for
   */
  public Forecast observe(Observation observation) {
    synchronized (only) {
      return only.observe(observation);
    }
  }

  /**
   * A new, empty series.
   *
   * @param name 1 to 1,000 characters; for the forecasts of a job, the series' name there
   */
  public Series series(String name) {
    return new Series(this, Checks.name(name));
  }

  /**
   * A series that goes on where it was saved. One that was saved by a forecaster of other settings,
   * or by an older version, learns its kept values again with the next observation. Only of another
   * {@linkplain ForecasterBuilder#interval interval}, and of another number of {@linkplain
   * ForecasterBuilder#features features}, it keeps less: with the first, what was learned starts
   * again, since a season would be another; with the second, the window does.
   *
   * @param name as when it was saved
   * @param saved what {@link Series#save} returned; null for a new series, as a store returns it
   * @throws IllegalArgumentException with one line if the bytes are damaged, or of another series
   *     or something else
   */
  public Series restore(String name, byte[] saved) {
    Series series = series(name);
    if (saved != null) {
      SavedState.read(saved, series);
    }
    return series;
  }

  /** Values in a forecast. */
  public int horizon() {
    return settings.modes().get(0).horizon();
  }

  /** Name of the model that was given; empty without one. */
  public String model() {
    return model == null ? "" : model.name();
  }

  /** Version of the model that was given; -1 without one. */
  public long modelVersion() {
    return model == null ? Forecast.NO_VERSION : model.version();
  }

  @Override
  public String toString() {
    ModeSettings mode = settings.modes().get(0);
    return "Forecaster[%d values by %s%s]"
        .formatted(
            horizon(),
            mode.learning() == null ? "" : "learning",
            model == null ? "" : (mode.learning() == null ? "" : " and ") + model());
  }

  /** Observations are taken in their order, so nothing waits and no timer is needed. */
  Forecast observe(Series of, Observation observation) {
    dev.weir.forecast.Observation next =
        Checks.given("observation", observation).of(of.name(), covariates, outside, horizon());
    return engines.run(
        engine -> {
          String problem = engine.problemWith(next);
          if (problem != null) {
            throw new IllegalArgumentException(problem);
          }
          return observe(engine, of, next);
        });
  }

  private static Forecast observe(
      SeriesForecaster engine, Series of, dev.weir.forecast.Observation next) throws IOException {
    Forecast newest = null;
    of.incidents = List.of();
    ForecastResult result;
    do { // first what was pending in a job's state
      result = engine.observe(of.state, next);
      for (Output output : result.outputs()) {
        if (output instanceof Forecast forecast) {
          newest = forecast;
        } else if (output instanceof Incident incident) {
          of.incidents = Stream.concat(of.incidents.stream(), Stream.of(incident)).toList();
        } else if (output instanceof DeadLetter late) {
          throw new LateObservationException(of.name() + ": " + late.message());
        }
      }
    } while (result.hasMore());
    return newest == null ? engine.forecastOfRepeated(of.name(), of.state) : newest;
  }

  Forecast forecast(Series of) {
    return engines.run(engine -> engine.forecast(of.name(), of.state));
  }

  Score score(Series of) {
    return engines.run(engine -> engine.score(of.name(), of.state));
  }

  Mode mode() {
    return settings.modes().get(0).mode();
  }

  /** The settings of a job with the same options; for tests. */
  ForecastSettings settings() {
    return settings;
  }
}
