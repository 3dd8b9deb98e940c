/**
 * Flink's side of forecasting: the keyed operator that joins windows and forecasters, its state,
 * timers and broadcast models, the serializers, the watermarks. No arithmetic.
 *
 * <p>May import {@code dev.weir.forecast}, {@code dev.weir.model}, {@code dev.weir.state} and
 * Flink; never {@code dev.weir.kafka} or {@code dev.weir.sql}.
 */
package dev.weir.stream;
