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
import dev.weir.webhook.WebhookSettings.Format;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class IncidentMessageTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long START = Instant.parse("2026-03-03T10:20:00Z").toEpochMilli();
  private static final Worst WORST = new Worst(START + 120_000, 22, 11, 11, 4.26);

  private static JsonNode body(Incident incident, Format format) throws Exception {
    return JSON.readTree(IncidentMessage.body(incident, format, new IncidentCodec()));
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
    return body(incident, Format.JSON).get("text").textValue();
  }

  @Test
  void alertmanagerGetsWhatTheDocumentPrints() throws Exception {
    var printed = Documents.blocks(Path.of("docs", "anomalies.md"), "json");
    assertThat(body(incident("pump.spike", Event.OPENED), Format.ALERTMANAGER))
        .isEqualTo(JSON.readTree(printed.get(0).text()));
  }

  @Test
  void incidentOfATestIsLow() throws Exception {
    JsonNode test = body(IncidentMessage.test(START), Format.JSON);
    assertThat(test.get("series").textValue()).isEqualTo("weir webhook --test");
    assertThat(test.get("severity").textValue()).isEqualToIgnoringCase("low");
  }

  /** As definitions/postableAlerts of its openapi.yaml asks: times, and labels of text alone. */
  @Test
  void alertmanagerHasOneOpenAlertOfTheSeverityThatCounts() throws Exception {
    Incident low = incident("p", Event.OPENED, Reason.LEVEL, null, Severity.LOW);
    JsonNode opened = body(low, Format.ALERTMANAGER);
    JsonNode updated = body(incident("p", Event.UPDATED), Format.ALERTMANAGER);
    JsonNode closed = body(incident("p", Event.CLOSED), Format.ALERTMANAGER);
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

  @Test
  void nameEndsNoLine() throws Exception {
    assertThat(text(incident("a\n\u2028b", Event.OPENED))).contains("in a\ufffd\ufffdb since 2026");
  }

  @Test
  void sentenceOfASilenceSaysWhatIsMissing() throws Exception {
    assertThat(text(incident("pump", Event.OPENED, Reason.SILENCE, null)))
        .isEqualTo(
            "High incident opened in pump since 2026-03-03 10:20 UTC: silence, 3 values missing,"
                + " the last one was 22.000");
  }

  @Test
  void sentenceNamesTheLimit() throws Exception {
    Warning warning = new Warning(90, true, 4, 0.83, START + 1_200_000, Outcome.CROSSED);
    assertThat(text(incident("pump", Event.CLOSED, Reason.THRESHOLD, warning)))
        .isEqualTo(
            "Medium warning closed in pump since 2026-03-03 10:20 UTC: above 90.000 within 4"
                + " values, probability 83 %, at about 2026-03-03 10:40 UTC, crossed");
  }

  @Test
  void recordKeepsItsFieldsBesideTheSentence() throws Exception {
    Incident incident = incident("pump", Event.OPENED);
    JsonNode body = body(incident, Format.JSON);
    assertThat(body.get("text").textValue()).endsWith("value 22.000, expected 11.000");
    ((ObjectNode) body).remove("text");
    assertThat(body).isEqualTo(JSON.readTree(new IncidentCodec().toJson(incident)));
  }
}
