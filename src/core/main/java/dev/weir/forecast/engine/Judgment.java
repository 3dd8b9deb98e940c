package dev.weir.forecast.engine;

import dev.weir.forecast.Incident.Reason;

/**
 * How a value compares with the forecast of it that was made at the value before.
 *
 * @param time of the value, milliseconds since 1970 in UTC
 * @param value the value
 * @param forecast NaN without one
 * @param lower lower end of its narrowest interval; NaN without one
 * @param upper as lower
 * @param model name of the model in the forecast; empty without one
 * @param modelVersion its version; negative without one
 */
public record Judgment(
    long time,
    double value,
    double forecast,
    double lower,
    double upper,
    Surprise surprise,
    String model,
    long modelVersion) {

  /**
   * How surprising the value is.
   *
   * @param size 0 to 5, see {@link dev.weir.forecast.alarm.AlarmDetector}
   * @param reason what is surprising; null if nothing is
   * @param isAlarm whether the value raises an alarm
   */
  public record Surprise(double size, Reason reason, boolean isAlarm) {}
}
