/**
 * The bytes of records: limits that are checked before Avro decodes, Confluent's wire format, and
 * the errors of bytes that can't be used. May import Avro and the JDK.
 */
package dev.weir.kafka.wire;
