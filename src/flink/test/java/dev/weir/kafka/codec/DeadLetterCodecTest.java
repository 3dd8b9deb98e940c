package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.SourceRecord.Header;
import dev.weir.kafka.admin.DeadLetterTopic;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.wire.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class DeadLetterCodecTest {

  private static final long NOW = 1_000;

  private static final DeadLetter LETTER =
      new DeadLetter(
          Reason.LATE,
          "time: …",
          new SourceRecord(
              "observations",
              3,
              44,
              555,
              List.of(
                  new Header("trace", new byte[] {9, 8}),
                  new Header("trace", new byte[] {7}),
                  new Header("none", null)),
              0,
              new byte[] {1},
              new byte[] {2, 3, 4}));

  private static ConsumerRecord<byte[], byte[]> read(ProducerRecord<byte[], byte[]> record) {
    return new ConsumerRecord<>(
        record.topic(),
        0,
        0,
        record.timestamp(),
        TimestampType.CREATE_TIME,
        0,
        0,
        record.key(),
        record.value(),
        record.headers(),
        Optional.empty());
  }

  /** A record as it is read from the observations topic. */
  private static ConsumerRecord<byte[], byte[]> incoming(Header... headers) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>("observations", 3, 555L, new byte[] {1}, new byte[] {2, 3, 4});
    for (Header header : headers) {
      record.headers().add(header.name(), header.value());
    }
    return read(record);
  }

  private static String header(ProducerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void keyAndValueAreTheOriginalBytesAndTheReasonIsInTheHeaders() throws Exception {
    ProducerRecord<byte[], byte[]> record = DeadLetterCodec.record("dlq", LETTER, 100, NOW);
    assertThat(record.key()).isSameAs(LETTER.source().key());
    assertThat(record.value()).isSameAs(LETTER.source().value());
    assertThat(record.timestamp()).isEqualTo(555);
    assertThat(header(record, "__weir.errors.reason")).isEqualTo("LATE");
    assertThat(header(record, "__weir.errors.offset")).isEqualTo("44");
    assertThat(record.headers().lastHeader(DeadLetterCodec.TRUNCATED)).isNull();
    assertThat(DeadLetterCodec.read(read(record))).isEqualTo(LETTER);
  }

  @Test
  void originalHeadersPrecedeOursAndAreReadBack() throws Exception {
    SourceRecord source =
        DeadLetterCodec.source(incoming(LETTER.source().headers().toArray(Header[]::new)));
    assertThat(source.headers()).isEqualTo(LETTER.source().headers());
    ProducerRecord<byte[], byte[]> record = DeadLetterCodec.record("dlq", LETTER, 100, NOW);
    assertThat(record.headers().toArray())
        .extracting(org.apache.kafka.common.header.Header::key)
        .startsWith("trace", "trace", "none", DeadLetterCodec.REASON);
    assertThat(DeadLetterTopic.letter(read(record)).headers()).isEqualTo(source.headers());
    assertThat(DeadLetterTopic.letter(read(record)).cut()).isFalse();
  }

  @Test
  void anOriginalHeaderThatLooksLikeOursIsNotTakenForOurs() throws Exception {
    SourceRecord source =
        DeadLetterCodec.source(incoming(new Header(DeadLetterCodec.REASON, new byte[] {'X'})));
    assertThat(source.headers()).isEmpty();
    assertThat(source.headersLost()).isZero();
  }

  @Test
  void headersThatAreTooLongAreLeftOutAndCounted() throws Exception {
    Header small = new Header("small", new byte[100]);
    Header last = new Header("last", new byte[1]);
    SourceRecord source =
        DeadLetterCodec.source(incoming(small, new Header("long", new byte[6_100]), last));
    assertThat(source.headers()).containsExactly(small, last);
    assertThat(source.headersLost()).isEqualTo(1);
    ProducerRecord<byte[], byte[]> record =
        DeadLetterCodec.record("dlq", new DeadLetter(Reason.LATE, "m", source), 100, NOW);
    assertThat(header(record, "__weir.errors.headers-lost")).isEqualTo("1");
    assertThat(DeadLetterCodec.read(read(record)).source().headersLost()).isEqualTo(1);
    assertThat(DeadLetterTopic.letter(read(record)).cut()).as("is not replayed").isTrue();
  }

  /** What {@link TopicAdmin} leaves free beside the longest value. */
  @Test
  void largestValueWithKeyAndHeadersFitsIntoARecord() {
    Header[] many = new Header[20_000];
    Arrays.fill(many, new Header("", new byte[0])); // nothing but framing
    for (Header[] headers : List.of(many, new Header[] {new Header("long", new byte[6_100])})) {
      SourceRecord source = DeadLetterCodec.source(incoming(headers));
      DeadLetter letter =
          new DeadLetter(
              Reason.MALFORMED,
              "\u20ac".repeat(1_000),
              new SourceRecord(
                  "t".repeat(249),
                  Integer.MAX_VALUE,
                  Long.MAX_VALUE,
                  Long.MAX_VALUE,
                  source.headers(),
                  1_000,
                  new byte[4 << 10],
                  new byte[1 << 20]));
      ProducerRecord<byte[], byte[]> record = DeadLetterCodec.record("dlq", letter, 1 << 20, NOW);
      int bytes =
          AbstractRecords.estimateSizeInBytesUpperBound(
              RecordBatch.CURRENT_MAGIC_VALUE,
              CompressionType.NONE,
              record.key(),
              record.value(),
              record.headers().toArray());
      assertThat(bytes).isLessThanOrEqualTo((1 << 20) + (16 << 10));
    }
  }

  @Test
  void aValueTooLongForTheTopicIsCutAndSaysSo() {
    ProducerRecord<byte[], byte[]> record = DeadLetterCodec.record("dlq", LETTER, 2, NOW);
    assertThat(record.value()).containsExactly(2, 3);
    assertThat(header(record, "__weir.errors.truncated-from")).isEqualTo("3");
  }

  @Test
  void aLongKeyTakesFromTheValueAndIsItselfCutWhenItTakesAll() {
    byte[] key = new byte[5_000]; // 4096 are free, so 904 are the value's
    byte[] value = new byte[2_000];
    DeadLetter letter =
        new DeadLetter(Reason.MALFORMED, "m", new SourceRecord("t", 0, 0, 1, key, value));
    ProducerRecord<byte[], byte[]> beside = DeadLetterCodec.record("dlq", letter, 3_000, NOW);
    assertThat(beside.key()).isSameAs(key);
    assertThat(beside.value()).isSameAs(value);
    ProducerRecord<byte[], byte[]> taking = DeadLetterCodec.record("dlq", letter, 2_000, NOW);
    assertThat(taking.key()).isSameAs(key);
    assertThat(taking.value()).hasSize(2_000 - 904);
    assertThat(taking.headers().lastHeader(DeadLetterCodec.KEY_TRUNCATED)).isNull();
    ProducerRecord<byte[], byte[]> cut = DeadLetterCodec.record("dlq", letter, 500, NOW);
    assertThat(cut.key()).hasSize(4_096 + 500);
    assertThat(cut.value()).isEmpty();
    assertThat(header(cut, "__weir.errors.key-truncated-from")).isEqualTo("5000");
    assertThat(header(cut, "__weir.errors.truncated-from")).isEqualTo("2000");
  }

  @Test
  void aTimestampAheadOfTheClockIsKeptInTheHeadersOnly() throws Exception {
    DeadLetter letter =
        new DeadLetter(Reason.TIME, "m", new SourceRecord("t", 0, 0, NOW + 1, null, null));
    ProducerRecord<byte[], byte[]> record = DeadLetterCodec.record("dlq", letter, 2, NOW);
    assertThat(record.timestamp()).isEqualTo(NOW);
    assertThat(DeadLetterCodec.read(read(record))).isEqualTo(letter);
  }

  @Test
  void aRecordWithoutATimestampOrValueCanStillBeWritten() throws Exception {
    DeadLetter letter =
        new DeadLetter(Reason.NULL_VALUE, "m", new SourceRecord("t", 0, 0, -1, null, null));
    ProducerRecord<byte[], byte[]> record = DeadLetterCodec.record("dlq", letter, 2, NOW);
    assertThat(record.timestamp()).isZero();
    assertThat(DeadLetterCodec.read(read(record))).isEqualTo(letter);
  }

  @Test
  void aForeignRecordOnTheTopicIsRefusedByTheHeaderItLacks() {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("dlq", new byte[] {1});
    assertThatThrownBy(
            () ->
                DeadLetterCodec.read(
                    read(new ProducerRecord<>("dlq", 0, 0L, null, record.value()))))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage("dead letter: expected header __weir.errors.topic, got none");
  }
}
