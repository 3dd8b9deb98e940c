package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics as a broker tells of them, which is later than the controller decides, and keeps them. */
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

  private static final long LONG_AGO = Instant.parse("2011-01-01T00:00:00Z").toEpochMilli();
  private static final TopicPartition KEPT = new TopicPartition("kept", 0);
  private static final TopicPartition DELETED = new TopicPartition("deleted", 0);

  @Test
  void recordsOfLongAgoAreKept(@TempDir Path dir) throws Exception {
    Map<String, String> eager =
        Map.of("log.retention.check.interval.ms", "200", "log.initial.task.delay.ms", "200");
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0, eager)) {
      Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
      try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(broker.bootstrapServers()));
          var producer =
              new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
          var consumer =
              new KafkaConsumer<>(
                  client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        admin.create("kept", 1, Map.of());
        admin.create("deleted", 1, Map.of("retention.ms", "604800000")); // Kafka's own default
        for (String topic : List.of("kept", "deleted")) {
          producer.send(new ProducerRecord<>(topic, 0, LONG_AGO, null, new byte[] {1})).get();
        }
        await() // the second shows when the broker has looked for what to delete
            .until(() -> consumer.beginningOffsets(List.of(DELETED)).get(DELETED) == 1);
        assertThat(consumer.beginningOffsets(List.of(KEPT)).get(KEPT)).isZero();
      }
    }
  }
}
