package dev.weir.job;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.network.LastValueForecast;
import dev.weir.forecast.network.NetworkForecaster;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** What the core says of a series without Flink and Kafka, one observation after the other. */
public final class CoreForecasts {

  private CoreForecasts() {}

  /** The first values of a series that the demo has. */
  public static List<Observation> sampleSeries(String name, int values) throws IOException {
    try (InputStream in = CoreForecasts.class.getResourceAsStream("/sample/" + name + ".csv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .limit(values)
          .map(line -> line.split(","))
          .map(
              c ->
                  new Observation(
                      c[0], Instant.parse(c[1]).toEpochMilli(), Double.parseDouble(c[2])))
          .toList();
    }
  }

  static ForecastModel initialModel(ModeSettings mode) throws ModelFormatException {
    return ModelFiles.fromBytes(mode.initialModel(), ModelFiles.Defaults.NONE, mode.model());
  }

  /** The forecasts of a job with one mode, by its initial model. */
  static List<Forecast> of(List<Observation> series, ForecastSettings settings)
      throws ModelFormatException {
    ModeSettings mode = settings.modes().get(0);
    ForecastModel model = initialModel(mode);
    return of(series, settings, mode, i -> model);
  }

  /**
   * @param series one series' observations in order of time
   * @param models the model that is active at the observation of this index
   */
  static List<Forecast> of(
      List<Observation> series,
      ForecastSettings settings,
      ModeSettings mode,
      IntFunction<ForecastModel> models) {
    Windows windows =
        new Windows(settings.seqLen(), settings.stride(), settings.inputs().features());
    WindowState state = windows.newState();
    List<Forecast> forecasts = new ArrayList<>();
    NetworkForecaster forecaster = null;
    for (int i = 0; i < series.size(); i++) {
      Observation observation = series.get(i);
      windows.offer(state, observation, Windows.IN_ORDER);
      if (!windows.isDue(state)) {
        continue;
      }
      SequenceWindow window = windows.window(observation.series(), state);
      if (!window.isFull()) {
        forecasts.add(
            LastValueForecast.forecast(window, mode.mode(), mode.horizon(), Status.WARMUP));
        continue;
      }
      ForecastModel model = models.apply(i);
      if (forecaster == null || forecaster.model() != model) {
        forecaster = new NetworkForecaster(model);
      }
      forecasts.add(forecaster.forecast(window));
    }
    return forecasts;
  }
}
