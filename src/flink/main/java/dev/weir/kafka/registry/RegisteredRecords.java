package dev.weir.kafka.registry;

import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.mapping.AvroReader;
import dev.weir.kafka.mapping.RecordSource;
import dev.weir.kafka.wire.ConfluentWireFormat;
import java.io.IOException;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;

/** Records of whatever schema a registry knows. */
public final class RegisteredRecords implements RecordSource {

  private static final long serialVersionUID = 1L;

  private final RegistrySettings registry;
  private transient RegistrySchemas<GenericDatumReader<GenericRecord>> schemas;
  private transient AvroReader avro;

  public RegisteredRecords(RegistrySettings registry) {
    this.registry = registry;
  }

  @Override
  public void open() {
    schemas = new RegistrySchemas<>(registry, GenericDatumReader::new);
    avro = new AvroReader();
  }

  @Override
  public IndexedRecord read(byte[] bytes) throws IOException {
    GenericDatumReader<GenericRecord> reader = schemas.reader(ConfluentWireFormat.id(bytes));
    return avro.read(reader, bytes, ConfluentWireFormat.LENGTH);
  }
}
