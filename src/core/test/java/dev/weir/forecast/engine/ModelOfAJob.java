package dev.weir.forecast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.model.ForecastModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A series with a season, and what forecasts of it by a job's model have in common. */
final class ModelOfAJob {

  static final int HORIZON = 7;
  static final int SEASON = 12;
  static final int VALUES = 300;
  private static final int FIRST = 100; // origin whose error counts
  private static final int SWAP = 200;

  private ModelOfAJob() {}

  /**
   * @param changed from where on its values are others
   */
  static List<Observation> series(int changed) {
    Random random = new Random(9);
    List<Observation> series = new ArrayList<>();
    for (int t = 0; t < VALUES; t++) {
      double value = 20 * Math.sin(2 * Math.PI * t / SEASON) + t / 10.0 + random.nextGaussian();
      series.add(new Observation("pump-7", 60_000L * t, t >= changed ? -value : value));
    }
    return series;
  }

  /**
   * Mean error, divided by that of repeated values.
   *
   * @param season how far back the repeated value is; 0 for the newest one
   */
  static double error(List<Forecast> forecasts, int season) {
    List<Observation> series = series(VALUES);
    double error = 0;
    double naive = 0;
    for (int t = FIRST; t + HORIZON < VALUES; t++) {
      for (int i = 1; i <= HORIZON; i++) {
        double truth = series.get(t + i).value();
        error += Math.abs(truth - forecasts.get(t).values()[i - 1]);
        naive += Math.abs(truth - series.get(season == 0 ? t : t + i - season).value());
      }
    }
    return error / naive;
  }

  static void assertKnowsNothingLater(ForecastSettings settings) throws IOException {
    List<Forecast> one = OneSeries.forecasts(settings, series(VALUES));
    List<Forecast> other = OneSeries.forecasts(settings, series(SWAP));
    for (int t = 0; t < SWAP; t++) {
      assertThat(other.get(t).values()).isEqualTo(one.get(t).values());
    }
    assertThat(other.get(SWAP).values()).isNotEqualTo(one.get(SWAP).values());
  }

  static void assertSwapped(ForecastSettings settings, ForecastModel changed) throws IOException {
    List<Forecast> before = OneSeries.forecasts(settings, series(VALUES));
    List<Forecast> swapped = OneSeries.forecasts(settings, series(VALUES), SWAP, changed);
    assertThat(swapped.get(SWAP - 1).values()).isEqualTo(before.get(SWAP - 1).values());
    assertThat(swapped.get(SWAP).values()).isNotEqualTo(before.get(SWAP).values());
    assertThat(swapped.get(SWAP).modelVersion()).isEqualTo(changed.version());
  }
}
