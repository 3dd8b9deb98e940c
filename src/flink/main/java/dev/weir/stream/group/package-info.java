/**
 * Joins the surprises of a group's series in Flink: a keyed operator by group, its state and
 * timers.
 *
 * <p>Start at {@code GroupAlarms}, which adds it to a job. {@link dev.weir.forecast.alarm} contains
 * the calculations.
 */
package dev.weir.stream.group;
