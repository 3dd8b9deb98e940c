package dev.weir.lab.anomaly;

import dev.weir.cli.classify.TaskMixin;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.alarm.AlarmRate;
import dev.weir.forecast.alarm.AlarmSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Options of {@code weir evaluate --task anomalies}. */
final class AnomalyOptions extends TaskMixin {

  private static final List<String> OWN = List.of("--labels", "--budget", "--reasons");

  /** Options of the command that count for alarms, too. */
  private static final List<String> SHARED =
      List.of(
          ("--task --input --columns --date-format --decimal --job --mode --horizon --seq-len"
                  + " --model --learning --season --interval --gap --format --out --force")
              .split(" "));

  AnomalyOptions() {
    super("anomalies", OWN, SHARED);
  }

  @Option(
      names = "--labels",
      paramLabel = "FILE.json",
      description =
          "--task anomalies: windows with an anomaly, as NAB's combined_windows.json has them"
              + " (default: none, so that alarms are counted only).")
  private Path labels;

  @Option(
      names = "--budget",
      paramLabel = "N",
      description =
          "--task anomalies: alarms per 1,000 values of a series, or such as '1 per week' (default: 1).")
  private String budget;

  @Option(
      names = "--reasons",
      split = ",",
      paramLabel = "REASON",
      description =
          "--task anomalies: what may raise an alarm, of novelty, level, drift and error, and break"
              + " for lasting changes, which are no alarms (default: all).")
  private List<String> reasons;

  /**
   * Runs what the options ask for, with its progress on standard error.
   *
   * @param inputs files or folders; null if the option is not given
   * @throws UsageException if an option is wrong or has no effect
   * @throws IOException if a file can't be read, naming the first line that is wrong
   */
  AnomalyResult run(
      List<Path> inputs,
      SeriesColumns columns,
      PlanOptions options,
      List<String> seasons,
      ProgressLine progress)
      throws Exception {
    AlarmSettings settings = settings();
    UsageException.check(inputs != null, "--input", "CSV files or folders", "none");
    UsageException.checkFiles(inputs, options.job());
    EvaluationPlan plan = EvaluateCommand.noted(options.plan());
    UsageException.check(
        plan.learns(), "--learning", "default, small or full with --task anomalies", "off");
    EvaluationSeasons season = EvaluationSeasons.of(seasons, plan.seasons());
    plan = plan.withSecondSeason(season.second());
    return AnomalyEvaluation.read(
            inputs, season, columns, options, plan.settings().inputs().features(), labels)
        .run(plan, season, settings, progress);
  }

  private AlarmSettings settings() {
    checkMatched();
    if (labels != null) {
      UsageException.check(Files.isRegularFile(labels), "--labels", "a JSON file", labels);
    }
    AlarmRate rate =
        budget == null
            ? AlarmRate.DEFAULT
            : UsageException.parsed(
                "--budget: ", () -> dev.weir.option.AnomalyOptions.BUDGET.parse(budget));
    return new AlarmSettings(rate, ofLabels());
  }

  private Set<Reason> ofLabels() {
    if (reasons == null) {
      return EnumSet.copyOf(Reason.OF_VALUES);
    }
    Set<Reason> some = EnumSet.noneOf(Reason.class);
    for (String label : reasons) {
      some.add(UsageException.parsed("--reasons: ", () -> Reason.of(label.strip())));
    }
    return some;
  }
}
