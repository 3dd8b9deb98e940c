package dev.weir.core;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ForecastState;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.WindowState;
import java.util.List;

/**
 * State of one series. Cheap to create: it allocates its state, a few kilobytes to some hundred,
 * with the first observation. Not thread-safe; different series of one {@link Forecaster} can be
 * used by different threads at the same time.
 *
 * <pre>{@code
 * Series pump = forecaster.series("pump-7");
 * Forecast next = pump.observe(new Observation(time, value));
 * byte[] saved = pump.save(); // later, maybe in another JVM: forecaster.restore("pump-7", saved)
 * }</pre>
 */
public final class Series {

  private final Forecaster forecaster;
  private final String name;
  final ForecastState state = new ForecastState();
  List<Incident> incidents = List.of();

  Series(Forecaster forecaster, String name) {
    this.forecaster = forecaster;
    this.name = name;
  }

  /** Takes in what was saved; null for nothing. */
  void restore(WindowState window, LearnerState learned) {
    state.times(window);
    state.learned(forecaster.mode(), learned);
  }

  /** Its name; what is random in learning follows from it. */
  public String name() {
    return name;
  }

  /**
   * Scores the earlier forecasts of this value, learns from it, and forecasts the next ones, in
   * that order.
   *
   * <p>An observation whose time, value and features came before is not learned twice: the newest
   * forecast is returned again, without an {@linkplain Forecast#explanation explanation}, after
   * what a forecaster of other settings had learned of the series was learned again. Incidents are
   * not reported twice. Changed covariates known ahead are ignored: newer ones come with the next
   * observation.
   *
   * @return the forecast of the values after the newest one, whose time is its {@linkplain
   *     Forecast#origin origin}; never null
   * @throws LateObservationException if the series has passed its time; its state is as before
   * @throws IllegalArgumentException if it has other covariates than the forecaster was built for
   */
  public Forecast observe(Observation observation) {
    return forecaster.observe(this, observation);
  }

  /**
   * The forecast from the newest value, without an {@linkplain Forecast#explanation explanation}.
   * Learns nothing; so it is null before the first value, and after {@link Forecaster#restore} by a
   * forecaster of other settings until the next observation.
   */
  public Forecast forecast() {
    return forecaster.forecast(this);
  }

  /**
   * Incidents that opened, changed or closed at the newest observation; empty without {@link
   * Alarms}. Not saved.
   */
  public List<Incident> incidents() {
    return incidents;
  }

  /** Errors of the forecasts so far; null until the first forecast value was observed. */
  public Score score() {
    return forecaster.score(this);
  }

  /**
   * The series' state, for {@link Forecaster#restore}. A restored series goes on bit for bit. The
   * bytes end with checksums.
   */
  public byte[] save() {
    return SavedState.write(name(), state.times(), state.learned(forecaster.mode()));
  }

  /** Bytes of its state in memory, about as many as {@link #save} returns. */
  public int bytes() {
    WindowState window = state.times();
    LearnerState learned = state.learned(forecaster.mode());
    return (window == null ? 0 : window.bytes()) + (learned == null ? 0 : learned.bytes());
  }
}
