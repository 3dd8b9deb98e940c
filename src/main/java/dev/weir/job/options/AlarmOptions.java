package dev.weir.job.options;

import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.Reason;
import dev.weir.option.Option;
import java.util.List;
import java.util.Set;

/** The options of a job file that say which alarms a job raises. */
public final class AlarmOptions {

  /** Values that the budget counts alarms for. */
  public static final int PER = 1_000;

  public static final Option<String> TOPIC =
      Option.name("topics.alarms", "alarms", "Topic that incidents leave on.");

  public static final Option<Boolean> ENABLED =
      Option.flag(
          "alarms.enabled",
          false,
          "Whether each value is compared with its forecast and incidents leave on topics.alarms;"
              + " alarms: on for short.");
  public static final Option<Double> BUDGET =
      new Option<>(
          "alarms.budget",
          Option.Type.NUMBER,
          "a number from %s to %s"
              .formatted(PER * AlarmSettings.MIN_BUDGET, PER * AlarmSettings.MAX_BUDGET),
          PER * AlarmSettings.DEFAULT_BUDGET,
          "Alarms per 1,000 values of a series.",
          AlarmOptions::budget);
  public static final Option<List<Reason>> REASONS =
      Option.list(
          "alarms.reasons",
          "a list of novelty, level, drift, error and break",
          null,
          Reason.values().length,
          "What may raise an alarm, and break: changes that last, after which the series is learned"
              + " faster for a while. By default all of them.",
          Reason::of);
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

  private AlarmOptions() {}

  private static double budget(String text) {
    double budget = Double.parseDouble(text);
    if (!(budget >= PER * AlarmSettings.MIN_BUDGET && budget <= PER * AlarmSettings.MAX_BUDGET)) {
      throw new IllegalArgumentException(text);
    }
    return budget;
  }

  /** Which alarms are reported; null for none. What has no effect becomes a problem of the file. */
  public static IncidentSettings read(JobFile file) {
    if (!file.get(ENABLED)) {
      for (Option<?> option : List.of(TOPIC, BUDGET, REASONS, MIN_DURATION, QUIET)) {
        if (file.has(option)) {
          file.problem(option, "expected alarms: on beside it, got no alarms");
        }
      }
      return null;
    }
    List<Reason> reasons = file.get(REASONS);
    return new IncidentSettings(
        new AlarmSettings(
            file.get(BUDGET) / PER,
            Set.copyOf(reasons == null ? List.of(Reason.values()) : reasons)),
        file.get(MIN_DURATION),
        file.get(QUIET));
  }
}
