/**
 * Runs shared learning in Flink: the operator that trains, its state, its metrics and the
 * serializers.
 *
 * <p>Start at {@link dev.weir.stream.shared.SharedLearning}, which adds a trainer to a job. {@link
 * dev.weir.forecast.shared} contains the calculations.
 *
 * <p>Allowed imports: {@code forecast}, {@code forecast.shared}, {@code model}, {@code state},
 * {@code stream}, Flink, SLF4J and the JDK.
 */
package dev.weir.stream.shared;
