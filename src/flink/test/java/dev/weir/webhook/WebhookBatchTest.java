package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class WebhookBatchTest {

  private static final TopicPartition A = new TopicPartition("alarms", 0);
  private static final TopicPartition B = new TopicPartition("alarms", 1);

  private final WebhookBatch batch = new WebhookBatch();

  @Test
  void offsetsAreThoseOfTheFirstRecordThatIsNotDone() {
    Runnable first = batch.add(A, 7);
    Runnable second = batch.add(A, 9); // 8 is the mark of a transaction
    Runnable third = batch.add(A, 10);
    Runnable other = batch.add(B, 3);
    second.run();
    assertThat(batch.reached()).as("7 is not done").isEmpty();
    first.run();
    other.run();
    assertThat(batch.reached())
        .isEqualTo(Map.of(A, new OffsetAndMetadata(10), B, new OffsetAndMetadata(4)));
    batch.committed(Map.of(A, new OffsetAndMetadata(9)));
    assertThat(batch.reached()).as("an older commit").hasSize(2);
    batch.committed(batch.reached());
    assertThat(batch.reached()).as("committed").isEmpty();
    assertThat(batch.open()).isEqualTo(1);
    third.run();
    assertThat(batch.isDone()).isTrue();
    assertThat(batch.reached()).isEqualTo(Map.of(A, new OffsetAndMetadata(11)));
  }

  @Test
  void revokedPartitionIsNeitherWaitedForNorCommitted() {
    Runnable first = batch.add(A, 7);
    Runnable second = batch.add(A, 8);
    Runnable third = batch.add(A, 9);
    Runnable other = batch.add(B, 3);
    third.run();
    first.run();
    batch.revoke(List.of(A));
    assertThat(batch.isWanted(A)).isFalse();
    assertThat(batch.isWanted(B)).isTrue();
    assertThat(batch.open()).isEqualTo(1);
    second.run(); // was on its way
    assertThat(batch.reached()).isEmpty();
    other.run();
    assertThat(batch.isDone()).isTrue();
  }
}
