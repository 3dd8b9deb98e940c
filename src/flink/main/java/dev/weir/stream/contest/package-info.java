/**
 * Compares networks that compete in Flink: one keyed operator by mode, its state and timers.
 *
 * <p>Start at {@link dev.weir.stream.contest.Contests}, which adds it to a job. {@link
 * dev.weir.forecast.contest} contains the calculations.
 *
 * <p>Allowed imports: {@code forecast}, {@code forecast.contest}, {@code forecast.engine}, {@code
 * model}, {@code state}, {@code stream}, Flink, SLF4J and the JDK.
 */
package dev.weir.stream.contest;
