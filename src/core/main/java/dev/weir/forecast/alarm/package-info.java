/**
 * Decides from the one-step forecasts of a series which of its values raise an alarm.
 *
 * <p>Start at {@link dev.weir.forecast.alarm.AlarmDetector}, which gives each value a surprise and
 * a reason. {@code TailSketch} turns a statistic into a surprise, and {@code AlarmBudget} limits
 * the alarms. {@link dev.weir.forecast.alarm.IncidentTracker} makes incidents of them, which a job
 * reports; {@code BreakDetector} finds those that are lasting changes. All data of a series is in
 * its {@link dev.weir.forecast.alarm.SeriesAlarms}, which declares its fields; an evaluation needs
 * only the {@link dev.weir.forecast.alarm.AlarmState} in it.
 *
 * <p>A {@link dev.weir.forecast.alarm.ThresholdTracker} watches limits that a forecast may cross.
 * {@link dev.weir.forecast.alarm.AlarmRules} selects what applies to a series.
 */
package dev.weir.forecast.alarm;
