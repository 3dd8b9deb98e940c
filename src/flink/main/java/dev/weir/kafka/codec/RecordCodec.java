package dev.weir.kafka.codec;

import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.registry.AvroRecordReader;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import java.util.function.ToIntFunction;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Records of a topic as Avro binary: plain, or behind the id of their schema in a registry; or as
 * JSON with the same fields, times as ISO 8601 in UTC. A codec says how the fields are written, in
 * the schema's order, so that no generated record is built, and what a generated record means.
 *
 * <p>Not thread-safe: buffers are reused.
 *
 * @param <T> the record
 * @param <R> the class that is generated from its schema
 */
public abstract class RecordCodec<T, R extends SpecificRecord> {

  private final String what;
  private final AvroBytes buffer;
  private final AvroBytes.Fields<T> fields = this::write;
  private final AvroJson json;
  private final Class<R> type;
  private final RegistrySettings registry; // null: plain Avro
  private AvroRecordReader<R> reader; // of the first record: who only writes needs no secret

  /**
   * @param what the record's name in messages
   * @param registry null for plain Avro; to write, our schema must be registered there
   * @param id of our schema in it
   */
  RecordCodec(
      String what, Class<R> type, RegistrySettings registry, ToIntFunction<RegistrySettings> id) {
    this.what = what;
    this.type = type;
    this.registry = registry;
    this.buffer =
        new AvroBytes(
            registry == null
                ? ConfluentWireFormat.NONE
                : ConfluentWireFormat.of(id.applyAsInt(registry)));
    this.json = new AvroJson(SpecificData.get().getSchema(type));
  }

  abstract String series(T record);

  abstract void write(T record, byte[] series, BinaryEncoder out) throws IOException;

  /** Throws a {@link RuntimeException} on what no record has. */
  abstract T of(R record);

  /** As Avro. */
  public final byte[] encode(T record) {
    return encode(record, AvroBytes.utf8(series(record)));
  }

  /**
   * @param series the record's series, in UTF-8
   */
  final byte[] encode(T record, byte[] series) {
    return buffer.of(record, series, fields);
  }

  /** As JSON, where no registry is asked. */
  public final byte[] toJson(T record) {
    return json.toJson(encode(record));
  }

  /**
   * Reads Avro or JSON.
   *
   * @throws IllegalStateException if a secret of the registry is missing
   */
  public final T decode(byte[] bytes) throws MalformedRecordException {
    if (reader == null) {
      reader = new AvroRecordReader<>(what, type, registry);
    }
    R record = reader.read(bytes);
    try {
      return of(record);
    } catch (RuntimeException e) {
      throw new MalformedRecordException(what + ": " + e.getMessage(), e);
    }
  }
}
