package dev.weir.kafka;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Which schema wrote a record. Our writers put the 64-bit fingerprint of their schema into the
 * header {@value #HEADER}; a record without it is tried against the schemas that a plain producer
 * may have used.
 *
 * <p>Fingerprint: CRC-64-AVRO of the parsing canonical form, big-endian (Avro 1.12 specification,
 * "Schema Fingerprints").
 */
final class WriterSchemas {

  static final String HEADER = "weir-schema";

  static final Schema OBSERVATION = dev.weir.kafka.avro.Observation.getClassSchema();

  /**
   * An observation without the optional fields: what a producer writes that never heard of them.
   */
  static final Schema OBSERVATION_REQUIRED =
      SchemaBuilder.record(OBSERVATION.getName())
          .namespace(OBSERVATION.getNamespace())
          .fields()
          .name("series")
          .type(OBSERVATION.getField("series").schema())
          .noDefault()
          .name("time")
          .type(OBSERVATION.getField("time").schema())
          .noDefault()
          .name("value")
          .type(OBSERVATION.getField("value").schema())
          .noDefault()
          .endRecord();

  private final List<Schema> schemas;
  private final Map<Long, Schema> byFingerprint = new HashMap<>();

  private WriterSchemas(List<Schema> schemas) {
    this.schemas = schemas;
    for (Schema schema : schemas) {
      byFingerprint.put(SchemaNormalization.parsingFingerprint64(schema), schema);
    }
  }

  static WriterSchemas ofObservations() {
    return new WriterSchemas(List.of(OBSERVATION, OBSERVATION_REQUIRED));
  }

  static WriterSchemas of(Schema schema) {
    return new WriterSchemas(List.of(schema));
  }

  /** All known schemas, the newest first. */
  List<Schema> all() {
    return schemas;
  }

  /** The schema named in the headers; null when they name none. */
  Schema named(Headers headers) throws MalformedException {
    Header header = headers.lastHeader(HEADER);
    if (header == null) {
      return null;
    }
    byte[] value = header.value();
    if (value == null || value.length != Long.BYTES) {
      throw new MalformedException(
          "header %s: expected 8 bytes, got %s"
              .formatted(HEADER, value == null ? "none" : value.length));
    }
    long fingerprint = ByteBuffer.wrap(value).getLong();
    Schema schema = byFingerprint.get(fingerprint);
    if (schema == null) {
      throw new MalformedException(
          "header %s: expected the fingerprint of a known schema, got %016x"
              .formatted(HEADER, fingerprint));
    }
    return schema;
  }

  /** The header's value for records written with {@code schema}. */
  static byte[] fingerprint(Schema schema) {
    return ByteBuffer.allocate(Long.BYTES)
        .putLong(SchemaNormalization.parsingFingerprint64(schema))
        .array();
  }
}
