package dev.weir.kafka.connector;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;

/**
 * Kafka's reader. If Kafka's client can't unpack a batch, it fails with a line that names topic,
 * partition and offset; it would fail again after each restart.
 */
class PartitionReader<T> implements SourceReader<T, KafkaPartitionSplit> {

  /** All partitions that existed at the start of the job are assigned. */
  record Discovered() implements SourceEvent {}

  /** Asks a reader to read up to what its partitions hold now; its answer once it has. */
  record ReadUp() implements SourceEvent {}

  /**
   * From a reader, when it has changed.
   *
   * @param time of the newest observation: that of the slowest partition that is not idle, or, if
   *     all are idle, of the newest one in any; {@link Long#MIN_VALUE} without an observation
   * @param isIdle whether all its partitions are idle
   */
  record Reached(long time, boolean isIdle) implements SourceEvent {}

  /**
   * To a reader, as the answer when it becomes idle or no longer is, and to idle ones.
   *
   * @param time what all readers that are not idle have reached
   * @param isResumed whether all were idle before: what the others were sent may be on its way
   * @param isIdle whether this reader counts as idle
   */
  record Follow(long time, boolean isResumed, boolean isIdle) implements SourceEvent {}

  /** Flink's checkpoints count from 1; a snapshot of this id is overwritten and never committed. */
  static final long NO_CHECKPOINT = Long.MIN_VALUE;

  private static final int MAX_NAMED = 10;

  final SourceReader<T, KafkaPartitionSplit> reader;

  PartitionReader(SourceReader<T, KafkaPartitionSplit> reader) {
    this.reader = reader;
  }

  @Override
  public void start() {
    reader.start();
  }

  /** Rethrows, wrapped by Flink, what the client threw in the fetcher's thread. */
  @Override
  public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
    try {
      return reader.pollNext(output);
    } catch (Exception e) {
      throw named(e);
    }
  }

  @Override
  public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
    return reader.snapshotState(checkpointId);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return reader.isAvailable();
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
    reader.addSplits(splits);
  }

  @Override
  public void notifyNoMoreSplits() {
    reader.notifyNoMoreSplits();
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    // of Discovered it makes no use
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    reader.notifyCheckpointComplete(checkpointId);
  }

  @Override
  public void close() throws Exception {
    reader.close();
  }

  private Exception named(Exception failure) {
    List<KafkaPartitionSplit> splits = reader.snapshotState(NO_CHECKPOINT);
    Exception named = failure;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof OutOfMemoryError) { // the client does not say of which partition
        return failure(splits, failure, t, "give tasks more heap, or cut");
      }
      if (t instanceof KafkaException && !(t instanceof ApiException)) {
        String message = String.valueOf(t.getMessage());
        List<KafkaPartitionSplit> bad =
            splits.stream().filter(split -> isNamed(split, message)).toList();
        if (!bad.isEmpty()) {
          named = failure(bad, failure, t, "cut"); // its cause may give the reason
        }
      }
    }
    return named;
  }

  private static boolean isNamed(KafkaPartitionSplit split, String message) {
    String name = Pattern.quote(split.getTopicPartition().toString());
    return Pattern.compile("(?<![\\w.-])" + name + "(?!\\d)").matcher(message).find();
  }

  /** Without a cause, since Flink's tools show the deepest cause alone. */
  private static Exception failure(
      List<KafkaPartitionSplit> splits, Exception failure, Throwable cause, String step) {
    String places =
        splits.stream()
            .limit(MAX_NAMED)
            .map(PartitionReader::place)
            .collect(Collectors.joining("; or "));
    if (splits.size() > MAX_NAMED) {
      places += "; or %d more partitions".formatted(splits.size() - MAX_NAMED);
    }
    IllegalStateException named =
        new IllegalStateException(
            "batch at or behind %s: expected one that Kafka's client can unpack, got %s; %s the partition behind the batch (docs/operations.md#a-batch-that-does-not-fit-into-memory)"
                .formatted(places, cause, step));
    named.addSuppressed(failure);
    return named;
  }

  private static String place(KafkaPartitionSplit split) {
    long offset = split.getStartingOffset(); // negative before the first record
    return "topic %s, partition %d, offset %s"
        .formatted(
            split.getTopic(), split.getPartition(), offset < 0 ? "of the first record" : offset);
  }
}
