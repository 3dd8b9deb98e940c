/**
 * Converts observations, labels, forecasts, scores, incidents, classes, models and dead letters to
 * bytes and back.
 *
 * <p>Start at {@link dev.weir.kafka.codec.ObservationDeserializer}, which turns an unreadable
 * record into a dead letter. {@link dev.weir.kafka.codec.OutputRecords} chooses the topic of each
 * output and writes the schema header; {@link dev.weir.kafka.codec.DeadLetterCodec} writes the
 * headers of a dead letter.
 *
 * <p>Allowed imports: {@code forecast}, {@code kafka}, {@code kafka.avro}, {@code kafka.mapping},
 * {@code kafka.registry}, {@code kafka.wire}, {@code model}, Avro, Flink, Jackson, the Kafka
 * clients, SLF4J and the JDK.
 */
package dev.weir.kafka.codec;
