package dev.weir.kafka.wire;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The schemas of plain Avro. Our writers put the 64-bit fingerprint of theirs into the header
 * {@value #HEADER}; a record without it is tried against all schemas of observations.
 *
 * <p>Fingerprint: CRC-64-AVRO of the parsing canonical form, big-endian (Avro 1.12 specification,
 * "Schema Fingerprints").
 */
public final class WriterSchemas {

  public static final String HEADER = "weir-schema";

  public static final Schema OBSERVATION = dev.weir.kafka.avro.Observation.getClassSchema();

  /** An observation with its class, or one that ends a window. */
  public static final Schema LABELLED_OBSERVATION =
      dev.weir.kafka.avro.LabelledObservation.getClassSchema();

  /** An observation with covariates known ahead. */
  public static final Schema COVARIATE_OBSERVATION =
      dev.weir.kafka.avro.CovariateObservation.getClassSchema();

  /** The same for a registry: an observation's schema goes on under its own name. */
  public static final Schema REGISTERED_COVARIATE_OBSERVATION =
      Schema.createRecord(
          OBSERVATION.getName(),
          COVARIATE_OBSERVATION.getDoc(),
          OBSERVATION.getNamespace(),
          false,
          COVARIATE_OBSERVATION.getFields().stream()
              .map(field -> new Schema.Field(field, field.schema()))
              .toList());

  /** An observation without the optional fields, as other producers write it. */
  public static final Schema OBSERVATION_REQUIRED =
      Schema.createRecord(
          OBSERVATION.getName(),
          null,
          OBSERVATION.getNamespace(),
          false,
          OBSERVATION.getFields().stream()
              .filter(field -> !field.hasDefaultValue())
              .map(field -> new Schema.Field(field, field.schema()))
              .toList());

  /** The most usual first. */
  public static final List<Schema> OBSERVATIONS =
      List.of(OBSERVATION, LABELLED_OBSERVATION, OBSERVATION_REQUIRED, COVARIATE_OBSERVATION);

  private static final long[] FINGERPRINTS =
      OBSERVATIONS.stream().mapToLong(SchemaNormalization::parsingFingerprint64).toArray();

  private WriterSchemas() {}

  /** The schema of an observation that the headers name; null if they name none. */
  public static Schema named(Headers headers) throws MalformedRecordException {
    Header header = headers.lastHeader(HEADER);
    if (header == null) {
      return null;
    }
    byte[] value = header.value();
    if (value == null || value.length != Long.BYTES) {
      throw new MalformedRecordException(
          "header %s: expected 8 bytes, got %s"
              .formatted(HEADER, value == null ? "none" : value.length));
    }
    long fingerprint = ByteBuffer.wrap(value).getLong();
    for (int i = 0; i < FINGERPRINTS.length; i++) {
      if (FINGERPRINTS[i] == fingerprint) {
        return OBSERVATIONS.get(i);
      }
    }
    throw new MalformedRecordException(
        "header %s: expected the fingerprint of a known schema, got %016x"
            .formatted(HEADER, fingerprint));
  }

  /** The header's value for records written with {@code schema}. */
  public static byte[] fingerprint(Schema schema) {
    return ByteBuffer.allocate(Long.BYTES)
        .putLong(SchemaNormalization.parsingFingerprint64(schema))
        .array();
  }
}
