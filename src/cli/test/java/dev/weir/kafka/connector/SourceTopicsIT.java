package dev.weir.kafka.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.job.KafkaFixture;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.connector.UnreadRecords.Answer;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a source asks a broker: topics, records, markers, aborted and open transactions. */
class SourceTopicsIT {

  private static TopicPartition partition(String topic, int number) {
    return new TopicPartition(topic, number);
  }

  private static void send(Producer<byte[], byte[]> producer, String topic, int partition) {
    producer.send(new ProducerRecord<>(topic, partition, null, new byte[] {1}));
    producer.flush();
  }

  private static UnreadRecords unread(KafkaFixture kafka) {
    Properties reader = new Properties();
    reader.put("bootstrap.servers", kafka.bootstrapServers());
    reader.put("group.id", "reader");
    reader.put("isolation.level", KafkaFixture.COMMITTED);
    return new UnreadRecords(reader, 0);
  }

  @Test
  void onlyRecordsThatReadersSeeAreUnread() throws Exception {
    KafkaFixture kafka = KafkaFixture.shared();
    try (Producer<byte[], byte[]> producer =
        KafkaClients.of(kafka.bootstrapServers()).with("transactional.id", "writer").producer()) {
      kafka.create("ends", 5, Map.of());
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, "ends", 0);
      send(producer, "ends", 1);
      send(producer, "ends", 3);
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, "ends", 1);
      send(producer, "ends", 2);
      producer.abortTransaction();
      producer.beginTransaction();
      send(producer, "ends", 3);
      UnreadRecords unread = unread(kafka);
      Map<TopicPartition, Long> positions =
          Map.of(
              partition("ends", 0), KafkaPartitionSplit.EARLIEST_OFFSET,
              partition("ends", 1), 1L,
              partition("ends", 2), KafkaPartitionSplit.COMMITTED_OFFSET,
              partition("ends", 3), 1L,
              partition("ends", 4), 0L);
      Map<TopicPartition, Answer> expected =
          Map.of(
              partition("ends", 0), new Answer(2, false),
              partition("ends", 1), new Answer(4, true), // markers and an aborted record
              partition("ends", 2), new Answer(2, true),
              partition("ends", 3), new Answer(2, true), // up to the open transaction
              partition("ends", 4), new Answer(0, true));
      assertThat(unread.ask(positions)).isEqualTo(expected);
      assertThat(unread.ask(positions)).isEqualTo(expected);
      producer.commitTransaction();
      Awaitility.await() // the broker writes the marker after it has answered
          .untilAsserted(
              () ->
                  assertThat(unread.ask(positions))
                      .containsEntry(partition("ends", 3), new Answer(4, false)));
      assertThat(unread.ask(Map.of(partition("ends", 3), 3L))) // it has been read
          .containsEntry(partition("ends", 3), new Answer(4, true));
      unread.close();
    }
  }

  @Tag("slow") // the first answer takes ten seconds
  @Test
  void aTopicThatIsGoneKeepsNoOtherFromItsAnswer() throws Exception {
    KafkaFixture kafka = KafkaFixture.shared();
    UnreadRecords unread = unread(kafka);
    kafka.create("stays", 1, Map.of());
    kafka.create("gone", 1, Map.of());
    kafka.send(List.of(new ProducerRecord<>("stays", new byte[] {1})));
    Map<TopicPartition, Long> both = Map.of(partition("stays", 0), 0L, partition("gone", 0), 0L);
    assertThat(unread.ask(both)).hasSize(2);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.deleteTopics(List.of("gone")).all().get();
    }
    assertThatThrownBy(() -> unread.ask(both)).isInstanceOf(TimeoutException.class);
    Awaitility.await()
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(unread.ask(both))
                    .isEqualTo(
                        Map.of(
                            partition("stays", 0), new Answer(1, false),
                            partition("gone", 0), new Answer(0, true))));
    unread.close();
  }

  @Test
  void deletedTopicIsNamed() throws Exception {
    KafkaFixture kafka = KafkaFixture.shared();
    try (TopicAdmin topics = kafka.admin();
        AdminClient admin =
            AdminClient.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      topics.createModels("plant.models");
      topics.create("plant", 2, Map.of());
      ExistingTopics source = new ExistingTopics(List.of("plant", "plant.models"));
      assertThat(source.getSubscribedTopicPartitions(admin))
          .containsExactlyInAnyOrder(
              new TopicPartition("plant", 0),
              new TopicPartition("plant", 1),
              new TopicPartition("plant.models", 0));
      admin.deleteTopics(List.of("plant.models")).all().get();
      await().until(() -> !admin.listTopics().names().get().contains("plant.models"));
      assertThatThrownBy(() -> source.getSubscribedTopicPartitions(admin))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "topic plant.models: expected on Kafka, got no such topic: was it deleted? create it"
                  + " again (docs/operations.md), and the job goes on");
    }
  }
}
