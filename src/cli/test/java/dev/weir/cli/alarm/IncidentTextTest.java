package dev.weir.cli.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Incident.Value;
import dev.weir.forecast.Incident.Worst;
import dev.weir.kafka.codec.FeedbackRecord.Dismissal;
import dev.weir.kafka.codec.SampleRecords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What commands print of incidents: a line, or an explanation. */
class IncidentTextTest {

  private static final long START = Instant.parse("2026-03-03T10:20:00Z").toEpochMilli();
  private static final String SERIES = "pump.spike";
  private static final long MINUTE = 60_000;

  /** At a minute from the start; values are those of the five minutes up to it. */
  private static Incident record(
      Event event, int minute, int end, Worst worst, Reason reason, double... newest) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < newest.length; i++) {
      values.add(new Value(START + (minute - newest.length + 1 + i) * MINUTE, newest[i]));
    }
    return new Incident(
        SERIES,
        Incident.id(SERIES, START),
        event,
        START + minute * MINUTE,
        START,
        START + end * MINUTE,
        end + 1,
        worst,
        reason,
        Severity.of(worst.surprise()),
        values,
        "demand",
        event == Event.OPENED ? 3 : 4,
        null);
  }

  private static List<Incident> records() {
    Worst first = new Worst(START, 14, 10.5, 3.5, 2.75);
    Worst second = new Worst(START + 2 * MINUTE, 22, 11, 11, 4.26);
    return List.of(
        record(Event.OPENED, 0, 0, first, Reason.ERROR, 10, 11, 10, 14),
        record(Event.UPDATED, 2, 2, second, Reason.NOVELTY, 10, 14, 13, 22),
        record(Event.CLOSED, 12, 3, second, Reason.NOVELTY, 11, 10, 10.5));
  }

  @Test
  void explanationStatesWhatHappenedWhenAndHowRareItIs() throws Exception {
    String text = new IncidentExplanation(records()).text();
    assertThat(Files.readString(Path.of("docs", "anomalies.md")))
        .as("the example of the page")
        .contains("```\n" + text + "\n```");
    assertThat(text).startsWith("pump.spike: high, novelty, closed");
  }

  @Test
  void openIncidentWithoutForecastOrPageIsExplained() {
    Worst worst = new Worst(START, -7, Double.NaN, Double.NaN, 5);
    String text =
        new IncidentExplanation(List.of(record(Event.OPENED, 0, 0, worst, Reason.LEVEL, -7)))
            .text();
    assertThat(text)
        .contains("pump.spike: high, level, open")
        .contains("It has no forecast, such as after a gap.")
        .contains(
            "Level: the mean of the last 10 values is far from the mean of all values so far.")
        .contains("Surprise 5.0: at most once in 100,000 values")
        .contains("                  still open")
        .contains("weir dashboard JOB.yaml")
        .doesNotContain("NaN");
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"NOVELTY", "LEVEL", "DRIFT", "ERROR"})
  void eachReasonHasASentenceAndItsRarity(Reason reason) {
    Worst worst = new Worst(START, 3, 4, -1, 3);
    assertThat(text(record(Event.OPENED, 0, 0, worst, reason, 1, 3)))
        .containsIgnoringCase(reason.label() + ": ")
        .contains("about once in 1,000 values");
  }

  @Test
  void driftDoesNotTakeItsDirectionFromOneValue() {
    Worst worst = new Worst(START, 3, 4, -1, 3);
    assertThat(text(record(Event.OPENED, 0, 0, worst, Reason.DRIFT, 1, 3)))
        .contains("forecasts have been too high, or too low, for some time.");
  }

  @Test
  void breakIsExplainedAsAChangeThatLasts() throws Exception {
    Worst usual = new Worst(START, 3, 4, -1, 0.25);
    Incident alone = record(Event.OPENED, 0, 0, usual, Reason.BREAK, 1, 3);
    assertThat(text(alone))
        .contains("Break: a change that lasts: the level, the season or the size of the errors")
        .doesNotContain("once in");
    assertThat(json(alone).get("once_in").isNull()).isTrue();
    Worst worst = new Worst(START, 3, 4, -1, 3);
    Incident alarm = record(Event.OPENED, 0, 0, worst, Reason.ERROR, 1, 3);
    Incident later = record(Event.UPDATED, 9, 9, worst, Reason.BREAK, 3, 3);
    assertThat(text(alarm, later))
        .contains(
            "about once in 1,000 values",
            "updated medium  break    surprise 3.0  10 values in 9 min");
  }

  @Test
  void silenceSaysWhatIsMissingAndHowLongItLasted() throws Exception {
    Worst last = new Worst(START, 3, Double.NaN, Double.NaN, 5);
    Incident opened = record(Event.OPENED, 4, 3, last, Reason.SILENCE, 1, 3);
    assertThat(text(opened))
        .contains("pump.spike: high, silence, open", "The last value before it is 3.0000")
        .contains("Silence: no value has come since; at 2026-03-03 10:24 UTC 4 values are missing.")
        .doesNotContain("once in", "Forecasts were", "NaN");
    Incident closed = record(Event.CLOSED, 60, 60, last, Reason.SILENCE, 1, 3);
    assertThat(text(opened, closed))
        .contains("Silence: it lasted 1 h, in which 61 values are missing.")
        .contains("2026-03-03 10:24  opened  high    silence  surprise 5.0  4 missing in 3 min")
        .contains("2026-03-03 11:20  closed  high    silence");
  }

  @Test
  void warningStatesLimitProbabilityTimeAndOutcome() throws Exception {
    assertThat(text(SampleRecords.WARNING))
        .startsWith("pump-7: high, threshold, closed")
        .contains(
            "Threshold: the forecast at 1970-01-01 00:02 UTC gave 88 % for a value above 90.000"
                + " within the next 4 values, at about 1970-01-01 00:05 UTC.",
            "The value was 86.500, and the forecast for the crossing 91.250.",
            "Outcome: crossed, by the value at 1970-01-01 00:04 UTC.",
            "1970-01-01 00:04  closed  high    threshold  above 90.000 within 4: 88 %, about"
                + " 1970-01-01 00:05, crossed  3 values in 2 min")
        .doesNotContainIgnoringCase("surpris");
    assertThat(text(SampleRecords.OPEN_WARNING))
        .contains("gave 80 % for a value below -1.5000 within the next 12 values.")
        .doesNotContain("Outcome", "about");
    JsonNode json = json(SampleRecords.WARNING);
    assertThat(json.get("once_in").isNull()).isTrue();
    assertThat(json.get("explanation").textValue()).contains("Threshold: ", "Outcome: crossed");
    assertThat(json.at("/incident/threshold/limit").doubleValue()).isEqualTo(90);
  }

  @Test
  void hostileTextDoesNotReachTheTerminal() {
    String hostile = "\u001b]0;title\u0007";
    Incident incident =
        new Incident(
            hostile,
            hostile,
            Event.OPENED,
            START,
            START,
            START,
            1,
            new Worst(START, 3, 4, -1, 3.5),
            Reason.LEVEL,
            Severity.MEDIUM,
            List.of(),
            hostile,
            4,
            null);
    assertThat(text(incident)).doesNotContain("\u001b", "\u0007").contains("incident \\u001b]0;");
  }

  private static String text(Incident... records) {
    return new IncidentExplanation(List.of(records)).text();
  }

  private static JsonNode json(Incident... records) throws Exception {
    return new ObjectMapper().readTree(new IncidentExplanation(List.of(records)).json());
  }

  @Test
  void jsonHasRecordsAndExplanation() throws Exception {
    JsonNode json = new ObjectMapper().readTree(new IncidentExplanation(records()).json());
    assertThat(json.at("/incident/event").textValue()).isEqualTo("CLOSED");
    assertThat(json.at("/records/0/surprise").doubleValue()).isEqualTo(2.75);
    assertThat(json.get("once_in").longValue()).isEqualTo(18_000);
    assertThat(json.get("explanation").textValue()).contains("Novelty: ");
    assertThat(json.get("open").booleanValue()).isFalse();
  }

  @Test
  void eachKindOfIncidentIsOneLine() {
    assertThat(IncidentLines.text(SampleRecords.INCIDENT, true))
        .isEqualTo(
            "1970-01-01 00:01  updated high    drift    pumpe-ß  9.2500, expected 3.5000"
                + "  surprise 4.5  3 values in 2 min");
    assertThat(IncidentLines.text(SampleRecords.WARNING, false))
        .isEqualTo(
            "1970-01-01 00:01  closed  high    threshold  pump-7  86.500, expected 91.250  above"
                + " 90.000 within 4: 88 %, about 1970-01-01 00:05, crossed  3 values in 2 min");
    assertThat(IncidentLines.text(SampleRecords.OPEN_WARNING, false))
        .isEqualTo(
            "1970-01-01 00:01  open    medium  threshold  pump-7  0.50000, expected -2.0000"
                + "  below -1.5000 within 12: 80 %  1 value");
    assertThat(IncidentLines.json(SampleRecords.WARNING, null))
        .contains("\"threshold\":{\"limit\":90.0,\"direction\":\"above\",");
  }

  @Test
  void whoDismissedAnIncidentIsShownWithWhen() {
    Dismissal said = new Dismissal("1", "ana\u001b", 60_000);
    assertThat(IncidentLines.text(said)).isEqualTo("  dismissed by ana\\u001b 1970-01-01 00:01");
    assertThat(IncidentLines.text((Dismissal) null)).isEmpty();
    assertThat(IncidentLines.json(SampleRecords.WARNING, new Dismissal("1", "a\"b", 60_000)))
        .endsWith("},\"dismissed_by\":\"a\\\"b\",\"dismissed_at\":60000}");
  }
}
