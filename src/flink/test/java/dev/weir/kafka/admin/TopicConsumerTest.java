package dev.weir.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.kafka.admin.OpenTransactions.Hidden;
import dev.weir.kafka.admin.OpenTransactions.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class TopicConsumerTest {

  private static final TopicPartition PLACE = new TopicPartition("forecasts", 0);

  /** A partition of five records; one more comes right after the times are asked for. */
  private static final class Growing extends MockConsumer<byte[], byte[]> {

    Growing() {
      super("none");
      updateBeginningOffsets(Map.of(PLACE, 0L));
      updateEndOffsets(Map.of(PLACE, 5L));
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      updateEndOffsets(Map.of(PLACE, 6L));
      Map<TopicPartition, OffsetAndTimestamp> none = new HashMap<>();
      none.put(PLACE, null); // as Kafka has it: no record is so late
      return none;
    }
  }

  private final Growing kafka = new Growing();
  private final TopicConsumer consumer = new TopicConsumer(kafka);
  private final List<Long> offsets = new ArrayList<>();

  private boolean read(long from, long end, BooleanSupplier isOver) {
    return consumer.read(
        Map.of(PLACE, from), Map.of(PLACE, end), isOver, record -> offsets.add(record.offset()));
  }

  private void add(int first, int count) {
    kafka.schedulePollTask(
        () -> {
          for (int i = first; i < first + count; i++) {
            kafka.addRecord(new ConsumerRecord<>("forecasts", 0, i, null, new byte[0]));
          }
        });
  }

  @Test
  void recordThatComesWhileTimesAreLookedUpIsRead() {
    assertThat(consumer.since(List.of(PLACE), 7)).isEqualTo(Map.of(PLACE, 5L));
  }

  @Test
  void recordBehindTheRangeIsNotRead() {
    add(2, 2);
    add(4, 2);
    assertThat(read(2, 5, () -> false)).isTrue();
    assertThat(offsets).containsExactly(2L, 3L, 4L);
  }

  @Test
  void emptyRangeIsReadWithoutAPoll() {
    assertThat(read(5, 5, () -> true)).isTrue();
    assertThat(consumer.read(Map.of(), Map.of(), Duration.ZERO, record -> {})).isTrue();
  }

  @Test
  void readingGivesUpWhenItIsOver() {
    add(2, 2);
    assertThat(read(2, 5, () -> !offsets.isEmpty())).isFalse();
    assertThat(consumer.position(PLACE)).isEqualTo(4);
  }

  @Test
  void readingGivesUpWhenNothingMoves() {
    add(2, 2);
    assertThat(
            consumer.read(
                Map.of(PLACE, 2L),
                Map.of(PLACE, 5L),
                Duration.ofMillis(1),
                record -> offsets.add(record.offset())))
        .isFalse();
    assertThat(offsets).containsExactly(2L, 3L);
  }

  @Test
  void unreadableOffsetsAreSkippedByDoublingSteps() {
    for (int i = 0; i < 3; i++) { // at 2, 3 and 5
      kafka.schedulePollTask(() -> kafka.setPollException(new KafkaException("invalid")));
    }
    add(9, 1);
    assertThat(consumer.behindUnreadable(PLACE, 2, 100)).isEqualTo(9);
    assertThat(consumer.behindUnreadable(PLACE, 9, 100)).isEqualTo(9);
    for (int i = 0; i < 3; i++) {
      kafka.schedulePollTask(() -> kafka.setPollException(new KafkaException("invalid")));
    }
    assertThat(consumer.behindUnreadable(PLACE, 2, 6)).as("at most the end").isEqualTo(6);
  }

  @Test
  void brokersThatAreAwayAreNotUnreadableBytes() {
    assertThat(TopicConsumer.isUnreadable(new KafkaException("invalid"))).isTrue();
    assertThat(TopicConsumer.isUnreadable(new TimeoutException("away"))).isFalse();
  }

  @Test
  void sentenceNamesTheJobAndTheEndOfItsTransaction() {
    Transaction left = new Transaction("weir-demand-0-17", 1_700_000_000_000L, 600_000);
    assertThat(new Hidden("forecasts", 3_912, left).sentence())
        .isEqualTo(
            "up to 3,912 records of forecasts wait behind an open transaction of weir-demand, until"
                + " 22:23:20 UTC or until that job's next checkpoint or start");
  }
}
