package dev.weir.forecast.alarm;

import java.io.Serializable;
import java.time.Duration;
import java.util.Map;

/**
 * The budget of a series: alarms per value or per time. Immutable.
 *
 * @param alarms in one value, or in the time
 * @param millis the time in milliseconds; 0 for one value
 */
public record AlarmRate(double alarms, long millis) implements Serializable {

  /** Alarms per value; a smaller rate would need more than the largest surprise. */
  public static final double MIN = 1e-5;

  /** Alarms per value, at most. */
  public static final double MAX = 0.05;

  /** Values in the unit of a rate without a time. */
  public static final int PER = 1_000;

  /** Times that have a name, in hours. */
  public static final Map<String, Integer> HOURS =
      Map.of("hour", 1, "day", 24, "week", 168, "month", 720);

  /** One alarm per 1,000 values. */
  public static final AlarmRate DEFAULT = perThousand(1);

  public AlarmRate {
    boolean isRate = alarms > 0 && alarms < Double.POSITIVE_INFINITY && millis >= 0;
    if (!isRate || millis == 0 && (alarms < MIN || alarms > MAX)) {
      throw new IllegalArgumentException(
          "budget: expected %s to %s alarms per 1,000 values, or a number in some time, got %s"
              .formatted(PER * MIN, PER * MAX, millis == 0 ? PER * alarms : alarms));
    }
  }

  /** So many alarms per 1,000 values. */
  public static AlarmRate perThousand(double alarms) {
    return new AlarmRate(alarms / PER, 0);
  }

  /**
   * Alarms per value, {@link #MIN} to {@link #MAX}.
   *
   * @param spacing usual time from one value to the next, in milliseconds; 0 if unknown
   */
  double perValue(long spacing) {
    return millis == 0
        ? alarms
        : Math.max(MIN, Math.min(MAX, alarms * ((double) spacing / millis)));
  }

  /** As an option has it: {@code 1.5} for 1,000 values, {@code 1 per week}. */
  @Override
  public String toString() {
    double count = millis == 0 ? PER * alarms : alarms;
    String number = Double.toString(Math.round(count * 1e4) / 1e4).replaceFirst("\\.0$", "");
    if (millis == 0) {
      return number;
    }
    Duration time = Duration.ofMillis(millis);
    return HOURS.entrySet().stream()
        .filter(each -> Duration.ofHours(each.getValue()).equals(time))
        .map(each -> number + " per " + each.getKey())
        .findFirst()
        .orElse(number + " per " + time);
  }
}
