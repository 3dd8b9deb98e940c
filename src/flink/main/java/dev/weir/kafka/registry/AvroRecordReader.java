package dev.weir.kafka.registry;

import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.AvroBounds;
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
 * Generated records out of plain Avro, or out of the bytes of whatever schema a registry knows. Not
 * thread-safe.
 */
public final class AvroRecordReader<T extends SpecificRecord> {

  private final String what;
  private final SpecificDatumReader<T> plain;
  private final SpecificDatumReader<T> older; // of plain records of an older schema; null if absent
  private final RegistrySchemas<SpecificDatumReader<T>> registered; // null: plain Avro
  private final AvroBounds bounds = new AvroBounds();
  private BinaryDecoder decoder;

  /**
   * @param what the record's name in messages
   * @param registry null for plain Avro
   */
  public AvroRecordReader(String what, Class<T> type, RegistrySettings registry) {
    this(what, type, registry, null);
  }

  /**
   * @param older what earlier builds wrote as plain Avro: the schema without its last fields; null
   *     if there was no other
   */
  public AvroRecordReader(String what, Class<T> type, RegistrySettings registry, Schema older) {
    this.what = what;
    this.plain = new SpecificDatumReader<>(type);
    this.older = older == null ? null : new SpecificDatumReader<>(older, plain.getExpected());
    this.registered = registry == null ? null : new RegistrySchemas<>(registry, this::compile);
  }

  private SpecificDatumReader<T> compile(Schema writer) throws UnknownSchemaException {
    UntrustedSchema.readerOf(writer, plain.getExpected());
    return new SpecificDatumReader<>(writer, plain.getExpected());
  }

  private boolean isOlder(byte[] bytes) {
    try {
      bounds.check(older.getSchema(), bytes, 0);
      return true;
    } catch (MalformedRecordException e) {
      return false;
    }
  }

  /** Reads a record of whatever schema it was written with. */
  public T read(byte[] bytes) throws MalformedRecordException {
    SpecificDatumReader<T> reader = plain;
    int start = 0;
    if (registered != null) {
      reader = registered.reader(ConfluentWireFormat.id(bytes));
      start = ConfluentWireFormat.LENGTH;
    }
    try {
      bounds.check(reader.getSchema(), bytes, start);
    } catch (MalformedRecordException e) {
      if (registered != null || older == null || !isOlder(bytes)) {
        throw e;
      }
      reader = older;
    }
    try {
      decoder = DecoderFactory.get().binaryDecoder(bytes, start, bytes.length - start, decoder);
      return reader.read(null, decoder);
    } catch (IOException | RuntimeException e) {
      throw new MalformedRecordException(what + ": " + e.getMessage(), e);
    }
  }
}
