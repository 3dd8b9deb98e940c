package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.Documents;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Outcome;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Incident.Warning;
import dev.weir.forecast.Incident.Worst;
import dev.weir.kafka.codec.IncidentCodec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class IncidentMessageTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final URI PAGE = URI.create("https://weir.example/");
  private static final String KEY = "R0123456789ABCDEF0123456789ABCDE";
  private static final long START = Instant.parse("2026-03-03T10:20:00Z").toEpochMilli();
  private static final Worst WORST = new Worst(START + 120_000, 22, 11, 11, 4.26);

  private static JsonNode body(Incident incident, WebhookFormat format, URI page) throws Exception {
    IncidentCodec codec = new IncidentCodec();
    var record = codec.decodeFields(codec.encode(incident));
    var endpoint =
        new WebhookSettings.Resolved(
            URI.create("https://a.example"),
            null,
            format,
            format == WebhookFormat.PAGERDUTY ? KEY : null,
            page);
    return JSON.readTree(IncidentMessage.of(record, "alarms-0@1", endpoint).body());
  }

  private static Incident incident(String series, Event event, Reason reason, Warning warning) {
    Severity severity = warning == null ? Severity.HIGH : Severity.MEDIUM;
    return incident(series, event, reason, warning, severity);
  }

  private static Incident incident(
      String series, Event event, Reason reason, Warning warning, Severity severity) {
    return new Incident(
        series,
        Incident.id("pump.spike", START),
        event,
        START + 120_000,
        START,
        START + 120_000,
        3,
        WORST,
        reason,
        severity,
        List.of(),
        "",
        -1,
        warning);
  }

  private static Incident incident(String series, Event event) {
    return incident(series, event, Reason.NOVELTY, null);
  }

  private static String text(Incident incident) throws Exception {
    return body(incident, WebhookFormat.JSON, PAGE).get("text").textValue();
  }

  @Test
  void slackAndPagerDutyGetWhatThePagePrints() throws Exception {
    var printed = Documents.blocks(Path.of("docs", "anomalies.md"), "json");
    assertThat(printed).hasSize(3);
    Incident updated = incident("pump.spike", Event.UPDATED);
    assertThat(body(updated, WebhookFormat.SLACK, PAGE))
        .isEqualTo(JSON.readTree(printed.get(0).text()));
    assertThat(body(updated, WebhookFormat.PAGERDUTY, PAGE))
        .isEqualTo(JSON.readTree(printed.get(1).text()));
    assertThat(body(incident("pump.spike", Event.OPENED), WebhookFormat.ALERTMANAGER, PAGE))
        .isEqualTo(JSON.readTree(printed.get(2).text()));
  }

  /** As definitions/postableAlerts of its openapi.yaml asks: times, and labels of text alone. */
  @Test
  void alertmanagerHasOneOpenAlertOfTheSeverityThatCounts() throws Exception {
    Incident low = incident("p", Event.OPENED, Reason.LEVEL, null, Severity.LOW);
    JsonNode opened = body(low, WebhookFormat.ALERTMANAGER, null);
    JsonNode updated = body(incident("p", Event.UPDATED), WebhookFormat.ALERTMANAGER, null);
    JsonNode closed = body(incident("p", Event.CLOSED), WebhookFormat.ALERTMANAGER, null);
    assertThat(opened.findValuesAsText("severity")).containsExactly("low");
    assertThat(updated.findValuesAsText("severity")).containsExactly("low", "medium", "high");
    assertThat(updated.get(0).get("labels")).isEqualTo(opened.get(0).get("labels"));
    String start = "2026-03-03T10:20:00Z";
    assertThat(updated.findValuesAsText("endsAt"))
        .containsExactly(start, start, "2026-03-10T10:22:00Z");
    assertThat(closed.findValuesAsText("endsAt"))
        .containsExactly(start, start, "2026-03-03T10:22:00Z");
    for (JsonNode alert : updated) {
      assertThat(alert.get("startsAt").textValue()).isEqualTo(start);
      assertThat(Instant.parse(alert.get("endsAt").textValue()))
          .isAfterOrEqualTo(Instant.parse(start));
      assertThat(alert.get("labels")).allMatch(JsonNode::isTextual);
      assertThat(alert.get("labels").fieldNames())
          .toIterable()
          .allMatch(name -> name.matches("[a-zA-Z_][a-zA-Z0-9_]*"))
          .contains("alertname");
      assertThat(alert.get("annotations")).allMatch(JsonNode::isTextual);
    }
  }

  /** The limits that the schema of the Events API v2 sets. */
  @Test
  void pagerDutyHasWhatItsSchemaAsksFor() throws Exception {
    JsonNode event = body(incident("p".repeat(2_000), Event.OPENED), WebhookFormat.PAGERDUTY, PAGE);
    assertThat(event.get("routing_key").textValue()).hasSize(32);
    assertThat(event.get("event_action").textValue()).isIn("trigger", "acknowledge", "resolve");
    assertThat(event.get("dedup_key").textValue()).hasSizeLessThanOrEqualTo(255);
    JsonNode payload = event.get("payload");
    assertThat(payload.get("summary").textValue()).hasSizeBetween(1, 1_024);
    assertThat(payload.get("source").textValue()).isNotEmpty();
    assertThat(payload.get("severity").textValue()).isIn("critical", "error", "warning", "info");
    assertThat(Instant.parse(payload.get("timestamp").textValue()).toEpochMilli()).isEqualTo(START);
  }

  @Test
  void lastRecordResolvesTheAlertOfTheFirst() throws Exception {
    JsonNode opened = body(incident("p", Event.OPENED), WebhookFormat.PAGERDUTY, null);
    JsonNode closed = body(incident("p", Event.CLOSED), WebhookFormat.PAGERDUTY, null);
    assertThat(opened.get("event_action").textValue()).isEqualTo("trigger");
    assertThat(closed.get("event_action").textValue()).isEqualTo("resolve");
    assertThat(closed.get("dedup_key")).isEqualTo(opened.get("dedup_key"));
    assertThat(opened.has("client_url")).isFalse();
  }

  @Test
  void nameCallsNobodyInSlackAndEndsNoLine() throws Exception {
    Incident hostile = incident("<!channel>\n*a*" + "x".repeat(300), Event.OPENED);
    String slack = body(hostile, WebhookFormat.SLACK, PAGE).get("text").textValue();
    assertThat(slack).contains("opened in &lt;!channel&gt;\ufffd*a*xxx", "x... since 2026");
    assertThat(slack).doesNotContain("<", "\n").contains("#series=%3C%21channel%3E%0A*a*xxx");
    JsonNode event = body(hostile, WebhookFormat.PAGERDUTY, null);
    assertThat(event.at("/payload/summary").textValue()).hasSizeLessThan(1_024);
  }

  @Test
  void sentenceOfASilenceSaysWhatIsMissing() throws Exception {
    assertThat(text(incident("pump", Event.OPENED, Reason.SILENCE, null)))
        .startsWith(
            "High incident opened in pump since 2026-03-03 10:20 UTC: silence, 3 values missing,"
                + " the last one was 22.000. ");
  }

  @Test
  void sentenceNamesTheLimit() throws Exception {
    Warning warning = new Warning(90, true, 4, 0.83, START + 1_200_000, Outcome.CROSSED);
    assertThat(text(incident("pump", Event.CLOSED, Reason.THRESHOLD, warning)))
        .isEqualTo(
            "Medium warning closed in pump since 2026-03-03 10:20 UTC: above 90.000 within 4"
                + " values, probability 83 %, at about 2026-03-03 10:40 UTC, crossed."
                + " https://weir.example/#series=pump&at=1772533200000");
  }

  @Test
  void recordKeepsItsFieldsBesideTheSentence() throws Exception {
    Incident incident = incident("pump", Event.OPENED);
    JsonNode body = body(incident, WebhookFormat.JSON, null);
    assertThat(body.get("text").textValue()).endsWith("value 22.000, expected 11.000");
    ((ObjectNode) body).remove("text");
    assertThat(body).isEqualTo(JSON.readTree(new IncidentCodec().toJson(incident)));
  }
}
