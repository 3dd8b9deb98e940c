/**
 * Implements {@code weir evaluate} and {@code weir forecast}, which read series from CSV files, run
 * the engine of a job on them and need neither Kafka nor Flink.
 *
 * <p>Start at {@link dev.weir.cli.evaluate.EvaluateCommand} or {@link
 * dev.weir.cli.evaluate.ForecastCommand}.
 */
package dev.weir.cli.evaluate;
