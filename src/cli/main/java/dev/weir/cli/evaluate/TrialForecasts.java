package dev.weir.cli.evaluate;

import dev.weir.cli.evaluate.Evaluation.Sums;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.JointForecast;
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
final class TrialForecasts implements FileForecaster.Reader {

  static final int CHART_ORIGINS = 200;

  final Trial trial;
  final Grid grid;
  final Sums sums;
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
   * Forecasts a series.
   *
   * @throws IOException if the engine refuses a value or leaves out an origin
   */
  static TrialForecasts of(Trial trial, Grid grid, int levels, FileForecaster forecaster)
      throws IOException {
    TrialForecasts forecasts = new TrialForecasts(trial, grid, levels);
    forecaster.read(grid, forecasts);
    return forecasts.checked();
  }

  private TrialForecasts checked() throws IOException {
    if (scored != trial.origins()) {
      throw new IOException(
          "%s: expected forecasts of %d origins, got %d"
              .formatted(trial.series(), trial.origins(), scored));
    }
    return this;
  }

  /**
   * Forecasts several targets of a series together.
   *
   * @param trials of the targets, called as their forecasts
   * @param grids of the targets
   * @param joint takes what is forecast of all together; null for none
   */
  static List<TrialForecasts> of(
      List<Trial> trials,
      List<Grid> grids,
      Grid grid,
      int levels,
      JointScores joint,
      FileForecaster forecaster)
      throws IOException {
    Map<String, TrialForecasts> all = new LinkedHashMap<>();
    for (int k = 0; k < grids.size(); k++) {
      Trial trial = trials.get(k);
      all.put(trial.series(), new TrialForecasts(trial, grids.get(k), levels));
    }
    forecaster.read(
        grid,
        new FileForecaster.Reader() {
          @Override
          public void take(Forecast forecast, int row) {
            all.get(forecast.series()).take(forecast, row);
          }

          @Override
          public void take(JointForecast forecasts, int row) {
            FileForecaster.Reader.super.take(forecasts, row);
            if (joint != null) {
              joint.take(forecasts, row);
            }
          }
        });
    for (TrialForecasts one : all.values()) {
      one.checked();
    }
    return List.copyOf(all.values());
  }

  int firstChartOrigin() {
    return trial.lastOrigin() - ends.length + 1;
  }

  @Override
  public void take(Forecast forecast, int row) {
    int t = row + 1;
    byAge.add(t, forecast.values());
    if (!trial.isOrigin(t)) {
      return;
    }
    scored++;
    trial.add(sums, t, forecast.values());
    for (int k = 0; k < forecast.intervals().size(); k++) {
      Interval interval = forecast.intervals().get(k);
      trial.addInterval(sums, k, interval.level(), t, interval.lower(), interval.upper());
    }
    boolean none = forecast.intervals().isEmpty();
    if (!none) {
      trial.addDistribution(
          sums,
          t,
          forecast.intervals().stream().mapToDouble(Interval::level).toArray(),
          forecast.values(),
          forecast.intervals().stream().map(Interval::lower).toArray(double[][]::new),
          forecast.intervals().stream().map(Interval::upper).toArray(double[][]::new));
    }
    int place = t - firstChartOrigin();
    if (place >= 0) {
      int end = forecast.values().length - 1;
      ends[place] = forecast.values()[end];
      lower[place] = none ? Double.NaN : forecast.intervals().get(0).lower()[end];
      upper[place] = none ? Double.NaN : forecast.intervals().get(0).upper()[end];
    }
  }
}
