/**
 * Reads schemas from a schema registry with Confluent's REST API. Requests have a timeout, and
 * schemas have a maximum size.
 *
 * <p>Start at {@link dev.weir.kafka.registry.SchemaRegistry}.
 */
package dev.weir.kafka.registry;
