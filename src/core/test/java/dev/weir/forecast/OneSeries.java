package dev.weir.forecast;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.OrderedContext;
import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.WindowState;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The context of one series, without an engine: what a job gives of it, in the order of its times.
 */
public final class OneSeries extends OrderedContext {

  private final List<Forecast> forecasts = new ArrayList<>();
  private final Map<Mode, LearnerState> learned = new EnumMap<>(Mode.class);
  private WindowState window;

  private OneSeries() {}

  /**
   * @param series in order of time; the settings wait for none
   */
  public static List<Forecast> forecasts(ForecastSettings settings, List<Observation> series)
      throws IOException {
    return forecasts(settings, series, series.size(), null);
  }

  /**
   * As above, with another model from one observation on.
   *
   * @param from number of that observation
   */
  public static List<Forecast> forecasts(
      ForecastSettings settings, List<Observation> series, int from, ForecastModel model)
      throws IOException {
    OneSeries context = new OneSeries();
    SeriesForecaster forecaster = new SeriesForecaster(settings, context);
    for (int i = 0; i < settings.targets().size(); i++) {
      forecaster.use(i, null, SeriesForecaster.NO_TIME);
    }
    for (int t = 0; t < series.size(); t++) {
      if (t == from) {
        forecaster.use(0, model, 1);
      }
      forecaster.observe(series.get(t), null);
    }
    return context.forecasts;
  }

  @Override
  public WindowState window() {
    return window;
  }

  @Override
  public void window(WindowState state) {
    window = state;
  }

  @Override
  public LearnerState learned(Mode mode) {
    return learned.get(mode);
  }

  @Override
  public void learned(Mode mode, LearnerState state) {
    learned.put(mode, state);
  }

  @Override
  public void collect(Output output) {
    if (output instanceof Forecast forecast) {
      forecasts.add(forecast);
    }
  }
}
