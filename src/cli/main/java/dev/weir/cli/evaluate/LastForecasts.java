package dev.weir.cli.evaluate;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.local.LocalCluster;
import dev.weir.forecast.Forecast;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Learns series from their first value to their last with the operators of a job, and keeps the
 * forecast at the last one. Shows how far it is. Not thread-safe.
 */
final class LastForecasts {

  private final String name;
  private final Map<String, Grid> series;
  private final EvaluationSeasons season;
  private final ProgressLine progress;
  private final long all;
  private long done;

  /**
   * @param name of the jobs
   * @param series not empty; rows without a value may follow
   * @param times how often each series will be learned
   */
  LastForecasts(
      String name,
      Map<String, Grid> series,
      EvaluationSeasons season,
      int times,
      ProgressLine progress) {
    this.name = name;
    this.series = series;
    this.season = season;
    this.progress = progress;
    this.all = times * series.values().stream().mapToLong(grid -> grid.rows().size()).sum();
  }

  static LocalCluster cluster() throws Exception {
    String processors = Integer.toString(Runtime.getRuntime().availableProcessors());
    return LocalCluster.start(
        Map.of(
            "parallelism.default", processors,
            "taskmanager.numberOfTaskSlots", processors));
  }

  /**
   * One forecast for each series, in their order. One job for each season, since that is a setting
   * of the job.
   *
   * @throws IOException when a job failed, refused a value or left out a series
   */
  List<Forecast> with(EvaluationPlan plan, LocalCluster cluster) throws Exception {
    Map<Integer, List<Grid>> bySeason = new TreeMap<>();
    series.forEach(
        (of, grid) ->
            bySeason.computeIfAbsent(season.learned(of), found -> new ArrayList<>()).add(grid));
    Map<String, Forecast> last = new HashMap<>();
    Map<String, Integer> rows = new HashMap<>();
    for (Map.Entry<Integer, List<Grid>> group : bySeason.entrySet()) {
      FilePipeline.run(
          name,
          cluster.environment(),
          plan.withSeason(group.getKey()),
          group.getValue(),
          (forecast, row) -> {
            last.put(forecast.series(), forecast); // each series comes in order
            rows.put(forecast.series(), row);
            show();
          });
    }
    List<Forecast> forecasts = new ArrayList<>();
    for (Map.Entry<String, Grid> one : series.entrySet()) {
      Forecast forecast = last.get(one.getKey());
      int newest = one.getValue().newestRow();
      if (forecast == null || rows.get(one.getKey()) != newest) {
        throw new IOException(
            "%s: expected a forecast at its last value, got %s".formatted(one.getKey(), forecast));
      }
      forecasts.add(forecast);
    }
    return forecasts;
  }

  private void show() {
    progress.estimate((double) ++done / all);
  }
}
