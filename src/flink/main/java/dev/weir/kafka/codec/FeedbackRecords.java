package dev.weir.kafka.codec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.FeedbackEvent.Kind;
import dev.weir.forecast.Incident;
import dev.weir.kafka.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Records of the feedback topic, keyed by series: JSON objects such as {@code {"series": "pump-7",
 * "kind": "dismiss", "id": "024e9abb-...", "reason": "level", "start": "2026-01-31T00:00:00Z"}}.
 */
public final class FeedbackRecords {

  private FeedbackRecords() {}

  /**
   * That an incident is dismissed or confirmed.
   *
   * @param reason of the incident, which a break may have before it is one
   * @param note may be empty
   */
  public static ProducerRecord<byte[], byte[]> ofIncident(
      String topic, Kind kind, Incident incident, Incident.Reason reason, String note) {
    return record(
        topic,
        object(incident.series(), kind, note)
            .put("id", incident.id())
            .put("reason", reason.label())
            .put("start", Instant.ofEpochMilli(incident.start()).toString()));
  }

  /** That a series is muted. */
  public static ProducerRecord<byte[], byte[]> mute(
      String topic, String series, Instant from, Instant until, String note) {
    return record(
        topic,
        object(series, Kind.MUTE, note)
            .put("from", from.toString())
            .put("until", until.toString()));
  }

  /** That all mutes of a series are taken back. */
  public static ProducerRecord<byte[], byte[]> unmute(String topic, String series, String note) {
    return record(topic, object(series, Kind.UNMUTE, note));
  }

  /**
   * Sends a record and waits for the brokers.
   *
   * @throws IOException if they refuse it or don't answer
   */
  public static void send(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record)
      throws IOException, InterruptedException {
    try {
      producer.send(record).get();
    } catch (ExecutionException | KafkaException e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      throw new IOException(
          "topic %s: the record was not written: %s".formatted(record.topic(), cause.getMessage()),
          e);
    }
  }

  private static ObjectNode object(String series, Kind kind, String note) {
    return Json.object().put("series", series).put("kind", kind.label()).put("note", note);
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, ObjectNode object) {
    return new ProducerRecord<>(
        topic,
        object.get("series").textValue().getBytes(StandardCharsets.UTF_8),
        object.toString().getBytes(StandardCharsets.UTF_8));
  }
}
