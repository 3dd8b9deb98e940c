package dev.weir.kafka.connector;

import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's source without an end, with a reader of ours around Kafka's. Its enumerator also tells
 * each reader when all partitions that exist at the start, or at a restart, are assigned.
 */
final class TopicSource<T>
    implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<T> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(TopicSource.class);

  interface Readers<T> extends Serializable {
    PartitionReader<T> of(SourceReader<T, KafkaPartitionSplit> reader, SourceReaderContext context);
  }

  private final KafkaSource<T> source;
  private final boolean isInOrder;
  private final Readers<T> readers;

  /**
   * @param isInOrder whether a partition that is added to a topic waits until the older ones are
   *     read up to where they end when it is found, since keys move from them to it
   */
  TopicSource(KafkaSource<T> source, boolean isInOrder, Readers<T> readers) {
    this.source = source;
    this.isInOrder = isInOrder;
    this.readers = readers;
  }

  /** Not bounded for Flink: the submitter stops the job. */
  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    return readers.of(source.createReader(context), context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) throws IOException {
    return new Enumerator(context, null);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    return new Enumerator(context, state);
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
  public TypeInformation<T> getProducedType() {
    return source.getProducedType();
  }

  /** Kafka's, which does nothing with events and completed checkpoints. */
  private final class Enumerator
      implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {

    private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator;
    private final SplitEnumeratorContext<KafkaPartitionSplit> context;
    private final Set<Integer> reading = new HashSet<>(); // subtasks that new partitions wait for
    private Set<TopicPartition> known; // null before the first listing
    private Runnable waiting; // assigns new partitions; null without any
    private final Set<Integer> quiet = new HashSet<>(); // subtasks without observations
    private boolean isDiscovered;

    /**
     * @param state null for a new one
     */
    Enumerator(SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
        throws IOException {
      this.context = context;
      SplitEnumeratorContext<KafkaPartitionSplit> own = isInOrder ? intercepted() : context;
      if (state == null) {
        enumerator = source.createEnumerator(own);
      } else {
        enumerator = source.restoreEnumerator(own, state);
        if (state.initialDiscoveryFinished()) {
          known =
              state.splits().stream()
                  .map(each -> each.split().getTopicPartition())
                  .collect(Collectors.toSet());
        }
      }
    }

    /** Sees what Kafka's enumerator finds in the one periodic call that it makes. */
    @SuppressWarnings("unchecked")
    private SplitEnumeratorContext<KafkaPartitionSplit> intercepted() {
      return (SplitEnumeratorContext<KafkaPartitionSplit>)
          Proxy.newProxyInstance(
              TopicSource.class.getClassLoader(),
              new Class<?>[] {SplitEnumeratorContext.class},
              (proxy, method, args) -> {
                if (method.getName().equals("callAsync") && args.length == 4) {
                  var assign = (BiConsumer<Set<TopicPartition>, Throwable>) args[1];
                  BiConsumer<Set<TopicPartition>, Throwable> listed =
                      (partitions, failure) -> listed(partitions, failure, assign);
                  args[1] = listed;
                }
                try {
                  return method.invoke(context, args);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    private void listed(
        Set<TopicPartition> partitions,
        Throwable failure,
        BiConsumer<Set<TopicPartition>, Throwable> assign) {
      if (failure != null || known == null || known.containsAll(partitions)) {
        known = partitions;
        assign.accept(partitions, failure);
      } else if (waiting == null) { // else a later listing finds them again
        waiting =
            () -> {
              waiting = null;
              known = partitions;
              assign.accept(partitions, null);
              context.callAsync(() -> null, (assigned, other) -> discovered());
            };
        IntStream.range(0, context.currentParallelism()).forEach(reading::add);
        tell(new PartitionReader.ReadUp());
      }
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
      if (event instanceof PartitionReader.Quiet told) {
        hear(subtask, told.isQuiet());
        return;
      }
      reading.remove(subtask);
      if (waiting != null && reading.isEmpty()) {
        waiting.run();
      }
    }

    /** Says once that no partition of any task has observations, and when that is over. */
    private void hear(int subtask, boolean isQuiet) {
      boolean wereAll = quiet.size() == context.currentParallelism();
      if (isQuiet ? !quiet.add(subtask) : !quiet.remove(subtask)) {
        return;
      }
      Object topics =
          known == null ? "" : known.stream().map(TopicPartition::topic).distinct().toList();
      if (quiet.size() == context.currentParallelism()) {
        LOG.warn(
            "{}: no observation for window.idle-timeout in any partition: event time does not go"
                + " on until one comes, and no series is reported as silent meanwhile",
            topics);
      } else if (wereAll) {
        LOG.info("{}: observations come again", topics);
      }
    }

    /**
     * Flink makes calls in turn: by the time of the first one here, Kafka's enumerator has listed
     * the partitions, and at the second it has assigned those that are new.
     */
    @Override
    public void start() {
      enumerator.start();
      context.callAsync(
          () -> null,
          (listed, failure) -> context.callAsync(() -> null, (assigned, other) -> discovered()));
    }

    private void discovered() {
      if (waiting == null) {
        isDiscovered = true;
        tell(new PartitionReader.Discovered());
      }
    }

    private void tell(SourceEvent event) {
      context.registeredReaders().keySet().forEach(s -> context.sendEventToSourceReader(s, event));
    }

    @Override
    public void addReader(int subtask) {
      enumerator.addReader(subtask);
      quiet.remove(subtask);
      if (waiting != null) {
        reading.add(subtask);
        context.sendEventToSourceReader(subtask, new PartitionReader.ReadUp());
      } else if (isDiscovered) {
        context.sendEventToSourceReader(subtask, new PartitionReader.Discovered());
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
    public void close() throws IOException {
      enumerator.close();
    }
  }
}
