package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Incident;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.kafka.codec.LabelCodec.Label;
import dev.weir.kafka.wire.TimeText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels, and what people say of alarms. */
class LabelDeserializerTest {

  private final LabelDeserializer labels = new LabelDeserializer(null, Duration.ofHours(1));
  private final FeedbackDeserializer feedback = new FeedbackDeserializer(null);

  private static List<InputEvent> events(RecordDeserializer<InputEvent> reader, byte[] value) {
    reader.openAlone();
    List<InputEvent> events = new ArrayList<>();
    reader.read(new ConsumerRecord<>("t", 0, 7, null, value), events::add);
    return events;
  }

  private static InputEvent event(RecordDeserializer<InputEvent> reader, byte[] value) {
    List<InputEvent> events = events(reader, value);
    assertThat(events).hasSize(1);
    return events.get(0);
  }

  private static InputEvent event(RecordDeserializer<InputEvent> reader, String json) {
    return event(reader, json.getBytes(StandardCharsets.UTF_8));
  }

  private void assertLabel(InputEvent event, String series, long time, String label) {
    LabelEvent known = (LabelEvent) event;
    assertThat(known.series()).isEqualTo(series);
    assertThat(known.time()).isEqualTo(time);
    assertThat(known.label()).isEqualTo(label);
    assertThat(known.source().offset()).isEqualTo(7);
  }

  private void assertRefused(InputEvent event, Reason reason, String message) {
    DeadLetter letter = (DeadLetter) event;
    assertThat(letter.message()).isEqualTo(message);
    assertThat(letter.reason()).isEqualTo(reason);
  }

