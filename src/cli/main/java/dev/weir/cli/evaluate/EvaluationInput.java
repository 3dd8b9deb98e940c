package dev.weir.cli.evaluate;

import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Observation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of evaluations: known series of files, and which forecasts are made of them. */
public final class EvaluationInput {

  @Option(
      names = "--input",
      required = true,
      arity = "1..*",
      paramLabel = "CSV|DIR",
      description = "Series to forecast: CSV files or folders of them.")
  private List<Path> inputs;

  @Option(
      names = "--layout",
      paramLabel = "long|wide",
      description =
          "How the CSV holds its series. long: one value a row, with its time; wide: one series a"
              + " row, its name first, then its values, as in the files of M4 (default: long).")
  private String layout = "long";

  @Mixin private SeriesColumns.Options csv;

  @Mixin private PlanOptions options;

  @Option(
      names = "--season",
      paramLabel = "N|N,N|auto|META.csv",
      description =
          "Values in a season, or in two, as 7,365 for a week and a year of daily values; a CSV"
              + " file gives each series its own (columns series_id and m). auto: found in the"
              + " data; with a file as well, that one is for the scores alone (default: auto, or the job's).")
  private final List<String> seasons = new ArrayList<>();

  @Option(names = "--limit", description = "First values of each series (default: all).")
  private int limit = Integer.MAX_VALUE;

  /** Series with what is forecast of them. */
  public record Series(EvaluationPlan plan, EvaluationSeasons season, Map<String, Grid> grids) {

    /** The season of the learner is found, and the scores know none. */
    String note() {
      return plan.learns() && season.isUnknown()
          ? "Weir found the seasons of its forecasts, but the scores do not use them: m is 1, and"
              + " relMAE compares with the last value alone. --season N gives both a season."
          : "";
    }
  }

  public SeriesColumns columns() {
    return csv.columns();
  }

  public PlanOptions options() {
    return options;
  }

  /** Fails if options contradict each other, or a file is missing. */
  public void check() {
    UsageException.check(limit >= 1, "--limit", "at least 1", limit);
    UsageException.check(layout.matches("long|wide"), "--layout", "long or wide", layout);
    UsageException.check(
        columns().areDefault() || !isWide(), "--columns", "none with --layout wide", "one");
    options.checkTimes(isWide());
    UsageException.checkFiles(inputs, options.job());
  }

  /** The season that the options say, or else the plan. */
  public EvaluationSeasons season(EvaluationPlan plan) throws IOException {
    return EvaluationSeasons.of(seasons, plan.seasons());
  }

  /**
   * The values of each series.
   *
   * @param without files that hold no such series
   */
  public Map<String, List<Observation>> observations(List<Path> without, EvaluationPlan plan)
      throws IOException {
    int features = plan.settings().inputs().features();
    return SeriesFiles.inOrder(of(inputs, without), features, limit);
  }

  /**
   * All values of files that are as the options say.
   *
   * @param without files that hold no such series
   */
  public Map<String, List<Observation>> of(List<Path> files, List<Path> without)
      throws IOException {
    return isWide()
        ? SeriesFiles.wide(files, without, columns())
        : SeriesFiles.observations(files, without, columns(), false);
  }

  private boolean isWide() {
    return layout.equals("wide");
  }

  /**
   * Reads the series.
   *
   * @param command that says on standard error what is missing in them
   */
  public Series read(String command) throws IOException {
    check();
    EvaluationPlan plan = options.plan(command, columns());
    EvaluationSeasons season = season(plan);
    plan = plan.withSecondSeason(season.second());
    Map<String, Grid> grids = options.grids(command, observations(season.files(), plan));
    grids.keySet().forEach(season::check);
    return new Series(plan, season, grids);
  }

  /** What an evaluation says of series of which none is long enough. */
  public static CommandFailure tooShort() {
    return new CommandFailure(
        "expected a series that is long enough, got none; give more history, or a shorter --horizon"
            + " or --season");
  }
}
