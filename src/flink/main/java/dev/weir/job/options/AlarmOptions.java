package dev.weir.job.options;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.option.AnomalyOptions;
import dev.weir.option.Option;
import java.util.List;

/** The options of a job file that say which alarms a job raises. */
public final class AlarmOptions {

  public static final Option<String> TOPIC =
      Option.name("topics.alarms", "alarms", "Topic that incidents leave on.");

  public static final Option<Boolean> ENABLED = AnomalyOptions.ENABLED;
  public static final Option<Double> BUDGET = AnomalyOptions.BUDGET;
  public static final Option<List<Reason>> REASONS = AnomalyOptions.REASONS;
  public static final Option<Integer> MIN_DURATION =
      Option.integer(
          "alarms.min-duration",
          IncidentSettings.DEFAULT_MIN_DURATION,
          1,
          IncidentSettings.MAX_VALUES,
          "Values from the first to the last surprising one before an incident is opened; a shorter"
              + " one is never reported.");
  public static final Option<Integer> QUIET =
      Option.integer(
          "alarms.quiet",
          IncidentSettings.DEFAULT_QUIET,
          1,
          IncidentSettings.MAX_VALUES,
          "Values without a surprising one that close an incident.");

  static final List<Option<?>> ALL = List.of(ENABLED, BUDGET, REASONS, MIN_DURATION, QUIET);

  private static final String WITHOUT = "expected alarms: on beside it, got no alarms";

  private AlarmOptions() {}

  /** Which alarms are reported; null for none. What has no effect becomes a problem of the file. */
  public static AlarmRules read(JobFile file) {
    if (!file.get(ENABLED)) {
      for (Option<?> option : List.of(TOPIC, BUDGET, REASONS, MIN_DURATION, QUIET)) {
        if (file.has(option)) {
          file.problem(option, WITHOUT);
        }
      }
      AlarmRuleOptions.refuse(file, WITHOUT);
      return null;
    }
    IncidentSettings common =
        settings(
            file.get(BUDGET),
            file.get(REASONS, Reason.OF_VALUES),
            file.get(MIN_DURATION),
            file.get(QUIET));
    return AlarmRuleOptions.read(file, common);
  }

  /**
   * @param budget alarms per 1,000 values
   */
  static IncidentSettings settings(
      double budget, List<Reason> reasons, int minDuration, int quiet) {
    return new IncidentSettings(AnomalyOptions.settings(budget, reasons), minDuration, quiet);
  }
}
