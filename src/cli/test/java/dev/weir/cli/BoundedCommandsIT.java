package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cli.local.LocalCluster;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ObservationCodec;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * History by {@code weir submit} and by {@code weir run}, the one's savepoint being the other's
 * start.
 */
@Tag("slow")
class BoundedCommandsIT {

  private static final int OBSERVATIONS = 90;
  private static final int FIRST_PART = 40;
  private static final Duration POLL = Duration.ofMillis(50);

  @TempDir private Path dir;

  @Test
  void submitAndRunReadTheirPartOfHistoryAndEndWithASavepoint() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("broker"), 0)) {
      String kafka = broker.bootstrapServers();
      try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(kafka))) {
        admin.create("observations", 1, Map.of());
      }
      send(kafka);

      String savepoint = submit(kafka);
      // a commit is answered before each partition has its mark, and so a savepoint is, too
      await().untilAsserted(() -> assertThat(origins(kafka)).hasSize(FIRST_PART));

      WeirProcess run =
          WeirProcess.run(
              InProcess.words(
                  "run jobs/many-to-one.yaml --set kafka.bootstrap-servers=%s --set mode=bounded"
                      + " --set output=network -D execution.checkpointing.interval=300ms"
                      + " --savepoint %s --savepoints %s",
                  kafka, savepoint, dir.resolve("second")));
      assertThat(run.exitCode()).as("%s", run).isZero();
      // the end of a job stops checkpoints that are in progress, and Flink warns of each
      String stopped =
          ".*CheckpointFailureManager.*\\R.*(Checkpoint Coordinator is suspending"
              + "|Periodic checkpoint scheduler is shut down)\\.\\R";
      assertThat(run.err().replaceAll(stopped, ""))
          .contains("weir-many-to-one has read its history")
          .doesNotContain("WARN");
      Path written = Path.of(URI.create(run.out().strip()));
      assertThat(written).hasParentRaw(dir.resolve("second"));
      assertThat(written.resolve("_metadata")).isNotEmptyFile();
      await()
          .untilAsserted(
              () -> assertThat(origins(kafka)).hasSize(OBSERVATIONS).doesNotHaveDuplicates());
    }
  }

  /**
   * In this process, to a cluster that takes jobs; the classes are there already, so the jar is
   * empty.
   */
  private String submit(String kafka) throws Exception {
    Path jar = dir.resolve("empty.jar");
    new JarOutputStream(Files.newOutputStream(jar), new java.util.jar.Manifest()).close();
    try (LocalCluster cluster =
        LocalCluster.start(Map.of("weir.rest.read-only", "false", "web.submit.enable", "true"))) {
      InProcess submit =
          InProcess.weir(
              "submit jobs/many-to-one.yaml --jobmanager %s --jar %s --set"
                  + " kafka.bootstrap-servers=%s --set mode=bounded --set source.end=%s --set"
                  + " output=network -D execution.checkpointing.interval=300ms --savepoints %s",
              cluster.webAddress().getAuthority(),
              jar,
              kafka,
              FIRST_PART,
              dir.resolve("first").toUri());
      assertThat(submit.exitCode()).as("%s", submit).isZero();
      String savepoint = submit.out().strip();
      assertThat(savepoint).startsWith("file:").contains("/first/savepoint-");
      return savepoint;
    }
  }

  private static void send(String kafka) throws Exception {
    Map<String, Object> config = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < OBSERVATIONS; i++) {
        byte[] value = new ObservationCodec().encode(new Observation("s", 1_000L * i, i % 7));
        producer.send(new ProducerRecord<>("observations", value));
      }
    }
  }

  /** Of all committed forecasts. */
  private static List<Long> origins(String kafka) throws Exception {
    Map<String, Object> config =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            kafka,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed");
    List<Long> origins = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition("forecasts", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          Forecast forecast = new ForecastCodec().decode(record.value());
          origins.add(forecast.origin());
        }
      }
    }
    return origins;
  }
}
