/**
 * Decides from the one-step forecasts of a series which of its values are worth an alarm.
 *
 * <p>Start at {@link dev.weir.forecast.alarm.AlarmDetector}, which gives each value a surprise and
 * a reason. {@code TailSketch} turns a statistic into a surprise, and {@code AlarmBudget} limits
 * the alarms. {@link dev.weir.forecast.alarm.IncidentTracker} makes incidents of them, which a job
 * reports; {@code BreakDetector} finds those that are lasting changes. All data of a series is in
 * its {@link dev.weir.forecast.alarm.SeriesAlarms}, which declares its fields; an evaluation needs
 * only the {@link dev.weir.forecast.alarm.AlarmState} in it.
 *
 * <p>A {@link dev.weir.forecast.alarm.ThresholdTracker} watches limits that a forecast may cross, a
 * {@link dev.weir.forecast.alarm.GroupTracker} several series together. {@link
 * dev.weir.forecast.alarm.AlarmRules} tells which of this counts for a series.
 */
package dev.weir.forecast.alarm;
