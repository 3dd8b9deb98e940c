package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TailCommandTest {

  private static final TopicPartition PLACE = new TopicPartition("forecasts", 0);

  /** A partition of five records; one more comes right after somebody has asked for times. */
  private static final class Growing extends MockConsumer<byte[], byte[]> {

    Growing() {
      super("none");
      assign(List.of(PLACE));
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

  @Test
  void aRecordThatComesWhileItLooksForWhereToBeginIsShown() {
    TailCommand tail = new TailCommand();
    new CommandLine(tail).parseArgs("--since", "2026-01-31T00:00:00Z");
    Growing consumer = new Growing();

    tail.seek(consumer, List.of(PLACE));

    assertThat(consumer.position(PLACE)).isEqualTo(5);
  }
}
