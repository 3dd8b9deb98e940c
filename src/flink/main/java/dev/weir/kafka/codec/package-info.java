/**
 * Converts observations, labels, forecasts, scores, incidents, classes, models and dead letters to
 * bytes and back.
 *
 * <p>Start at {@link dev.weir.kafka.codec.ObservationDeserializer}, which turns an unreadable
 * record into a dead letter. {@link dev.weir.kafka.codec.OutputRecords} chooses the topic of each
 * output and writes the schema header; {@link dev.weir.kafka.codec.DeadLetterCodec} writes the
 * headers of a dead letter.
 */
package dev.weir.kafka.codec;
