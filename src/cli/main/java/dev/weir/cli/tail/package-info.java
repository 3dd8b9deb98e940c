/**
 * Implements {@code weir tail}, which prints new forecasts and scores of a job.
 *
 * <p>Start at {@link dev.weir.cli.tail.TailCommand}.
 *
 * <p>Allowed imports: {@code cli.console}, {@code cli.option}, {@code forecast}, {@code kafka},
 * {@code kafka.admin}, {@code kafka.codec}, {@code kafka.wire}, {@code model}, {@code option}, the
 * Kafka clients, picocli and the JDK.
 */
package dev.weir.cli.tail;
