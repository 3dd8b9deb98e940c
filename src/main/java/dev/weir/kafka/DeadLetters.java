package dev.weir.kafka;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * A dead letter on its topic: key and value are the original bytes, why it died is in the headers.
 * Their names mirror those of Kafka Streams (KIP-1034) under our own prefix; all are text.
 */
public final class DeadLetters {

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

  /** A key up to this long fits beside the longest value; a longer one takes from the value. */
  private static final int KEY_ROOM = 4 << 10;

  /** Messages quote foreign bytes; this is as much as anybody reads. */
  private static final int MAX_MESSAGE = 500;

  private DeadLetters() {}

  /** Where a record came from, should it die later. */
  static SourceRecord source(ConsumerRecord<byte[], byte[]> record) {
    return new SourceRecord(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        record.key(),
        record.value());
  }

  /**
   * @param maxBytes the longest value that the topic takes beside an ordinary key; what is longer
   *     is cut, and says so
   * @param now the clock; brokers refuse a record whose timestamp is well ahead of theirs, and its
   *     own one stands in the headers
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
    add(headers, REASON, letter.reason().name());
    add(headers, MESSAGE, message.substring(0, Math.min(message.length(), MAX_MESSAGE)));
    add(headers, TOPIC, source.topic());
    add(headers, PARTITION, Integer.toString(source.partition()));
    add(headers, OFFSET, Long.toString(source.offset()));
    add(headers, TIMESTAMP, Long.toString(source.timestamp()));
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
  public static DeadLetter read(ConsumerRecord<byte[], byte[]> record) throws MalformedException {
    try {
      SourceRecord source =
          new SourceRecord(
              text(record, TOPIC),
              Integer.parseInt(text(record, PARTITION)),
              Long.parseLong(text(record, OFFSET)),
              Long.parseLong(text(record, TIMESTAMP)),
              record.key(),
              record.value());
      return new DeadLetter(
          DeadLetter.Reason.valueOf(text(record, REASON)), text(record, MESSAGE), source);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("dead letter: " + e.getMessage(), e);
    }
  }

  private static String text(ConsumerRecord<byte[], byte[]> record, String name)
      throws MalformedException {
    Header header = record.headers().lastHeader(name);
    if (header == null || header.value() == null) {
      throw new MalformedException("dead letter: expected header %s, got none".formatted(name));
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }
}
