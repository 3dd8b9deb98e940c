/**
 * Reads records of any topic as observations: a mapping says which fields hold what, a table format
 * of Flink reads the bytes, or Avro's or Protobuf's own reader where records have a schema.
 *
 * <p>Start at {@link dev.weir.kafka.mapping.MappedRecords}. {@link
 * dev.weir.kafka.mapping.ObservationMapping} is the mapping; {@link
 * dev.weir.kafka.mapping.MappedSchema} is the part of a record that it names, as a type of Flink.
 */
package dev.weir.kafka.mapping;
