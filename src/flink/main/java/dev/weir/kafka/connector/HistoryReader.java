package dev.weir.kafka.connector;

import dev.weir.forecast.InputEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;

/**
 * Lets Kafka's reader read each partition up to its end, and saves all partitions, those that are
 * read to their end too, as ones without an end.
 *
 * <p>Commits all of them after each checkpoint. Kafka's reader commits a partition that ends
 * between a snapshot and the checkpoint's completion where the snapshot was, and never again.
 */
public final class HistoryReader extends ForwardingReader<InputEvent> {

  /** Commits offsets, next to read, for the job's group. */
  interface Commits extends AutoCloseable {
    void commit(Map<TopicPartition, Long> offsets);
  }

  private final Map<Integer, Long> ends;
  private final Map<String, KafkaPartitionSplit> all = new LinkedHashMap<>(); // as they came

  private final Commits commits;
  private final NavigableMap<Long, Map<TopicPartition, Long>> snapshots = new TreeMap<>();

  HistoryReader(
      SourceReader<InputEvent, KafkaPartitionSplit> reader,
      Map<Integer, Long> ends,
      Commits commits) {
    super(reader);
    this.ends = ends;
    this.commits = commits;
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
    List<KafkaPartitionSplit> toRead = new ArrayList<>();
    for (KafkaPartitionSplit split : splits) {
      all.put(split.splitId(), split);
      Long end = ends.get(split.getPartition());
      if (end != null) { // else a partition younger than the job: none of its business
        toRead.add(
            new KafkaPartitionSplit(split.getTopicPartition(), split.getStartingOffset(), end));
      }
    }
    if (!toRead.isEmpty()) {
      reader.addSplits(toRead);
    }
  }

  @Override
  public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
    Map<String, KafkaPartitionSplit> reading = new HashMap<>();
    for (KafkaPartitionSplit split : reader.snapshotState(checkpointId)) {
      reading.put(split.splitId(), split);
    }
    List<KafkaPartitionSplit> saved = new ArrayList<>();
    Map<TopicPartition, Long> toCommit = new HashMap<>();
    for (KafkaPartitionSplit split : all.values()) {
      long offset = split.getStartingOffset();
      KafkaPartitionSplit now = reading.get(split.splitId());
      Long end = ends.get(split.getPartition());
      if (now != null) {
        offset = now.getStartingOffset();
      } else if (end != null) { // read to its end, unless it began behind it
        offset = Math.max(offset, end);
      }
      saved.add(new KafkaPartitionSplit(split.getTopicPartition(), offset));
      if (offset >= 0) { // else a place that Kafka's reader has not looked up yet
        toCommit.put(split.getTopicPartition(), offset);
      }
    }
    snapshots.put(checkpointId, toCommit);
    return saved;
  }

  /** Kafka's reader would take its last end for the end of the input. */
  @Override
  public void notifyNoMoreSplits() {
    // this source never ends
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    reader.notifyCheckpointComplete(checkpointId);
    Map<TopicPartition, Long> toCommit = snapshots.get(checkpointId);
    if (toCommit != null) {
      commits.commit(toCommit);
    }
    snapshots.headMap(checkpointId, true).clear();
  }

  @Override
  public void close() throws Exception {
    try (commits) {
      reader.close();
    }
  }
}
