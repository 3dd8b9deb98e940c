package dev.weir.kafka.codec;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.kafka.registry.AvroRecordReader;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.Json;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import org.apache.avro.io.BinaryEncoder;

/**
 * Labels as plain Avro binary of {@code label.avsc}, or as JSON objects such as {@code {"series":
 * "pump-7", "time": "2026-01-31T00:00:00Z", "label": "fault"}}; a time may also be a number since
 * 1970. The first byte tells both apart. Not thread-safe.
 */
public final class LabelCodec {

  private static final AvroBytes.Fields<Label> FIELDS = LabelCodec::write;

  private final AvroBytes buffer = new AvroBytes(ConfluentWireFormat.NONE);
  private final AvroRecordReader<dev.weir.kafka.avro.Label> reader =
      new AvroRecordReader<>("label", dev.weir.kafka.avro.Label.class, null);

  /**
   * A label as its record says it.
   *
   * @param time milliseconds since 1970 in UTC
   */
  public record Label(String series, long time, String label) {}

  /** As Avro. */
  public byte[] encode(Label label) {
    return buffer.of(label, AvroBytes.utf8(label.series()), FIELDS);
  }

  private static void write(Label label, byte[] series, BinaryEncoder out) throws IOException {
    out.writeBytes(series);
    out.writeLong(label.time());
    out.writeString(label.label());
  }

  /** Reads Avro or JSON; says nothing about whether the values make sense. */
  public Label decode(byte[] bytes) throws MalformedRecordException {
    if (!AvroJson.isJson(bytes)) {
      dev.weir.kafka.avro.Label record = reader.read(bytes);
      return new Label(record.getSeries(), record.getTime().toEpochMilli(), record.getLabel());
    }
    JsonNode node = Json.record("label", bytes);
    String series = text(node, "series");
    long time = AvroJson.time("time", node.path("time"));
    return new Label(series, time, text(node, "label"));
  }

  static String text(JsonNode node, String field) throws MalformedRecordException {
    JsonNode value = node.path(field);
    if (!value.isTextual() && !value.isIntegralNumber() && !value.isBoolean()) {
      throw AvroJson.wrong(field, "text", value);
    }
    return value.asText();
  }
}
