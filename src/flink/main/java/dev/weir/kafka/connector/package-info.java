/**
 * Builds the job's sources and sink with Flink's Kafka connector, and writes observations for
 * commands and tests ({@link dev.weir.kafka.connector.ObservationProducer}).
 *
 * <p>Start at {@link dev.weir.kafka.connector.KafkaConnectors}.
 *
 * <p>Allowed imports: {@code forecast}, {@code kafka}, {@code kafka.avro}, {@code kafka.codec},
 * {@code kafka.covariate}, {@code kafka.wire}, Flink, the Kafka clients, SLF4J and the JDK.
 */
package dev.weir.kafka.connector;
