/**
 * Warns before a limit is crossed: the probability that at least one of the next values of a series
 * will be beyond it, from the forecasts' intervals and from how such probabilities came true.
 *
 * <p>Start at {@link dev.weir.forecast.alarm.threshold.ThresholdTracker}. {@code
 * CrossingProbability} contains the calculations, {@link
 * dev.weir.forecast.alarm.threshold.ThresholdState} what is known of one series, and {@link
 * dev.weir.forecast.alarm.threshold.ThresholdStateFormat} its bytes.
 *
 * <p>Allowed imports: the JDK.
 */
package dev.weir.forecast.alarm.threshold;
