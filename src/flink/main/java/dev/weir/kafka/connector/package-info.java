/**
 * Builds the job's sources and sink with Flink's Kafka connector, and writes observations for
 * commands and tests ({@link dev.weir.kafka.connector.ObservationProducer}).
 *
 * <p>Start at {@link dev.weir.kafka.connector.KafkaConnectors}.
 */
package dev.weir.kafka.connector;
