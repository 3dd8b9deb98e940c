/**
 * Processes each observation of a series: orders it, learns from it, and emits forecasts, scores
 * and dead letters.
 *
 * <p>Start at {@link dev.weir.forecast.engine.SeriesForecaster}. It processes one series at a time
 * and reports a late observation as a dead letter. Its {@link
 * dev.weir.forecast.engine.SeriesContext} provides state, timers and output; Flink's operator, SQL
 * and tests implement this interface.
 *
 * <p>Allowed imports: {@code forecast}, {@code forecast.alarm}, {@code forecast.expert}, {@code
 * forecast.learn}, {@code forecast.network}, {@code forecast.score}, {@code forecast.window},
 * {@code model} and the JDK.
 */
package dev.weir.forecast.engine;
