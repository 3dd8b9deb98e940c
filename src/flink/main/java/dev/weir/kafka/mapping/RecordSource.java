package dev.weir.kafka.mapping;

import java.io.IOException;
import java.io.Serializable;

/**
 * Reads records that have a schema of their own, which no table format of Flink takes as it is. Not
 * thread-safe; {@link #open} is first.
 */
public interface RecordSource extends Serializable {

  /**
   * By the schema in a file.
   *
   * @throws IllegalArgumentException when the file does not hold it
   */
  static RecordSource of(SchemaFile file) {
    return file.message() == null ? new AvroRecords(file) : new ProtobufRecords(file);
  }

  void open();

  /**
   * The record as Avro or Protobuf gives it.
   *
   * @throws dev.weir.kafka.wire.UnknownSchemaException when the schema is not to be had
   * @throws IOException when the bytes are not a record of their schema
   */
  Object read(byte[] bytes) throws IOException;
}
