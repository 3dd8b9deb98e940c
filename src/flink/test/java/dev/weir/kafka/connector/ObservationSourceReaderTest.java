package dev.weir.kafka.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.connector.UnreadRecords.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 600, unit = TimeUnit.SECONDS)
class ObservationSourceReaderTest {

  private static final String MAIN = "main";

  /** Emits what it is given; where it is in each partition. */
  private final class Fake implements SourceReader<InputEvent, KafkaPartitionSplit> {

    final Map<TopicPartition, Long> positions = new HashMap<>();
    private final List<Runnable> next = new ArrayList<>();
    private ReaderOutput<InputEvent> output;

    void emit(int partition, boolean isObservation) {
      TopicPartition name = new TopicPartition("t", partition);
      long offset = positions.get(name);
      SourceRecord source = new SourceRecord("t", partition, offset, 5, null, null);
      next.add(
          () -> {
            output
                .createOutputForSplit(KafkaPartitionSplit.toSplitId(name))
                .collect(
                    isObservation
                        ? new ObservationEvent(
                            new Observation("s", 100 * partition + 77 + offset, 1), source)
                        : new DeadLetter(DeadLetter.Reason.MALFORMED, "m", source),
                    5);
            positions.put(name, offset + 1);
          });
      poll();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<InputEvent> given) {
      output = given;
      next.forEach(Runnable::run);
      next.clear();
      return InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> added) {
      added.forEach(split -> positions.put(split.getTopicPartition(), split.getStartingOffset()));
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
      return positions.entrySet().stream()
          .map(each -> new KafkaPartitionSplit(each.getKey(), each.getValue()))
          .toList();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return new CompletableFuture<>();
    }

    @Override
    public void start() {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }

  /** The topic; the last offset of each partition. */
  private final class Topic implements ObservationSourceReader.Ends {

    final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
    volatile boolean isDown;
    volatile int asked;

    void end(int partition, long offset) {
      ends.put(new TopicPartition("t", partition), offset);
    }

    @Override
    public Map<TopicPartition, Answer> ask(Map<TopicPartition, Long> positions) {
      asked++;
      if (isDown) {
        throw new TimeoutException("no broker");
      }
      Map<TopicPartition, Answer> answers = new HashMap<>();
      positions.forEach(
          (name, position) ->
              answers.put(name, new Answer(ends.get(name), position >= ends.get(name))));
      return answers;
    }

    @Override
    public void wakeup() {}

    @Override
    public void close() {}
  }

  /** What Flink knows: which outputs exist, and which of them are idle. */
  private final class Outputs implements ReaderOutput<InputEvent> {

    private final String name;

    Outputs(String name) {
      this.name = name;
    }

    @Override
    public SourceOutput<InputEvent> createOutputForSplit(String split) {
      existing.add(split);
      return new Outputs(split);
    }

    @Override
    public void releaseOutputForSplit(String split) {
      existing.remove(split);
    }

    @Override
    public void collect(InputEvent event) {
      throw new AssertionError("without the record's timestamp");
    }

    @Override
    public void collect(InputEvent event, long timestamp) {}

    @Override
    public void emitWatermark(Watermark watermark) {
      assertThat(name).isEqualTo(MAIN); // those of partitions are Flink's
      watermarks.add(watermark.getTimestamp());
    }

    @Override
    public void markIdle() {
      idle.add(name);
    }

    @Override
    public void markActive() {
      idle.remove(name);
    }
  }

  private final Set<String> existing = new TreeSet<>();
  private final Set<String> idle = new TreeSet<>();
  private final Set<Long> watermarks = new TreeSet<>();
  private final List<SourceEvent> replies = new ArrayList<>();
  private final Fake fake = new Fake();
  private final Topic topic = new Topic();
  private final Outputs main = new Outputs(MAIN);
  private final ObservationSourceReader<InputEvent> reader =
      new ObservationSourceReader<>(
          fake,
          event -> KafkaConnectors.time(event, false),
          Duration.ofMillis(7),
          Duration.ofMillis(20),
          replies::add,
          () -> topic);

  @BeforeEach
  void twoPartitions() {
    Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
    topic.end(0, 3);
    topic.end(1, 2);
    reader.addSplits(List.of(split(0), split(1)));
  }

  @AfterEach
  void close() throws Exception {
    Awaitility.reset();
    reader.close();
  }

