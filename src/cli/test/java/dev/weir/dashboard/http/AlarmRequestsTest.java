package dev.weir.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.dashboard.Records;
import dev.weir.dashboard.ServedPage;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.kafka.codec.FeedbackRecord;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.codec.SampleRecords;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests for the incidents of a job. */
class AlarmRequestsTest {

  @AutoClose private ServedPage page;

  @BeforeEach
  void start() throws Exception {
    page = ServedPage.withAlarms();
    take(Records.incident("pump/a", 1_000, Event.OPENED, 2.7));
    take(Records.incident("pump/a", 1_000, Event.CLOSED, 4.5)); // has become worse meanwhile
    take(Records.incident("Pump/b", 3_000, Event.OPENED, 3.5));
    take(Records.incident("fan", 2_000, Event.UPDATED, 5));
  }

  private void take(Incident incident) {
    page.take(List.of(Records.record(incident)));
  }

  private List<String> series(String query) {
    JsonNode items = page.json("/api/alarms" + query).path("items");
    return StreamSupport.stream(items.spliterator(), false)
        .map(item -> item.path("series").textValue())
        .toList();
  }

  @Test
  void incidentsAreServedAsTheirNewestRecordsSayNewestFirst() {
    Incident dismissed = Records.incident("Pump/b", 3_000, Event.OPENED, 3.5);
    byte[] said = FeedbackRecord.of("f", dismissed, Incident.Reason.ERROR, "ana").value();
    page.take(List.of(Records.record("alarms-feedback", "k", said)));
    page.take(
        List.of(Records.record("alarms-feedback", "k", new byte[] {1}))); // the job reports it
    assertThat(page.json("/api/alarms"))
        .isEqualTo(
            ServedPage.parse(
                """
                {"total":3,
                 "kept":{"open":2,"by_severity":{"high":1,"medium":1},"closed":1,"dropped":0,"version":5},
                 "items":[
                 {"series":"Pump/b","id":"%s","open":true,"start":3000,"end":3000,"values":1,
                  "worst_time":3000,"worst_value":12.5,"expected":10.0,"surprise":3.5,"reason":"error","severity":"medium","threshold":null,"dismissed_by":"ana","dismissed_at":-1},
                 {"series":"fan","id":"%s","open":true,"start":2000,"end":2000,"values":1,
                  "worst_time":2000,"worst_value":12.5,"expected":10.0,"surprise":5.0,"reason":"error","severity":"high","threshold":null,"dismissed_by":null,"dismissed_at":null},
                 {"series":"pump/a","id":"%s","open":false,"start":1000,"end":1000,"values":1,
                  "worst_time":1000,"worst_value":12.5,"expected":10.0,"surprise":4.5,"reason":"error","severity":"high","threshold":null,"dismissed_by":null,"dismissed_at":null}]}
                """
                    .formatted(
                        Incident.id("Pump/b", 3_000),
                        Incident.id("fan", 2_000),
                        Incident.id("pump/a", 1_000))));
    page.job.takeSecond(System.currentTimeMillis());
    assertThat(page.json("/api/job").path("incidents"))
        .isEqualTo(page.json("/api/alarms").path("kept"));
    assertThat(page.json("/api/job").path("unreadable").longValue()).isZero();
  }

  @Test
  void filtersSelectBySeriesSearchStateAndSeverity() {
    assertThat(series("?series=fan")).containsExactly("fan");
    assertThat(series("?series=pump")).as("whole names").isEmpty();
    assertThat(series("?search=PUMP")).containsExactly("Pump/b", "pump/a");
    assertThat(series("?state=open")).containsExactly("Pump/b", "fan");
    assertThat(series("?state=closed")).containsExactly("pump/a");
    assertThat(series("?severity=medium")).containsExactly("Pump/b", "fan", "pump/a");
    assertThat(series("?severity=high&search=p")).containsExactly("pump/a");
    assertThat(series("?limit=2")).containsExactly("Pump/b", "fan");
  }

