package dev.weir.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The newest records of topics, so many and no more: a job as its topics tell of it. Holds one
 * fetch at a time, however long records and topics are. Reads what is committed.
 */
public final class TopicTails implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  /** A partition whose records don't come holds up nobody for longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * @param clients properties of Kafka's clients, the brokers among them
   */
  public TopicTails(Map<String, ?> clients) {
    Map<String, Object> config = new HashMap<>(clients);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 << 20); // a larger record comes alone
    config.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    this.consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Where a topic begins and ends, by partition. Its length counts offsets, of which marks of
   * transactions and what was compacted away are no records.
   */
  public record Extent(Map<Integer, Long> begins, Map<Integer, Long> ends) {

    public int partitions() {
      return ends.size();
    }

    public long length() {
      return ends.entrySet().stream()
          .mapToLong(end -> Math.max(0, end.getValue() - begins.getOrDefault(end.getKey(), 0L)))
          .sum();
    }

    /** All ends together: grows with each record, whatever is deleted. */
    public long end() {
      return ends.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * How many offsets are behind the given places.
     *
     * @param places by partition; a partition without one counts from its beginning
     */
    public long behind(Map<Integer, Long> places) {
      long behind = 0;
      for (Map.Entry<Integer, Long> end : ends.entrySet()) {
        long begin = begins.getOrDefault(end.getKey(), 0L);
        long place = Math.max(begin, places.getOrDefault(end.getKey(), begin));
        behind += Math.max(0, end.getValue() - place);
      }
      return behind;
    }
  }

  /** Where a topic, which must be there, begins and ends now. */
  public Extent extent(String topic) {
    List<TopicPartition> partitions = partitions(topic);
    Map<Integer, Long> begins = new TreeMap<>();
    Map<Integer, Long> ends = new TreeMap<>();
    consumer.beginningOffsets(partitions).forEach((p, offset) -> begins.put(p.partition(), offset));
    consumer.endOffsets(partitions).forEach((p, offset) -> ends.put(p.partition(), offset));
    return new Extent(begins, ends);
  }

  private List<TopicPartition> partitions(String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .toList();
  }

  /**
   * Shows the newest records of a topic, each partition in its order, as far as they come within a
   * few seconds.
   *
   * @param most of all partitions together, evenly; at least one of each
   * @return whether these are all records that there are
   */
  public boolean newest(
      String topic, Extent extent, int most, Consumer<ConsumerRecord<byte[], byte[]>> action) {
    int each = Math.max(1, most / Math.max(1, extent.partitions()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    extent
        .ends()
        .forEach(
            (partition, end) -> {
              if (end > extent.begins().getOrDefault(partition, 0L)) {
                ends.put(new TopicPartition(topic, partition), end);
              }
            });
    consumer.assign(ends.keySet());
    boolean all = true;
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      long begin = extent.begins().getOrDefault(end.getKey().partition(), 0L);
      // one more, since the last of a transaction's offsets is its mark
      long from = Math.max(begin, end.getValue() - each - 1);
      all &= from == begin;
      consumer.seek(end.getKey(), from);
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline
        && ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < ends.get(new TopicPartition(topic, record.partition()))) {
          action.accept(record);
        }
      }
    }
    return all
        && ends.entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
  }

  @Override
  public void close() {
    consumer.close(Duration.ofSeconds(1));
  }
}
