package dev.weir.cli.evaluate;

import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.evaluation.ErrorsByAge;
import dev.weir.forecast.evaluation.Evaluation.Sums;
import dev.weir.forecast.evaluation.Evaluation.Trial;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The operators of a job on series that have an end, and the scores of what comes out of them. One
 * instance for each job; not thread-safe.
 */
final class PipelineEvaluation {

  /** Origins that a chart shows. */
  static final int CHART_ORIGINS = 200;

  /**
   * One series and what its forecasts have come to.
   *
   * <p>The end of each forecast, its step {@code horizon}, is kept for the last {@value
   * #CHART_ORIGINS} origins.
   */
  static final class Entry {
    final Trial trial;
    final Grid grid;
    final Sums sums;
    final ErrorsByAge byAge;
    final double[] ends; // (chart origins), oldest first
    final double[] lower; // (chart origins), of the narrowest interval; NaN without
    final double[] upper; // (chart origins)
    private int scored;

    Entry(Trial trial, Grid grid, int levels) {
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

    /** The first origin of the chart, as a number of values seen. */
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
      trial.add(sums, t, forecast.values());
      for (int k = 0; k < forecast.intervals().size(); k++) {
        Interval interval = forecast.intervals().get(k);
        trial.addInterval(sums, k, interval.level(), t, interval.lower(), interval.upper());
      }
      if (!forecast.intervals().isEmpty()) {
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
        boolean none = forecast.intervals().isEmpty();
        ends[place] = forecast.values()[end];
        lower[place] = none ? Double.NaN : forecast.intervals().get(0).lower()[end];
        upper[place] = none ? Double.NaN : forecast.intervals().get(0).upper()[end];
      }
    }
  }

  private final Map<String, Entry> entries = new HashMap<>();

  PipelineEvaluation(Collection<Entry> entries) {
    entries.forEach(entry -> this.entries.put(entry.trial.series(), entry));
  }

  /**
   * Runs the pipeline over all series until they end.
   *
   * @param eachForecast called after each forecast
   * @throws IOException when the job failed, refused an observation or left out an origin
   */
  void run(StreamExecutionEnvironment env, ForecastSettings settings, Runnable eachForecast)
      throws Exception {
    FilePipeline.run(
        "weir evaluate",
        env,
        settings,
        entries.values().stream().map(entry -> entry.grid).toList(),
        (forecast, row) -> {
          entries.get(forecast.series()).take(forecast, row);
          eachForecast.run();
        });
    for (Entry entry : entries.values()) {
      if (entry.scored != entry.trial.origins()) {
        throw new IOException(
            "%s: expected forecasts of %d origins, got %d"
                .formatted(entry.trial.series(), entry.trial.origins(), entry.scored));
      }
    }
  }
}
