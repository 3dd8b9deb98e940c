package dev.weir.forecast;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastState;
import dev.weir.forecast.engine.Judgment;
import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.model.ForecastModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** One series: what a job gives of it, in the order of its times. */
public final class OneSeries {

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
    List<Forecast> forecasts = new ArrayList<>();
    ForecastState state = new ForecastState();
    SeriesForecaster forecaster = SeriesForecaster.inOrder(settings);
    for (int t = 0; t < series.size(); t++) {
      if (t == from) {
        forecaster.mode(0).use(model, 1);
      }
      forecaster.observe(state, series.get(t)).outputs().stream()
          .filter(Forecast.class::isInstance)
          .map(Forecast.class::cast)
          .forEach(forecasts::add);
    }
    return forecasts;
  }

  /** The forecasts of several series, each in order of time, by their names. */
  public static TreeMap<String, List<Forecast>> bySeries(
      ForecastSettings settings, List<Observation> observations) throws IOException {
    TreeMap<String, List<Observation>> bySeries =
        observations.stream()
            .sorted(Comparator.comparingLong(Observation::time))
            .collect(groupingBy(Observation::series, TreeMap::new, toList()));
    TreeMap<String, List<Forecast>> forecasts = new TreeMap<>();
    for (List<Observation> series : bySeries.values()) {
      forecasts.put(series.get(0).series(), forecasts(settings, series));
    }
    return forecasts;
  }

  /** The same in one list. */
  public static List<Forecast> ofAll(ForecastSettings settings, List<Observation> observations)
      throws IOException {
    return bySeries(settings, observations).values().stream().flatMap(List::stream).toList();
  }

  /** The values that raise an alarm. */
  public static List<Judgment> alarms(ForecastSettings settings, List<Observation> series)
      throws IOException {
    List<Judgment> alarms = new ArrayList<>();
    ForecastState state = new ForecastState();
    SeriesForecaster forecaster = SeriesForecaster.inOrder(settings);
    forecaster.result().wantJudgments();
    for (Observation observation : series) {
      forecaster.observe(state, observation).judgments().stream()
          .filter(judgment -> judgment.surprise().isAlarm())
          .forEach(alarms::add);
    }
    return alarms;
  }
}
