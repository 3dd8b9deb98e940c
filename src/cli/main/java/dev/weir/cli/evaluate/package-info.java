/**
 * Implements {@code weir evaluate} and {@code weir forecast}, which read series from CSV files, run
 * the engine of a job on them and need neither Kafka nor Flink.
 *
 * <p>Start at {@link dev.weir.cli.evaluate.EvaluateCommand} or {@link
 * dev.weir.cli.evaluate.ForecastCommand}.
 *
 * <p>Allowed imports: {@code cli.classify}, {@code cli.console}, {@code cli.grid}, {@code
 * cli.option}, {@code cli.series}, {@code dashboard.http}, {@code forecast}, {@code
 * forecast.alarm}, {@code forecast.engine}, {@code forecast.expert}, {@code forecast.learn}, {@code
 * forecast.score}, {@code forecast.window}, {@code holiday}, {@code kafka.covariate}, {@code
 * kafka.wire}, {@code model}, {@code option}, {@code spec}, all packages of {@code job}, Jackson,
 * SnakeYAML, picocli and the JDK.
 */
package dev.weir.cli.evaluate;
