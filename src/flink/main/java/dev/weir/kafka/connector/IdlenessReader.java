package dev.weir.kafka.connector;

import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ObservationEvent;
import dev.weir.kafka.connector.UnreadRecords.Answer;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
 * Discovered}); otherwise the tasks whose partitions come first would be ahead of the others.
 *
 * <p>A thread of its own asks the brokers, every {@value #MAX_TICK_MILLIS} ms at most, and only if
 * a partition is silent. A record costs a flag.
 */
final class IdlenessReader extends ForwardingReader<InputEvent> {

  /** All partitions that existed at the start of the job are assigned. */
  record Discovered() implements SourceEvent {}

  /** Asks for unread records; {@link UnreadRecords} by the brokers. */
  interface Ends {
    Map<TopicPartition, Answer> ask(
        Map<TopicPartition, Long> positions, Map<TopicPartition, Long> stops);

    /** Makes a call in another thread fail. */
    void wakeup();

    void close();
  }

  private static final Logger LOG = LoggerFactory.getLogger(IdlenessReader.class);

  private static final long MAX_TICK_MILLIS = 2_000;
  private static final long MIN_TICK_MILLIS = 100;
  private static final long LOG_EVERY_NANOS = 60_000_000_000L;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** Never emits, so it holds back event time while it exists. */
  private static final String HOLD = "until all partitions are assigned";

  private final Map<Integer, Long> stops; // null: reads without an end
  private final long idleNanos;
  private final Supplier<Ends> endsFactory;
  private final ScheduledExecutorService thread;
  private final Map<String, Partition> partitions = new LinkedHashMap<>(); // by split
  private Outputs outputs; // null before the first poll
  private boolean isDiscovered;
  private boolean isIdle; // as told to Flink
  private boolean isAsking;
  private int resumed; // how often an idle partition had an observation
  private CompletableFuture<Void> available; // of the reader or the thread; null if not asked for
  private CompletableFuture<Void> availableOfReader;

  // shared with the thread
  private volatile CompletableFuture<Void> due = CompletableFuture.completedFuture(null);
  private volatile Reply reply; // null if none waits
  private volatile Ends ends; // null until the first question

  private long lastLogNanos; // of the thread alone
  private boolean hasLogged;

  private record Question(int resumed, long nanos, Map<TopicPartition, Long> positions) {}

  private record Reply(Question question, Map<TopicPartition, Answer> answers) {}

  /**
   * @param stops offsets at which partitions end; others are not read; null: without an end
   * @param ends called in the reader's own thread
   */
  IdlenessReader(
      SourceReader<InputEvent, KafkaPartitionSplit> reader,
      Map<Integer, Long> stops,
      Duration idleTimeout,
      Supplier<Ends> ends) {
    super(reader);
    this.stops = stops;
    this.idleNanos = idleTimeout.toNanos();
    this.endsFactory = ends;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "partition ends");
              made.setDaemon(true);
              return made;
            });
    long tick = Math.max(MIN_TICK_MILLIS, Math.min(MAX_TICK_MILLIS, idleTimeout.toMillis() / 4));
    thread.scheduleWithFixedDelay(this::wake, tick, tick, TimeUnit.MILLISECONDS);
  }

  /** Makes the task look at what has changed before. */
  private void wake() {
    due.complete(null);
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
    for (KafkaPartitionSplit split : splits) {
      partitions.put(split.splitId(), new Partition(split.getTopicPartition()));
    }
    reader.addSplits(splits);
    wake();
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    if (event instanceof Discovered) {
      isDiscovered = true;
      wake();
    } else {
      reader.handleSourceEvents(event);
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<InputEvent> output) throws Exception {
    if (due.isDone()) {
      due = new CompletableFuture<>(); // first, so that what changes meanwhile is looked at again
      look(output);
    }
    return reader.pollNext(outputs);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    CompletableFuture<Void> ofReader = reader.isAvailable();
    if (ofReader.isDone()) {
      return ofReader;
    }
    if (due.isDone()) {
      return due;
    }
    if (available == null || available.isDone() || availableOfReader != ofReader) {
      available = CompletableFuture.anyOf(ofReader, due).thenAccept(either -> {});
      availableOfReader = ofReader;
    }
    return available;
  }

  private void look(ReaderOutput<InputEvent> output) {
    if (outputs == null) {
      outputs = new Outputs(output);
      output.createOutputForSplit(HOLD);
      output.markActive(); // the main output decides when this task is idle
    }
    if (isDiscovered && !outputs.isReleased) {
      outputs.isReleased = true;
      output.releaseOutputForSplit(HOLD);
    }
    Reply answered = reply;
    if (answered != null) {
      reply = null;
      isAsking = false;
      if (answered.question.resumed == resumed) {
        partitions.values().forEach(partition -> partition.judge(answered));
      }
    }
    ask();
    boolean allIdle = isDiscovered && partitions.values().stream().allMatch(p -> p.isIdle);
    if (allIdle && !isIdle) {
      isIdle = true;
      output.markIdle();
    } else if (!allIdle) {
      activate();
    }
  }

  private void activate() {
    if (isIdle) {
      isIdle = false;
      outputs.output.markActive();
    }
  }

  private void ask() {
    long now = System.nanoTime();
    boolean isSilent = false;
    for (Partition partition : partitions.values()) {
      isSilent |= partition.isSilent(now);
    }
    if (!isSilent || isAsking) {
      return;
    }
    Map<TopicPartition, Long> positions = new HashMap<>();
    Map<TopicPartition, Long> until = new HashMap<>();
    for (KafkaPartitionSplit split : reader.snapshotState(NO_CHECKPOINT)) {
      Partition partition = partitions.get(split.splitId());
      if (partition.isSilent(now)) {
        positions.put(partition.name, split.getStartingOffset());
        if (stops != null) {
          until.put(partition.name, stops.getOrDefault(partition.name.partition(), 0L));
        }
      }
    }
    isAsking = true;
    Question question = new Question(resumed, now, positions);
    thread.execute(() -> ask(question, until));
  }

  private void ask(Question question, Map<TopicPartition, Long> until) {
    Map<TopicPartition, Answer> answers = Map.of();
    try {
      if (ends == null) {
        ends = endsFactory.get();
      }
      answers = ends.ask(question.positions, until);
    } catch (KafkaException | IllegalStateException e) {
      if (!thread.isShutdown()) {
        logFailure(question, e);
      }
    }
    reply = new Reply(question, answers);
    wake();
  }

  private void logFailure(Question question, Exception e) {
    long now = System.nanoTime();
    if (!hasLogged || now - lastLogNanos >= LOG_EVERY_NANOS) {
      hasLogged = true;
      lastLogNanos = now;
      LOG.warn(
          "partitions {}: expected their end offsets, got {}; until the brokers answer, they hold"
              + " back event time",
          question.positions.keySet(),
          e.toString());
    }
  }

  @Override
  public void close() throws Exception {
    Ends asked = ends;
    if (asked != null) {
      asked.wakeup();
    }
    thread.execute(this::closeEnds);
    thread.shutdown();
    try {
      thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      reader.close();
    }
  }

  private void closeEnds() {
    if (ends != null) {
      ends.close();
    }
  }

  /** What is known of a partition. */
  private final class Partition {

    final TopicPartition name;
    boolean isIdle;
    boolean hasObservation; // since it was looked at last
    private long lastNanos = System.nanoTime(); // when it was seen that it had one
    private Milestone older;
    private Milestone newer;

    /** Where a partition without observations was and ended. */
    private record Milestone(long position, long end, long nanos) {}

    Partition(TopicPartition name) {
      this.name = name;
    }

    boolean isSilent(long now) {
      if (hasObservation) {
        hasObservation = false;
        lastNanos = now;
        older = null;
        newer = null;
      }
      return now - lastNanos >= idleNanos;
    }

    void judge(Reply reply) {
      Answer answer = reply.answers.get(name);
      if (answer == null || hasObservation) {
        return;
      }
      boolean passes = passes(answer.end(), reply.question);
      boolean isNowIdle = answer.isRead() || passes;
      if (isNowIdle) { // again and again, since the newest watermark may have come after it
        isIdle = true;
        outputs.of(name).markIdle();
      } else if (isIdle) {
        activate();
      }
    }

    /**
     * Whether all that was there an idle timeout ago is read and none of it was an observation: a
     * stream of nothing but dead letters is never read to its end.
     */
    private boolean passes(long end, Question question) {
      long position = question.positions.get(name);
      if (newer == null || question.nanos - newer.nanos >= idleNanos) {
        older = newer;
        newer = new Milestone(position, end, question.nanos);
      }
      return older != null && position >= older.end && position > older.position;
    }

    void activate() {
      isIdle = false;
      outputs.of(name).markActive();
      IdlenessReader.this.activate();
    }

    /** An observation is about to be emitted. */
    void observed() {
      hasObservation = true;
      if (isIdle) { // others may have unread records since, too
        resumed++;
        partitions.values().stream().filter(each -> each.isIdle).forEach(Partition::activate);
        wake();
      }
    }
  }

  /**
   * Sees the observations of each partition. Keeps the output of a partition that is read to its
   * end: without it, a reader without partitions would hold back event time.
   */
  private final class Outputs implements ReaderOutput<InputEvent> {

    final ReaderOutput<InputEvent> output;
    boolean isReleased;

    Outputs(ReaderOutput<InputEvent> output) {
      this.output = output;
    }

    SourceOutput<InputEvent> of(TopicPartition partition) {
      return output.createOutputForSplit(KafkaPartitionSplit.toSplitId(partition)); // or the known
    }

    @Override
    public SourceOutput<InputEvent> createOutputForSplit(String split) {
      return new PartitionOutput(output.createOutputForSplit(split), partitions.get(split));
    }

    @Override
    public void releaseOutputForSplit(String split) {
      // kept
    }

    @Override
    public void collect(InputEvent event) {
      output.collect(event);
    }

    @Override
    public void collect(InputEvent event, long timestamp) {
      output.collect(event, timestamp);
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

  private record PartitionOutput(SourceOutput<InputEvent> output, Partition partition)
      implements SourceOutput<InputEvent> {

    @Override
    public void collect(InputEvent event) {
      see(event);
      output.collect(event);
    }

    @Override
    public void collect(InputEvent event, long timestamp) {
      see(event);
      output.collect(event, timestamp);
    }

    private void see(InputEvent event) {
      if (event instanceof ObservationEvent) {
        partition.observed();
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
