package dev.weir.kafka.codec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.Incident;
import dev.weir.kafka.wire.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A record of the feedback topic, keyed by series: a JSON object such as {@code {"series":
 * "pump-7", "id": "024e9abb-...", "reason": "level", "start": "2026-01-31T00:00:00Z"}}.
 */
public final class FeedbackRecord {

  private FeedbackRecord() {}

  /**
   * That an incident was a false alarm.
   *
   * @param reason of the incident; of a break the one before it
   */
  public static ProducerRecord<byte[], byte[]> of(
      String topic, Incident incident, Incident.Reason reason) {
    ObjectNode object =
        Json.object()
            .put("series", incident.series())
            .put("id", incident.id())
            .put("reason", reason.label())
            .put("start", Instant.ofEpochMilli(incident.start()).toString());
    return new ProducerRecord<>(
        topic,
        incident.series().getBytes(StandardCharsets.UTF_8),
        object.toString().getBytes(StandardCharsets.UTF_8));
  }
}
