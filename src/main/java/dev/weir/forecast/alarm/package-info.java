/**
 * Decides from the one-step forecasts of a series which of its values are worth an alarm.
 *
 * <p>Start at {@link dev.weir.forecast.alarm.AlarmDetector}, which gives each value a surprise and
 * a reason. {@code TailSketch} turns a statistic into a surprise, and {@code AlarmBudget} limits
 * the alarms. All data of a series is in its {@link dev.weir.forecast.alarm.AlarmState}, and {@link
 * dev.weir.forecast.alarm.AlarmStateFormat} defines its bytes.
 *
 * <p>Allowed imports: the JDK.
 */
package dev.weir.forecast.alarm;
