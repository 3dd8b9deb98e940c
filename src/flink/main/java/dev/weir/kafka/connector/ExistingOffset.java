package dev.weir.kafka.connector;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** The same offset in each partition, within what the partition contains when a job starts. */
record ExistingOffset(long offset) implements OffsetsInitializer {

  /** Behind the last record. */
  static final ExistingOffset END = new ExistingOffset(Long.MAX_VALUE);

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
    Map<TopicPartition, Long> offsets = new HashMap<>(retriever.endOffsets(partitions));
    retriever
        .beginningOffsets(partitions)
        .forEach((p, first) -> offsets.compute(p, (same, end) -> within(first, end)));
    return offsets;
  }

  private long within(long first, long end) {
    return Math.max(first, Math.min(end, offset));
  }

  @Override
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.EARLIEST;
  }
}
