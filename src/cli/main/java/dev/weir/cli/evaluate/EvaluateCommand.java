package dev.weir.cli.evaluate;

import dev.weir.cli.classify.ClassOptions;
import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.cli.evaluate.EvaluationResult.OfSeries;
import dev.weir.cli.evaluate.FileForecaster.Progress;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.option.DeclaredOptions;
import dev.weir.cli.option.OutputFile;
import dev.weir.cli.option.TaskOptions;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.cli.series.SeriesLayout;
import dev.weir.forecast.Observation;
import dev.weir.forecast.joint.Targets;
import dev.weir.option.Seasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code weir evaluate}: how well the job would have forecast series that are known to their end.
 * Ours comes out of the job's engine, without Flink; the naive methods and the experts alone come
 * from the core's {@link Evaluation}.
 */
@Command(
    name = "evaluate",
    description = {
      "Forecasts known series with the job's engine and scores every forecast.",
      "With --task classify: classifies labelled windows or rows and scores the answers.",
      "With --task anomalies: raises alarms from the forecasts and scores them by labels."
    },
    abbreviateSynopsis = true,
    footer = {
      "",
      "Other tasks: weir evaluate --task classify --help",
      "             weir evaluate --task anomalies --help",
      "Example: weir evaluate --input demand.csv --season 24 --horizon 24 --report demand.html",
      "Example: weir evaluate --input train.csv.gz --truth test.csv.gz --layout wide --season 24",
      "Example: weir evaluate --task classify --classifier x.safetensors --test X_TEST.ts",
      "Example: weir evaluate --task anomalies --input DIR --labels combined_windows.json"
    })
public final class EvaluateCommand implements Callable<Integer>, TaskOptions {

  private static final int MAX_WINDOWS = 200; // each keeps the values before it
  private static final Set<String> OF_SUITE =
      Set.of("--suite", "--results", "--input", "--format", "--out", "--force", "--report");

  enum Task {
    forecast,
    classify,
    anomalies
  }

