/**
 * Forecasts a series from its observations: {@link dev.weir.forecast.engine.SeriesForecaster}
 * drives windows, learner and networks for one series at a time, and its host (Flink's operator,
 * SQL, a test) supplies state, timers and output. May import all packages of {@code forecast}.
 */
package dev.weir.forecast.engine;
