package dev.weir.kafka.covariate;

import dev.weir.forecast.CovariateUpdate;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.Covariates;
import dev.weir.kafka.registry.AvroOrJsonReader;
import dev.weir.kafka.wire.AvroBytes;
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
  private final AvroOrJsonReader<Covariates> reader;

  /**
   * @param registry where the schemas of Avro records are; null: plain Avro
   */
  public CovariateCodec(RegistrySettings registry) {
    this.reader =
        new AvroOrJsonReader<>(
            "covariates", Covariates.class, Covariates.getClassSchema(), registry);
  }

  /** As plain Avro. */
  public byte[] encode(CovariateUpdate update) {
    return buffer.of(update, AvroBytes.utf8(update.group()), FIELDS);
  }

  private static void write(CovariateUpdate update, byte[] group, BinaryEncoder out)
      throws IOException {
    out.writeBytes(group);
    out.writeLong(update.time());
    AvroBytes.writeArray(update.features(), out);
  }

  /** Reads Avro or JSON; says nothing about whether the values make sense. */
  public CovariateUpdate decode(byte[] bytes) throws MalformedRecordException {
    Covariates record = reader.read(bytes);
    List<Double> features = record.getFeatures();
    return new CovariateUpdate(
        record.getGroup(),
        record.getTime().toEpochMilli(),
        features.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
