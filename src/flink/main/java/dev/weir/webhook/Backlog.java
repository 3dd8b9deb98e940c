package dev.weir.webhook;

import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.codec.OutputRecords;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What a group has not posted yet, by its committed offsets, so that it is the same after a restart
 * and in each process of the group.
 *
 * @param records of the job; of a backlog that is not read in time the rest counts as offsets
 * @param seconds since the timestamp of the oldest one; 0 for none
 */
record Backlog(long records, double seconds) {

  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(100);

  /**
   * Reads from the group's offsets to the topic's end; joins and commits nothing.
   *
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer in time
   */
  static Backlog read(KafkaClients clients, WebhookDelivery.Source source) {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    long records = 0;
    long now = System.currentTimeMillis();
    long oldest = now;
    for (Map.Entry<String, String> limit : KafkaClients.limits(TIMEOUT).entrySet()) {
      clients = clients.with(limit.getKey(), limit.getValue());
    }
    try (Consumer<byte[], byte[]> consumer = clients.follower(source.group())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(source.topic()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long rest = rest(consumer, ends);
      while (rest > 0 && System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (OutputRecords.foreign(record, source.job()) == null) {
            records++;
            oldest = Math.min(oldest, record.timestamp());
          }
        }
        rest = rest(consumer, ends);
      }
      return new Backlog(records + rest, Math.max(0, now - oldest) / 1_000.0);
    }
  }

  private static long rest(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .mapToLong(end -> Math.max(0, end.getValue() - consumer.position(end.getKey())))
        .sum();
  }
}