  private static KafkaPartitionSplit split(int partition) {
    return new KafkaPartitionSplit(new TopicPartition("t", partition), 0);
  }

  private void poll() {
    try {
      reader.pollNext(main);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void awaitIdle(String... outputs) {
    Awaitility.await()
        .untilAsserted(
            () -> {
              poll();
              assertThat(idle).containsExactlyInAnyOrder(outputs);
            });
  }

  /** Waits until it has said that both partitions are idle. */
  private void awaitIdleTask(long newest) {
    awaitIdle("t-0", "t-1");
    assertThat(replies).last().isEqualTo(new PartitionReader.Reached(newest, true));
  }

  /** Waits until questions that began after this call are answered. */
  private void awaitAnswers() {
    int before = topic.asked;
    Awaitility.await()
        .until(
            () -> {
              poll();
              return topic.asked >= before + 3;
            });
  }

  @Test
  void onlyPartitionReadToItsEndIsIdle() throws Exception {
    reader.handleSourceEvents(new PartitionReader.Discovered());
    fake.emit(0, true);
    awaitAnswers();
    assertThat(idle).isEmpty(); // both have unread records
    fake.emit(0, true);
    fake.emit(0, true);
    awaitIdle("t-0");
    fake.emit(1, true);
    fake.emit(1, true);
    awaitIdleTask(178);
    topic.end(0, 4); // is not read yet
    awaitAnswers();
    assertThat(idle).isEmpty(); // until it is known that the job's other partitions go on
    assertThat(replies).last().isEqualTo(new PartitionReader.Reached(79, false));
    reader.handleSourceEvents(new PartitionReader.Follow(178, false, false));
    awaitIdle("t-1");
    reader.isAvailable().get(); // the thread wakes a task that waits
  }

  @Test
  void observationEndsIdlenessOfAllUntilTheyAreAskedAgain() {
    reader.handleSourceEvents(new PartitionReader.Discovered());
    topic.end(0, 0);
    topic.end(1, 0);
    awaitIdleTask(Long.MIN_VALUE);
    topic.end(0, 1);
    topic.end(1, 5);
    fake.emit(0, true);
    assertThat(idle).isEmpty();
    reader.handleSourceEvents(new PartitionReader.Follow(0, false, true)); // was on its way
    awaitAnswers();
    assertThat(idle).isEmpty();
    reader.handleSourceEvents(new PartitionReader.Follow(0, false, false));
    awaitIdle("t-0"); // the other one has records since
  }

  @Test
  void untilPartitionsAreDiscoveredTimeIsHeldBack() {
    poll();
    assertThat(existing).hasSize(1);
    topic.end(0, 0);
    topic.end(1, 0);
    awaitIdle("t-0", "t-1");
    assertThat(replies).containsExactly(new PartitionReader.Reached(Long.MIN_VALUE, false));
    assertThat(existing).hasSize(3);
    reader.handleSourceEvents(new PartitionReader.Discovered());
    awaitIdleTask(Long.MIN_VALUE);
    assertThat(existing).containsExactly("t-0", "t-1");
    topic.end(2, 1);
    reader.addSplits(List.of(split(2)));
    poll();
    assertThat(idle).isEmpty();
    assertThat(replies).last().isEqualTo(new PartitionReader.Reached(Long.MIN_VALUE, false));
  }

  @Test
  void idleTaskFollowsOthersOnceItIsAskedAnew() {
    reader.handleSourceEvents(new PartitionReader.Discovered());
    topic.end(0, 0);
    topic.end(1, 0);
    awaitIdleTask(Long.MIN_VALUE);
    awaitAnswers();
    assertThat(watermarks).isEmpty();
    reader.handleSourceEvents(new PartitionReader.Follow(1_000, false, true));
    Awaitility.await().untilAsserted(() -> followed(992L)); // less 7 ms and one
    topic.end(1, 1);
    reader.handleSourceEvents(new PartitionReader.Follow(1_100, false, true));
    awaitAnswers();
    followed(992L);
    fake.emit(1, true);
    assertThat(replies).last().isEqualTo(new PartitionReader.Reached(Long.MIN_VALUE, false));
  }

  private void followed(Long... times) {
    poll();
    assertThat(watermarks).containsExactly(times);
    assertThat(idle).doesNotContain(MAIN); // else event time would not wait for it later on
  }

  @Test
  void afterAPauseOfAllEachIsSilentFromItsEndOn() {
    reader.handleSourceEvents(new PartitionReader.Discovered());
    topic.end(0, 0);
    topic.end(1, 0);
    awaitIdleTask(Long.MIN_VALUE);
    long start = System.nanoTime();
    reader.handleSourceEvents(new PartitionReader.Follow(0, true, true)); // another one found some
    reader.handleSourceEvents(new PartitionReader.Follow(0, false, false));
    assertThat(idle).isEmpty();
    awaitIdleTask(Long.MIN_VALUE);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
  }

  @Test
  void taskWithoutPartitionsIsIdleForFlink() {
    reader.handleSourceEvents(new PartitionReader.Discovered());
    poll();
    assertThat(idle).isEmpty();
    fake.next.add(
        () -> {
          fake.output.releaseOutputForSplit("t-0"); // read to the end that was set
          fake.output.releaseOutputForSplit("t-1");
          fake.positions.clear();
        });
    poll();
    awaitIdle(MAIN);
  }

  @Test
  void withoutBrokersNoPartitionIsIdleAndAfterwardsEachIsSilentAnew() {
    reader.handleSourceEvents(new PartitionReader.Discovered());
    topic.end(0, 0);
    awaitIdle("t-0");
    topic.isDown = true;
    topic.end(1, 0);
    awaitIdle();
    awaitAnswers();
    assertThat(idle).isEmpty();
    long start = System.nanoTime();
    topic.isDown = false;
    awaitIdleTask(Long.MIN_VALUE);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
  }

  @Test
  void streamOfDeadLettersIsIdleThoughNeverReadToItsEnd() {
    reader.handleSourceEvents(new PartitionReader.Discovered());
    topic.end(0, 5_000_000);
    long[] read = {0};
    Awaitility.await()
        .untilAsserted(
            () -> {
              topic.end(1, read[0] + 3); // the third is unread whenever a question begins
              for (int i = 0; i < 3; i++, read[0]++) {
                fake.emit(1, false);
              }
              assertThat(idle).containsExactly("t-1");
            });
  }

  @Test
  void readsUpToWhatPartitionsHeldWhenItWasAsked() {
    reader.handleSourceEvents(new PartitionReader.Discovered());
    fake.emit(0, true);
    reader.handleSourceEvents(new PartitionReader.ReadUp());
    awaitAnswers(); // up to 3 and 2
    topic.end(0, 100);
    fake.emit(0, true);
    fake.emit(0, true);
    fake.emit(1, true);
    awaitAnswers();
    assertThat(replies).doesNotContain(new PartitionReader.ReadUp());
    assertThat(existing).hasSize(3); // event time is held back
    fake.emit(1, true);
    awaitAnswers();
    assertThat(replies).containsOnlyOnce(new PartitionReader.ReadUp());
    assertThat(existing).hasSize(3);
    reader.handleSourceEvents(new PartitionReader.Discovered());
    poll();
    assertThat(existing).containsExactly("t-0", "t-1");
  }

  @Test
  void batchThatDoesNotFitIntoMemoryIsNamed() {
    fake.next.add(
        () -> {
          throw new IllegalStateException("fetcher", new OutOfMemoryError("heap"));
        });
    assertThatThrownBy(() -> reader.pollNext(main))
        .hasMessageContainingAll("topic t, partition 0, offset 0", "topic t, partition 1, offset 0")
        .hasMessageMatching(
            "batch at or behind topic t, .*: expected one that Kafka's client can unpack, got"
                + " java.lang.OutOfMemoryError: heap; give tasks more heap, or cut the partition"
                + " behind the batch \\(docs/operations.md#.*\\)");
  }

  @Test
  void brokersAreAskedOnceATick() throws Exception {
    reader.handleSourceEvents(new PartitionReader.Discovered());
    topic.end(0, 0);
    topic.end(1, 0);
    awaitIdleTask(Long.MIN_VALUE);
    int before = topic.asked;
    long start = System.nanoTime();
    while (topic.asked < before + 5) {
      reader.isAvailable().get(); // as a task
      poll();
    }
    assertThat(System.nanoTime() - start).isGreaterThan(4 * 50_000_000L); // half of a tick each
  }
}