  @Option(names = "--task", defaultValue = "forecast")
  private Task task = Task.forecast; // also where parsing fails

  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "CSV|DIR",
      description = "Series to forecast: CSV files or folders of them.")
  private List<Path> inputs;

  @Mixin private ClassOptions classes;

  @Mixin private AnomalyOptions anomalies;

  @Option(
      names = "--layout",
      converter = SeriesLayout.Converter.class,
      paramLabel = SeriesLayout.LABEL,
      description = SeriesLayout.OPTION)
  private SeriesLayout layout = SeriesLayout.LONG;

  @Option(
      names = "--truth",
      paramLabel = "CSV",
      description =
          "What followed each series, in the layout of --input. Forecasts from the end of each"
              + " series, once, as the M competitions do, instead of from each value on; as many"
              + " values as there are, unless --horizon or the job says otherwise.")
  private Path truth;

  @Option(
      names = "--windows",
      paramLabel = "N",
      description =
          "Forecasts the last values of each series in N windows of --horizon values, one after"
              + " another, instead of from each value on.")
  private Integer windows;

  @Option(
      names = "--suite",
      paramLabel = "DIR",
      description =
          "Runs the tasks of a folder, each a file of these options, on the data in the folder"
              + " --input, and ranks the scores among those that others published. Has no other"
              + " options but --results and those of the output.")
  private Path suite;

  @Option(
      names = "--results",
      paramLabel = "DIR",
      description =
          "With --suite: a folder that keeps the figures of each task; those that it has are not"
              + " made again.")
  private Path results;

  @Option(
      names = "--mase-season",
      paramLabel = "N",
      description =
          "With --truth or --windows: the season of MASE and of the seasonal naive method, where it differs from"
              + " --season.")
  private Integer maseSeason;

  @Mixin private SeriesColumns.CovariateOptions csv;

  @Mixin private PlanOptions options;

  @Mixin private OriginOptions origins;

  @Option(
      names = "--season",
      paramLabel = "N|N,N|auto|META.csv",
      description =
          "Values in a season, or in two, as 7,365 for a week and a year of daily values; a CSV"
              + " file gives each series its own (columns series_id and m). auto: found in the"
              + " data; a file beside it is for the scores alone (default: auto, or the job's).")
  private final List<String> seasons = new ArrayList<>();

  @Option(
      names = "--by-age",
      description =
          "Also the errors by the number of values that a series had, from its 20th value on.")
  private boolean byAge;

  @Option(names = "--limit", description = "First values of each series (default: all).")
  private int limit = Integer.MAX_VALUE;

  @Mixin private ResultOptions output;

  @Option(
      names = "--report",
      converter = OutputFile.Converter.class,
      paramLabel = "X.html",
      description =
          "Also a page with the table and charts; with --truth one that draws the forecasts.")
  private OutputFile report;

  @Spec private CommandSpec spec;

  private long started;
  private final ProgressLine line = new ProgressLine();

  @Override
  public boolean reads(String option) {
    return switch (task) {
      case classify -> classes.reads(option);
      case anomalies -> anomalies.reads(option);
      case forecast -> !classes.isOwn(option) && !anomalies.isOwn(option);
    };
  }

  @Override
  public Integer call() throws Exception {
    started = System.nanoTime();
    return switch (task) {
      case forecast -> evaluate();
      case classify -> classify();
      case anomalies -> findAnomalies();
    };
  }

  private int classify() throws Exception {
    UsageException.check(!options.hasBounds(), "--bounds", "none with --task classify", "one");
    return written(classes.run(report));
  }

  private int findAnomalies() throws Exception {
    UsageException.check(
        csv.columns().ahead().isEmpty(), "--columns ahead", "none with --task anomalies", "some");
    UsageException.check(
        csv.columns().targets().isEmpty(),
        "--columns targets",
        "none with --task anomalies",
        "some");
    return written(anomalies.run(inputs, csv.columns(), options, seasons, line));
  }

  private int evaluateSuite() throws Exception {
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      UsageException.check(
          OF_SUITE.contains(option.longestName()),
          option.longestName(),
          "none with --suite, whose tasks have their own",
          "one");
    }
    UsageException.check(
        inputs != null && inputs.size() == 1, "--input", "the folder of the data", inputs);
    SuiteResult result = new Suite(suite, inputs.get(0)).run(results, line);
    if (report != null) {
      report.write(result.page());
    }
    written(result);
    return result.isComplete() ? 0 : 1;
  }

  private int evaluate() throws Exception {
    if (suite != null) {
      return evaluateSuite();
    }
    UsageException.check(results == null, "--results", "none without --suite", results);
    checkOptions();
    options.checkTimes(layout);
    if (truth != null || windows != null) {
      return evaluateHoldout();
    }
    EvaluationPlan plan = noted(options.plan(columns()));
    EvaluationSeasons season = EvaluationSeasons.of(seasons, plan.seasons());
    plan = plan.withSecondSeason(season.second());
    List<OnTrial> all = new ArrayList<>();
    Map<String, Grid> grids = options.grids("weir evaluate", observations(season.files(), plan));
    for (Map.Entry<String, Grid> series : grids.entrySet()) {
      season.check(series.getKey());
      OnTrial one = onTrial(series.getKey(), series.getValue(), season, plan);
      if (!one.trials.isEmpty()) {
        all.add(one);
      }
    }
    if (all.isEmpty()) {
      throw new CommandFailure(
          "expected a series that is long enough, got none; give more history, or a shorter"
              + " --horizon or --season");
    }
    EvaluationPlan used = plan;
    EvaluationPlan plain = plan.withoutNetworks();
    boolean several = plan.targets().areSeveral();
    int each = several ? 2 : 1; // the others, and each alone
    int times = (plain == null ? 1 : 2) + each * plan.targets().count();
    List<Grid> wholes = all.stream().map(OnTrial::whole).toList();
    try (Progress progress = Progress.of(line, wholes, times)) {
      FileForecaster ours = new FileForecaster(plan, season, null, progress);
      FileForecaster without = new FileForecaster(plain, season, null, progress);
      FileForecaster alone = new FileForecaster(plan.alone(), season, null, progress);
      FileForecaster.each(
          all,
          one -> {
            one.forecasts.put(Evaluation.WEIR, one.together(one.joint, ours));
            if (plain != null) {
              one.forecasts.put(Evaluation.WITHOUT_NETWORKS, one.together(null, without));
            }
            if (several) {
              one.forecasts.put(Evaluation.ALONE, one.alone(alone));
            }
            for (int k = 0; k < one.trials.size(); k++) {
              Trial trial = one.trials.get(k);
              Grid grid = one.grids.get(k);
              one.others.add(used.scoresOfOthers(trial, season.learned(one.whole.series())));
              OutsideForecasts outside = used.outside(grid);
              if (outside != null) {
                one.others.get(k).putAll(outside.scores(trial));
              }
              progress.add(grid.rows().size());
            }
            return one;
          });
    }
    EvaluationResult result = result(all, season, plan);
    if (report != null) {
      report.write(EvaluationPage.of(result, forecasts(all, Evaluation.WEIR).toList()));
    }
    return written(result);
  }

  static EvaluationPlan noted(EvaluationPlan plan) {
    if (plan.note() != null) {
      System.err.println("weir evaluate: " + plan.note());
    }
    return plan;
  }

  private int written(Result result) throws IOException {
    output.write(result);
    System.err.printf("done in %.0f s%n", (System.nanoTime() - started) / 1e9);
    return 0;
  }

  private int evaluateHoldout() throws Exception {
    Held held = held(null);
    HoldoutResult result = held.evaluation.run(held.plan, line);
    if (report != null) {
      report.write(held.evaluation.page());
    }
    return written(result);
  }

  private record Held(EvaluationPlan plan, HoldoutEvaluation evaluation) {}

  /**
   * Scores of what the arguments of {@code --truth} or {@code --windows} forecast.
   *
   * @param levels of the intervals
   * @throws UsageException for wrong arguments
   */
  static HoldoutResult holdout(List<String> arguments, List<Double> levels, ProgressLine line)
      throws Exception {
    EvaluateCommand command = new EvaluateCommand();
    try {
      DeclaredOptions.complete(new CommandLine(command))
          .parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new UsageException(e.getMessage());
    }
    command.checkOptions();
    command.options.checkTimes(command.layout);
    Held held = command.held(levels);
    return held.evaluation.run(held.plan, line);
  }

  /**
   * @param levels in place of the usual ones; null for those
   */
  private Held held(List<Double> levels) throws Exception {
    Map<String, List<Observation>> after =
        truth == null
            ? Map.of()
            : SeriesFiles.observations(List.of(truth), List.of(), layout, csv.columns());
    EvaluationPlan plan =
        noted(
            truth == null
                ? options.plan(columns())
                : options.hasNoHorizon()
                    ? options.plan(HoldoutEvaluation.horizon(after))
                    : options.plan());
    EvaluationSeasons season = EvaluationSeasons.of(seasons, plan.seasons());
    plan = plan.withSecondSeason(season.second());
    plan = levels == null ? plan : plan.withLevels(levels);
    List<Path> without = new ArrayList<>(season.files());
    if (truth != null) {
      without.add(truth);
    }
    Map<String, List<Observation>> observations = observations(without, plan);
    observations.keySet().forEach(season::check);
    int horizon = plan.others().horizon();
    if (truth == null) {
      Map<String, Grid> grids = options.grids("weir evaluate", observations);
      return new Held(
          plan, HoldoutEvaluation.of(grids, plan.targets(), windows, horizon, season, maseSeason));
    }
    Map<String, double[]> next = new LinkedHashMap<>();
    after.forEach((name, rows) -> next.put(name, HoldoutEvaluation.values(rows)));
    Map<String, Grid> parts = trainingParts(observations, after, next);
    return new Held(plan, HoldoutEvaluation.of(parts, next, horizon, season, maseSeason));
  }

  private Map<String, List<Observation>> observations(List<Path> without, EvaluationPlan plan)
      throws IOException {
    return SeriesFiles.inOrder(
        SeriesFiles.observations(inputs, without, layout, plan.columns(csv.columns())),
        plan.settings().inputs().columns(),
        limit);
  }

  /** With the names of the targets. */
  private SeriesColumns columns() throws IOException {
    return SeriesFiles.named(inputs, csv.columns());
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
        options.grids("weir evaluate", SeriesFiles.inOrder(all, 1, Integer.MAX_VALUE));
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

  private void checkOptions() {
    UsageException.check(inputs != null, "--input", "CSV files or folders", "none");
    UsageException.check(
        classes.given().isEmpty(), "--task", "classify with " + classes.given(), task);
    UsageException.check(
        anomalies.given().isEmpty(), "--task", "anomalies with " + anomalies.given(), task);
    UsageException.check(limit >= 1, "--limit", "at least 1", limit);
    origins.check();
    boolean isNamed = !csv.columns().areDefault();
    UsageException.check(
        !isNamed || layout == SeriesLayout.LONG, "--columns", "none with --layout wide", "one");
    UsageException.check(
        truth == null || csv.columns().ahead().isEmpty(),
        "--columns ahead",
        "none with --truth",
        "one");
    UsageException.check(
        truth == null || csv.columns().targets().isEmpty(),
        "--columns targets",
        "none with --truth",
        "some");
    UsageException.check(
        truth == null || csv.columns().features().isEmpty() || !options.isPlain(),
        "--columns features",
        "a job or a model that reads them, with --truth",
        "none");
    if (!origins.isDefault()) {
      UsageException.check(!byAge, "--by-age", "none with --origins and --from", "it");
      UsageException.check(truth == null, "--truth", "none with --origins and --from", truth);
      UsageException.check(windows == null, "--windows", "none with --origins and --from", windows);
      UsageException.check(report == null, "--report", "none with --origins and --from", report);
    }
    boolean holdsOut = truth != null || windows != null;
    String holdout = truth != null ? "--truth" : "--windows";
    UsageException.check(
        holdsOut || maseSeason == null, "--mase-season", "--truth or --windows with it", "neither");
    UsageException.check(!holdsOut || !byAge, "--by-age", "none with " + holdout, "it");
    UsageException.checkRange("--mase-season", maseSeason, 1, Seasons.MAX_COUNT);
    UsageException.checkRange("--windows", windows, 1, MAX_WINDOWS);
    if (truth != null) {
      UsageException.check(Files.isRegularFile(truth), "--truth", "a CSV file", truth);
      UsageException.check(windows == null, "--windows", "none with --truth", windows);
      UsageException.check(limit == Integer.MAX_VALUE, "--limit", "none with --truth", limit);
    }
    UsageException.checkFiles(inputs, options.job());
  }

  /**
   * A series on trial.
   *
   * @param grids its own, or one for each of several targets
   * @param trials as the grids; none of a series that is too short
   * @param joint null for one target
   * @param forecasts by method, as the trials
   * @param others scores of the other methods by name, as the trials
   */
  private record OnTrial(
      Grid whole,
      List<Grid> grids,
      List<Trial> trials,
      JointScores joint,
      Map<String, List<TrialForecasts>> forecasts,
      List<Map<String, SeriesScore>> others) {

    List<TrialForecasts> together(JointScores scores, FileForecaster by) throws IOException {
      return TrialForecasts.of(trials, grids, whole, scores, by);
    }

    List<TrialForecasts> alone(FileForecaster by) throws IOException {
      List<TrialForecasts> all = new ArrayList<>();
      for (int k = 0; k < grids.size(); k++) {
        Grid grid = grids.get(k);
        all.addAll(TrialForecasts.of(List.of(trials.get(k)), List.of(grid), grid, null, by));
      }
      return all;
    }

    TargetsResult targets() {
      return joint.result(whole.series(), scores(Evaluation.WEIR), scores(Evaluation.ALONE));
    }

    private List<List<SeriesScore>> scores(String method) {
      return forecasts.get(method).stream().map(one -> List.of(one.score())).toList();
    }

    Stream<OfSeries> results() {
      return IntStream.range(0, trials.size())
          .mapToObj(
              k -> {
                Map<String, SeriesScore> methods = new LinkedHashMap<>();
                forecasts.forEach((method, made) -> methods.put(method, made.get(k).score()));
                methods.putAll(others.get(k));
                Trial trial = trials.get(k);
                return new OfSeries(
                    trial.series(), trial.m(), trial.origins(), trial.scale(), methods);
              });
    }
  }

  private OnTrial onTrial(String name, Grid grid, EvaluationSeasons season, EvaluationPlan plan) {
    Targets targets = plan.targets();
    Map<String, Grid> grids = JointScores.grids(grid, targets);
    List<Trial> trials = new ArrayList<>();
    try {
      grids.forEach(
          (one, of) -> trials.add(origins.trial(one, of, season.m(name), plan.others().horizon())));
    } catch (IllegalArgumentException e) {
      System.err.println("skipped " + Printable.line(e.getMessage()));
      trials.clear(); // all are as long
    }
    List<Grid> all = List.copyOf(grids.values());
    IntPredicate isOrigin = t -> trials.stream().anyMatch(trial -> trial.isOrigin(t));
    JointScores joint =
        targets.areSeveral()
            ? new JointScores(targets, plan.levels(), all, season.m(name), isOrigin)
            : null;
    return new OnTrial(grid, all, trials, joint, new LinkedHashMap<>(), new ArrayList<>());
  }

  private static Stream<TrialForecasts> forecasts(List<OnTrial> all, String method) {
    return all.stream().flatMap(one -> one.forecasts.getOrDefault(method, List.of()).stream());
  }

  private EvaluationResult result(
      List<OnTrial> all, EvaluationSeasons season, EvaluationPlan plan) {
    Map<String, List<ErrorsByAge>> ages = new LinkedHashMap<>();
    for (String method : List.of(Evaluation.WEIR, Evaluation.WITHOUT_NETWORKS)) {
      List<ErrorsByAge> found = forecasts(all, method).map(one -> one.byAge).toList();
      if (byAge && !found.isEmpty()) {
        ages.put(method, found);
      }
    }
    boolean unknown = plan.learns() && season.isUnknown();
    String note =
        unknown
            ? "Seasons were found by the learner and are not known to the scores: m is 1, the"
                + " seasonal naive method is the naive one, and relMAE compares with that alone."
            : "";
    return new EvaluationResult(
        plan.others().horizon(),
        plan.levels(),
        all.stream().flatMap(OnTrial::results).toList(),
        ages,
        all.stream().filter(one -> one.joint != null).map(OnTrial::targets).toList(),
        note);
  }
}
