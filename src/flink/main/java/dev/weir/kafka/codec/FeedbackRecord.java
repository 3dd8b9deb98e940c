package dev.weir.kafka.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.Incident;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A record of the feedback topic, keyed by series: a JSON object such as {@code {"series":
 * "pump-7", "id": "024e9abb-...", "reason": "level", "start": "2026-01-31T00:00:00Z", "by":
 * "ana"}}; its timestamp says when.
 */
public final class FeedbackRecord {

  private FeedbackRecord() {}

  /**
   * Who dismissed an incident, and when.
   *
   * @param by empty where the record does not say
   * @param time milliseconds since 1970 in UTC
   */
  public record Dismissal(String id, String by, long time) {}

  /** What a record says for those who look at incidents; null of one that says nothing. */
  public static Dismissal read(ConsumerRecord<byte[], byte[]> record) {
    try {
      byte[] value = record.value() == null ? new byte[0] : record.value();
      JsonNode node = Json.record("feedback", value);
      String by = AvroBounds.quoted(node.path("by").asText(""));
      return new Dismissal(LabelCodec.text(node, "id"), by, record.timestamp());
    } catch (IOException e) {
      return null; // the job reports it
    }
  }

  /**
   * That an incident was a false alarm.
   *
   * @param by who says so
   */
  public static ProducerRecord<byte[], byte[]> of(
      String topic, Incident incident, Incident.Reason reason, String by) {
    ObjectNode object =
        Json.object()
            .put("series", incident.series())
            .put("id", incident.id())
            .put("reason", reason.label())
            .put("start", Instant.ofEpochMilli(incident.start()).toString())
            .put("by", by);
    return new ProducerRecord<>(
        topic,
        incident.series().getBytes(StandardCharsets.UTF_8),
        object.toString().getBytes(StandardCharsets.UTF_8));
  }
}
