package dev.weir.kafka.connector;

import dev.weir.forecast.InputEvent;
import dev.weir.kafka.KafkaSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.metrics.scope.ScopeFormat;

/**
 * Kafka's source, whose partitions are idle only when they are read to their end ({@link
 * IdlenessReader}). With offsets to end at, each partition is read up to its one, and the source
 * waits there, with a state that one without ends can be restored from: it goes on where this one
 * waits.
 *
 * <p>Flink's own bounded Kafka source can't do that. It finishes, and a job restored from finished
 * tasks leaves them finished; and each partition's end is part of the saved state, so that it would
 * also be an end for the job that was to go on.
 */
final class ObservationSource extends BatchNamingSource<InputEvent> {

  private static final long serialVersionUID = 1L;

  private final KafkaSettings settings;
  private final Properties consumer;
  private final Duration idleTimeout;

  /**
   * @param source without an end
   * @param settings perhaps with the first offset not to read, by partition; then a partition that
   *     is not named is not read
   * @param consumer properties of the source's Kafka consumers
   * @param idleTimeout a partition without an observation for so long may be idle
   */
  ObservationSource(
      KafkaSource<InputEvent> source,
      KafkaSettings settings,
      Properties consumer,
      Duration idleTimeout) {
    super(source);
    this.settings = settings;
    this.consumer = consumer;
    this.idleTimeout = idleTimeout;
  }

  @Override
  public SourceReader<InputEvent, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    SourceReader<InputEvent, KafkaPartitionSplit> reader = super.createReader(context);
    Map<Integer, Long> ends = settings.offsets().ends();
    if (ends != null) {
      String job = context.metricGroup().getAllVariables().get(ScopeFormat.SCOPE_JOB_ID);
      reader = new HistoryReader(reader, ends, new ConsumerGroupCommits(settings, job));
    }
    int subtask = context.getIndexOfSubtask();
    return new IdlenessReader(
        reader, ends, idleTimeout, () -> new UnreadRecords(consumer, subtask));
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return new DiscoveryEnumerator(super.createEnumerator(context), context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    return new DiscoveryEnumerator(super.restoreEnumerator(context, state), context);
  }
}
