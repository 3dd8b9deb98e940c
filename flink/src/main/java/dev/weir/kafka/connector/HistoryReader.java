package dev.weir.kafka.connector;

import dev.weir.forecast.InputEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.TopicPartition;

/**
 * Lets Kafka's reader read each partition up to its end, and saves all partitions, those that are
 * read to their end too, as ones without an end.
 *
 * <p>Commits all of them after each checkpoint. Kafka's reader commits a partition that ends
 * between a snapshot and the checkpoint's completion where the snapshot was, and never again.
 */
public final class HistoryReader implements SourceReader<InputEvent, KafkaPartitionSplit> {

  /** Commits offsets, next to read, for the job's group. */
  interface Commits extends AutoCloseable {
    void commit(Map<TopicPartition, Long> offsets);
  }

  private final SourceReader<InputEvent, KafkaPartitionSplit> reader;
  private final Map<Integer, Long> ends;
  private final Map<String, KafkaPartitionSplit> all = new LinkedHashMap<>(); // as they came

  private final Commits commits;
  private final NavigableMap<Long, Map<TopicPartition, Long>> snapshots = new TreeMap<>();

  private KeptOutputs outputs; // around the one that is polled for

  HistoryReader(
      SourceReader<InputEvent, KafkaPartitionSplit> reader,
      Map<Integer, Long> ends,
      Commits commits) {
    this.reader = reader;
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

  @Override
  public void start() {
    reader.start();
  }

  @Override
  public InputStatus pollNext(ReaderOutput<InputEvent> output) throws Exception {
    if (outputs == null || outputs.output != output) {
      outputs = new KeptOutputs(output);
    }
    return reader.pollNext(outputs);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return reader.isAvailable();
  }

  /** Kafka's reader would take its last end for the end of the input. */
  @Override
  public void notifyNoMoreSplits() {
    // this source never ends
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    reader.handleSourceEvents(event);
  }

  @Override
  public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
    reader.pauseOrResumeSplits(toPause, toResume);
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
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    reader.notifyCheckpointAborted(checkpointId);
  }

  @Override
  public void close() throws Exception {
    try (commits) {
      reader.close();
    }
  }

  /**
   * Keeps the output of a partition that is read to its end, as that of a stream that pauses: it
   * gives its time until it counts as idle. Taken away at once, it would hold back event time for
   * all, since a reader without partitions is not idle to Flink.
   */
  private static final class KeptOutputs implements ReaderOutput<InputEvent> {

    private final ReaderOutput<InputEvent> output;

    KeptOutputs(ReaderOutput<InputEvent> output) {
      this.output = output;
    }

    @Override
    public SourceOutput<InputEvent> createOutputForSplit(String split) {
      return output.createOutputForSplit(split);
    }

    @Override
    public void releaseOutputForSplit(String split) {
      // kept
    }

    @Override
    public void collect(InputEvent arrival) {
      output.collect(arrival);
    }

    @Override
    public void collect(InputEvent arrival, long timestamp) {
      output.collect(arrival, timestamp);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      output.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
      output.markIdle();
    }

    @Override
    public void markActive() {
      output.markActive();
    }
  }
}
