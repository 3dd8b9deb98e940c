package dev.weir.core;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.model.ForecastModel;

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
  private final EnginePool<Engine> engines;
  private final Series only = new Series(this, ONLY);

  /**
   * @param model of the only target, null if absent
   */
  Forecaster(ForecastSettings settings, ForecastModel model) {
    this.settings = settings;
    this.model = model;
    this.engines = new EnginePool<>(() -> new Engine(settings), new Engine(settings));
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
   * A new series, of which nothing is known.
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
   * @throws IllegalArgumentException with one line if the bytes are damaged or of something else
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
    return settings.targets().get(0).horizon();
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
    Target target = settings.targets().get(0);
    return "Forecaster[%d values by %s%s]"
        .formatted(
            horizon(),
            target.learning() == null ? "" : "learning",
            model == null ? "" : (target.learning() == null ? "" : " and ") + model());
  }

  Forecast observe(Series series, Observation observation) {
    Engine engine = engines.take();
    try {
      return engine.observe(series, observation);
    } finally {
      engines.giveBack(engine);
    }
  }

  Forecast forecast(Series series) {
    Engine engine = engines.take();
    try {
      return engine.forecast(series);
    } finally {
      engines.giveBack(engine);
    }
  }

  Score score(Series series) {
    Engine engine = engines.take();
    try {
      return engine.score(series);
    } finally {
      engines.giveBack(engine);
    }
  }

  /** The settings of a job with the same options; for tests. */
  ForecastSettings settings() {
    return settings;
  }
}
