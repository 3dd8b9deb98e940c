/**
 * Learns each series from its own values, scores each live forecast when the observed value
 * arrives, combines the forecasts of the experts, with a network that corrects and weighs them, and
 * with what holidays did before, and adds intervals.
 *
 * <p>Start at {@link dev.weir.forecast.learn.Learner}, which scores, learns and forecasts. It
 * contains only settings and temporary arrays. All data of a series is in its {@link
 * dev.weir.forecast.learn.LearnerState}, and {@link dev.weir.forecast.learn.LearnerStateFormat}
 * defines the bytes of this state. {@link dev.weir.forecast.expert.Experts} lists the experts.
 */
package dev.weir.forecast.learn;
