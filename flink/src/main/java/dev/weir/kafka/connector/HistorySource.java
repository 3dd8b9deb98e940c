package dev.weir.kafka.connector;

import dev.weir.forecast.InputEvent;
import dev.weir.kafka.KafkaSettings;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.metrics.scope.ScopeFormat;

/**
 * Reads each partition up to an offset and waits there, with a state that a {@link KafkaSource}
 * without an end can be restored from: it goes on where this one waits.
 *
 * <p>Flink's own bounded Kafka source can't do that. It finishes, and a job restored from finished
 * tasks leaves them finished; and each partition's end is part of the saved state, so that it would
 * also be an end for the job that was to go on.
 */
final class HistorySource
    implements Source<InputEvent, KafkaPartitionSplit, KafkaSourceEnumState>,
        ResultTypeQueryable<InputEvent> {

  private static final long serialVersionUID = 1L;

  private final KafkaSource<InputEvent> source;
  private final KafkaSettings settings;

  /**
   * @param source without an end
   * @param settings with the first offset not to read, by partition; a partition that is not named
   *     is not read
   */
  HistorySource(KafkaSource<InputEvent> source, KafkaSettings settings) {
    this.source = source;
    this.settings = settings;
  }

  /** Not bounded for Flink: the submitter stops the job. */
  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<InputEvent, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    String job = context.metricGroup().getAllVariables().get(ScopeFormat.SCOPE_JOB_ID);
    return new HistoryReader(
        source.createReader(context),
        settings.offsets().ends(),
        new ConsumerGroupCommits(settings, job));
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return source.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    return source.restoreEnumerator(context, state);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return source.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return source.getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<InputEvent> getProducedType() {
    return source.getProducedType();
  }
}
