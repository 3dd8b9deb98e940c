package dev.weir.lab.anomaly;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.EvaluationPlan;
import dev.weir.cli.evaluate.EvaluationSeasons;
import dev.weir.cli.evaluate.PlanOptions;
import dev.weir.cli.evaluate.ResultOptions;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.alarm.AlarmRate;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.option.AnomalyOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir lab anomalies}: alarms from the forecasts of files, scored by labels. */
@Command(
    name = "anomalies",
    description = "Raises alarms from the forecasts of files, and scores them by labels.",
    abbreviateSynopsis = true,
    footer = {"", "Example: weir lab anomalies --input DIR --labels combined_windows.json"})
public final class AnomaliesCommand implements Callable<Integer> {

  @Option(
      names = "--input",
      required = true,
      arity = "1..*",
      paramLabel = "CSV|DIR",
      description = "Files of one series each, or folders of them.")
  private List<Path> inputs;

  @Option(
      names = "--labels",
      paramLabel = "FILE.json",
      description =
          "Windows with an anomaly, as NAB's combined_windows.json has them (default: none, so that"
              + " alarms are counted only).")
  private Path labels;

  @Option(
      names = "--budget",
      paramLabel = "N",
      description = "Alarms per 1,000 values of a series, or such as '1 per week' (default: 1).")
  private String budget;

  @Option(
      names = "--reasons",
      split = ",",
      paramLabel = "REASON",
      description =
          "What may raise an alarm, of novelty, level, drift and error, and break for lasting"
              + " changes, which are no alarms (default: all).")
  private List<String> reasons;

  @Mixin private SeriesColumns.Options csv;

  @Mixin private PlanOptions options;

  @Option(
      names = "--season",
      paramLabel = "N|N,N|auto|META.csv",
      description = "Values in a season; as weir evaluate has it.")
  private final List<String> seasons = new ArrayList<>();

  @Mixin private ResultOptions output;

  @Override
  public Integer call() throws Exception {
    AlarmSettings settings = settings();
    UsageException.checkFiles(inputs, options.job());
    EvaluationPlan plan = options.planOfValues("weir lab anomalies", null);
    UsageException.check(plan.learns(), "--learning", "on", "off");
    EvaluationSeasons season = EvaluationSeasons.of(seasons, plan.seasons());
    plan = plan.withSecondSeason(season.second());
    int features = plan.settings().inputs().features();
    output.write(
        new AnomalyEvaluation(inputs, season, csv.columns(), options, features, labels)
            .run(plan, season, settings, new ProgressLine()));
    return 0;
  }

  private AlarmSettings settings() {
    if (labels != null) {
      UsageException.checkFile("--labels", "a JSON file", labels);
    }
    AlarmRate rate =
        budget == null
            ? AlarmRate.DEFAULT
            : UsageException.parsed("--budget: ", () -> AnomalyOptions.BUDGET.parse(budget));
    return new AlarmSettings(rate, ofLabels());
  }

  private Set<Reason> ofLabels() {
    return reasons == null
        ? Set.copyOf(Reason.OF_VALUES)
        : reasons.stream()
            .map(label -> UsageException.parsed("--reasons: ", () -> Reason.of(label.strip())))
            .collect(Collectors.toSet());
  }
}
