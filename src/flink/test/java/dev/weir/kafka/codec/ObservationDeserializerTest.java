package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Allocations;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObservationDeserializerTest {

  private final ObservationDeserializer deserializer =
      new ObservationDeserializer(null, Duration.ofDays(1), null, null);
  private final ObservationCodec codec = new ObservationCodec();

  @BeforeEach
  void open() {
    deserializer.open(null);
  }

  private InputEvent arrival(byte[] value) {
    List<InputEvent> out = new ArrayList<>();
    deserializer.deserialize(
        new ConsumerRecord<>("observations", 2, 33, new byte[] {9}, value),
        new ListCollector<>(out));
    assertThat(out).hasSize(1);
    return out.get(0);
  }

  private void assertDead(byte[] value, Reason reason, String message) {
    DeadLetter letter = (DeadLetter) arrival(value);
    assertThat(letter.reason()).isEqualTo(reason);
    assertThat(letter.message()).isEqualTo(message);
    assertThat(letter.source().value()).isSameAs(value);
    assertThat(letter.source().key()).containsExactly(9);
    assertThat(letter.source().partition()).isEqualTo(2);
    assertThat(letter.source().offset()).isEqualTo(33);
  }

  private byte[] encode(String series, long time, double value) throws Exception {
    return codec.encode(new Observation(series, time, value));
  }

  @Test
  void aGoodRecordIsAnObservationWithItsSource() throws Exception {
    byte[] bytes = encode("s", 7, 1.5);
    ObservationEvent observed = (ObservationEvent) arrival(bytes);
    assertThat(observed.observation()).isEqualTo(new Observation("s", 7, 1.5));
    assertThat(observed.source().value()).isSameAs(bytes);
  }

  @Test
  void eachKindOfBadRecordIsADeadLetterWithItsBytesAndReason() throws Exception {
    assertDead(null, Reason.NULL_VALUE, "value: expected an observation, got null");
    assertDead(
        encode("", 7, 1), Reason.SERIES, "series: expected a name of 1 to 1000 characters, got 0");
    assertDead(
        encode("x".repeat(1001), 7, 1),
        Reason.SERIES,
        "series: expected a name of 1 to 1000 characters, got 1001");
    assertDead(
        encode("s", 7, Double.NaN), Reason.NOT_FINITE, "value: expected a finite number, got NaN");
    assertDead(
        encode("s", 7, Double.NEGATIVE_INFINITY),
        Reason.NOT_FINITE,
        "value: expected a finite number, got -Infinity");
    assertDead(
        codec.encode(new Observation("s", 7, 1, new double[] {1, Double.NaN})),
        Reason.NOT_FINITE,
        "features[1]: expected a finite number, got NaN");
    assertDead(
        codec.encode(new Observation("s", 7, 1, new double[] {Double.POSITIVE_INFINITY})),
        Reason.NOT_FINITE,
        "features[0]: expected a finite number, got Infinity");
    assertDead(
        encode("s", -1, 1),
        Reason.TIME,
        "time: expected 1970 to PT24H from now, got 1969-12-31T23:59:59.999Z");
    assertDead(
        encode("s", Instant.parse("9999-01-01T00:00:00Z").toEpochMilli(), 1),
        Reason.TIME,
        "time: expected 1970 to PT24H from now, got 9999-01-01T00:00:00Z");
    assertDead(
        encode("s", Long.MAX_VALUE, 1),
        Reason.TIME,
        "time: expected 1970 to PT24H from now, got +292278994-08-17T07:12:55.807Z");
    assertDead(
        new byte[] {2},
        Reason.MALFORMED,
        "string at byte 1: expected a length of at most 0, got 1 (1 bytes starting \".\")");
  }

  @Test
  void aNameThatIsNotUtf8IsMalformedAndNotMergedWithOthers() throws Exception {
    byte[] bytes = encode("pump-?", 7, 1);
    for (int broken : new int[] {0x80, 0xC3, 0xFF}) {
      bytes[6] = (byte) broken; // behind the length
      DeadLetter letter = (DeadLetter) arrival(bytes);
      assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
      assertThat(letter.message())
          .startsWith(
              "observation: series: expected UTF-8, got 0x70756d702d%02x (17 bytes"
                  .formatted(broken));
      assertThat(letter.source().value()).isSameAs(bytes);
    }
    for (String name : new String[] {"p\uFFFD", "Größe", "温度", "\uD83C\uDF21"}) {
      assertThat(((ObservationEvent) arrival(encode(name, 7, 1))).observation().series())
          .isEqualTo(name);
    }
  }

  @Test
  void theUsualHeaderIsKeptForLittleMoreThanItself() throws Exception {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("observations", 2, 33, new byte[] {9}, encode("pump-7", 7, 1.5));
    byte[] fingerprint = ObservationCodec.fingerprint();
    record.headers().add(ObservationCodec.fingerprintHeader(), fingerprint);
    Kept kept = new Kept();
    deserializer.deserialize(record, kept);
    assertThat(kept.last.source().headers())
        .containsExactly(
            new SourceRecord.Header(ObservationCodec.fingerprintHeader(), fingerprint));
    int calls = 20_000;
    Allocations.assertAtMostOnceWarm(
        calls,
        464, // 520 where the compiler leaves each object on the heap; a limit has 64 to spare
        () -> {
          for (int i = 0; i < calls; i++) {
            deserializer.deserialize(record, kept);
          }
        });
  }

  /** Holds on to one, so that none is optimized away. */
  private static final class Kept implements Collector<InputEvent> {
    private InputEvent last;

    @Override
    public void collect(InputEvent arrival) {
      last = arrival;
    }

    @Override
    public void close() {}
  }
}
