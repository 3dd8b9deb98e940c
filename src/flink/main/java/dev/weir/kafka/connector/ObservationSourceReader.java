package dev.weir.kafka.connector;

import dev.weir.kafka.connector.UnreadRecords.Answer;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which partitions are idle and do not hold back event time: those without an observation
 * for the idle timeout and without unread records. A slow task reads one partition after the other,
 * so the time since an observation says nothing about a partition by itself. No partition becomes
 * idle while the brokers do not answer.
 *
 * <p>Holds back event time until all partitions that exist at the start are assigned ({@link
 * Discovered}); otherwise the tasks whose partitions come first would be ahead of the others. The
 * same if it is to read up to what its partitions hold before younger ones are assigned ({@link
 * ReadUp}).
 *
 * <p>A thread of its own asks the brokers, every {@value #MAX_TICK_MILLIS} ms at most, and only if
 * a partition is silent. A record costs a flag.
 */
final class ObservationSourceReader<T> extends PartitionReader<T> {

  /** Asks for unread records; {@link UnreadRecords} by the brokers. */
  interface Ends {
    Map<TopicPartition, Answer> ask(Map<TopicPartition, Long> positions);

    /** Makes a call in another thread fail. */
    void wakeup();

    void close();
  }

  /** Tells whether an event is one that a partition waits for: an observation of its own time. */
  interface Progress<T> extends Serializable {

    /**
     * What a partition has reached.
     *
     * @param before the same before the event; the least number before the first one
     * @return {@code before} if the event is nothing new, such as a dead letter
     */
    long of(T event, long before);
  }

  private static final Logger LOG = LoggerFactory.getLogger(ObservationSourceReader.class);

  private static final long MAX_TICK_MILLIS = 2_000;
  private static final long MIN_TICK_MILLIS = 100;
  private static final long LOG_EVERY_NANOS = 60_000_000_000L;
  private static final CompletableFuture<Void> AVAILABLE = CompletableFuture.completedFuture(null);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** Never emits, so it holds back event time while it exists. */
  private static final String HOLD = "until all partitions are assigned";

  private final Progress<T> progress;
  private final long idleNanos;
  private final long tickMillis;
  private final Consumer<SourceEvent> coordinator;
  private final Supplier<Ends> endsFactory;
  private final ScheduledExecutorService thread;
  private final Map<String, Partition> partitions = new LinkedHashMap<>(); // by split
  private Output main; // null before the first poll
  private boolean isHeld;
  private boolean isDiscovered;
  private boolean isReadingUp;
  private boolean isIdle; // as told to Flink
  private int resumed; // how often an idle partition had an observation
  private Question question; // the newest
  private CompletableFuture<Map<TopicPartition, Answer>> answers; // null if nothing is asked

  // shared with the thread
  private volatile CompletableFuture<Void> due = AVAILABLE;
  private volatile Ends ends; // null until the first question

  private long lastLogNanos = System.nanoTime() - LOG_EVERY_NANOS; // of the thread alone

  private record Question(
      int resumed, boolean isReadingUp, long nanos, Map<TopicPartition, Long> positions) {}

  /**
   * @param progress of a partition; without it the partition becomes idle
   * @param coordinator takes events for the enumerator
   * @param ends called in the reader's own thread
   */
  ObservationSourceReader(
      SourceReader<T, KafkaPartitionSplit> reader,
      Progress<T> progress,
      Duration idleTimeout,
      Consumer<SourceEvent> coordinator,
      Supplier<Ends> ends) {
    super(reader);
    this.progress = progress;
    this.idleNanos = idleTimeout.toNanos();
    this.coordinator = coordinator;
    this.endsFactory = ends;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "partition ends");
              made.setDaemon(true);
              return made;
            });
    tickMillis = Math.max(MIN_TICK_MILLIS, Math.min(MAX_TICK_MILLIS, idleTimeout.toMillis() / 4));
    thread.scheduleWithFixedDelay(this::wake, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
  }

  /** Makes the task look at what has changed before. */
  private void wake() {
    due.complete(null);
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
    splits.forEach(split -> partitions.put(split.splitId(), new Partition(split)));
    reader.addSplits(splits);
    wake();
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    isDiscovered = event instanceof Discovered;
    if (!isDiscovered) {
      isReadingUp = true;
      partitions.values().forEach(partition -> partition.readUpTo = -1);
    }
    wake();
  }

  @Override
  public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
    if (due.isDone()) {
      due = new CompletableFuture<>(); // first, so that what changes meanwhile is looked at again
      look(output);
    }
    return super.pollNext(main);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    CompletableFuture<Void> ofReader = reader.isAvailable();
    if (ofReader.isDone() || due.isDone()) {
      return AVAILABLE;
    }
    return CompletableFuture.anyOf(ofReader, due).thenAccept(either -> {});
  }

  private void look(ReaderOutput<T> output) {
    if (main == null) {
      main = new Output(output, output, null);
      output.markActive(); // the main output decides when this task is idle
    }
    if (isHeld == isDiscovered) {
      isHeld = !isDiscovered;
      if (isHeld) {
        output.createOutputForSplit(HOLD);
      } else {
        output.releaseOutputForSplit(HOLD);
      }
    }
    if (answers != null && answers.isDone()) {
      Map<TopicPartition, Answer> given = answers.join();
      answers = null;
      if (question.resumed == resumed) {
        partitions.values().forEach(partition -> partition.judge(given.get(partition.name)));
      }
      boolean isUp = question.isReadingUp;
      for (Partition partition : partitions.values()) {
        isUp &= partition.isUp(given.get(partition.name));
      }
      if (isUp) {
        isReadingUp = false;
        coordinator.accept(new ReadUp());
      }
    }
    ask();
    boolean allIdle = isDiscovered && partitions.values().stream().allMatch(p -> p.isIdle);
    if (allIdle && !isIdle) {
      isIdle = true;
      output.markIdle();
      coordinator.accept(new Quiet(true));
    } else if (!allIdle) {
      activate();
    }
  }

  private void activate() {
    if (isIdle) {
      isIdle = false;
      main.markActive();
      coordinator.accept(new Quiet(false));
    }
  }

  private void ask() {
    long now = System.nanoTime();
    boolean isToAsk = isReadingUp;
    for (Partition partition : partitions.values()) {
      isToAsk |= partition.isSilent(now);
    }
    if (!isToAsk
        || answers != null
        || question != null && now - question.nanos < tickMillis * 500_000) {
      return;
    }
    Map<TopicPartition, Long> positions = new HashMap<>();
    for (KafkaPartitionSplit split : snapshotState(NO_CHECKPOINT)) {
      Partition partition = partitions.get(split.splitId());
      if (partition.wasSilent || isReadingUp) {
        positions.put(partition.name, split.getStartingOffset());
      }
    }
    question = new Question(resumed, isReadingUp, now, positions);
    answers = CompletableFuture.supplyAsync(() -> answers(positions), thread);
    answers.thenRun(this::wake);
  }

  private Map<TopicPartition, Answer> answers(Map<TopicPartition, Long> positions) {
    try {
      if (ends == null) {
        ends = endsFactory.get();
      }
      return ends.ask(positions);
    } catch (KafkaException | IllegalStateException e) {
      long now = System.nanoTime();
      if (!thread.isShutdown() && now - lastLogNanos >= LOG_EVERY_NANOS) {
        lastLogNanos = now;
        LOG.warn(
            "partitions {}: expected their end offsets, got {}; until the brokers answer, they hold"
                + " back event time",
            positions.keySet(),
            e.toString());
      }
      return Map.of();
    }
  }

  @Override
  public void close() throws Exception {
    Ends asked = ends;
    if (asked != null) {
      asked.wakeup();
    }
    thread.execute(
        () -> {
          if (ends != null) {
            ends.close();
          }
        });
    thread.shutdown();
    try {
      thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      reader.close();
    }
  }

  private final class Partition {

    final TopicPartition name;
    boolean isIdle;
    boolean hasObservation; // since it was looked at last
    boolean wasSilent; // at the newest question
    long readUpTo; // negative: to be asked for
    private long reached = Long.MIN_VALUE; // its progress
    private long lastNanos = System.nanoTime(); // when it was seen that it had one
    private Milestone older;
    private Milestone newer;

    /** Where a partition without observations was and ended. */
    private record Milestone(long position, long end, long nanos) {}

    Partition(KafkaPartitionSplit split) {
      this.name = split.getTopicPartition();
    }

    boolean isSilent(long now) {
      if (hasObservation) {
        hasObservation = false;
        lastNanos = now;
        older = null;
        newer = null;
      }
      wasSilent = now - lastNanos >= idleNanos;
      return wasSilent;
    }

    void judge(Answer answer) { // null if unanswered
      if (answer == null || hasObservation || !wasSilent) {
        return;
      }
      boolean passes = passes(answer.end());
      if (answer.isRead() || passes) { // again, since the newest watermark may have come after it
        isIdle = true;
        output().markIdle();
      } else if (isIdle) {
        activate();
      }
    }

    boolean isUp(Answer answer) {
      if (answer != null && readUpTo < 0) {
        readUpTo = answer.end();
      }
      return answer != null && (answer.isRead() || question.positions.get(name) >= readUpTo);
    }

    /**
     * Whether all that was there an idle timeout ago is read and none of it was an observation: a
     * stream of nothing but dead letters is never read to its end.
     */
    private boolean passes(long end) {
      long position = question.positions.get(name);
      if (newer == null || question.nanos - newer.nanos >= idleNanos) {
        older = newer;
        newer = new Milestone(position, end, question.nanos);
      }
      return older != null && position >= older.end && position > older.position;
    }

    private SourceOutput<T> output() {
      return main.all.createOutputForSplit(KafkaPartitionSplit.toSplitId(name)); // or the known
    }

    void activate() {
      isIdle = false;
      output().markActive();
      ObservationSourceReader.this.activate();
    }

    /** An event is about to be emitted. */
    void see(T event) {
      long now = progress.of(event, reached);
      if (now == reached) {
        return;
      }
      reached = now;
      hasObservation = true;
      if (isIdle) { // others may have unread records since, too
        resumed++;
        partitions.values().stream().filter(each -> each.isIdle).forEach(Partition::activate);
        wake();
      }
    }
  }

  /** Flink's output, or its part for a partition, whose observations it sees. */
  private final class Output implements ReaderOutput<T> {

    final ReaderOutput<T> all;
    private final SourceOutput<T> output;
    private final Partition partition; // null: the whole

    Output(ReaderOutput<T> all, SourceOutput<T> output, Partition partition) {
      this.all = all;
      this.output = output;
      this.partition = partition;
    }

    @Override
    public SourceOutput<T> createOutputForSplit(String split) {
      return new Output(all, all.createOutputForSplit(split), partitions.get(split));
    }

    @Override
    public void releaseOutputForSplit(String split) {
      partitions.remove(split); // read to its end
      all.releaseOutputForSplit(split);
    }

    @Override
    public void collect(T event) {
      see(event);
      output.collect(event);
    }

    @Override
    public void collect(T event, long timestamp) {
      see(event);
      output.collect(event, timestamp);
    }

    private void see(T event) {
      if (partition != null) {
        partition.see(event);
      }
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
