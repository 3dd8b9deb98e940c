package dev.weir.kafka.mapping;

import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Reads Avro of any schema, after a look at its bounds. Not thread-safe. */
public final class AvroReader {

  private final AvroBounds bounds = new AvroBounds();
  private BinaryDecoder decoder;

  /**
   * @param reader of the writer's schema
   * @param start of the record in the bytes
   * @throws IOException when the bytes are not a record of the schema
   */
  public IndexedRecord read(GenericDatumReader<GenericRecord> reader, byte[] bytes, int start)
      throws IOException {
    bounds.checkForeign(reader.getSchema(), bytes, start);
    decoder = DecoderFactory.get().binaryDecoder(bytes, start, bytes.length - start, decoder);
    try {
      return reader.read(null, decoder);
    } catch (AvroRuntimeException e) {
      throw new MalformedRecordException("record: " + e.getMessage(), e);
    }
  }
}
