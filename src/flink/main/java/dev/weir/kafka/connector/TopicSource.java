package dev.weir.kafka.connector;

import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

  private static final long LEAST_QUIET_NANOS = 20_000_000_000L;
  private static final long QUIET_TICK_MILLIS = 5_000;

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

  @Override
  public Boundedness getBoundedness() {
    return source.getBoundedness();
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
    private final Map<Integer, PartitionReader.Reached> reached = new HashMap<>(); // by subtask
    private long told = Long.MIN_VALUE; // what idle readers may follow to
    private Long quietSince; // when all readers had become idle; null if they are not
    private long longestQuiet = LEAST_QUIET_NANOS; // that is usual
    private boolean isQuietSaid;
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
      if (event instanceof PartitionReader.Reached now) {
        hear(subtask, now);
        return;
      }
      reading.remove(subtask);
      if (waiting != null && reading.isEmpty()) {
        waiting.run();
      }
    }

    /**
     * Event time is what the readers that are not idle have reached. Idle ones follow only what
     * they are told here, so nothing passes a reader that has just found records.
     */
    private void hear(int subtask, PartitionReader.Reached now) {
      PartitionReader.Reached before = reached.put(subtask, now);
      boolean isNew = before == null || before.isIdle() != now.isIdle();
      boolean isResumed = quietSince != null && !now.isIdle();
      if (isResumed) {
        long usual = isQuietSaid ? 16 * longestQuiet : Long.MAX_VALUE; // an outage is not
        longestQuiet = Math.max(longestQuiet, Math.min(usual, System.nanoTime() - quietSince));
        quietSince = null;
        isQuietSaid = false;
      }
      boolean isHeld = reached.size() < context.currentParallelism(); // one has not said yet
      long time = Long.MAX_VALUE;
      long newest = Long.MIN_VALUE;
      for (PartitionReader.Reached each : reached.values()) {
        time = each.isIdle() ? time : Math.min(time, each.time());
        newest = Math.max(newest, each.time());
      }
      boolean isQuiet = time == Long.MAX_VALUE && !isHeld;
      if (isQuiet && quietSince == null) {
        quietSince = System.nanoTime();
      }
      long next = isHeld ? told : Math.max(told, isQuiet ? newest : time);
      boolean isFurther = next > told;
      told = next;
      for (int reader : context.registeredReaders().keySet()) {
        boolean isIdle = reached.containsKey(reader) && reached.get(reader).isIdle();
        if (isResumed || isFurther && isIdle || isNew && reader == subtask) {
          context.sendEventToSourceReader(
              reader, new PartitionReader.Follow(told, isResumed, isIdle));
        }
      }
    }

    /** Says once of a pause of all partitions that it is much longer than those before. */
    private void sayQuiet() {
      if (quietSince == null || isQuietSaid || System.nanoTime() - quietSince < 3 * longestQuiet) {
        return;
      }
      isQuietSaid = true;
      LOG.warn(
          "{}: no observation for {} s in any partition: event time does not go on until one comes,"
              + " and no series is reported as silent meanwhile",
          known == null ? "" : known.stream().map(TopicPartition::topic).distinct().toList(),
          (System.nanoTime() - quietSince) / 1_000_000_000);
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
      context.callAsync(
          () -> null, (none, failure) -> sayQuiet(), QUIET_TICK_MILLIS, QUIET_TICK_MILLIS);
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
      reached.remove(subtask);
      quietSince = null;
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
