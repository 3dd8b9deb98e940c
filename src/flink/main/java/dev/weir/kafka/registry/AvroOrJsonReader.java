package dev.weir.kafka.registry;

import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.kafka.wire.MalformedRecordException;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Generated records out of Avro, or out of JSON objects with the same fields. The first byte tells
 * both apart. Not thread-safe.
 */
public final class AvroOrJsonReader<T extends SpecificRecord> {

  private final AvroJson json;
  private final AvroRecordReader<T> plain;
  private final AvroRecordReader<T> reader;

  /**
   * @param what the record's name in messages
   * @param type whose first field is a string
   * @param registry where the schemas of Avro records are; null: plain Avro
   */
  public AvroOrJsonReader(String what, Class<T> type, RegistrySettings registry) {
    this.json = new AvroJson(SpecificData.get().getSchema(type));
    this.plain = new AvroRecordReader<>(what, type, null);
    this.reader = registry == null ? plain : new AvroRecordReader<>(what, type, registry);
  }

  /** Reads a record; says nothing about whether its values make sense. */
  public T read(byte[] bytes) throws MalformedRecordException {
    return AvroJson.isJson(bytes) ? plain.read(json.toAvro(bytes)) : reader.read(bytes);
  }
}
