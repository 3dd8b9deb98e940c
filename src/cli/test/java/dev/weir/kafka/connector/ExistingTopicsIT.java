package dev.weir.kafka.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.job.KafkaFixture;
import dev.weir.kafka.admin.TopicAdmin;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ExistingTopicsIT {

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
