package dev.weir.cli.evaluate;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.grid.FutureRows;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.engine.ForecastResult;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastState;
import dev.weir.forecast.engine.Judgment;
import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.forecast.window.Sampling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Forecasts series of files with the engine of a job, each from its first value to its last.
 * Thread-safe; several series at a time.
 */
public final class FileForecaster {

  /** Takes what comes of a series, in order. */
  @FunctionalInterface
  public interface Reader {

    /**
     * @param row of the newest value used, in the series' grid
     */
    void take(Forecast forecast, int row);

    default void take(Incident incident) {}

    /** What alarms there are of a value, if any are looked for. */
    default void take(Judgment judgment, int row) {}
  }

  /** Work on one series. */
  @FunctionalInterface
  public interface Work<T, R> {
    R of(T series) throws IOException;
  }

  private record Kind(int season, Sampling sampling) {}

  private final EvaluationPlan plan;
  private final EvaluationSeasons season;
  private final IncidentSettings incidents;
  private final Progress progress;
  private final Map<Kind, Queue<SeriesForecaster>> idle = new ConcurrentHashMap<>();

  /**
   * @param incidents null for none
   */
  public FileForecaster(
      EvaluationPlan plan,
      EvaluationSeasons season,
      IncidentSettings incidents,
      Progress progress) {
    this.plan = plan;
    this.season = season;
    this.incidents = incidents;
    this.progress = progress;
  }

  /** Results of the work on each series in their order; on as many at a time as there are cores. */
  public static <T, R> List<R> each(Collection<T> all, Work<T, R> work) throws IOException {
    try {
      return all.parallelStream().map(one -> result(work, one)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static <T, R> R result(Work<T, R> work, T one) {
    try {
      return work.of(one);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Forecasts at each value of a series.
   *
   * @throws IOException if the engine refuses a value
   */
  public void read(Grid grid, Reader reader) throws IOException {
    Kind kind = new Kind(season.learned(grid.series()), grid.sampling());
    Queue<SeriesForecaster> engines =
        idle.computeIfAbsent(kind, none -> new ConcurrentLinkedQueue<>());
    SeriesForecaster engine = engines.poll();
    ForecastSettings settings = plan.withSeason(kind.season, incidents).withSampling(kind.sampling);
    if (engine == null) { // networks are compiled once for each core
      engine = SeriesForecaster.inOrder(settings);
      engine.result().wantJudgments();
    }
    read(engine, settings.modes().get(0).horizon(), grid, reader);
    engines.add(engine);
  }

  /** The forecast at the last value of a series; rows without a value may follow it. */
  Forecast last(Grid grid) throws IOException {
    return at(grid, List.of(grid.newestRow())).get(0);
  }

  /** The forecasts at some rows of a series, in the order of the rows. */
  public List<Forecast> at(Grid grid, List<Integer> rows) throws IOException {
    Map<Integer, Forecast> made = new HashMap<>();
    read(
        grid,
        (forecast, row) -> {
          if (rows.contains(row)) {
            made.put(row, forecast);
          }
        });
    for (int row : rows) {
      if (!made.containsKey(row)) {
        throw new IOException(
            "%s: expected a forecast at %s, got none"
                .formatted(
                    grid.series(),
                    row == grid.newestRow() ? "its last value" : "value " + (row + 1)));
      }
    }
    return rows.stream().map(made::get).toList();
  }

  /** Number of intervals of each forecast. */
  int levels() {
    return plan.levels().size();
  }

  /** How many values are done, as a share of all. Thread-safe. */
  public static final class Progress implements AutoCloseable {

    private final ProgressLine line;
    private final double all;
    private final AtomicLong done = new AtomicLong();

    Progress(ProgressLine line, double all) {
      this.line = line;
      this.all = all;
    }

    /**
     * @param times how often each series is learned
     */
    public static Progress of(ProgressLine line, Collection<Grid> series, int times) {
      return new Progress(
          line, (double) times * series.stream().mapToLong(grid -> grid.rows().size()).sum());
    }

    public void add(long values) {
      line.estimate(done.addAndGet(values) / all);
    }

    @Override
    public void close() {
      line.clear();
    }
  }

  private void read(SeriesForecaster engine, int steps, Grid grid, Reader reader)
      throws IOException {
    ForecastState state = new ForecastState();
    double[][] ahead = grid.rows().stream().map(Observation::ahead).toArray(double[][]::new);
    OutsideForecasts outside = plan.outside(grid);
    int values = FutureRows.values(grid.rows());
    for (int row = 0; row < values; row++) {
      if (!grid.isMissing(row)) {
        Observation value = grid.rows().get(row);
        double[] known = Evaluation.knownAhead(ahead, row, steps);
        Observation observation =
            new Observation(
                value.series(),
                grid.jobTime(row),
                value.value(),
                value.features(),
                null,
                outside == null ? known : outside.append(known, row));
        String problem = engine.problemWith(observation);
        if (problem != null) {
          throw refused(value, row, problem);
        }
        ForecastResult result = engine.observe(state, observation);
        for (Judgment judgment : result.judgments()) {
          reader.take(judgment, row);
        }
        for (Output output : result.outputs()) {
          if (output instanceof Forecast forecast) {
            reader.take(forecast, row);
          } else if (output instanceof Incident incident) {
            reader.take(incident);
          } else if (output instanceof DeadLetter letter) {
            throw refused(value, row, letter.message());
          }
        }
        progress.add(1);
      }
    }
  }

  private static IOException refused(Observation value, int row, String problem) {
    return new IOException("%s value %d: %s".formatted(value.series(), row + 1, problem));
  }
}
