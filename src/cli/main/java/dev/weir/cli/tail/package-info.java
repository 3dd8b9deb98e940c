/**
 * Implements {@code weir tail}, which prints new forecasts and scores of a job.
 *
 * <p>Start at {@link dev.weir.cli.tail.TailCommand}.
 */
package dev.weir.cli.tail;
