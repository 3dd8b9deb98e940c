/**
 * Records to bytes and back: observations, forecasts, scores, models and dead letters. Start at
 * {@link dev.weir.kafka.codec.ObservationDeserializer}, where an observation is decoded.
 */
package dev.weir.kafka.codec;
