package dev.weir.kafka;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Records as Avro's own writer writes them. */
public final class AvroEncoded {

  private AvroEncoded() {}

  /**
   * @param prefix bytes before those of the record
   */
  public static byte[] bytes(GenericRecord record, byte... prefix) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(prefix);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return out.toByteArray();
  }
}
