package dev.weir.kafka.mapping;

import java.io.IOException;
import java.io.Serializable;

/**
 * Reads records that have a schema of their own, which no table format of Flink takes as it is. Not
 * thread-safe; {@link #open} is first.
 */
public interface RecordSource extends Serializable {

  void open();

  /**
   * The record as Avro or Protobuf gives it.
   *
   * @throws dev.weir.kafka.wire.UnknownSchemaException when the schema is not to be had
   * @throws IOException when the bytes are not a record of their schema
   */
  Object read(byte[] bytes) throws IOException;
}
