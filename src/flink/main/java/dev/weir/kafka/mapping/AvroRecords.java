package dev.weir.kafka.mapping;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;

/** Avro records that all have one schema, with nothing before them. */
final class AvroRecords implements RecordSource {

  private static final long serialVersionUID = 1L;

  private final String schema;
  private transient AvroReader avro;
  private transient GenericDatumReader<GenericRecord> reader;

  /**
   * @throws IllegalArgumentException when the file holds no schema of a record
   */
  AvroRecords(SchemaFile file) {
    schema = new String(file.bytes(), StandardCharsets.UTF_8);
    parse();
  }

  private Schema parse() {
    try {
      Schema parsed = new Schema.Parser().parse(schema);
      if (parsed.getType() == Schema.Type.RECORD) {
        return parsed;
      }
      throw new IllegalArgumentException(
          "schema-file: expected the schema of a record, got one of type "
              + parsed.getType().getName());
    } catch (AvroRuntimeException | StackOverflowError e) {
      throw new IllegalArgumentException(
          "schema-file: expected an Avro schema, got: " + SchemaFile.firstLine(e), e);
    }
  }

  @Override
  public void open() {
    avro = new AvroReader();
    reader = new GenericDatumReader<>(parse());
  }

  @Override
  public IndexedRecord read(byte[] bytes) throws IOException {
    return avro.read(reader, bytes, 0);
  }
}
