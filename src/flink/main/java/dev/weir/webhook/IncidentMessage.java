package dev.weir.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Incident.Warning;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.wire.Json;
import dev.weir.option.Numbers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** A record of an incident as it is posted. */
final class IncidentMessage {

  private static final Duration OPEN = Duration.ofDays(7); // of an alert without further records
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

  private static final Duration TEST_OPEN = Duration.ofMinutes(5); // nobody closes it
  private static final String TEST = "weir webhook --test";

  private IncidentMessage() {}

  /** An incident that its series marks as a test. */
  static Incident test(long time) {
    Incident.Worst worst = new Incident.Worst(time, 1, 0, 1, 0);
    return new Incident(
        TEST,
        Incident.id(TEST, time),
        Event.OPENED,
        time,
        time,
        time,
        1,
        worst,
        Reason.ERROR,
        Severity.LOW,
        List.of(new Incident.Value(time, 1)),
        "",
        -1,
        null);
  }

  /** Names the record, the same whenever it is sent: incident, event, severity and reason. */
  static String key(Incident incident) {
    String state = incident.event() + "-" + incident.severity() + "-" + incident.reason();
    return incident.id() + "-" + state.toLowerCase(Locale.ROOT);
  }

  static byte[] body(Incident incident, WebhookSettings.Format format, IncidentCodec codec)
      throws IOException {
    String text = sentence(incident);
    JsonNode body =
        format == WebhookSettings.Format.ALERTMANAGER
            ? alerts(incident, text)
            : ((ObjectNode) Json.READER.readTree(codec.toJson(incident))).put("text", text);
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Of the Alertmanager's API v2, which knows an alert by its labels: one of the severity that
   * counts, and once this has risen the end of those of less. An open one is not sent again, so it
   * contains its end, for the case that no record closes it.
   */
  private static ArrayNode alerts(Incident incident, String summary) {
    ArrayNode alerts = Json.object().putArray("alerts");
    String start = Instant.ofEpochMilli(incident.start()).toString();
    Instant time = Instant.ofEpochMilli(incident.time());
    Duration open = incident.series().equals(TEST) ? TEST_OPEN : OPEN;
    for (Severity severity : Severity.values()) {
      boolean isNow = severity == incident.severity();
      if (severity.compareTo(incident.severity()) > 0
          || incident.event() == Event.OPENED && !isNow) {
        continue;
      }
      ObjectNode alert = alerts.addObject();
      alert
          .putObject("labels")
          .put("alertname", "WeirIncident")
          .put("series", incident.series())
          .put("incident", incident.id())
          .put("severity", severity.label());
      alert
          .putObject("annotations")
          .put("summary", summary)
          .put("reason", incident.reason().label());
      alert.put("startsAt", start);
      alert.put("endsAt", isNow ? (incident.isOpen() ? time.plus(open) : time).toString() : start);
    }
    return alerts;
  }

  /** Such as {@code High incident opened in pump-7 since 2026-01-31 12:00 UTC: ...}. */
  private static String sentence(Incident incident) {
    String severity = incident.severity().label();
    return "%s%s %s %s in %s since %s UTC: %s"
        .formatted(
            severity.substring(0, 1).toUpperCase(Locale.ROOT),
            severity.substring(1),
            incident.warning() == null ? "incident" : "warning",
            incident.event().name().toLowerCase(Locale.ROOT),
            incident.series().replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "\ufffd"),
            minute(incident.start()),
            incident.warning() == null ? worst(incident) : limit(incident.warning()));
  }

  private static String worst(Incident incident) {
    String value = number(incident.worst().value());
    if (incident.reason() == Reason.SILENCE) {
      return "silence, %s missing, the last one was %s"
          .formatted(Numbers.counted(incident.values(), "value"), value);
    }
    double expected = incident.worst().expected();
    String forecast = Double.isNaN(expected) ? "" : ", expected " + number(expected);
    return incident.reason().label() + ", value " + value + forecast;
  }

  private static String limit(Warning warning) {
    Long crossing = warning.crossing();
    return "%s %s within %s, probability %d %%%s%s"
        .formatted(
            warning.direction(),
            number(warning.limit()),
            Numbers.counted(warning.within(), "value"),
            Math.round(100 * warning.probability()),
            crossing == null ? "" : ", at about " + minute(crossing) + " UTC",
            warning.outcome() == null ? "" : ", " + warning.outcome().label());
  }

  private static String minute(long time) {
    return MINUTE.format(Instant.ofEpochMilli(time));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }
}
