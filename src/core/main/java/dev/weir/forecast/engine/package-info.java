/**
 * Processes each observation of a series: orders it, learns from it, and emits forecasts, scores
 * and dead letters.
 *
 * <p>Start at {@link dev.weir.forecast.engine.SeriesForecaster}. It processes one series at a time:
 * a call takes what is kept of the series, a {@link dev.weir.forecast.engine.ForecastState},
 * changes it, and returns a {@link dev.weir.forecast.engine.ForecastResult} with all that is to be
 * sent and counted, and when to call again. The callers are Flink's operator, SQL, the library and
 * tests.
 */
package dev.weir.forecast.engine;
