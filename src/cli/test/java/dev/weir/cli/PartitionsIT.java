package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cli.local.LocalCluster;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.TopicAdmin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partitions that are added to the observations, as doctor sees them before a start. */
@Tag("slow")
class PartitionsIT {

  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final Topics TOPICS =
      new Topics("observations", "forecasts", "scores", "observations.dlq", "models");

  @TempDir private Path dir;
  private String kafka;
  private Path job;

  private void send(int partition, int count) {
    try (Producer<byte[], byte[]> producer = KafkaClients.of(kafka).producer()) {
      for (int i = 0; i < count; i++) {
        byte[] junk = "junk".getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(TOPICS.observations().first(), partition, junk, junk));
      }
    }
  }

  private String doctor(String... more) {
    return InProcess.weir("doctor %s " + String.join(" ", more), job).out();
  }

  @Test
  void addedPartitionsAreWarnedOfWhileObservationsWaitInTheOthers() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("broker"), 0);
        TopicAdmin admin = new TopicAdmin(KafkaClients.of(broker.bootstrapServers()))) {
      kafka = broker.bootstrapServers();
      admin.createMissing(TOPICS, 2);
      job =
          Files.writeString(
              dir.resolve("plant.yaml"),
              """
              name: plant
              kafka:
                bootstrap-servers: %s
              forecast:
                many-to-one:
                  horizon: 1
              """
                  .formatted(kafka));
      send(0, 10);
      send(1, 10);
      String savepoint = savepointAtTheEnd(admin);
      try (Admin client = Admin.create(Map.of("bootstrap.servers", kafka))) {
        client
            .createPartitions(Map.of(TOPICS.observations().first(), NewPartitions.increaseTo(4)))
            .all()
            .get(30, TimeUnit.SECONDS);
      }
      await("all partitions are there")
          .atMost(WAIT)
          .until(() -> admin.partitions(TOPICS.observations().first()) == 4);
      assertThat(doctor("--savepoint", savepoint))
          .contains(
              "has read 2 partitions of observations",
              "2 of 4 partitions of observations were added, and group plant is 0 records behind");

      send(0, 7);
      assertThat(doctor()).doesNotContain("were added"); // they are empty, as far as it can tell
      assertThat(doctor("--savepoint", savepoint))
          .containsPattern(
              "warn +partitions +2 of 4 partitions of observations were added, and group plant is 7"
                  + " records behind");
      send(3, 5);
      assertThat(doctor())
          .contains("1 of 4 partitions of observations were added", "is 7 records behind");
      assertThat(doctor("--savepoint", dir.resolve("none").toString()))
          .containsPattern("fail +savepoint +.*none: .+; name a savepoint's folder");
    }
  }

  private String savepointAtTheEnd(TopicAdmin admin) throws Exception {
    Map<String, String> flink =
        Map.of("rest.bind-port", "0", "execution.checkpointing.interval", "300ms");
    try (LocalCluster cluster = LocalCluster.start(flink)) {
      JobClient client = ForecastJob.submit(cluster.environment(), JobSettings.read(job, Map.of()));
      await("the job has read all")
          .atMost(WAIT)
          .until(
              () ->
                  admin.committed("plant", TOPICS.observations().first()).values().stream()
                      .map(OffsetAndMetadata::offset)
                      .toList()
                      .equals(List.of(10L, 10L)));
      return client
          .stopWithSavepoint(
              false, dir.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
          .get(60, TimeUnit.SECONDS);
    }
  }
}
