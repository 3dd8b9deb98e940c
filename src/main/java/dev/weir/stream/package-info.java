/**
 * Flink's side of forecasting: the keyed operator with its state, timers and broadcast models, the
 * serializers of records, the watermarks and the metrics. No arithmetic.
 *
 * <p>May import {@code dev.weir.forecast}, {@code dev.weir.model}, {@code dev.weir.state} and
 * Flink; never {@code dev.weir.kafka} or {@code dev.weir.sql}.
 */
package dev.weir.stream;
