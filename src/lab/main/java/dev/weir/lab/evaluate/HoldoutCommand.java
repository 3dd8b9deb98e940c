package dev.weir.lab.evaluate;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.EvaluationInput;
import dev.weir.cli.evaluate.EvaluationPlan;
import dev.weir.cli.evaluate.EvaluationSeasons;
import dev.weir.cli.evaluate.ResultOptions;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.option.DeclaredOptions;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Observation;
import dev.weir.option.Seasons;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code weir lab holdout}: scores as competitions and most published tables have them. */
@Command(
    name = "holdout",
    description = "Forecasts what followed series, or their last values, and scores it.",
    abbreviateSynopsis = true,
    footer = {
      "",
      "Example: weir lab holdout --input train.csv.gz --truth test.csv.gz --layout wide --season 24"
    })
public final class HoldoutCommand implements Callable<Integer> {

  private static final int MAX_WINDOWS = 200; // each keeps the values before it

  @Mixin private EvaluationInput input;

  @Option(
      names = "--truth",
      paramLabel = "CSV",
      description =
          "What followed each series, in the layout of --input. Forecasts from the end of each"
              + " series, once, as the M competitions do; as many values as there are, unless"
              + " --horizon or the job says otherwise.")
  private Path truth;

  @Option(
      names = "--windows",
      paramLabel = "N",
      description =
          "Forecasts the last values of each series in N windows of --horizon values, one after"
              + " another.")
  private Integer windows;

  @Option(
      names = "--mase-season",
      paramLabel = "N",
      description =
          "The season of MASE and of the seasonal naive method, where it differs from --season.")
  private Integer maseSeason;

  @Mixin private ResultOptions output;

  @Override
  public Integer call() throws Exception {
    output.write(scores(null, new ProgressLine()));
    return 0;
  }

  /**
   * Scores of what the arguments of the command forecast.
   *
   * @param levels of the intervals
   * @throws UsageException for wrong arguments
   */
  static HoldoutResult scores(List<String> arguments, List<Double> levels, ProgressLine line)
      throws Exception {
    HoldoutCommand command = new HoldoutCommand();
    try {
      DeclaredOptions.complete(new CommandLine(command))
          .parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new UsageException(e.getMessage());
    }
    return command.scores(levels, line);
  }

  /**
   * @param levels in place of the usual ones; null for those
   */
  private HoldoutResult scores(List<Double> levels, ProgressLine line) throws Exception {
    UsageException.checkRange("--mase-season", maseSeason, 1, Seasons.MAX_COUNT);
    UsageException.checkRange("--windows", windows, 1, MAX_WINDOWS);
    UsageException.check(
        (truth == null) != (windows == null), "--truth", "it or --windows", "both or neither");
    return truth == null ? ofWindows(levels, line) : ofTruth(levels, line);
  }

  private HoldoutResult ofWindows(List<Double> levels, ProgressLine line) throws Exception {
    EvaluationInput.Series series = input.read("weir lab holdout");
    EvaluationPlan plan = series.plan();
    return HoldoutEvaluation.of(
            series.grids(), windows, plan.others().horizon(), series.season(), maseSeason)
        .run(levels == null ? plan : plan.withLevels(levels), line);
  }

  private HoldoutResult ofTruth(List<Double> levels, ProgressLine line) throws Exception {
    input.check();
    UsageException.checkFile("--truth", "a CSV file", truth);
    UsageException.check(
        input.columns().ahead().isEmpty(), "--columns ahead", "none with --truth", "one");
    Map<String, List<Observation>> after = input.of(List.of(truth), List.of());
    int known = after.values().stream().mapToInt(List::size).min().orElseThrow();
    EvaluationPlan plan = input.options().planOfValues("weir lab holdout", known);
    EvaluationSeasons season = input.season(plan);
    plan = plan.withSecondSeason(season.second());
    plan = levels == null ? plan : plan.withLevels(levels);
    List<Path> without = new ArrayList<>(season.files());
    without.add(truth);
    Map<String, List<Observation>> observations = input.observations(without, plan);
    observations.keySet().forEach(season::check);
    Map<String, double[]> next = new LinkedHashMap<>();
    after.forEach((name, rows) -> next.put(name, HoldoutEvaluation.values(rows)));
    Map<String, Grid> parts = trainingParts(observations, after, next);
    return HoldoutEvaluation.of(parts, next, plan.others().horizon(), season, maseSeason)
        .run(plan, line);
  }

  /**
   * The grids of training parts, which go on in the truth where that has later times.
   *
   * @param next gets the truth of those
   */
  private Map<String, Grid> trainingParts(
      Map<String, List<Observation>> parts,
      Map<String, List<Observation>> after,
      Map<String, double[]> next)
      throws IOException {
    Map<String, List<Observation>> all = new LinkedHashMap<>();
    parts.forEach(
        (name, rows) -> {
          List<Observation> truth = after.getOrDefault(name, List.of());
          List<Observation> both = new ArrayList<>(rows);
          boolean goesOn =
              !truth.isEmpty() && truth.get(0).time() > rows.get(rows.size() - 1).time();
          both.addAll(goesOn ? truth : List.of());
          all.put(name, both);
        });
    Map<String, Grid> grids =
        input.options().grids("weir lab holdout", SeriesFiles.inOrder(all, 1, Integer.MAX_VALUE));
    grids.replaceAll(
        (name, grid) -> {
          List<Observation> rows = parts.get(name);
          int cut = 1 + grid.rowOf(rows.get(rows.size() - 1));
          if (cut < grid.rows().size()) {
            next.put(name, grid.truth(cut));
          }
          return grid.first(cut);
        });
    return grids;
  }
}
