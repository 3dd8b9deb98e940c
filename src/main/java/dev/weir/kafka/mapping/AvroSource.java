package dev.weir.kafka.mapping;

import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.generic.IndexedRecord;

/**
 * Reads Avro records whose schemas somebody else knows. Not thread-safe; {@link #open} is first.
 */
public interface AvroSource extends Serializable {

  void open();

  /**
   * @throws dev.weir.kafka.wire.UnknownSchemaException when the schema is not to be had
   * @throws IOException when the bytes are not a record of their schema
   */
  IndexedRecord read(byte[] bytes) throws IOException;
}
