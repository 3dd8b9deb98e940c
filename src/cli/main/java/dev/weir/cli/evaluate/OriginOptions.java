package dev.weir.cli.evaluate;

import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.series.CsvTime;
import dev.weir.forecast.Observation;
import java.util.List;
import picocli.CommandLine.Option;

/** From which values of a series forecasts are scored, and what is known at each. */
final class OriginOptions {

  @Option(
      names = "--origins",
      paramLabel = "N",
      description =
          "Score the forecasts of each N-th value instead of all, counted from --from or, without,"
              + " from the first one that is scored.")
  private int every = 1;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = CsvTime.Converter.class,
      description =
          "Score forecasts of values from this time on, such as 2016-12-27: the first one is made"
              + " at the value before it.")
  private Long from;

  @Option(
      names = "--windows",
      paramLabel = "N",
      description =
          "Score forecasts of the last values of each series only, in N windows of --horizon"
              + " values, one after another.")
  private Integer windows;

  void check() {
    UsageException.checkRange("--origins", every, 1, 1_000_000);
    UsageException.checkRange("--windows", windows, 1, 1_000_000);
    UsageException.check(
        windows == null || every == 1 && from == null,
        "--windows",
        "none with --origins and --from",
        windows);
  }

  /**
   * A series on trial.
   *
   * @param grid with the covariates of each row's own time
   * @param m season of the scores
   * @throws IllegalArgumentException if the series is too short to have an origin
   */
  Trial trial(Grid grid, int m, int horizon) {
    List<Observation> rows = grid.rows();
    String name = grid.series();
    double[] values = rows.stream().mapToDouble(Observation::value).toArray();
    int first = 0;
    if (from != null) {
      first = (int) rows.stream().filter(row -> row.time() < from).count();
      if (first <= m || first > values.length - horizon) {
        throw new IllegalArgumentException(
            "%s: --from: expected a time after %d values and with %d after it, got one after %d of %d"
                .formatted(name, m, horizon, first, values.length));
      }
    } else if (windows != null) {
      first = (int) Math.max(0, values.length - (long) windows * horizon);
      if (first <= m) {
        throw new IllegalArgumentException(
            "%s: --windows: expected more than %,d values, got %,d"
                .formatted(name, m + (long) windows * horizon, values.length));
      }
    }
    int distance = windows == null ? every : horizon;
    Trial trial = new Trial(name, values, m, horizon, first, distance, grid.missing());
    trial.covariates(
        rows.stream().map(Observation::features).toArray(double[][]::new),
        rows.stream().map(Observation::ahead).toArray(double[][]::new));
    return trial;
  }
}
