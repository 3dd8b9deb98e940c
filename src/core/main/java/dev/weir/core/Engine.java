package dev.weir.core;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.OrderedContext;
import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.WindowState;
import dev.weir.model.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a job's {@link SeriesForecaster} on one series at a time, whose state it finds in the {@link
 * Series}. Observations are taken in their order, so nothing waits and no timer is needed.
 *
 * <p>For one thread at a time.
 */
final class Engine extends OrderedContext {

  private final SeriesForecaster forecaster;
  private Series series; // of the current call, as the two below
  private Forecast forecast;
  private DeadLetter late;

  /**
   * @throws IllegalArgumentException if the settings do not go together
   */
  Engine(ForecastSettings settings) {
    try {
      forecaster = new SeriesForecaster(settings, this);
    } catch (IOException e) {
      throw new IllegalStateException("a model that was read before must be readable", e);
    }
    forecaster.use(0, null, SeriesForecaster.NO_TIME);
  }

  /**
   * @throws LateObservationException if the series has passed its time
   * @throws IllegalArgumentException if it has other covariates than the settings
   */
  Forecast observe(Series of, Observation observation) {
    dev.weir.forecast.Observation next = Checks.given("observation", observation).of(of.name());
    String problem = forecaster.problemWith(next);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    select(of);
    of.incidents = List.of();
    try {
      forecaster.observe(next, null);
      if (late != null) {
        throw new LateObservationException(of.name() + ": " + late.message());
      }
      if (forecast == null) { // the same observation came before
        forecast = forecaster.forecastOfRepeated(0, of.name());
      }
      return forecast;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of a context with I/O, which this is not
    } finally {
      select(null);
    }
  }

  /** The forecast at the newest value; null if absent. */
  Forecast forecast(Series of) {
    select(of);
    try {
      return forecaster.forecast(0, of.name());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      select(null);
    }
  }

  /** The score at the newest value; null if absent. */
  Score score(Series of) {
    select(of);
    try {
      return forecaster.score(0, of.name());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      select(null);
    }
  }

  /** The series of the next calls; a series that nobody uses any longer must not be kept here. */
  private void select(Series of) {
    series = of;
    forecast = null;
    late = null;
  }

  @Override
  public WindowState window() {
    return series.window;
  }

  @Override
  public void window(WindowState state) {
    series.window = state;
  }

  @Override
  public LearnerState learned(Mode mode) {
    return series.learned;
  }

  @Override
  public void learned(Mode mode, LearnerState state) {
    series.learned = state;
  }

  @Override
  public void collect(Output output) {
    if (output instanceof Forecast made) {
      forecast = made;
    } else if (output instanceof Incident incident) {
      List<Incident> all = new ArrayList<>(series.incidents);
      all.add(incident);
      series.incidents = List.copyOf(all);
    } else if (output instanceof DeadLetter letter) {
      late = letter;
    }
  }
}
