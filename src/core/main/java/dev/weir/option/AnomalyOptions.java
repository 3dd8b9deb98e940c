package dev.weir.option;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.alarm.AlarmRate;
import dev.weir.forecast.alarm.AlarmSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The options of alarms that the job file and SQL share. */
public final class AnomalyOptions {

  public static final Option<Boolean> ENABLED =
      Option.flag(
              "alarms.enabled",
              false,
              "Whether each value is compared with its forecast and incidents leave on"
                  + " topics.alarms; alarms: on for short.")
          .change(
              "on: each series is judged from then on, its first 300 values raise no alarm; off:"
                  + " open incidents are never closed");
  public static final Option<AlarmRate> BUDGET =
      new Option<>(
              "alarms.budget",
              Option.Type.VALUE,
              "a number from %s to %s, or such as 1 per week, of hour, day, week, month or a number of values"
                  .formatted(AlarmRate.PER * AlarmRate.MIN, AlarmRate.PER * AlarmRate.MAX),
              AlarmRate.DEFAULT,
              "Alarms per 1,000 values of a series, or in a time: then the number of values follows"
                  + " from the usual time between them. A month has 30 days.",
              AnomalyOptions::rate)
          .unit("alarms per 1,000 values")
          .needs(ENABLED, true);
  public static final Option<List<Reason>> REASONS =
      Option.list(
              "alarms.reasons",
              "a list of novelty, level, drift, error and break",
              null,
              Reason.OF_VALUES.size(),
              "What may raise an alarm; break reports changes that last, after which the series is"
                  + " learned faster for a while. By default all.",
              Reason::of)
          .needs(ENABLED, true);

  private AnomalyOptions() {}

  private static AlarmRate rate(String text) {
    String[] parts = text.split("\\s+per\\s+", 2);
    double alarms = Numbers.option(parts[0]);
    if (parts.length == 1) {
      return AlarmRate.perThousand(alarms);
    }
    Integer hours = AlarmRate.HOURS.get(parts[1]);
    return hours == null
        ? new AlarmRate(alarms / Numbers.integer(parts[1]), 0)
        : new AlarmRate(alarms, Duration.ofHours(hours).toMillis());
  }

  /**
   * The settings from both options.
   *
   * @param reasons null for all
   */
  public static AlarmSettings settings(AlarmRate budget, List<Reason> reasons) {
    return new AlarmSettings(budget, Set.copyOf(reasons == null ? Reason.OF_VALUES : reasons));
  }
}
