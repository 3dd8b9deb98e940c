package dev.weir.kafka.connector;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;

/**
 * Kafka's enumerator, which also tells each reader when all partitions that exist at the start, or
 * at a restart, are assigned.
 */
final class DiscoveryEnumerator
    implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {

  private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator;
  private final SplitEnumeratorContext<KafkaPartitionSplit> context;
  private boolean isDiscovered;

  DiscoveryEnumerator(
      SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator,
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    this.enumerator = enumerator;
    this.context = context;
  }

  /**
   * Flink makes calls in turn: by the time of the first one here, Kafka's enumerator has listed the
   * partitions, and at the second it has assigned those that are new.
   */
  @Override
  public void start() {
    enumerator.start();
    context.callAsync(
        () -> null,
        (listed, failure) -> context.callAsync(() -> null, (assigned, other) -> discovered()));
  }

  private void discovered() {
    isDiscovered = true;
    context.registeredReaders().keySet().forEach(this::tell);
  }

  private void tell(int subtask) {
    context.sendEventToSourceReader(subtask, new IdlenessReader.Discovered());
  }

  @Override
  public void addReader(int subtask) {
    enumerator.addReader(subtask);
    if (isDiscovered) {
      tell(subtask);
    }
  }

  @Override
  public void handleSplitRequest(int subtask, String host) {
    enumerator.handleSplitRequest(subtask, host);
  }

  @Override
  public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
    enumerator.addSplitsBack(splits, subtask);
  }

  @Override
  public KafkaSourceEnumState snapshotState(long checkpointId) throws Exception {
    return enumerator.snapshotState(checkpointId);
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    enumerator.handleSourceEvent(subtask, event);
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    enumerator.notifyCheckpointComplete(checkpointId);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    enumerator.notifyCheckpointAborted(checkpointId);
  }

  @Override
  public void close() throws IOException {
    enumerator.close();
  }
}
