package dev.weir.cli.option;

import dev.weir.cli.console.Printable;
import dev.weir.kafka.admin.OpenTransactions;
import dev.weir.kafka.admin.OpenTransactions.Hidden;
import dev.weir.kafka.admin.OpenTransactions.Transaction;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.wire.Decoder;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;

/**
 * Takes the records of a topic as they arrive. If it is quiet for a while, says once which open
 * transaction hides its records.
 */
public final class TopicFollower implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(250);
  private static final long LOOK_NANOS = 10_000_000_000L;

  private final KafkaOptions kafka;
  private final String topic;
  private final String command;
  private TopicAdmin admin; // null until it is needed
  private long newest = System.nanoTime(); // when the last record came
  private long looked = newest;
  private String told;

  /**
   * @param topic whose records may be hidden; null for none
   * @param command as it is typed
   */
  public TopicFollower(KafkaOptions kafka, String topic, String command) {
    this.kafka = kafka;
    this.topic = topic;
    this.command = command;
  }

  /** A record's content; null, after a line on standard error, if it can not be decoded. */
  public static <T> T decoded(ConsumerRecord<byte[], byte[]> record, Decoder<? extends T> decoder) {
    return decoded(record, decoder, true);
  }

  /**
   * As {@link #decoded(ConsumerRecord, Decoder)}.
   *
   * @param telling whether a line says so
   */
  public static <T> T decoded(
      ConsumerRecord<byte[], byte[]> record, Decoder<? extends T> decoder, boolean telling) {
    try {
      if (record.value() == null) {
        throw new MalformedRecordException("expected a value, got none");
      }
      return decoder.decode(record.value());
    } catch (MalformedRecordException e) {
      if (telling) {
        System.err.printf(
            "%s-%d@%d: %s; not one of ours, and passed over%n",
            record.topic(), record.partition(), record.offset(), Printable.line(e.getMessage()));
      }
      return null;
    }
  }

  /**
   * Takes records until there are enough, or nobody reads standard output any more.
   *
   * @param most how many to take
   * @param taken whether a record counts
   */
  public void follow(
      TopicConsumer consumer, long most, Predicate<ConsumerRecord<byte[], byte[]>> taken) {
    long count = 0;
    while (count < most && !System.out.checkError()) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      polled(records.isEmpty());
      for (ConsumerRecord<byte[], byte[]> record : records) {
        count += count < most && taken.test(record) ? 1 : 0;
      }
    }
  }

  private void polled(boolean empty) {
    long now = System.nanoTime();
    if (!empty) {
      newest = now;
      looked = now;
    } else if (topic != null && now - looked > LOOK_NANOS) {
      looked = now;
      look((now - newest) / 1_000_000);
    }
  }

  private void look(long quietMillis) {
    try {
      if (admin == null) {
        admin = new TopicAdmin(kafka.clients());
      }
      Hidden hidden = admin.openTransactions().hiding(topic);
      if (hidden == null) {
        return;
      }
      Transaction transaction = hidden.transaction();
      boolean isLong =
          transaction == null
              ? quietMillis >= OpenTransactions.LONG_MILLIS
              : hidden.isLong(System.currentTimeMillis());
      if (!isLong) {
        return;
      }
      String which = transaction == null ? "" : transaction.id() + transaction.start();
      if (!which.equals(told)) {
        told = which;
        System.err.println(command + ": " + hidden.sentence());
      }
    } catch (KafkaException | IOException e) {
      // the records matter, and the next look may succeed
    }
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close();
    }
  }
}