  @Test
  void avroIsALabel() {
    byte[] avro = new LabelCodec().encode(new Label("größe-7", 1_234, "läuft"));
    assertLabel(event(labels, avro), "größe-7", 1_234, "läuft");
    String longest = "s".repeat(1_000);
    assertLabel(
        event(labels, new LabelCodec().encode(new Label(longest, 1, "run"))), longest, 1, "run");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"series": "größe-7", "time": 1769860800123, "label": "läuft"} | größe-7 | 1769860800123 | läuft
          {"series": "s", "time": 1769860800, "label": "a"} | s | 1769860800000 | a
          {"series": "s", "time": "2026-01-31 13:00:00+0100", "label": "a"} | s | 1769860800000 | a
          {"label":3,"x":[],"series":"s","time":"1970-01-01T00:00:02.500Z"} | s | 2500 | 3
          """)
  void jsonIsALabel(String json, String series, long time, String label) {
    assertLabel(event(labels, json), series, time, label);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"series": "s", "time": "noon", "label": "a"} | MALFORMED | time: expected (time), got "noon" (45 bytes starting "{"series": "s", ")
          {"series": "s", "time": 1769860800} | MALFORMED | label: expected text, got nothing (35 bytes starting "{"series": "s", ")
          {"series": " ", "time": 1769860800, "label": "a"} | SERIES | series: expected 1 to 1000 characters of UTF-8, got none
          {"series": "s", "time": -1, "label": "a"} | MALFORMED | time: expected (time), got -1 (41 bytes starting "{"series": "s", ")
          {"series": "s", "time": 9223372036854775, "label": "a"} | TIME | time: expected 1970 to PT1H from now, got 2262-04-11T23:47:16.854Z
          {"series": "s", "time": 1769860800, "label": "\\ud800"} | LABEL | label: expected 1 to 200 characters of UTF-8, got 1
          """)
  void otherJsonIsADeadLetter(String json, Reason reason, String message) {
    assertRefused(event(labels, json), reason, message.replace("(time)", TimeText.EXPECTED));
  }

  @Test
  void othersAreDeadLetters() {
    assertRefused(
        event(labels, (byte[]) null), Reason.NULL_VALUE, "value: expected a label, got null");
    assertRefused(
        event(labels, new LabelCodec().encode(new Label("s", 1, "a".repeat(201)))),
        Reason.LABEL,
        "label: expected 1 to 200 characters of UTF-8, got 201");
    assertRefused(
        event(labels, new LabelCodec().encode(new Label("s", -1, "a"))),
        Reason.TIME,
        "time: expected 1970 to PT1H from now, got 1969-12-31T23:59:59.999Z");
    assertThat(((DeadLetter) event(labels, "{".repeat(100_000))).reason())
        .isEqualTo(Reason.MALFORMED);
    assertThat(((DeadLetter) event(labels, new byte[0])).reason()).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void eachLineOfARecordIsALabel() {
    String good = "{\"series\": \"s\", \"time\": 176986080%d, \"label\": \"a\"}";
    String record = good.formatted(0) + "\n{\"series\":\n" + good.formatted(1) + " x";
    List<InputEvent> events = events(labels, record.getBytes(StandardCharsets.UTF_8));
    assertThat(events).hasSize(4);
    assertLabel(events.get(0), "s", 1_769_860_800_000L, "a");
    assertLabel(events.get(2), "s", 1_769_860_801_000L, "a");
    DeadLetter bad = (DeadLetter) events.get(1);
    assertThat(bad.message()).contains("Unexpected end-of-input").endsWith("(line 2)");
    assertThat(bad.source().value()).asString().isEqualTo("{\"series\":\n");
    assertThat(((DeadLetter) events.get(3)).source().value()).asString().isEqualTo("x");
  }

  private static final Incident INCIDENT = SampleRecords.INCIDENT;

  private FeedbackEvent written(ProducerRecord<byte[], byte[]> record) {
    assertThat(record.topic()).isEqualTo("t");
    FeedbackEvent event = (FeedbackEvent) event(feedback, record.value());
    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(event.series());
    assertThat(event.source().offset()).isEqualTo(7);
    return event;
  }

  @Test
  void writtenFeedbackIsRead() {
    FeedbackEvent dismissed =
        written(FeedbackRecord.of("t", INCIDENT, Incident.Reason.DRIFT, "ana"));
    assertThat(dismissed)
        .isEqualTo(new FeedbackEvent("pumpe-ß", Incident.Reason.DRIFT, 60_000, dismissed.source()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          nothing | MALFORMED | feedback: expected a JSON object
          [] | MALFORMED | series: expected text, got nothing
          {"series": "s"} | MALFORMED | reason: expected text, got nothing
          {"series": ""} | SERIES | series: expected 1 to 1000 characters of UTF-8, got none
          {"series": "s", "reason": "level", "start": 1769860800} | MALFORMED | id: expected text, got nothing
          {"series": "s", "reason": "level", "id": "1"} | MALFORMED | start: expected
          {"series": "s", "reason": "level", "start": 1769860800, "id": "1"} | FEEDBACK | id: expected that of the series and the start, got another
          {"series": "s", "reason": "group", "start": 1769860800, "id": "1"} | FEEDBACK | reason: expected novelty, level, drift or error, got 'group'
          {"series": "s", "reason": "\\u001b[2J\\n", "start": 1769860800, "id": "1"} | FEEDBACK | reason: expected novelty, level, drift or error, got '.[2J.'
          {"series": "s", "reason": "break", "start": 1769860800, "id": "1"} | FEEDBACK | reason: expected novelty, level, drift or error, got 'break'
          """)
  void otherFeedbackIsADeadLetter(String json, Reason reason, String message) {
    DeadLetter letter = (DeadLetter) event(feedback, json);
    assertThat(letter.reason()).isEqualTo(reason);
    assertThat(letter.message()).startsWith(message);
  }

  @Test
  void feedbackWithoutAValueIsADeadLetter() {
    assertThat(((DeadLetter) event(feedback, (byte[]) null)).reason()).isEqualTo(Reason.NULL_VALUE);
  }
}
