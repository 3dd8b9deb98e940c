package dev.weir.kafka.registry;

import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.mapping.AvroSource;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Records of whatever schema a registry knows. */
public final class RegisteredRecords implements AvroSource {

  private static final long serialVersionUID = 1L;

  private final RegistrySettings registry;
  private transient RegistrySchemas<GenericDatumReader<GenericRecord>> schemas;
  private transient AvroBounds bounds;
  private transient BinaryDecoder decoder;

  public RegisteredRecords(RegistrySettings registry) {
    this.registry = registry;
  }

  @Override
  public void open() {
    schemas = new RegistrySchemas<>(registry, GenericDatumReader::new);
    bounds = new AvroBounds();
  }

  @Override
  public IndexedRecord read(byte[] bytes) throws IOException {
    GenericDatumReader<GenericRecord> reader = schemas.reader(ConfluentWireFormat.id(bytes));
    int start = ConfluentWireFormat.LENGTH;
    bounds.check(reader.getSchema(), bytes, start);
    decoder = DecoderFactory.get().binaryDecoder(bytes, start, bytes.length - start, decoder);
    try {
      return reader.read(null, decoder);
    } catch (AvroRuntimeException e) {
      throw new MalformedRecordException("record: " + e.getMessage(), e);
    }
  }
}
