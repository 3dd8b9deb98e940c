/**
 * Reads schemas from a schema registry with Confluent's REST API. Requests and schemas are limited
 * in time and size.
 *
 * <p>Start at {@link dev.weir.kafka.registry.SchemaRegistry}.
 *
 * <p>Allowed imports: {@code kafka}, {@code kafka.wire}, Avro, Flink, Jackson, the Kafka clients,
 * SLF4J and the JDK.
 */
package dev.weir.kafka.registry;
