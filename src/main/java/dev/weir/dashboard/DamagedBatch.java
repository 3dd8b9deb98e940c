package dev.weir.dashboard;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Finds where a partition can be read again after a batch that cannot be, such as one whose bytes a
 * broker's disk has changed: a consumer stands before it for ever, and says neither where it ends
 * nor, but in words, where it is.
 */
final class DamagedBatch {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private DamagedBatch() {}

  /** Whether bytes could not be read; brokers that are away or refuse have types of their own. */
  static boolean isCauseOf(KafkaException failure) {
    return failure.getClass() == KafkaException.class;
  }

  /** Of a consumer that looks, one batch at a time. */
  static Map<String, Object> consumerConfig(Map<String, Object> seeking) {
    Map<String, Object> config = new HashMap<>(seeking);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1); // the first one comes whole
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    return config;
  }

  /**
   * The first offset of a partition that can be read.
   *
   * @param consumer is left at some place in this partition, with no other
   * @return {@code from} when nothing is damaged there, {@code end} when nothing can be read before
   */
  static long end(Consumer<?, ?> consumer, TopicPartition partition, long from, long end) {
    consumer.assign(List.of(partition));
    return end(offset -> isReadable(consumer, partition, offset, end), from, end);
  }

  /**
   * Asks once for each doubling of the damaged batch's length, and about as often again. Where more
   * than one is damaged, what lies between may count as one with them.
   */
  static long end(LongPredicate isReadable, long from, long end) {
    if (from >= end || isReadable.test(from)) {
      return from;
    }
    long damaged = from;
    long readable = end;
    for (long step = 1; readable == end && damaged + step < end; step *= 2) {
      if (isReadable.test(damaged + step)) {
        readable = damaged + step;
      } else {
        damaged += step;
      }
    }
    while (readable - damaged > 1) {
      long middle = (damaged + readable) >>> 1;
      if (isReadable.test(middle)) {
        readable = middle;
      } else {
        damaged = middle;
      }
    }
    return readable;
  }

  /**
   * Whether the next record can be read. Marks of transactions and what was aborted bring none, so
   * that a damaged batch right behind them is that of the same offset.
   */
  private static boolean isReadable(
      Consumer<?, ?> consumer, TopicPartition partition, long offset, long end) {
    consumer.seek(partition, offset);
    long place = offset;
    long since = System.nanoTime();
    try {
      while (place < end && consumer.poll(POLL).isEmpty()) {
        long now = consumer.position(partition);
        if (now != place) {
          place = now;
          since = System.nanoTime();
        } else if (System.nanoTime() - since > PATIENCE.toNanos()) {
          throw new TimeoutException("no answer from %s at %d".formatted(partition, place));
        }
      }
      return true;
    } catch (KafkaException e) {
      if (isCauseOf(e)) {
        return false;
      }
      throw e;
    }
  }
}
