package dev.weir.cli.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;

/** A record as one line of JSON with the names and units of its Avro schema. */
public final class JsonLine {

  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonLine() {}

  /**
   * @param avro the record as plain Avro
   */
  public static String of(Schema schema, byte[] avro) {
    GenericData data = new GenericData();
    try {
      Object record =
          new GenericDatumReader<>(schema, schema, data)
              .read(null, DecoderFactory.get().binaryDecoder(avro, null));
      return JSON.readTree(data.toString(record)).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
