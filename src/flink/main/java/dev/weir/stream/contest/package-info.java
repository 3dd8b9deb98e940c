/**
 * Compares networks that compete in Flink: one keyed operator by mode, its state and timers.
 *
 * <p>Start at {@link dev.weir.stream.contest.Contests}, which adds it to a job. {@link
 * dev.weir.forecast.contest} contains the calculations.
 */
package dev.weir.stream.contest;
