package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.job.KafkaFixture;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;

/** Topics as a broker tells of them, which is later than the controller decides. */
class TopicAdminIT {

  /** What a broker makes the logs of is what it knows of next; these take it a while. */
  private static final int LOGS = 150;

  /** A client that the machine holds up does not see the lag; it mostly does in the first. */
  private static final int ROUNDS = 20;

  @Test
  void aTopicOfADeletedOnesNameIsCreatedThoughTheBrokerStillTellsOfTheOldOne() throws Exception {
    KafkaFixture kafka = KafkaFixture.shared();
    try (Admin client = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        TopicAdmin admin = kafka.admin()) {
      boolean lags = false;
      for (int round = 0; round < ROUNDS && !lags; round++) {
        admin.create("again", 2, Map.of());
        client.createTopics(List.of(new NewTopic("many", LOGS, (short) 1))).all().get();
        client.deleteTopics(List.of("again")).all().get();
        lags = client.listTopics().names().get().contains("again");

        admin.create("again", 3, Map.of());
        assertThat(admin.partitions("again")).isEqualTo(3);
        client.deleteTopics(List.of("again", "many")).all().get();
      }
      assumeTrue(lags, "the broker never lagged behind, so this shows nothing");
    }
  }

  @Test
  void aCreatedTopicTakesRecordsAtOnce() throws Exception {
    KafkaFixture kafka = KafkaFixture.shared();
    try (TopicAdmin admin = kafka.admin();
        Producer<byte[], byte[]> producer =
            KafkaClients.of(kafka.bootstrapServers())
                .with(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false)
                .with(
                    ProducerConfig.RETRIES_CONFIG, // so that the first refusal is seen
                    0)
                .producer()) {
      admin.create("first", 1, Map.of());
      producer.send(new ProducerRecord<>("first", new byte[] {1})).get(); // connects
      admin.create("fresh", LOGS, Map.of());
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int partition = 0; partition < LOGS; partition++) {
        sent.add(producer.send(new ProducerRecord<>("fresh", partition, null, new byte[] {1})));
      }
      for (Future<RecordMetadata> record : sent) {
        assertThat(record.get().offset()).isZero();
      }
    }
  }
}
