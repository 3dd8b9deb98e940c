package dev.weir.kafka.connector;

import dev.weir.kafka.KafkaClients;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Asks the brokers whether partitions have records that a reader has not emitted yet. The end
 * offset alone does not say: behind a reader's position may be nothing but transaction markers,
 * aborted records or what compaction removed, which no reader ever sees. So where the end is ahead,
 * a record is fetched.
 *
 * <p>Not thread-safe, but for {@link #wakeup}. Each call sends a request to each leader, and
 * fetches from partitions that are behind.
 */
final class UnreadRecords implements ObservationSourceReader.Ends {

  /** An unanswered request ends after this; partitions that are not decided by then are unread. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofMillis(100);

  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Range> empty = new HashMap<>();
  private boolean isTopicMissing; // perhaps, since a request was not answered

  /** Offsets without a record that a reader sees. */
  private record Range(long from, long to) {}

  /**
   * The answer for a partition.
   *
   * @param end offset behind the last record that may be read; 0 without the topic
   * @param isRead whether no record is unread up to it
   */
  record Answer(long end, boolean isRead) {}

  /**
   * @param reader properties of the consumer whose records are meant
   */
  UnreadRecords(Properties reader, int subtask) {
    Map<String, String> properties = new HashMap<>();
    reader.stringPropertyNames().forEach(name -> properties.put(name, reader.getProperty(name)));
    properties.putAll(KafkaClients.limits(PATIENCE));
    String group = properties.get(ConsumerConfig.GROUP_ID_CONFIG);
    consumer =
        KafkaClients.of(properties.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG), properties)
            .with(ConsumerConfig.CLIENT_ID_CONFIG, "%s-ends-%d".formatted(group, subtask))
            .with(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest")
            .with(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1)
            .with(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 65_536)
            .follower(group);
  }

  /**
   * Asks for each partition.
   *
   * @param positions next offset to read, or one of the special values of {@link
   *     KafkaPartitionSplit}
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
   */
  @Override
  public Map<TopicPartition, Answer> ask(Map<TopicPartition, Long> positions) {
    Map<TopicPartition, Answer> answers = new HashMap<>();
    Set<TopicPartition> open = new HashSet<>(positions.keySet());
    if (isTopicMissing) { // a deleted topic would block all others
      open.removeIf(tp -> consumer.partitionsFor(tp.topic()).isEmpty());
      positions.keySet().forEach(tp -> answers.put(tp, new Answer(0, !open.contains(tp))));
    }
    assign(open, positions);
    Map<TopicPartition, Long> ends;
    try {
      ends = new HashMap<>(consumer.endOffsets(open)); // read_committed: the last stable offset
    } catch (TimeoutException e) {
      isTopicMissing = true;
      throw e;
    }
    ends.forEach((tp, end) -> answers.put(tp, new Answer(end, false)));
    long start = System.nanoTime();
    while (true) {
      open.removeIf(
          tp -> {
            boolean isRead = consumer.position(tp) >= ends.get(tp);
            answers.computeIfPresent(tp, (p, answer) -> new Answer(answer.end, isRead));
            return isRead;
          });
      if (open.isEmpty() || System.nanoTime() - start > PATIENCE.toNanos()) {
        break;
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        TopicPartition tp = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < ends.get(tp)) {
          consumer.pause(List.of(tp));
          open.remove(tp);
          empty.put(tp, new Range(positions.get(tp), record.offset()));
        }
      }
    }
    for (TopicPartition tp : consumer.assignment()) { // the next call need not look there again
      if (!consumer.paused().contains(tp)) {
        empty.put(tp, new Range(positions.get(tp), consumer.position(tp)));
      }
    }
    return answers;
  }

  private void assign(Collection<TopicPartition> open, Map<TopicPartition, Long> positions) {
    consumer.assign(List.of()); // forgets positions
    consumer.assign(open);
    for (TopicPartition tp : open) {
      long position = positions.get(tp);
      Range known = empty.get(tp);
      if (known != null && known.from == position) {
        consumer.seek(tp, known.to);
      } else if (position >= 0) {
        consumer.seek(tp, position);
      } else if (position == KafkaPartitionSplit.EARLIEST_OFFSET) {
        consumer.seekToBeginning(List.of(tp));
      } // else the committed offset, as the reader
    }
  }

  @Override
  public void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
