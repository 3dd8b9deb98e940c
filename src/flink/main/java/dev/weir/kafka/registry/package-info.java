/**
 * Reads schemas from a schema registry with Confluent's REST API. Requests have a timeout, and
 * schemas have a maximum size.
 *
 * <p>Start at {@link dev.weir.kafka.registry.SchemaRegistry}.
 *
 * <p>Allowed imports: {@code kafka}, {@code kafka.mapping}, {@code kafka.wire}, Avro, Flink,
 * Jackson, the Kafka clients, SLF4J and the JDK.
 */
package dev.weir.kafka.registry;
