package dev.weir.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.kafka.KafkaSettings.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LookBackTest {

  private static final TopicPartition PLACE = new TopicPartition("forecasts", 3);
  private static final long BEGIN = 1_000;
  private static final long END = 41_000;

  /** A partition that gives 700 records a poll. */
  private static final class Partition extends MockConsumer<byte[], byte[]> {
    private final List<Long> sought = new ArrayList<>();

    Partition() {
      super("none");
      assign(List.of(PLACE));
      updateBeginningOffsets(Map.of(PLACE, 0L));
    }

    @Override
    public synchronized void seek(TopicPartition partition, long offset) {
      sought.add(offset);
      super.seek(partition, offset);
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      long from = position(PLACE);
      for (long offset = from; offset < Math.min(from + 700, END + 50); offset++) {
        addRecord(new ConsumerRecord<>(PLACE.topic(), PLACE.partition(), offset, null, null));
      }
      return super.poll(timeout);
    }
  }

  private final Partition partition = new Partition();

  private List<Long> read(BooleanSupplier over, Function<Long, Long> content) {
    return LookBack.newestFirst(
        partition, PLACE, BEGIN, END, over, record -> content.apply(record.offset()));
  }

  @Test
  void allOfItComesInOrderAndTheNewestPartIsReadFirst() {
    List<Long> found = read(() -> false, offset -> offset % 20 == 0 ? offset : null);
    assertThat(found)
        .isEqualTo(
            LongStream.range(BEGIN, END).filter(offset -> offset % 20 == 0).boxed().toList());
    assertThat(partition.sought).containsExactly(36_000L, 26_000L, 6_000L, 1_000L);
  }

  @Test
  void whenTheTimeIsOverTheNewestIsThereWithoutAHole() {
    List<Long> found =
        read(
            () -> partition.sought.size() == 3 && partition.position(PLACE) > 10_000,
            offset -> offset % 20 == 0 ? offset : null);
    assertThat(found)
        .isEqualTo(
            LongStream.range(26_000, END).filter(offset -> offset % 20 == 0).boxed().toList());
  }

  @Test
  void noMoreIsReadThanCanBeKept() {
    assertThat(read(() -> false, offset -> offset)).hasSize(5_000);
    assertThat(partition.sought).containsExactly(36_000L);
  }

  /** Whoever asked may have ceased to wait by then, and nobody else would learn of it. */
  @Test
  void whateverFailsIsLookedForAnewWhenSomebodyAsksAgain() {
    Topics nameless = new Topics("", "f", "s", "d", "m"); // which a consumer refuses
    JobState state = new JobState(nameless, null, 10, 1 << 20);
    SeriesRow row = state.series.row("pump", added -> {});
    row.observe(Records.observation("pump", 1, 1), 0, 1);
    assertThat(state.histories.ask(row)).isTrue();
    assertThat(state.histories.ask(row)).isFalse();
    try (LookBack lookBack =
        new LookBack(Map.of("bootstrap.servers", "localhost:1"), nameless, state, 10)) {
      lookBack.read(row);
    }
    assertThat(state.histories.ask(row)).isTrue();
  }
}
