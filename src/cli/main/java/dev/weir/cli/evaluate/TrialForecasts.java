package dev.weir.cli.evaluate;

import dev.weir.cli.evaluate.Evaluation.Sums;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import java.io.IOException;
import java.util.Arrays;

/**
 * What the forecasts of one series have come to.
 *
 * <p>For charts it keeps a forecast of each of the last {@value #CHART_VALUES} values: the one made
 * {@code horizon} values before, or the newest one where not each value is an origin.
 */
final class TrialForecasts {

  static final int CHART_VALUES = 200;

  final Trial trial;
  final Grid grid;
  private final Sums sums;
  private final OutsideForecasts outside; // null without any
  final Sums[] ofModels; // (outside models), at the steps that each forecasts
  final double[] values; // (chart values), oldest first; NaN without
  final double[] lower; // (chart values), of the narrowest interval; NaN without
  final double[] upper; // (chart values)
  private int scored;

  private TrialForecasts(Trial trial, Grid grid, int levels, OutsideForecasts outside) {
    this.trial = trial;
    this.grid = grid;
    this.sums = new Sums(levels);
    this.outside = outside;
    this.ofModels = outside == null ? new Sums[0] : outside.newSums();
    this.values = new double[Math.min(CHART_VALUES, lastValue() - trial.firstOrigin() - first())];
    this.lower = new double[values.length];
    this.upper = new double[values.length];
    Arrays.fill(values, Double.NaN);
    Arrays.fill(lower, Double.NaN);
    Arrays.fill(upper, Double.NaN);
  }

  /**
   * Forecasts a series.
   *
   * @param outside whose steps are also scored alone; null for none
   * @throws IOException if the engine refuses a value or leaves out an origin
   */
  static TrialForecasts of(
      Trial trial, Grid grid, FileForecaster forecaster, OutsideForecasts outside)
      throws IOException {
    TrialForecasts made = new TrialForecasts(trial, grid, forecaster.levels(), outside);
    forecaster.read(grid, made::take);
    if (made.scored != trial.origins()) {
      throw new IOException(
          "%s: expected forecasts of %d origins, got %d"
              .formatted(trial.series(), trial.origins(), made.scored));
    }
    return made;
  }

  SeriesScore score() {
    return trial.score(sums);
  }

  /** The number of the chart's first value, from 1. */
  int firstValue() {
    return lastValue() - values.length + 1;
  }

  private int lastValue() {
    return trial.lastOrigin() + trial.horizon();
  }

  /** The first step that a chart shows, from 0. */
  private int first() {
    return trial.isEach() ? trial.horizon() - 1 : 0;
  }

  private void take(Forecast forecast, int row) {
    int t = row + 1;
    if (!trial.isOrigin(t)) {
      return;
    }
    scored++;
    trial.add(sums, t, forecast.values(), forecast.intervals());
    if (outside != null) {
      outside.add(ofModels, trial, t, forecast.values());
    }
    for (int i = first(); i < forecast.values().length; i++) {
      int place = t + 1 + i - firstValue();
      if (place >= 0) {
        values[place] = forecast.values()[i];
        for (Interval narrowest : forecast.intervals().subList(0, sums.levels() > 0 ? 1 : 0)) {
          lower[place] = narrowest.lower()[i];
          upper[place] = narrowest.upper()[i];
        }
      }
    }
  }
}
