package dev.weir.cli.evaluate;

import dev.weir.cli.grid.Grid;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.window.Sampling;
import dev.weir.job.ForecastPipeline;
import dev.weir.stream.WeirTypeInformation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** The operators of a job on series that have an end. */
final class FilePipeline {

  private FilePipeline() {}

  /** Takes the forecasts and incidents; those of one series in order of their times. */
  @FunctionalInterface
  interface Reader {
    /**
     * @param row of the newest value used, in its series' grid
     */
    void take(Forecast forecast, int row) throws IOException;

    /** Takes an incident, in order with the forecasts of its series. */
    default void take(Incident incident) {}
  }

  /**
   * Runs the pipeline over all series until they end: one job for each way to sample them.
   *
   * @param name of the jobs
   * @param series not empty, with the covariates of each row's own time
   * @throws IOException when the job failed or refused an observation
   */
  static void run(
      String name,
      StreamExecutionEnvironment env,
      ForecastSettings settings,
      Collection<Grid> series,
      Reader reader)
      throws Exception {
    Map<Sampling, List<Grid>> jobs = new LinkedHashMap<>();
    for (Grid grid : series) {
      jobs.computeIfAbsent(grid.sampling(), sampling -> new ArrayList<>()).add(grid);
    }
    for (Map.Entry<Sampling, List<Grid>> job : jobs.entrySet()) {
      runOne(name, env, settings.withSampling(job.getKey()), job.getValue(), reader);
    }
  }

  private static void runOne(
      String name,
      StreamExecutionEnvironment env,
      ForecastSettings settings,
      List<Grid> series,
      Reader reader)
      throws Exception {
    Map<String, Grid> grids = new HashMap<>();
    series.forEach(grid -> grids.put(grid.rows().get(0).series(), grid));
    int steps = settings.targets().stream().mapToInt(Target::horizon).max().orElse(1);
    SeriesGenerator generator = new SeriesGenerator(series, steps);
    DataStream<InputEvent> observations =
        env.fromSource(
                new DataGeneratorSource<>(
                    generator, generator.size(), WeirTypeInformation.INPUT_EVENT),
                WatermarkStrategy.noWatermarks(),
                "series")
            .setParallelism(1); // each series in order
    // a source must have an element to begin with
    DataStream<ModelEvent> models =
        env.fromData(
                List.<ModelEvent>of(
                    new DeadLetter(
                        DeadLetter.Reason.MODEL, "none", SeriesGenerator.source("no model", 0))),
                WeirTypeInformation.MODEL_EVENT)
            .filter(arrival -> false)
            .setParallelism(1);
    try (CloseableIterator<Output> outputs =
        ForecastPipeline.build(observations, models, settings).executeAndCollect(name)) {
      while (outputs.hasNext()) {
        Output output = outputs.next();
        if (output instanceof Forecast forecast) {
          reader.take(forecast, grids.get(forecast.series()).row(forecast.origin()));
        } else if (output instanceof Incident incident) {
          reader.take(incident);
        } else if (output instanceof DeadLetter letter) {
          throw new IOException(
              "%s value %d: %s"
                  .formatted(letter.source().topic(), letter.source().offset(), letter.message()));
        }
      }
    } catch (RuntimeException e) {
      throw new IOException("the job failed: " + deepest(e), e);
    }
  }

  private static String deepest(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
