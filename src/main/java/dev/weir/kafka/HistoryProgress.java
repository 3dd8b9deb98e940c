package dev.weir.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How far a job that reads up to an end has got, as its group's committed offsets tell: those are
 * committed after a checkpoint, so what they say is done, whatever fails afterwards.
 */
public final class HistoryProgress implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaSettings settings;
  private final TopicAdmin admin;
  private final TopicOffsets offsets;
  private final String mark = "before-" + UUID.randomUUID();
  private KafkaConsumer<byte[], byte[]> consumer; // null until it is needed

  /**
   * To be called before the job is submitted: what its group has committed before says nothing.
   *
   * @param settings with the offsets of a span that has an end
   */
  public HistoryProgress(KafkaSettings settings) {
    this.settings = settings;
    this.admin = new TopicAdmin(settings.bootstrapServers(), settings.properties());
    this.offsets = new TopicOffsets(admin, settings);
    offsets.mark(mark);
  }

  /** Whether each partition has been read up to its end, and a checkpoint holds what came of it. */
  public boolean isThrough() {
    Map<Integer, OffsetAndMetadata> committed = offsets.committed();
    for (Map.Entry<Integer, Long> end : settings.offsets().ends().entrySet()) {
      OffsetAndMetadata place = committed.get(end.getKey());
      if (place == null || mark.equals(place.metadata())) {
        return false;
      }
      if (place.offset() < end.getValue()
          && holdsRecords(end.getKey(), place.offset(), end.getValue())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether there is anything to read between two offsets. What is committed is the offset behind
   * the last record, and between it and the end there may be marks of transactions only.
   */
  private boolean holdsRecords(int partition, long from, long to) {
    if (consumer == null) {
      consumer = consumer();
    }
    TopicPartition where = new TopicPartition(settings.topics().observations(), partition);
    consumer.assign(List.of(where));
    consumer.seek(where, from);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (consumer.position(where) < to && System.nanoTime() < deadline) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(where)) {
        return record.offset() < to;
      }
    }
    return consumer.position(where) < to;
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> config = new HashMap<>(settings.properties());
    config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public void close() {
    if (consumer != null) {
      consumer.close();
    }
    admin.close();
  }
}
