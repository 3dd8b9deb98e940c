package dev.weir.kafka.connector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.InputEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BoundedReaderTest {

  /** As Kafka's: forgets a partition once it is read to its end. */
  private static final class Fake implements SourceReader<InputEvent, KafkaPartitionSplit> {

    final List<KafkaPartitionSplit> splits = new ArrayList<>();
    boolean sawNoMore;

    void readTo(int partition, long offset) {
      KafkaPartitionSplit split =
          splits.stream().filter(s -> s.getPartition() == partition).findFirst().orElseThrow();
      splits.remove(split);
      long end = split.getStoppingOffset().orElseThrow();
      if (offset < end) {
        splits.add(new KafkaPartitionSplit(split.getTopicPartition(), offset, end));
      }
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> added) {
      splits.addAll(added);
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
      return List.copyOf(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
      sawNoMore = true;
    }

    @Override
    public void start() {
      throw new AssertionError("no test gets here");
    }

    @Override
    public InputStatus pollNext(ReaderOutput<InputEvent> output) {
      throw new AssertionError("no test gets here");
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      throw new AssertionError("no test gets here");
    }

    @Override
    public void close() {
      throw new AssertionError("no test gets here");
    }
  }

  private static KafkaPartitionSplit split(int partition, long offset) {
    return new KafkaPartitionSplit(new TopicPartition("observations", partition), offset);
  }

  private final Fake fake = new Fake();
  private final List<Map<TopicPartition, Long>> committed = new ArrayList<>();
  private final ObservationSourceReader<InputEvent> reader =
      new ObservationSourceReader<>(
          fake,
          KafkaConnectors::observed,
          Map.of(0, 100L, 1, 200L),
          new ObservationSourceReader.Commits() {
            @Override
            public void commit(Map<TopicPartition, Long> offsets) {
              committed.add(offsets);
            }

            @Override
            public void close() {}
          },
          Duration.ofSeconds(10),
          event -> {},
          () -> {
            throw new AssertionError("no test gets here");
          });

  @Test
  void aPartitionIsReadToItsEndAndSavedAsOneWithout() {
    reader.addSplits(List.of(split(0, 5), split(1, 6)));
    assertThat(fake.splits)
        .extracting(KafkaPartitionSplit::getStartingOffset, KafkaPartitionSplit::getStoppingOffset)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(5L, Optional.of(100L)),
            org.assertj.core.groups.Tuple.tuple(6L, Optional.of(200L)));

    fake.readTo(0, 50);
    fake.readTo(1, 200);
    assertThat(reader.snapshotState(1)).containsExactly(split(0, 50), split(1, 200));
    fake.readTo(0, 100);
    assertThat(reader.snapshotState(2)).containsExactly(split(0, 100), split(1, 200));
  }

  @Test
  void aPartitionThatWasReadFurtherBeforeStaysWhereItIs() {
    reader.addSplits(List.of(split(1, 250)));
    fake.readTo(1, 250);
    assertThat(reader.snapshotState(1)).containsExactly(split(1, 250));
  }

  @Test
  void aPartitionYoungerThanTheJobIsNotReadAndNotLost() {
    reader.addSplits(List.of(split(2, KafkaPartitionSplit.EARLIEST_OFFSET)));
    assertThat(fake.splits).isEmpty();
    assertThat(reader.snapshotState(1))
        .containsExactly(split(2, KafkaPartitionSplit.EARLIEST_OFFSET));
  }

  @Test
  void eachCheckpointCommitsAllPartitionsAlsoThoseThatHaveEnded() throws Exception {
    TopicPartition first = new TopicPartition("observations", 0);
    TopicPartition second = new TopicPartition("observations", 1);
    reader.addSplits(
        List.of(split(0, 5), split(1, 6), split(2, KafkaPartitionSplit.EARLIEST_OFFSET)));
    fake.readTo(0, 50);
    reader.snapshotState(1);
    fake.readTo(0, 100); // between the snapshot and its completion
    reader.notifyCheckpointComplete(1);
    assertThat(committed).containsExactly(Map.of(first, 50L, second, 6L));
    reader.snapshotState(2);
    reader.snapshotState(3);
    reader.notifyCheckpointComplete(3); // that of 2 was lost
    reader.notifyCheckpointComplete(3);
    assertThat(committed).hasSize(2).last().isEqualTo(Map.of(first, 100L, second, 6L));
  }

  @Test
  void theInputDoesNotEndWithTheHistory() {
    reader.notifyNoMoreSplits();
    assertThat(fake.sawNoMore).isFalse();
  }
}
