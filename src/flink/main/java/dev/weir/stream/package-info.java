/**
 * Runs the forecasting in Flink: the keyed operators with their state, timers and broadcast models,
 * the serializers of records, the watermarks and the metrics.
 *
 * <p>Start at {@code ForecastFunction}. Its method {@code processBroadcastElement} replaces the
 * weights of a running job. {@link dev.weir.forecast} contains the calculations. {@code
 * ClassifyFunction} is the same for classes, with {@link dev.weir.classify.series}.
 *
 * <p>Allowed imports: {@code classify.series}, {@code forecast}, {@code forecast.alarm}, {@code
 * forecast.engine}, {@code forecast.learn}, {@code forecast.shared}, {@code forecast.window},
 * {@code model}, {@code rnn}, {@code state}, Flink, SLF4J and the JDK.
 */
package dev.weir.stream;
