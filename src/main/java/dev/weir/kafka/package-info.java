/**
 * Bytes to records and back: Avro codecs, the sources, the one sink, dead letters, topics.
 *
 * <p>May import {@code dev.weir.forecast}, {@code dev.weir.model}, Flink's connector API, the Kafka
 * connector and clients, and Avro; never {@code dev.weir.stream} or {@code dev.weir.sql}.
 */
package dev.weir.kafka;
