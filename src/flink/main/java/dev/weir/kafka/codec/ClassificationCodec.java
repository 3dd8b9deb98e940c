package dev.weir.kafka.codec;

import dev.weir.forecast.Classification;
import dev.weir.kafka.registry.AvroRecordReader;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.WriterSchemas;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;

/**
 * Classifications as plain Avro binary of {@code classification.avsc}, or as JSON objects of the
 * same fields, with times as ISO 8601 in UTC. Not thread-safe: buffers are reused.
 */
public final class ClassificationCodec {

  private static final AvroBytes.Fields<Classification> FIELDS = ClassificationCodec::write;

  public static final Schema SCHEMA = dev.weir.kafka.avro.Classification.getClassSchema();

  private final AvroBytes buffer = new AvroBytes(ConfluentWireFormat.NONE);
  private final AvroJson json = new AvroJson(SCHEMA);
  private final AvroRecordReader<dev.weir.kafka.avro.Classification> reader =
      new AvroRecordReader<>("classification", dev.weir.kafka.avro.Classification.class, null);

  /** The header value that names the schema of {@link #encode}'s bytes. */
  public static byte[] fingerprint() {
    return WriterSchemas.fingerprint(SCHEMA);
  }

  /** As Avro. */
  public byte[] encode(Classification classification) {
    return encode(classification, AvroBytes.utf8(classification.series()));
  }

  /**
   * @param series the classification's series, in UTF-8
   */
  byte[] encode(Classification classification, byte[] series) {
    return buffer.of(classification, series, FIELDS);
  }

  private static void write(Classification said, byte[] series, BinaryEncoder out)
      throws IOException {
    out.writeBytes(series);
    out.writeLong(said.windowStart());
    out.writeLong(said.windowEnd());
    out.writeInt(said.steps());
    out.writeString(said.label());
    AvroBytes.writeOptional(said.probability(), out);
    out.writeArrayStart();
    out.setItemCount(said.probabilities().length);
    for (int k = 0; k < said.probabilities().length; k++) {
      out.startItem();
      out.writeString(said.classes().get(k));
      out.writeDouble(said.probabilities()[k]);
    }
    out.writeArrayEnd();
    out.writeString(said.model());
    out.writeLong(said.modelVersion());
    out.writeLong(said.labels());
    AvroBytes.writeOptional(said.accuracy(), out);
    AvroBytes.writeOptional(said.logLoss(), out);
    out.writeString(said.status().name());
  }

  /** As JSON. */
  public byte[] toJson(Classification said) {
    return json.toJson(encode(said));
  }

  /** Reads Avro or JSON. */
  public Classification decode(byte[] bytes) throws MalformedRecordException {
    try {
      return ofAvro(reader.read(AvroJson.isJson(bytes) ? json.toAvro(bytes) : bytes));
    } catch (IOException | RuntimeException e) {
      throw new MalformedRecordException("classification: " + e.getMessage(), e);
    }
  }

  private static Classification ofAvro(dev.weir.kafka.avro.Classification record) {
    return new Classification(
        record.getSeries(),
        record.getWindowStart().toEpochMilli(),
        record.getWindowEnd().toEpochMilli(),
        record.getSteps(),
        record.getLabel(),
        record.getClasses().stream().map(c -> c.getLabel()).toList(),
        record.getClasses().stream().mapToDouble(c -> c.getProbability()).toArray(),
        record.getModel(),
        record.getModelVersion(),
        record.getLabels(),
        record.getAccuracy() == null ? Double.NaN : record.getAccuracy(),
        record.getLogLoss() == null ? Double.NaN : record.getLogLoss(),
        Classification.Status.valueOf(record.getStatus()));
  }
}
