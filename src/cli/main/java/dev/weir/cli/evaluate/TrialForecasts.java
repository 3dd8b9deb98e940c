package dev.weir.cli.evaluate;

import dev.weir.cli.evaluate.Evaluation.Sums;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.cli.evaluate.FileForecaster.Reader;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the forecasts of one series have come to.
 *
 * <p>The end of each forecast, its step {@code horizon}, is kept for the last {@value
 * #CHART_ORIGINS} origins.
 */
final class TrialForecasts {

  static final int CHART_ORIGINS = 200;

  final Trial trial;
  final Grid grid;
  private final Sums sums;
  final ErrorsByAge byAge;
  final double[] ends; // (chart origins), oldest first
  final double[] lower; // (chart origins), of the narrowest interval; NaN without
  final double[] upper; // (chart origins)
  private int scored;

  private TrialForecasts(Trial trial, Grid grid, int levels) {
    this.trial = trial;
    this.grid = grid;
    this.sums = new Sums(levels);
    this.byAge = new ErrorsByAge(trial);
    this.ends = new double[Math.min(CHART_ORIGINS, trial.origins())];
    this.lower = new double[ends.length];
    this.upper = new double[ends.length];
    Arrays.fill(ends, Double.NaN); // where an origin is missing
    Arrays.fill(lower, Double.NaN);
    Arrays.fill(upper, Double.NaN);
  }

  /**
   * Forecasts a series, or several targets of it together.
   *
   * @param trials of the targets, called as their forecasts; of one target by any name
   * @param grids of the targets
   * @param joint takes what is forecast of all together; null for none
   * @throws IOException if the engine refuses a value or leaves out an origin
   */
  static List<TrialForecasts> of(
      List<Trial> trials, List<Grid> grids, Grid grid, JointScores joint, FileForecaster forecaster)
      throws IOException {
    Map<String, TrialForecasts> all = new LinkedHashMap<>();
    for (int k = 0; k < grids.size(); k++) {
      String name = grids.size() == 1 ? grid.series() : trials.get(k).series();
      all.put(name, new TrialForecasts(trials.get(k), grids.get(k), forecaster.levels()));
    }
    forecaster.read(
        grid, Reader.of((forecast, row) -> all.get(forecast.series()).take(forecast, row), joint));
    for (TrialForecasts one : all.values()) {
      if (one.scored != one.trial.origins()) {
        throw new IOException(
            "%s: expected forecasts of %d origins, got %d"
                .formatted(one.trial.series(), one.trial.origins(), one.scored));
      }
    }
    return List.copyOf(all.values());
  }

  SeriesScore score() {
    return trial.score(sums);
  }

  int firstChartOrigin() {
    return trial.lastOrigin() - ends.length + 1;
  }

  private void take(Forecast forecast, int row) {
    int t = row + 1;
    byAge.add(t, forecast.values());
    if (!trial.isOrigin(t)) {
      return;
    }
    scored++;
    trial.add(sums, t, forecast.values(), forecast.intervals());
    int place = t - firstChartOrigin();
    if (place >= 0) {
      int end = forecast.values().length - 1;
      ends[place] = forecast.values()[end];
      forecast.intervals().stream()
          .limit(1)
          .forEach(
              interval -> {
                lower[place] = interval.lower()[end];
                upper[place] = interval.upper()[end];
              });
    }
  }
}
