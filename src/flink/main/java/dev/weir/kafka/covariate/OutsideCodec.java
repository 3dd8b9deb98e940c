package dev.weir.kafka.covariate;

import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.OutsideForecast;
import dev.weir.kafka.registry.AvroOrJsonReader;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Outside forecasts as Avro binary of {@code outside.avsc}, or as JSON objects such as {@code
 * {"series":"load","model":"lear","made":"2026-01-31T11:00:00Z","origin":"2026-01-31T12:00:00Z",
 * "values":[41.5,null]}}. The first byte tells both apart. Not thread-safe: buffers are reused.
 */
public final class OutsideCodec {

  private static final AvroBytes.Fields<OutsideForecast> FIELDS = OutsideCodec::write;

  private static final SpecificDatumWriter<OutsideForecast> WRITER =
      new SpecificDatumWriter<>(OutsideForecast.class);

  private final AvroBytes buffer = new AvroBytes(ConfluentWireFormat.NONE);
  private final AvroOrJsonReader<OutsideForecast> reader;

  /**
   * @param registry where the schemas of Avro records are; null: plain Avro
   */
  public OutsideCodec(RegistrySettings registry) {
    this.reader =
        new AvroOrJsonReader<>(
            "outside forecast", OutsideForecast.class, OutsideForecast.getClassSchema(), registry);
  }

  /** As plain Avro. */
  public byte[] encode(OutsideForecast forecast) {
    return buffer.of(forecast, null, FIELDS);
  }

  private static void write(OutsideForecast forecast, byte[] series, BinaryEncoder out)
      throws IOException {
    WRITER.write(forecast, out);
  }

  /** Reads Avro or JSON; says nothing about whether the values make sense. */
  public OutsideForecast decode(byte[] bytes) throws MalformedRecordException {
    return reader.read(bytes);
  }
}
