package dev.weir.kafka.covariate;

import dev.weir.forecast.CovariateUpdate;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.Covariates;
import dev.weir.kafka.registry.AvroRecordReader;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;

/**
 * Covariates as Avro binary of {@code covariates.avsc}, or as JSON objects such as {@code
 * {"group":"berlin","time":"2026-01-31T12:00:00Z","features":[-3.5,null]}}. The first byte tells
 * both apart. Not thread-safe: buffers are reused.
 */
public final class CovariateCodec {

  private static final AvroBytes.Fields<CovariateUpdate> FIELDS = CovariateCodec::write;

  private final AvroBytes buffer = new AvroBytes(ConfluentWireFormat.NONE);
  private final AvroJson json = new AvroJson(Covariates.getClassSchema());
  private final AvroRecordReader<Covariates> plain =
      new AvroRecordReader<>("covariates", Covariates.class, null);
  private final AvroRecordReader<Covariates> reader;

  /**
   * @param registry where the schemas of Avro records are; null: plain Avro
   */
  public CovariateCodec(RegistrySettings registry) {
    this.reader =
        registry == null ? plain : new AvroRecordReader<>("covariates", Covariates.class, registry);
  }

  /** As plain Avro. */
  public byte[] encode(CovariateUpdate update) {
    return buffer.of(update, AvroBytes.utf8(update.group()), FIELDS);
  }

  private static void write(CovariateUpdate update, byte[] group, BinaryEncoder out)
      throws IOException {
    out.writeBytes(group);
    out.writeLong(update.time());
    out.writeArrayStart();
    out.setItemCount(update.features().length);
    for (double feature : update.features()) {
      out.startItem();
      out.writeDouble(feature);
    }
    out.writeArrayEnd();
  }

  /** Reads Avro or JSON; says nothing about whether the values make sense. */
  public CovariateUpdate decode(byte[] bytes) throws MalformedRecordException {
    Covariates record =
        AvroJson.isJson(bytes) ? plain.read(json.toAvro(bytes)) : reader.read(bytes);
    List<Double> features = record.getFeatures();
    return new CovariateUpdate(
        record.getGroup(),
        record.getTime().toEpochMilli(),
        features.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
