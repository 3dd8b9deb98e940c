package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.InputEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedbackDeserializerTest {

  private static final Incident INCIDENT = SampleRecords.INCIDENT;

  private final FeedbackDeserializer deserializer = new FeedbackDeserializer(null);

  @BeforeEach
  void open() {
    deserializer.openAlone();
  }

  private InputEvent event(byte[] value) {
    List<InputEvent> events = events(value);
    assertThat(events).hasSize(1);
    return events.get(0);
  }

  private List<InputEvent> events(byte[] value) {
    List<InputEvent> events = new ArrayList<>();
    deserializer.read(new ConsumerRecord<>("alarms-feedback", 0, 7, null, value), events::add);
    return events;
  }

  private FeedbackEvent event(ProducerRecord<byte[], byte[]> record) {
    assertThat(record.topic()).isEqualTo("t");
    FeedbackEvent event = (FeedbackEvent) event(record.value());
    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(event.series());
    assertThat(event.source().offset()).isEqualTo(7);
    return event;
  }

  @Test
  void writtenRecordsAreRead() {
    FeedbackEvent dismissed = event(FeedbackRecord.of("t", INCIDENT, Reason.DRIFT));
    assertThat(dismissed)
        .isEqualTo(new FeedbackEvent("pumpe-ß", Reason.DRIFT, 60_000, dismissed.source()));
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
          """)
  void otherRecordIsADeadLetter(String json, DeadLetter.Reason reason, String message) {
    DeadLetter letter = (DeadLetter) event(json.getBytes(StandardCharsets.UTF_8));
    assertThat(letter.reason()).isEqualTo(reason);
    assertThat(letter.message()).startsWith(message);
  }

  @Test
  void recordWithoutAValueIsADeadLetter() {
    assertThat(((DeadLetter) event((byte[]) null)).reason())
        .isEqualTo(DeadLetter.Reason.NULL_VALUE);
  }

  @Test
  void damagedRecordsNeverFail() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] record = FeedbackRecord.of("t", INCIDENT, Reason.DRIFT).value();
    int letters = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = record.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      letters += events(damaged).get(0) instanceof DeadLetter ? 1 : 0;
    }
    assertThat(letters).isBetween(1_000, 2_000);
  }
}
