/**
 * Connections to Kafka: the settings of brokers, topics, registry and source range. The packages
 * below it decode and encode records ({@code codec}), connect the job ({@code connector}) and
 * inspect topics ({@code admin}).
 *
 * <p>May import {@code dev.weir.forecast}, {@code dev.weir.model}, Flink's connector API, the Kafka
 * connector and clients, and Avro; never {@code dev.weir.stream} or {@code dev.weir.sql}.
 */
package dev.weir.kafka;
