package dev.weir.kafka.admin;

import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.codec.DeadLetterCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;

/**
 * The dead-letter topic as a person sees it: what is on it, and sending some of it in once more.
 *
 * <p>Trusts nothing on it: a record that is no dead letter is one without a reason. Holds one
 * record at a time, however long the topic is.
 */
public final class DeadLetterTopic {

  /** Marks a record as sent in once more: dead-letter topic, partition and offset. */
  public static final String REPLAY_OF = "__weir.replay-of";

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final String topic;
  private final KafkaClients clients;

  public DeadLetterTopic(KafkaClients clients, String topic) {
    this.clients = clients;
    this.topic = topic;
  }

  /**
   * One record of the topic.
   *
   * @param partition of the dead-letter topic, as the next
   * @param offset where the letter is
   * @param reason why the record died, as its header says; null when the header does not say it
   * @param message the same in words; what is missing when {@code reason} is null
   * @param source where the record came from; null when that is not known
   * @param cut whether key, value or headers are not whole
   * @param headers those that the record had before it died
   */
  public record Letter(
      int partition,
      long offset,
      String reason,
      String message,
      Source source,
      boolean cut,
      List<SourceRecord.Header> headers,
      byte[] key,
      byte[] value) {

    /** Whether the record can be sent in again as it was. */
    public boolean isWhole() {
      return source != null && !cut;
    }
  }

  /** Where a record was before it died. */
  public record Source(String topic, int partition, long offset, long timestamp) {}

  /** The end of each partition now, after which nothing is looked at. */
  public Map<Integer, Long> ends() {
    try (TopicConsumer consumer = consumer()) {
      return consumer.extent(topic).ends();
    }
  }

  /**
   * Shows the records before the given ends, each partition in its order.
   *
   * @param reason of those that are shown; null for all
   */
  public void forEach(Map<Integer, Long> ends, Reason reason, Consumer<Letter> action)
      throws IOException {
    try (TopicConsumer consumer = consumer()) {
      List<TopicPartition> partitions = consumer.partitions(topic);
      Map<TopicPartition, Long> begins = consumer.begins(partitions);
      for (TopicPartition partition : partitions) { // one by one: the order is the same
        long end = ends.getOrDefault(partition.partition(), 0L);
        read(
            consumer,
            partition,
            begins.get(partition),
            end,
            letter -> {
              if (reason == null || reason.name().equals(letter.reason())) {
                action.accept(letter);
              }
            });
      }
    }
  }

  private static void read(
      TopicConsumer consumer,
      TopicPartition partition,
      long from,
      long end,
      Consumer<Letter> action)
      throws IOException {
    if (!consumer.read(
        Map.of(partition, from),
        Map.of(partition, end),
        TIMEOUT,
        record -> action.accept(letter(record)))) {
      throw new IOException(
          "%s: expected records up to offset %d, got none for %d s after %d"
              .formatted(partition, end, TIMEOUT.toSeconds(), consumer.position(partition)));
    }
  }

  /**
   * Sends those of a reason in again, key, value and headers as they were, to the partition that
   * they were on while there is one. Their timestamp is the old one, unless that is ahead of the
   * clock, which brokers refuse. {@link #REPLAY_OF} is added, in place of that of an earlier
   * replay.
   *
   * @param ends where to stop, so that what a running job rejects meanwhile is not sent again
   * @return how many were stored
   * @throws IOException when the brokers refuse one: the message says how many were stored
   */
  public long replay(Map<Integer, Long> ends, Reason reason) throws IOException {
    try (Producer<byte[], byte[]> producer =
        clients.producer(TopicAdmin.LARGE_RECORD_BYTES, TIMEOUT)) {
      Sending sending = new Sending(producer);
      forEach(
          ends,
          reason,
          letter -> {
            if (letter.isWhole()) {
              sending.send(letter);
            }
          });
      producer.flush();
      sending.failIfRefused();
      return sending.stored.get();
    } catch (InterruptException e) {
      throw new IOException("replay: interrupted", e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Sends records in their order; ends after the first that the brokers refuse. */
  private final class Sending {
    private final Producer<byte[], byte[]> producer;
    private final Map<String, Integer> partitions = new HashMap<>();
    private final AtomicLong stored = new AtomicLong();
    private final AtomicReference<Exception> refused = new AtomicReference<>();

    Sending(Producer<byte[], byte[]> producer) {
      this.producer = producer;
    }

    void send(Letter letter) {
      Source source = letter.source();
      int count =
          partitions.computeIfAbsent(source.topic(), name -> producer.partitionsFor(name).size());
      long now = System.currentTimeMillis();
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              source.topic(),
              source.partition() >= 0 && source.partition() < count ? source.partition() : null,
              source.timestamp() >= 0 ? Math.min(source.timestamp(), now) : now,
              letter.key(),
              letter.value());
      for (SourceRecord.Header header : letter.headers()) {
        if (!header.name().equals(REPLAY_OF)) {
          record.headers().add(header.name(), header.value());
        }
      }
      String place = "%s:%d:%d".formatted(topic, letter.partition(), letter.offset());
      record.headers().add(REPLAY_OF, place.getBytes(StandardCharsets.UTF_8));
      failIfRefused();
      producer.send(
          record,
          (metadata, failure) -> {
            if (failure == null) {
              stored.incrementAndGet();
            } else {
              refused.compareAndSet(null, failure);
            }
          });
    }

    void failIfRefused() {
      Exception failure = refused.get();
      if (failure != null) {
        throw new UncheckedIOException(
            new IOException(
                "replay: expected all to be stored, got %s after %d of them"
                    .formatted(failure.getMessage(), stored.get()),
                failure));
      }
    }
  }

  private TopicConsumer consumer() {
    return new TopicConsumer(clients.committed());
  }

  /** Never fails: on this topic too there may be anything. */
  public static Letter letter(ConsumerRecord<byte[], byte[]> record) {
    String reason = text(record, DeadLetterCodec.REASON);
    String message = text(record, DeadLetterCodec.MESSAGE);
    Source source = null;
    String problem =
        reason == null ? "expected header " + DeadLetterCodec.REASON + ", got none" : null;
    try {
      String topic = text(record, DeadLetterCodec.TOPIC);
      if (topic != null) {
        source =
            new Source(
                topic,
                Integer.parseInt(String.valueOf(text(record, DeadLetterCodec.PARTITION))),
                Long.parseLong(String.valueOf(text(record, DeadLetterCodec.OFFSET))),
                Long.parseLong(String.valueOf(text(record, DeadLetterCodec.TIMESTAMP))));
      }
    } catch (NumberFormatException e) {
      problem = "expected numbers in the headers of a dead letter, got " + e.getMessage();
      reason = null;
    }
    return new Letter(
        record.partition(),
        record.offset(),
        reason,
        problem != null ? problem : message == null ? "" : message,
        source,
        text(record, DeadLetterCodec.TRUNCATED) != null
            || text(record, DeadLetterCodec.KEY_TRUNCATED) != null
            || text(record, DeadLetterCodec.HEADERS_LOST) != null,
        DeadLetterCodec.originals(record.headers()),
        record.key(),
        record.value());
  }

  private static String text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }
}
