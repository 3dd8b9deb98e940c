package dev.weir.cli;

import dev.weir.classify.ClassState;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.WindowState;
import dev.weir.model.Mode;
import dev.weir.state.ClassStateSerializer;
import dev.weir.state.LearnerStateSerializer;
import dev.weir.state.WindowStateSerializer;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.query.KvStateRegistry;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.UncompressedStreamCompressionDecorator;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackendBuilder;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSetFactory;
import org.apache.flink.runtime.state.metrics.LatencyTrackingStateConfig;
import org.apache.flink.runtime.state.metrics.SizeTrackingStateConfig;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;

/**
 * Reads what a savepoint in Flink's canonical format has of one series, without a cluster: only the
 * series' key group, on the heap. Not thread-safe.
 */
final class SavepointSeries implements AutoCloseable {

  static final String FORECAST = "forecast";

  static final String CLASSIFY = "classify";

  private final CloseableRegistry streams = new CloseableRegistry();
  private final HeapKeyedStateBackend<String> backend;

  /**
   * @param uid of the operator
   * @throws IOException if it is no such savepoint
   */
  SavepointSeries(Path savepoint, String uid, String series) throws IOException {
    OperatorState operator = operator(savepoint, uid);
    int groups = operator.getMaxParallelism();
    int group = KeyGroupRangeAssignment.assignToKeyGroup(series, groups);
    KeyGroupRange range = new KeyGroupRange(group, group);
    List<KeyedStateHandle> handles =
        operator.getStates().stream()
            .flatMap(task -> task.getManagedKeyedState().stream())
            .map(handle -> handle.getIntersection(range))
            .filter(handle -> handle != null)
            .toList();
    backend =
        new HeapKeyedStateBackendBuilder<>(
                new KvStateRegistry().createTaskRegistry(new JobID(), new JobVertexID()),
                StringSerializer.INSTANCE,
                getClass().getClassLoader(),
                groups,
                range,
                new ExecutionConfig(),
                TtlTimeProvider.DEFAULT,
                LatencyTrackingStateConfig.disabled(),
                SizeTrackingStateConfig.disabled(),
                handles,
                UncompressedStreamCompressionDecorator.INSTANCE,
                LocalRecoveryConfig.BACKUP_AND_RECOVERY_DISABLED,
                new HeapPriorityQueueSetFactory(range, groups, 1),
                false,
                streams)
            .build();
    backend.setCurrentKey(series);
  }

  private static OperatorState operator(Path savepoint, String uid) throws IOException {
    Path file = new Path(savepoint, "_metadata");
    ClassLoader loader = SavepointSeries.class.getClassLoader();
    try (DataInputStream bytes = new DataInputStream(file.getFileSystem().open(file))) {
      return Checkpoints.loadCheckpointMetadata(bytes, loader, savepoint.toString())
          .getOperatorStates()
          .stream()
          .filter(each -> each.getOperatorUid().filter(uid::equals).isPresent())
          .findAny()
          .orElseThrow(
              () -> new IOException("expected one with an operator " + uid + ", got another"));
    }
  }

  /** What the series has learned for a mode; null for nothing. */
  LearnerState learned(Mode mode) throws IOException {
    return value(
        new ValueStateDescriptor<>(
            LearnerStateSerializer.STATE + mode.label(), LearnerStateSerializer.INSTANCE));
  }

  /** Its newest observations, and those that wait; null for none. */
  WindowState window() throws IOException {
    return value(new ValueStateDescriptor<>("window", WindowStateSerializer.INSTANCE));
  }

  /** What is known of its classes; null for nothing. */
  ClassState classes() throws IOException {
    return value(new ValueStateDescriptor<>("classes", ClassStateSerializer.INSTANCE));
  }

  private <T> T value(ValueStateDescriptor<T> state) throws IOException {
    ValueState<T> value;
    try {
      value =
          backend.getPartitionedState(
              VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, state);
    } catch (Exception e) {
      throw new IOException(e.getMessage(), e);
    }
    return value.value();
  }

  @Override
  public void close() throws IOException {
    streams.close();
    backend.dispose();
  }
}
