/**
 * Checks the bytes of a record before Avro decodes them, turns Avro into JSON and back, and
 * implements Confluent's wire format.
 *
 * <p>Start at {@link dev.weir.kafka.wire.AvroBounds}. The exceptions for unusable bytes are here
 * too.
 */
package dev.weir.kafka.wire;
