/**
 * Runs the forecasting in Flink: the keyed operators with their state, timers and broadcast models,
 * the serializers of records, the watermarks and the metrics.
 *
 * <p>Start at {@code SeriesFunction}, the keyed operator of forecasts ({@code ForecastFunction})
 * and of classes ({@code ClassifyFunction}). Its method {@code processBroadcastElement} replaces
 * the weights of a running job. {@link dev.weir.forecast.engine} and {@link dev.weir.classify}
 * contain the calculations.
 */
package dev.weir.stream;
