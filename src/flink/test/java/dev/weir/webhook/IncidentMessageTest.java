package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.Documents;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Member;
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

  private static Incident incident(
      String series, Event event, Reason reason, Warning warning, List<Member> members) {
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
        warning == null ? Severity.HIGH : Severity.MEDIUM,
        List.of(),
        "",
        -1,
        warning,
        members);
  }

  private static Incident incident(String series, Event event) {
    return incident(series, event, Reason.NOVELTY, null, List.of());
  }

  private static String text(Incident incident) throws Exception {
    return body(incident, WebhookFormat.JSON, PAGE).get("text").textValue();
  }

  @Test
  void slackAndPagerDutyGetWhatThePagePrints() throws Exception {
    var printed = Documents.blocks(Path.of("docs", "anomalies.md"), "json");
    assertThat(printed).hasSize(2);
    Incident updated = incident("pump.spike", Event.UPDATED);
    assertThat(body(updated, WebhookFormat.SLACK, PAGE))
        .isEqualTo(JSON.readTree(printed.get(0).text()));
    assertThat(body(updated, WebhookFormat.PAGERDUTY, PAGE))
        .isEqualTo(JSON.readTree(printed.get(1).text()));
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
  void sentenceNamesTheLimitOrTheMembers() throws Exception {
    Warning warning = new Warning(90, true, 4, 0.83, START + 1_200_000, Outcome.CROSSED);
    assertThat(text(incident("pump", Event.CLOSED, Reason.THRESHOLD, warning, List.of())))
        .isEqualTo(
            "Medium warning closed in pump since 2026-03-03 10:20 UTC: above 90.000 within 4 values,"
                + " probability 83 %, at about 2026-03-03 10:40 UTC, crossed."
                + " https://weir.example/#series=pump&at=1772533200000");
    List<Member> members = List.of(new Member("hall/a", 4.5), new Member("hall/b", 4));
    assertThat(text(incident("hall", Event.OPENED, Reason.GROUP, null, members)))
        .isEqualTo(
            "High incident opened in hall since 2026-03-03 10:20 UTC: group, value 22.000 of hall/a,"
                + " expected 11.000. https://weir.example/#view=alarms");
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
