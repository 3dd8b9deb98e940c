package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.joint.Targets;
import dev.weir.forecast.joint.Targets.Term;
import dev.weir.forecast.joint.Targets.Total;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobFileException;
import dev.weir.kafka.codec.ObservationDeserializer;
import dev.weir.kafka.codec.ObservationJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several targets in the job file, and the records that it says they are in. */
class TargetSectionTest {

  private static final double NAN = Double.NaN;
  private static final long TIME = 1_767_225_600_000L; // 2026

  private static final String START =
      "name: x\n"
          + "kafka: {bootstrap-servers: 'localhost:1'}\n"
          + "forecast: {many-to-one: {horizon: 24}}\n";

  private static final String TARGETS = "targets: [load, wind, price]\n";

  private static JobSettings read(String text) {
    return JobSettings.of(JobFile.parse(START + text, "x.yaml", Map.of()), Path.of(""));
  }

  @Test
  void theStateOfAllTargetsTogetherIsBounded() {
    String many =
        IntStream.range(0, 32).mapToObj(k -> "t" + k).collect(Collectors.joining(", ", "[", "]"));
    String text = START.replace("24", "1000") + "state: {ttl: 7 d}\ntargets: " + many + "\n";
    assertThatThrownBy(() -> JobSettings.of(JobFile.parse(text, "x.yaml", Map.of()), Path.of("")))
        .isInstanceOf(JobFileException.class)
        .hasMessageMatching(
            "(?s).*targets: expected at most 16,777,216 bytes for each series, got [\\d,]+ with 32"
                + " targets and a horizon of 1000; take fewer targets, totals or a shorter"
                + " horizon.*");
  }

  @Test
  void readsTargetsAndTotals() {
    JobSettings settings =
        read(
            TARGETS
                + "totals: [{name: all, of: [load, wind]}, {name: net, of: [load, -wind]},"
                + " {name: day, of: load, steps: 24}]\nwindow: {features: 2}\n");
    assertThat(settings.forecast().inputs().targets())
        .isEqualTo(
            new Targets(
                List.of("load", "wind", "price"),
                List.of(
                    new Total("all", List.of(new Term(0, false), new Term(1, false)), 0),
                    new Total("net", List.of(new Term(0, false), new Term(1, true)), 0),
                    new Total("day", List.of(new Term(0, false)), 24))));
    assertThat(settings.forecast().inputs().columns()).isEqualTo(4);
    assertThat(settings.kafka().source().targets()).isEqualTo(3);
    assertThat(read("").kafka().source().targets()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "targets: load|targets: expected 2 to 32 different names, got [load]",
        "targets: [a, a]|line 4: targets: expected a list of 2 to 32 different names, got 'a,a'",
        "targets: [a, b/c]|line 4: targets: expected a list of 2 to 32 different names, got"
            + " 'a,b/c'",
        "totals: [{name: t, of: [a, b]}]|line 4: totals[0].of: expected targets as well, got none",
        "targets: [a, b];totals: [{name: t, of: [a, c]}]"
            + "|line 5: totals: t: expected each of [a, b] at most once, got [a, c]",
        "targets: [a, b];totals: [{name: t, of: a, steps: 25}]"
            + "|line 5: totals: t: expected at most 24 steps, got 25",
        "targets: [a, b];totals: [{name: t}]|totals[0].of: expected a target, or a list of them"
            + " such as [load, -wind], got nothing",
        "targets: [a, b];totals: [{of: [a, b]}]|totals[0].name: expected text, got nothing",
        "targets: [a, b];classify: {}|line 4: targets: expected none with a section classify, got"
            + " some",
        "targets: [a, b];window: {interval: PT1H};learning: {outside: {models: [m]}}"
            + "|targets: expected none with outside models, got [a, b]",
        "targets: [a, b];observations: {format: json, values: [v]}"
            + "|line 5: observations.values: expected 2, as targets says, got 1",
        "targets: [a, b 2];observations: {format: json}"
            + "|line 4: targets: expected field names joined by dots, such as device.id, or"
            + " observations.values as well, got b 2",
      })
  void wrongTargetsAreRefused(String text, String message) {
    assertThatThrownBy(() -> read(text.replace(';', '\n') + "\n"))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(message);
  }

  private static List<InputEvent> events(String text, byte[] value) {
    ObservationDeserializer reader = ObservationDeserializer.of(null, read(text).kafka(), 0);
    reader.openAlone();
    List<InputEvent> events = new ArrayList<>();
    byte[] key = "site-7".getBytes(StandardCharsets.UTF_8);
    reader.read(new ConsumerRecord<>("observations", 0, 1, key, value), events::add);
    return events;
  }

  /** A job's section, a record, and its numbers or the dead letter's message. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "|{'at': 1767225600, 'load': 1.5, 'wind': null, 't': 7}|1.5, NaN, NaN, 7.0",
        "|{'at': 1767225600, 'price': '2', 'wind': '', 't': 7}|NaN, NaN, 2.0, 7.0",
        "|{'at': 1767225600, 'load': null, 't': 7}"
            + "|FIELD: load, wind, price: expected a number, got null or nothing",
        ", on-null: skip|{'at': 1767225600, 't': 7}|",
        "|{'at': 1767225600, 'load': 'x', 'wind': 2, 't': 7}"
            + "|FIELD: load: expected a number, got 'x'",
        "|{'at': 1767225600, 'load': 1e999, 'wind': 2, 't': 7}"
            + "|NOT_FINITE: values[0]: expected a finite number or null, got Infinity",
        "|{'at': 1767225600, 'load': 1}|FIELD: t: expected a number, got null or nothing",
        ", values: [l.v, w, p]|{'at': 1767225600, 'l': {'v': 3}, 'p': 4, 't': 7}"
            + "|3.0, NaN, 4.0, 7.0",
      })
  void fieldsWithTheTargetsNamesAreRead(String more, String record, String expected) {
    String section =
        "observations: {format: json, time: at, features: [t]%s}\n"
            .formatted(more == null ? "" : more);
    byte[] json = record.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    List<String> got = new ArrayList<>();
    for (InputEvent event : events(TARGETS + section, json)) {
      if (event instanceof DeadLetter letter) {
        got.add(letter.reason() + ": " + letter.message());
        continue;
      }
      Observation read = ((ObservationEvent) event).observation();
      assertThat(read.series()).isEqualTo("site-7");
      assertThat(read.time()).isEqualTo(TIME);
      double[] f = read.features();
      got.add("%s, %s, %s, %s".formatted(read.value(), f[0], f[1], f[2]));
    }
    assertThat(String.join("; ", got)).isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void ownJsonIsReadBack() {
    Observation sent = new Observation("site-7", TIME, NAN, new double[] {2, 3, 9});
    byte[] json = new ObservationJson(0, List.of("load", "wind", "price")).encode(sent);
    assertThat(new String(json, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"series\":\"site-7\",\"time\":\"2026-01-01T00:00:00Z\",\"load\":null,"
                + "\"wind\":2.0,\"price\":3.0,\"feature_1\":9.0}");
    assertThat(
            events(
                TARGETS
                    + "observations: {format: json, series: [series], time: time,"
                    + " features: [feature_1]}\n",
                json))
        .singleElement()
        .extracting(event -> ((ObservationEvent) event).observation())
        .isEqualTo(sent);
  }
}
