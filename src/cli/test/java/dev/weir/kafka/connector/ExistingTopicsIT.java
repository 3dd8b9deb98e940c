package dev.weir.kafka.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExistingTopicsIT {

  @Test
  void deletedTopicIsNamed(@TempDir Path dir) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);
        TopicAdmin topics = new TopicAdmin(KafkaClients.of(broker.bootstrapServers()));
        AdminClient admin =
            AdminClient.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      topics.createModels("models");
      topics.create("plant", 2, Map.of());
      ExistingTopics source = new ExistingTopics(List.of("plant", "models"));
      assertThat(source.getSubscribedTopicPartitions(admin))
          .containsExactlyInAnyOrder(
              new TopicPartition("plant", 0),
              new TopicPartition("plant", 1),
              new TopicPartition("models", 0));
      admin.deleteTopics(List.of("models")).all().get();
      await().until(() -> !admin.listTopics().names().get().contains("models"));
      assertThatThrownBy(() -> source.getSubscribedTopicPartitions(admin))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "topic models: expected on Kafka, got no such topic: was it deleted? create it again"
                  + " (docs/operations.md), and the job goes on");
    }
  }
}
