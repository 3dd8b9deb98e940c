/**
 * The client of a Confluent-compatible schema registry, bounded in time and size, and the schemas
 * that came from it. May import {@code kafka}, {@code kafka.wire} and Avro.
 */
package dev.weir.kafka.registry;
