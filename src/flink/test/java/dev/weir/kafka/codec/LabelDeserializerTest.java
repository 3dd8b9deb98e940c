package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.kafka.codec.LabelCodec.Label;
import dev.weir.kafka.wire.TimeText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelDeserializerTest {

  private final LabelDeserializer deserializer = new LabelDeserializer(null, Duration.ofHours(1));

  @BeforeEach
  void open() {
    deserializer.open(null);
  }

  private InputEvent event(byte[] value) {
    List<InputEvent> events = events(value);
    assertThat(events).hasSize(1);
    return events.get(0);
  }

  private List<InputEvent> events(byte[] value) {
    List<InputEvent> events = new ArrayList<>();
    deserializer.read(new ConsumerRecord<>("labels", 0, 7, null, value), events::add);
    return events;
  }

  private InputEvent event(String json) {
    return event(json.getBytes(StandardCharsets.UTF_8));
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
    assertLabel(event(avro), "größe-7", 1_234, "läuft");
    String longest = "s".repeat(1_000);
    assertLabel(event(new LabelCodec().encode(new Label(longest, 1, "run"))), longest, 1, "run");
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
    assertLabel(event(json), series, time, label);
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
    assertRefused(event(json), reason, message.replace("(time)", TimeText.EXPECTED));
  }

  @Test
  void othersAreDeadLetters() {
    assertRefused(event((byte[]) null), Reason.NULL_VALUE, "value: expected a label, got null");
    assertRefused(
        event(new LabelCodec().encode(new Label("s", 1, "a".repeat(201)))),
        Reason.LABEL,
        "label: expected 1 to 200 characters of UTF-8, got 201");
    assertRefused(
        event(new LabelCodec().encode(new Label("s", -1, "a"))),
        Reason.TIME,
        "time: expected 1970 to PT1H from now, got 1969-12-31T23:59:59.999Z");
    assertThat(((DeadLetter) event("{".repeat(100_000))).reason()).isEqualTo(Reason.MALFORMED);
    assertThat(((DeadLetter) event(new byte[0])).reason()).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void eachLineOfARecordIsALabel() {
    String good = "{\"series\": \"s\", \"time\": 176986080%d, \"label\": \"a\"}";
    String record = good.formatted(0) + "\n{\"series\":\n" + good.formatted(1) + " x";
    List<InputEvent> events = events(record.getBytes(StandardCharsets.UTF_8));
    assertThat(events).hasSize(4);
    assertLabel(events.get(0), "s", 1_769_860_800_000L, "a");
    assertLabel(events.get(2), "s", 1_769_860_801_000L, "a");
    DeadLetter bad = (DeadLetter) events.get(1);
    assertThat(bad.message()).contains("Unexpected end-of-input").endsWith("(line 2)");
    assertThat(bad.source().value()).asString().isEqualTo("{\"series\":\n");
    assertThat(((DeadLetter) events.get(3)).source().value()).asString().isEqualTo("x");
  }

  @Test
  void damagedBytesNeverThrow() {
    SplittableRandom random = new SplittableRandom(20261127);
    byte[][] whole = {
      new LabelCodec().encode(new Label("pump-7", 1_700_000_000_000L, "fault")),
      "{\"series\": \"s\", \"time\": 1769860800, \"label\": \"a\"}".getBytes(StandardCharsets.UTF_8)
    };
    int labels = 0;
    for (int i = 0; i < 3_000; i++) {
      byte[] bytes = whole[i % 2].clone();
      for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      labels += events(bytes).get(0) instanceof LabelEvent ? 1 : 0;
    }
    assertThat(labels).isBetween(50, 2_950);
  }
}
