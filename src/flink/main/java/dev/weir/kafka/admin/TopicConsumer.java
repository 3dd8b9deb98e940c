package dev.weir.kafka.admin;

import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaClients;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads topics as bytes and without a consumer group: bounded ranges with {@code read}, or new
 * records with {@link #follow} and {@link #poll}. Not thread-safe except for {@link #wakeup}.
 *
 * <p>Unless the client properties say otherwise, reads committed records, and continues with the
 * oldest record if the next ones were deleted. Throws Kafka's exceptions, such as for missing
 * rights.
 *
 * <pre>{@code
 * List<TopicPartition> partitions = consumer.partitions("forecasts");
 * consumer.read(consumer.begins(partitions), consumer.ends(partitions), patience, action);
 * }</pre>
 */
public final class TopicConsumer implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** A partition whose records don't come holds up nobody for longer. */
  private static final Duration PARTITION = Duration.ofSeconds(5);

  private final Consumer<byte[], byte[]> consumer;

  public TopicConsumer(KafkaClients clients) {
    this(clients.reader());
  }

  /**
   * Of the newest committed records of topics: holds one fetch at a time, however long records and
   * topics are.
   */
  public static TopicConsumer ofNewest(KafkaClients clients) {
    return new TopicConsumer(
        clients
            .committed()
            .with(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 << 20) // a larger record comes alone
            .or(ClientProperties.TIMEOUT, (int) PARTITION.toMillis()));
  }

  /** With a consumer that has no group. */
  public TopicConsumer(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /** A topic's partitions in their order; none if there is no such topic. */
  public List<TopicPartition> partitions(String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .sorted(Comparator.comparingInt(TopicPartition::partition))
        .toList();
  }

  public Map<TopicPartition, Long> begins(Collection<TopicPartition> partitions) {
    return consumer.beginningOffsets(partitions);
  }

  /** Where partitions end now, before the first open transaction if committed records are read. */
  public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
    return consumer.endOffsets(partitions);
  }

  /** The offsets so many before the given ends, or where the partitions begin. */
  public Map<TopicPartition, Long> before(Map<TopicPartition, Long> ends, long offsets) {
    Map<TopicPartition, Long> from = new HashMap<>(begins(ends.keySet()));
    from.replaceAll((partition, begin) -> Math.max(begin, ends.get(partition) - offsets));
    return from;
  }

  /**
   * The offset of the first record of each partition that is not older, or the partition's end.
   *
   * @param since milliseconds since 1970
   */
  public Map<TopicPartition, Long> since(Collection<TopicPartition> partitions, long since) {
    // the ends first: a record that comes in between would be in neither answer otherwise
    Map<TopicPartition, Long> offsets = new HashMap<>(ends(partitions));
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(partition -> times.put(partition, since));
    consumer
        .offsetsForTimes(times)
        .forEach(
            (partition, first) -> {
              if (first != null) {
                offsets.put(partition, first.offset());
              }
            });
    return offsets;
  }

  /**
   * Reads ranges of partitions, each partition in its order.
   *
   * @param from the first offset of each range
   * @param ends the first offset behind each range, of the same partitions
   * @param isOver called before each poll; gives up if true
   * @return whether all ranges were read to their ends
   */
  public boolean read(
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> ends,
      BooleanSupplier isOver,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> action) {
    follow(from);
    while (ends.entrySet().stream().anyMatch(end -> position(end.getKey()) < end.getValue())) {
      if (isOver.getAsBoolean()) {
        return false;
      }
      for (ConsumerRecord<byte[], byte[]> record : poll(POLL)) {
        if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) {
          action.accept(record);
        }
      }
    }
    return true;
  }

  /**
   * As {@link #read(Map, Map, BooleanSupplier, java.util.function.Consumer)}.
   *
   * @param patience gives up after this time in which no partition made progress
   */
  public boolean read(
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> ends,
      Duration patience,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> action) {
    long[] reached = {-1, System.nanoTime()}; // the sum of all positions, and since when
    BooleanSupplier isOver =
        () -> {
          long now = from.keySet().stream().mapToLong(this::position).sum();
          if (now != reached[0]) {
            reached[0] = now;
            reached[1] = System.nanoTime();
          }
          return System.nanoTime() - reached[1] > patience.toNanos();
        };
    return read(from, ends, isOver, action);
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
    return new Extent(byPartition(begins(partitions)), byPartition(ends(partitions)));
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
      String topic,
      Extent extent,
      int most,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> action) {
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
    long deadline = System.nanoTime() + PARTITION.toNanos();
    return read(from, ends, () -> System.nanoTime() - deadline >= 0, action) && all;
  }

  /** Follows these partitions, each from an offset, and no others. */
  public void follow(Map<TopicPartition, Long> places) {
    consumer.assign(places.keySet());
    places.forEach(consumer::seek);
  }

  /** The next records of the followed partitions; empty after this time. */
  public ConsumerRecords<byte[], byte[]> poll(Duration time) {
    return consumer.poll(time);
  }

  /** The followed partitions. */
  public Set<TopicPartition> followed() {
    return consumer.assignment();
  }

  /** The next offset to read of a followed partition. */
  public long position(TopicPartition partition) {
    return consumer.position(partition);
  }

  /** Whether a batch can't be parsed; other failures, such as time-outs, have subclasses. */
  public static boolean isUnreadable(KafkaException failure) {
    return failure.getClass() == KafkaException.class;
  }

  /**
   * Finds the next readable offset after a batch that can't be parsed, such as one that a broker's
   * disk has damaged. A consumer does not report where a batch ends, so this doubles the step until
   * a poll succeeds: it may skip as many readable offsets as the batch has.
   *
   * @return {@code from} if that can be read, at most {@code end}
   */
  public long behindUnreadable(TopicPartition partition, long from, long end) {
    long to = from;
    for (long step = 1; to < end; step *= 2) {
      follow(Map.of(partition, to));
      try {
        poll(LOOK);
        return to;
      } catch (KafkaException e) {
        if (!isUnreadable(e)) {
          throw e;
        }
        to = Math.min(end, to + step);
      }
    }
    return to;
  }

  /** Lets a call that waits in another thread fail with Kafka's {@code WakeupException}. */
  public void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    // without a group there is nothing to hand over, and a fetch is not waited for
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
