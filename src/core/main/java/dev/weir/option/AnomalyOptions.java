package dev.weir.option;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.alarm.AlarmSettings;
import java.util.List;
import java.util.Set;

/** The options of alarms that the job file and SQL share. */
public final class AnomalyOptions {

  /** Values that the budget counts alarms for. */
  public static final int PER = 1_000;

  public static final Option<Boolean> ENABLED =
      Option.flag(
              "alarms.enabled",
              false,
              "Whether each value is compared with its forecast and incidents leave on topics.alarms;"
                  + " alarms: on for short.")
          .change(
              "on: each series is judged from then on, its first 300 values raise no alarm; off: open incidents are never closed");
  public static final Option<Double> BUDGET =
      Option.number(
              "alarms.budget",
              PER * AlarmSettings.MIN_BUDGET,
              PER * AlarmSettings.MAX_BUDGET,
              PER * AlarmSettings.DEFAULT_BUDGET,
              "Alarms per 1,000 values of a series.")
          .unit("alarms per 1,000 values")
          .needs(ENABLED, true);
  public static final Option<List<Reason>> REASONS =
      Option.list(
              "alarms.reasons",
              "a list of novelty, level, drift, error and break",
              null,
              Reason.OF_VALUES.size(),
              "What may raise an alarm, and break: changes that last, after which the series is learned"
                  + " faster for a while. By default all of them.",
              Reason::of)
          .needs(ENABLED, true);

  private AnomalyOptions() {}

  /**
   * The settings of both.
   *
   * @param reasons null for all
   */
  public static AlarmSettings settings(double budget, List<Reason> reasons) {
    return new AlarmSettings(
        budget / PER, Set.copyOf(reasons == null ? Reason.OF_VALUES : reasons));
  }
}
