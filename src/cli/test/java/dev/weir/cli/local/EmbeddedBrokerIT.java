package dev.weir.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {

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
