package dev.weir.cli.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Value;
import dev.weir.forecast.Incident.Worst;
import dev.weir.forecast.alarm.IncidentTracker.Event;
import dev.weir.forecast.alarm.Reason;
import dev.weir.forecast.alarm.Severity;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IncidentExplanationTest {

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
        4);
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
    String text = new IncidentExplanation(records(), URI.create("https://weir.example/")).text();
    assertThat(Files.readString(Path.of("docs", "anomalies.md")))
        .as("the example of the page")
        .contains("```\n" + text + "\n```");
    assertThat(text).startsWith("pump.spike: high, novelty, closed");
  }

  @Test
  void openIncidentWithoutForecastOrPageIsExplained() {
    Worst worst = new Worst(START, -7, Double.NaN, Double.NaN, 5);
    String text =
        new IncidentExplanation(List.of(record(Event.OPENED, 0, 0, worst, Reason.LEVEL, -7)), null)
            .text();
    assertThat(text)
        .contains("pump.spike: high, level, open")
        .contains("It has no forecast, such as after a gap.")
        .contains(
            "Level: the mean of the last 10 values is far from the mean of all values so far.")
        .contains("Surprise 5.0: at most once in 100,000 values")
        .contains("                  still open")
        .contains("weir dashboard JOB.yaml")
        .doesNotContain("NaN", "most surprising, ~");
  }

  @Test
  void eachReasonHasASentence() {
    for (Reason reason : Reason.values()) {
      Worst worst = new Worst(START, 3, 4, -1, 3);
      String text =
          new IncidentExplanation(List.of(record(Event.OPENED, 0, 0, worst, reason, 1, 3)), null)
              .text();
      assertThat(text).containsIgnoringCase(reason.label()).contains("about once in 1,000 values");
    }
    Worst low = new Worst(START, 3, 4, -1, 3);
    assertThat(
            new IncidentExplanation(
                    List.of(record(Event.OPENED, 0, 0, low, Reason.DRIFT, 1, 3)), null)
                .text())
        .contains("forecasts have been too high for some time");
  }

  @Test
  void jsonHasRecordsValuesAndExplanation() throws Exception {
    JsonNode json = new ObjectMapper().readTree(new IncidentExplanation(records(), null).json());
    assertThat(json.at("/incident/event").textValue()).isEqualTo("CLOSED");
    assertThat(json.at("/records/0/surprise").doubleValue()).isEqualTo(2.75);
    assertThat(json.get("values")).hasSize(9);
    assertThat(json.get("once_in").longValue()).isEqualTo(18_000);
    assertThat(json.get("explanation").textValue()).contains("Novelty: ");
    assertThat(json.get("open").booleanValue()).isFalse();
    assertThat(json.get("page").isNull()).isTrue();
  }

  @Test
  void equalValuesAreInTheMiddleAndHugeOnesDoNotOverflow() {
    Worst worst = new Worst(START, 3, 3, 0, 5);
    Incident incident = record(Event.OPENED, 0, 0, worst, Reason.NOVELTY, 3, 3, 3);
    assertThat(ValueChart.lines(incident.newest(), incident).get(3)).endsWith("|**O");
    double max = Double.MAX_VALUE;
    Worst huge = new Worst(START, max, 0, max, 5);
    Incident hugest = record(Event.OPENED, 0, 0, huge, Reason.NOVELTY, -max, 0, max);
    List<String> lines = ValueChart.lines(hugest.newest(), hugest);
    assertThat(lines.get(0)).endsWith("|  O");
    assertThat(lines.get(3)).endsWith("| *");
    assertThat(lines.get(6)).endsWith("|*");
  }
}