  @Test
  void recordsOfOthersAreCountedAsUnreadable() throws Exception {
    page.take(List.of(Records.record("alarms", "k", new byte[] {1, 2, 3})));
    page.take(List.of(Records.record("alarms", "k", null)));
    page.take(List.of(later("hum", "severe")));
    page.take(List.of(later("hum", "low")));
    page.job.takeSecond(System.currentTimeMillis());
    assertThat(page.json("/api/job").path("unreadable").longValue()).isEqualTo(4);
    assertThat(page.json("/api/alarms").path("total").intValue()).isEqualTo(3);
    page.take(List.of(later("error", "low"))); // the same in words of ours
    assertThat(page.json("/api/alarms").path("total").intValue()).isEqualTo(4);
  }

  @Test
  void numbersThatCannotBeShownAreCountedAsUnreadable() {
    double[][] wrong = {
      {Double.NaN, 1, 0.5},
      {-0.5, 1, 0.5},
      {Double.POSITIVE_INFINITY, 1, 0.5},
      {3, Double.NaN, 0.5},
      {3, Double.NEGATIVE_INFINITY, 0.5},
      {3, 1, Double.NaN},
      {3, 1, 1.5}
    };
    for (double[] numbers : wrong) {
      take(incident(numbers[0], numbers[1], numbers[2]));
    }
    page.job.takeSecond(System.currentTimeMillis());
    assertThat(page.json("/api/job").path("unreadable").longValue()).isEqualTo(wrong.length);
    assertThat(page.json("/api/alarms").path("total").intValue()).isEqualTo(3);
    take(incident(0, 1, 0.5));
    assertThat(page.json("/api/alarms").path("total").intValue()).isEqualTo(4);
  }

  private static Incident incident(double surprise, double worst, double probability) {
    return Records.warning(
        "tank",
        9_000,
        new Incident.Worst(9_000, worst, Double.NaN, Double.NaN, surprise),
        new Incident.Warning(7, true, 2, probability, null, null));
  }

  @Test
  void warningsAreServedWithWhatTheyHave() {
    take(SampleRecords.WARNING);
    assertThat(page.json("/api/alarms?series=pump-7").path("items").get(0).path("threshold"))
        .isEqualTo(
            ServedPage.parse(
                """
                {"limit":90.0,"direction":"above","within":4,"probability":0.875,
                 "crossing_time":300000,"outcome":"crossed"}
                """));
  }

  /** In words that a later version might use. */
  private static ConsumerRecord<byte[], byte[]> later(String reason, String severity) {
    byte[] ours = new IncidentCodec().toJson(Records.incident("tank", 9_000, Event.OPENED, 2));
    String json =
        new String(ours, StandardCharsets.UTF_8)
            .replace("\"error\"", '"' + reason + '"')
            .replace("\"low\"", '"' + severity + '"');
    assertThat(json).contains(reason, severity);
    return Records.record("alarms", "tank", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aJobWithoutAlarmsHasNone() throws Exception {
    try (ServedPage without = ServedPage.start()) {
      assertThat(without.get("/api/alarms").statusCode()).isEqualTo(404);
      assertThat(without.get("/api/alarms").body())
          .isEqualTo("{\"error\":\"alarms: expected a job with alarms: on, got one without\"}");
      assertThat(without.json("/api/job").path("incidents").isNull()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limit=0 | limit: expected a whole number from 1 to 2000, got 0",
        "severity=HIGH | severity: expected one of [low, medium, high], got HIGH",
        "state=gone | state: expected one of [open, closed], got gone",
        "state=open&state=closed | state: expected one, got 2",
      })
  void wrongParametersAreAnsweredWithWhatWasExpected(String query, String error) {
    var response = page.get("/api/alarms?" + query);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).startsWith("{\"error\":\"" + error);
    assertThat(page.get("/api/alarms?search=" + "x".repeat(201)).statusCode()).isEqualTo(400);
  }
}
