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
 * so the time since an observation says nothing about a partition by itself. No partition is idle
 * while the brokers do not answer, or so shortly after that what waited for them may be on its way.
 *
 * <p>A task whose partitions are all idle stays active for Flink, since Flink does not wait for a
 * task that was idle until it has caught up. Instead, the task follows the others: the coordinator
 * tells it their event time ({@link Follow}), and it emits this as its own watermark after the
 * brokers have answered that its partitions have no unread records. A record that it finds stops
 * event time at once. After a pause of all partitions, the idle timeout of each starts again.
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

  /** Tells the time of an event. */
  interface Times<T> extends Serializable {

    /** {@link #NO_TIME} of what a partition does not wait for, such as a dead letter. */
    long of(T event);
  }

  static final long NO_TIME = Long.MIN_VALUE;

  private static final Logger LOG = LoggerFactory.getLogger(ObservationSourceReader.class);

  private static final long MAX_TICK_MILLIS = 500;
  private static final long MIN_TICK_MILLIS = 100;
  private static final long LOG_EVERY_NANOS = 60_000_000_000L;
  private static final CompletableFuture<Void> AVAILABLE = CompletableFuture.completedFuture(null);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** Never emits, so it holds back event time while it exists. */
  private static final String HOLD = "until all partitions are assigned";

  private final Times<T> times;
  private final long outOfOrderness; // milliseconds
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
  private boolean isIdle;
  private boolean isResuming; // until it is known whether all others were idle, too
  private long others = NO_TIME; // what they have reached
  private Reached said; // to the coordinator
  private int resumed; // how often an idle partition had an observation
  private Question question; // the newest
  private CompletableFuture<Map<TopicPartition, Answer>> answers; // null if nothing is asked

  // shared with the thread
  private volatile CompletableFuture<Void> due = AVAILABLE;
  private volatile Ends ends; // null until the first question

  private long lastLogNanos = System.nanoTime() - LOG_EVERY_NANOS; // of the thread alone

  private record Question(
      int resumed,
      boolean isReadingUp,
      long nanos,
      long others,
      Map<TopicPartition, Long> positions) {}

  /**
   * @param times of events; without one that has a time the partition becomes idle
   * @param outOfOrderness how far the watermark is behind the newest time of a partition
   * @param coordinator takes events for the enumerator
   * @param ends called in the reader's own thread
   */
  ObservationSourceReader(
      SourceReader<T, KafkaPartitionSplit> reader,
      Times<T> times,
      Duration outOfOrderness,
      Duration idleTimeout,
      Consumer<SourceEvent> coordinator,
      Supplier<Ends> ends) {
    super(reader);
    this.times = times;
    this.outOfOrderness = outOfOrderness.toMillis();
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
    if (event instanceof Follow follow) {
      others = follow.time();
      isResuming &= follow.isIdle();
      if (follow.isResumed()) {
        partitions.values().forEach(Partition::restart);
      }
    } else {
      isDiscovered = event instanceof Discovered;
    }
    if (event instanceof ReadUp) {
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
      take(given);
    }
    ask();
    boolean allIdle = allIdle();
    if (allIdle && !isIdle) {
      isIdle = true;
      if (partitions.isEmpty()) {
        output.markIdle(); // it never finds a record
      }
    } else if (!allIdle) {
      activate();
    }
    say();
  }

  private boolean allIdle() {
    return isDiscovered && partitions.values().stream().allMatch(each -> each.isIdle);
  }

  private void take(Map<TopicPartition, Answer> given) {
    for (Partition partition : partitions.values()) {
      Answer answer = given.get(partition.name);
      if (answer == null && question.positions.containsKey(partition.name)) {
        partition.restart();
      } else if (question.resumed == resumed && !isResuming) {
        partition.judge(answer);
      }
    }
    if (question.resumed == resumed && question.others != NO_TIME && isIdle && allIdle()) {
      main.emitWatermark(new Watermark(question.others - outOfOrderness - 1));
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

  private void activate() {
    if (isIdle) {
      isIdle = false;
      isResuming = true;
      main.markActive();
      partitions.values().forEach(Partition::activate);
      say();
    }
  }

  /** Tells the coordinator what has changed. */
  private void say() {
    long time = isIdle ? NO_TIME : Long.MAX_VALUE;
    for (Partition each : partitions.values()) {
      if (isIdle) {
        time = Math.max(time, each.newest);
      } else if (!each.isIdle) {
        time = Math.min(time, each.newest);
      }
    }
    Reached now = new Reached(isDiscovered ? time : NO_TIME, isIdle);
    if (!now.equals(said)) {
      said = now;
      coordinator.accept(now);
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
    question = new Question(resumed, isReadingUp, now, others, positions);
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
    long newest = NO_TIME;
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
        silentFrom(now);
      }
      wasSilent = now - lastNanos >= idleNanos;
      return wasSilent;
    }

    private void silentFrom(long now) {
      lastNanos = now;
      older = null;
      newer = null;
    }

    /** It is silent only from now on. */
    void restart() {
      silentFrom(System.nanoTime());
      activate();
    }

    void judge(Answer answer) { // null if it was not asked for
      if (answer == null || hasObservation || !wasSilent) {
        return;
      }
      boolean passes = passes(answer.end());
      if (answer.isRead() || passes) { // again, since the newest watermark may have come after it
        isIdle = true;
        output().markIdle();
      } else {
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
      if (isIdle) { // questions that were asked before say nothing of it
        isIdle = false;
        resumed++;
        output().markActive();
        ObservationSourceReader.this.activate();
      }
    }

    /** An event is about to be emitted. */
    void see(T event) {
      long time = times.of(event);
      if (time == NO_TIME) {
        return;
      }
      newest = Math.max(newest, time);
      hasObservation = true;
      if (isIdle) { // others may have unread records since, too
        partitions.values().forEach(Partition::activate);
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
