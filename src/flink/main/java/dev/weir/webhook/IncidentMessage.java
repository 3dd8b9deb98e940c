package dev.weir.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.Incident.Severity;
import dev.weir.kafka.avro.Incident;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.kafka.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * A record of an incident as it is posted.
 *
 * @param key names the record, the same whenever it is sent: incident, event, severity and reason
 * @param place partition and offset, for messages
 * @param body as the endpoint wants it: {@link WebhookFormat}
 */
record IncidentMessage(String incident, String event, String key, String place, byte[] body) {

  private static final Map<String, String> PAGERDUTY_SEVERITY =
      Map.of("low", "info", "medium", "warning", "high", "critical");
  private static final Duration OPEN = Duration.ofDays(7); // of an alert without further records
  private static final String OF_HEADER = "[A-Za-z0-9_.-]{1,100}";

  /**
   * The message of a record.
   *
   * @throws IllegalArgumentException if id, event, severity or reason can't be in a header
   */
  static IncidentMessage of(Incident incident, String place, WebhookSettings.Resolved endpoint) {
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
        incident.getId(),
        incident.getEvent(),
        key.toLowerCase(Locale.ROOT),
        place,
        body(incident, endpoint));
  }

  /** Names the record in messages. */
  @Override
  public String toString() {
    return "incident %s (%s, %s)".formatted(incident, event, place);
  }

  private static byte[] body(Incident incident, WebhookSettings.Resolved endpoint) {
    String sentence = IncidentSentence.of(incident);
    String link =
        endpoint.page() == null
            ? null
            : IncidentSentence.link(
                endpoint.page(), incident.getSeries(), incident.getStart().toEpochMilli());
    String text = link == null ? sentence : sentence + ". " + link;
    try {
      JsonNode body =
          switch (endpoint.format()) {
            case JSON -> ((ObjectNode) Json.READER.readTree(json(incident))).put("text", text);
            case SLACK -> Json.object().put("text", escaped(text));
            case PAGERDUTY -> event(incident, endpoint.routingKey(), sentence, link);
            case ALERTMANAGER -> alerts(incident, sentence, link);
          };
      return body.toString().getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("in memory", e);
    }
  }

  /** So that a series called {@code <!channel>} calls nobody. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Of PagerDuty's Events API v2: each incident is one alert, which its last record resolves. */
  private static ObjectNode event(
      Incident incident, String routingKey, String summary, String link) {
    ObjectNode event =
        Json.object()
            .put("routing_key", routingKey)
            .put("event_action", incident.getEvent().equals("CLOSED") ? "resolve" : "trigger")
            .put("dedup_key", incident.getId())
            .put("client", "Weir");
    if (link != null) {
      event.put("client_url", link);
    }
    event
        .putObject("payload")
        .put("summary", summary)
        .put("source", incident.getSeries())
        .put("severity", PAGERDUTY_SEVERITY.getOrDefault(incident.getSeverity(), "error"))
        .put("timestamp", incident.getStart().toString())
        .put("class", incident.getReason());
    return event;
  }

  /**
   * Of the Alertmanager's API v2, which knows an alert by its labels: one of the severity that
   * counts, and once this has risen the end of those of less. Nobody sends an open one again, so it
   * says itself when it ends if no record does. One that ends when it starts is over for any clock.
   */
  private static ArrayNode alerts(Incident incident, String summary, String link) {
    ArrayNode alerts = Json.object().putArray("alerts");
    Severity now = Severity.ofLabel(incident.getSeverity());
    boolean isNew = incident.getEvent().equals("OPENED");
    for (Severity severity : Severity.values()) {
      if (severity.compareTo(now) > 0 || isNew && severity != now) {
        continue;
      }
      Instant closed = incident.getEvent().equals("CLOSED") ? incident.getTime() : null;
      Instant end = closed == null ? incident.getTime().plus(OPEN) : closed;
      ObjectNode alert = alerts.addObject();
      alert
          .putObject("labels")
          .put("alertname", "WeirIncident")
          .put("series", incident.getSeries())
          .put("incident", incident.getId())
          .put("severity", severity.label());
      alert.putObject("annotations").put("summary", summary).put("reason", incident.getReason());
      alert.put("startsAt", incident.getStart().toString());
      alert.put("endsAt", (severity == now ? end : incident.getStart()).toString());
      if (link != null) {
        alert.put("generatorURL", link);
      }
    }
    return alerts;
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
