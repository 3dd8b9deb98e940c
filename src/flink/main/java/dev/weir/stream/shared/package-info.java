/**
 * Runs shared learning in Flink: the operator that trains, its state, its metrics and the
 * serializers.
 *
 * <p>Start at {@link dev.weir.stream.shared.SharedLearning}, which adds a trainer to a job. {@link
 * dev.weir.forecast.shared} contains the calculations.
 */
package dev.weir.stream.shared;
