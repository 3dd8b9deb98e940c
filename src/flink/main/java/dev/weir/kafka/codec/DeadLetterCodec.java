package dev.weir.kafka.codec;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.wire.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * A dead letter on its topic: key, value and headers are the original bytes, and why it died is in
 * further headers. Their names mirror those of Kafka Streams (KIP-1034) under our own prefix; all
 * are text.
 */
public final class DeadLetterCodec {

  /** What our own headers begin with. An original one that does is not kept. */
  private static final String PREFIX = "__weir.errors.";

  public static final String REASON = "__weir.errors.reason";
  public static final String MESSAGE = "__weir.errors.message";
  public static final String TOPIC = "__weir.errors.topic";
  public static final String PARTITION = "__weir.errors.partition";
  public static final String OFFSET = "__weir.errors.offset";
  public static final String TIMESTAMP = "__weir.errors.timestamp";

  /** Set when the value was too large for the topic: how many bytes it had. */
  public static final String TRUNCATED = "__weir.errors.truncated-from";

  /** Set when the key left no room even for itself: how many bytes it had. */
  public static final String KEY_TRUNCATED = "__weir.errors.key-truncated-from";

  /** Set when original headers were left out, for want of room: how many. */
  public static final String HEADERS_LOST = "__weir.errors.headers-lost";

  /** Original headers up to this long fit beside key and value; those that do not are left out. */
  private static final int HEADERS_ROOM = 6 << 10;

  /** Lengths of a header's name and value, in their longest form. */
  private static final int HEADER_FRAMING = 10;

  /** A key up to this long fits beside the longest value; a longer one takes from the value. */
  private static final int KEY_ROOM = 4 << 10;

  /** Messages quote foreign bytes; this is as much as anybody reads. */
  private static final int MAX_MESSAGE = 500;

  private DeadLetterCodec() {}

  /** Where a record came from, should it die later. */
  public static SourceRecord source(ConsumerRecord<byte[], byte[]> record) {
    Originals originals = keep(record.headers().toArray());
    return new SourceRecord(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        originals.kept(),
        originals.lost(),
        record.key(),
        record.value());
  }

  /** The headers that are not ours, in their order, as far as there is room for them. */
  public static List<SourceRecord.Header> originals(Headers headers) {
    return keep(headers.toArray()).kept();
  }

  /**
   * @param kept in their order
   * @param lost how many there was no room for
   */
  private record Originals(List<SourceRecord.Header> kept, int lost) {
    static final Originals NONE = new Originals(List.of(), 0);
  }

  /** Each record passes here, and most have one header or none: as few objects as may be. */
  private static Originals keep(Header[] headers) {
    if (headers.length == 0) {
      return Originals.NONE;
    }
    SourceRecord.Header[] kept = new SourceRecord.Header[headers.length];
    int size = 0;
    int lost = 0;
    int room = HEADERS_ROOM;
    for (Header header : headers) {
      if (!isOriginal(header)) {
        continue;
      }
      byte[] value = header.value();
      long bytes = HEADER_FRAMING + 3L * header.key().length() + (value == null ? 0 : value.length);
      if (bytes <= room) {
        room -= (int) bytes;
        kept[size++] = new SourceRecord.Header(header.key(), value);
      } else {
        lost++;
      }
    }
    return new Originals(size == 1 ? List.of(kept[0]) : List.of(Arrays.copyOf(kept, size)), lost);
  }

  private static boolean isOriginal(Header header) {
    return !header.key().startsWith(PREFIX) && !header.key().equals(OutputRecords.JOB);
  }

  /**
   * @param maxBytes the longest value that the topic takes beside an ordinary key; what is longer
   *     is cut, and says so
   * @param now the clock; brokers refuse a record whose timestamp is well ahead of theirs, and its
   *     own one is in the headers
   */
  static ProducerRecord<byte[], byte[]> record(
      String topic, DeadLetter letter, int maxBytes, long now) {
    SourceRecord source = letter.source();
    byte[] key = cut(source.key(), Math.addExact(maxBytes, KEY_ROOM));
    int keyBytes = key == null ? 0 : key.length;
    byte[] value = cut(source.value(), maxBytes - Math.max(0, keyBytes - KEY_ROOM));
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic, null, Math.max(0, Math.min(source.timestamp(), now)), key, value);
    String message = letter.message();
    Headers headers = record.headers();
    source.headers().forEach(header -> headers.add(header.name(), header.value()));
    add(headers, REASON, letter.reason().name());
    add(headers, MESSAGE, message.substring(0, Math.min(message.length(), MAX_MESSAGE)));
    add(headers, TOPIC, source.topic());
    add(headers, PARTITION, Integer.toString(source.partition()));
    add(headers, OFFSET, Long.toString(source.offset()));
    add(headers, TIMESTAMP, Long.toString(source.timestamp()));
    if (source.headersLost() > 0) {
      add(headers, HEADERS_LOST, Integer.toString(source.headersLost()));
    }
    if (key != source.key()) {
      add(headers, KEY_TRUNCATED, Integer.toString(source.key().length));
    }
    if (value != source.value()) {
      add(headers, TRUNCATED, Integer.toString(source.value().length));
    }
    return record;
  }

  /** The same array unless it is too long. */
  private static byte[] cut(byte[] bytes, int maxBytes) {
    return bytes == null || bytes.length <= maxBytes ? bytes : Arrays.copyOf(bytes, maxBytes);
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  /** The dead letter that a record of the dead-letter topic holds. */
  public static DeadLetter read(ConsumerRecord<byte[], byte[]> record)
      throws MalformedRecordException {
    try {
      boolean allHeaders = record.headers().lastHeader(HEADERS_LOST) == null;
      SourceRecord source =
          new SourceRecord(
              text(record, TOPIC),
              Integer.parseInt(text(record, PARTITION)),
              Long.parseLong(text(record, OFFSET)),
              Long.parseLong(text(record, TIMESTAMP)),
              originals(record.headers()),
              allHeaders ? 0 : Integer.parseInt(text(record, HEADERS_LOST)),
              record.key(),
              record.value());
      return new DeadLetter(
          DeadLetter.Reason.valueOf(text(record, REASON)), text(record, MESSAGE), source);
    } catch (IllegalArgumentException e) {
      throw new MalformedRecordException("dead letter: " + e.getMessage(), e);
    }
  }

  private static String text(ConsumerRecord<byte[], byte[]> record, String name)
      throws MalformedRecordException {
    Header header = record.headers().lastHeader(name);
    if (header == null || header.value() == null) {
      throw new MalformedRecordException(
          "dead letter: expected header %s, got none".formatted(name));
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }
}
