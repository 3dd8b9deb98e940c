package dev.weir.kafka.registry;

import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.UnknownSchemaException;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * Generated records out of plain Avro, or out of the bytes of whatever schema a registry knows; or
 * out of JSON objects with the same fields. The first byte tells JSON and Avro apart. Not
 * thread-safe.
 */
public final class AvroRecordReader<T extends SpecificRecord> {

  private final String what;
  private final SpecificDatumReader<T> plain;
  private final RegistrySchemas<SpecificDatumReader<T>> registered; // null: plain Avro
  private final AvroJson json;
  private final AvroBounds bounds = new AvroBounds();
  private BinaryDecoder decoder;

  /**
   * @param what the record's name in messages
   * @param type whose first field is a string
   * @param registry where the schemas of Avro records are; null: plain Avro
   */
  public AvroRecordReader(String what, Class<T> type, RegistrySettings registry) {
    this.what = what;
    this.plain = new SpecificDatumReader<>(type);
    this.json = new AvroJson(plain.getSchema());
    this.registered = registry == null ? null : new RegistrySchemas<>(registry, this::compile);
  }

  private SpecificDatumReader<T> compile(Schema writer) throws UnknownSchemaException {
    UntrustedSchema.readerOf(writer, plain.getExpected());
    return new SpecificDatumReader<>(writer, plain.getExpected());
  }

  /** Reads a record; says nothing about whether its values make sense. */
  public T read(byte[] record) throws MalformedRecordException {
    boolean isJson = AvroJson.isJson(record);
    byte[] bytes = isJson ? json.toAvro(record) : record;
    SpecificDatumReader<T> reader = plain;
    int start = 0;
    if (registered != null && !isJson) {
      reader = registered.reader(ConfluentWireFormat.id(bytes));
      start = ConfluentWireFormat.LENGTH;
    }
    bounds.check(reader.getSchema(), bytes, start);
    try {
      decoder = DecoderFactory.get().binaryDecoder(bytes, start, bytes.length - start, decoder);
      return reader.read(null, decoder);
    } catch (IOException | RuntimeException e) {
      throw new MalformedRecordException(what + ": " + e.getMessage(), e);
    }
  }
}
