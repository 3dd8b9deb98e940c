package dev.weir.kafka.admin;

import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The newest records of topics, so many and no more: a job as its topics tell of it. Holds one
 * fetch at a time, however long records and topics are. Reads what is committed.
 */
public final class LatestRecords implements AutoCloseable {

  /** A partition whose records don't come holds up nobody for longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final TopicConsumer consumer;

  public LatestRecords(KafkaClients clients) {
    this.consumer =
        new TopicConsumer(
            clients
                .committed()
                .with(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 << 20) // a larger record comes alone
                .or(ClientProperties.TIMEOUT, (int) PATIENCE.toMillis()));
  }

  /**
   * Where a topic begins and ends, by partition. Its length counts offsets, which marks of
   * transactions and compacted records have too.
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
    List<TopicPartition> partitions = consumer.partitions(topic);
    return new Extent(
        byPartition(consumer.begins(partitions)), byPartition(consumer.ends(partitions)));
  }

  private static Map<Integer, Long> byPartition(Map<TopicPartition, Long> offsets) {
    Map<Integer, Long> byPartition = new TreeMap<>();
    offsets.forEach((partition, offset) -> byPartition.put(partition.partition(), offset));
    return byPartition;
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
    Map<TopicPartition, Long> from = new HashMap<>();
    Map<TopicPartition, Long> ends = new HashMap<>();
    boolean all = true;
    for (Map.Entry<Integer, Long> end : extent.ends().entrySet()) {
      long begin = extent.begins().getOrDefault(end.getKey(), 0L);
      if (end.getValue() > begin) {
        TopicPartition partition = new TopicPartition(topic, end.getKey());
        ends.put(partition, end.getValue());
        // one more, since the last of a transaction's offsets is its mark
        from.put(partition, Math.max(begin, end.getValue() - each - 1));
        all &= from.get(partition) == begin;
      }
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    return consumer.read(from, ends, () -> System.nanoTime() - deadline >= 0, action) && all;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
