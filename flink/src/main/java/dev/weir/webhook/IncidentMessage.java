package dev.weir.webhook;

import dev.weir.kafka.avro.Incident;
import dev.weir.kafka.wire.AvroJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * A record of an incident as it is posted.
 *
 * @param key names the record, the same whenever it is sent: incident, event, severity and reason
 * @param place partition and offset, for messages
 * @param body the record as JSON, with the fields of {@code incident.avsc}
 */
record IncidentMessage(String incident, String event, String key, String place, byte[] body) {

  private static final String OF_HEADER = "[A-Za-z0-9_.-]{1,100}";

  /**
   * The message of a record.
   *
   * @throws IllegalArgumentException if id, event, severity or reason can't be in a header
   */
  static IncidentMessage of(Incident incident, String place) {
    String key =
        "%s-%s-%s-%s"
            .formatted(
                incident.getId(),
                incident.getEvent(),
                incident.getSeverity(),
                incident.getReason());
    if (!key.matches(OF_HEADER)) {
      throw new IllegalArgumentException(
          "expected an id, event, severity and reason of letters, digits and '-', got others");
    }
    return new IncidentMessage(
        incident.getId(), incident.getEvent(), key.toLowerCase(Locale.ROOT), place, json(incident));
  }

  /** Names the record in messages. */
  @Override
  public String toString() {
    return "incident %s (%s, %s)".formatted(incident, event, place);
  }

  private static byte[] json(Incident incident) {
    ByteArrayOutputStream avro = new ByteArrayOutputStream(512);
    BinaryEncoder out = EncoderFactory.get().binaryEncoder(avro, null);
    try {
      new SpecificDatumWriter<>(Incident.class).write(incident, out);
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException("in memory", e);
    }
    return new AvroJson(Incident.getClassSchema()).toJson(avro.toByteArray());
  }
}
