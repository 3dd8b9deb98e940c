package dev.weir.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

/** What a broker's topics hold, for consumers of both kinds, and what is still open on them. */
public final class Topics {
  public static final String COMMITTED = "read_committed";
  public static final String UNCOMMITTED = "read_uncommitted";

  private static final Duration POLL = Duration.ofMillis(100);

  private final String bootstrapServers;
  private final Duration patience;

  /**
   * @param patience how long to wait for what is to come
   */
  public Topics(String bootstrapServers, Duration patience) {
    this.bootstrapServers = bootstrapServers;
    this.patience = patience;
  }

  /** All records of the topic from its beginning to its present end, each partition in order. */
  public List<ConsumerRecord<byte[], byte[]>> read(String topic, String isolation) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation)) {
      readTo(consumer, ends(consumer, topic), records::add);
    }
    return records;
  }

  long count(String topic, String isolation) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation)) {
      return count(consumer, ends(consumer, topic));
    }
  }

  /** Records and marks of all partitions. */
  public long end(String topic) {
    try (KafkaConsumer<byte[], byte[]> all = consumer(UNCOMMITTED)) {
      return sum(ends(all, topic));
    }
  }

  /**
   * Records that were written and then aborted: those before the last stable offset that only
   * consumers that read uncommitted records get.
   */
  long aborted(String topic) {
    try (KafkaConsumer<byte[], byte[]> committed = consumer(COMMITTED);
        KafkaConsumer<byte[], byte[]> all = consumer(UNCOMMITTED)) {
      Map<TopicPartition, Long> stable = ends(committed, topic);
      return count(all, stable) - count(committed, stable);
    }
  }

  /** Records and markers behind the last stable offset: those of transactions not yet ended. */
  private static long open(
      KafkaConsumer<byte[], byte[]> committed, KafkaConsumer<byte[], byte[]> all, String topic) {
    return sum(ends(all, topic)) - sum(ends(committed, topic));
  }

  /** Waits until so many records are committed, counted from the topic's beginning. */
  void awaitCommitted(String topic, long records) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(COMMITTED)) {
      Set<TopicPartition> partitions = ends(consumer, topic).keySet();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      await(consumer, topic, records);
    }
  }

  /** Waits for so many more committed records than there are. */
  void awaitMore(String topic, long records) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(COMMITTED)) {
      Map<TopicPartition, Long> ends = ends(consumer, topic);
      consumer.assign(ends.keySet());
      ends.forEach(consumer::seek);
      await(consumer, topic, records);
    }
  }

  private void await(KafkaConsumer<byte[], byte[]> consumer, String topic, long records) {
    long deadline = System.nanoTime() + patience.toNanos();
    long count = 0;
    while (count < records) {
      count += consumer.poll(POLL).count();
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "%s: expected %,d records within %s, got %,d"
                .formatted(topic, records, patience, count));
      }
    }
  }

  /** Waits for the moment when so many records wait for their commit; returns how many do. */
  long awaitOpen(String topic, long records) {
    try (KafkaConsumer<byte[], byte[]> committed = consumer(COMMITTED);
        KafkaConsumer<byte[], byte[]> all = consumer(UNCOMMITTED)) {
      return Awaitility.await("open transactions on " + topic)
          .atMost(patience)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> open(committed, all, topic), open -> open >= records);
    }
  }

  /** Transactions that the broker waits for. */
  Collection<TransactionListing> openTransactions() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      return admin.listTransactions().all().get(2, TimeUnit.MINUTES).stream()
          .filter(
              t ->
                  t.state() == TransactionState.ONGOING
                      || t.state() == TransactionState.PREPARE_COMMIT
                      || t.state() == TransactionState.PREPARE_ABORT)
          .toList();
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "isolation.level", isolation,
            "fetch.max.wait.ms", 50),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static Map<TopicPartition, Long> ends(KafkaConsumer<?, ?> consumer, String topic) {
    return consumer.endOffsets(
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .sorted(Comparator.comparingInt(TopicPartition::partition))
            .toList());
  }

  private static long sum(Map<TopicPartition, Long> offsets) {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }

  private static long count(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    long[] count = {0};
    readTo(consumer, ends, record -> count[0]++);
    return count[0];
  }

  private static void readTo(
      KafkaConsumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> ends,
      Consumer<ConsumerRecord<byte[], byte[]>> each) {
    consumer.assign(ends.keySet());
    consumer.seekToBeginning(ends.keySet());
    while (ends.keySet().stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) {
          each.accept(record);
        }
      }
    }
  }
}
