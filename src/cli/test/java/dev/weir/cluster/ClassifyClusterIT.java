package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.classify.series.ClassFixture;
import dev.weir.classify.series.ClassFixture.Step;
import dev.weir.classify.series.ClassState;
import dev.weir.forecast.Classification;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.codec.ClassificationCodec;
import dev.weir.kafka.codec.LabelCodec;
import dev.weir.kafka.codec.LabelCodec.Label;
import dev.weir.kafka.connector.ObservationProducer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that learns classes, on processes of which one is killed, then at another parallelism. */
@Tag("slow")
class ClassifyClusterIT {

  private static final List<String> SERIES = List.of("lathe", "mill", "press-9", "saw", "drill");
  private static final int STEPS = 450;

  @TempDir private Path dir;

  private static List<List<Step>> all() {
    List<List<Step>> all = new ArrayList<>();
    for (int s = 0; s < SERIES.size(); s++) {
      all.add(ClassFixture.steps(SERIES.get(s), STEPS, s + 1));
    }
    return all;
  }

  private static void send(String servers, int from, int to) throws Exception {
    try (ObservationProducer producer =
        new ObservationProducer(KafkaClients.of(servers), "observations")) {
      for (int i = from; i < to; i++) {
        for (List<Step> steps : all()) {
          producer.send(steps.get(i).observation());
        }
      }
      producer.flush();
    }
  }

  /** All labels, before the first observation: then what is learned depends on nothing else. */
  private static void sendLabels(String servers) throws Exception {
    LabelCodec codec = new LabelCodec();
    try (Producer<byte[], byte[]> producer = KafkaClients.of(servers).producer()) {
      for (List<Step> steps : all()) {
        for (Step step : steps) {
          Label label =
              new Label(step.observation().series(), step.observation().time(), step.label());
          producer.send(new ProducerRecord<>("labels", codec.encode(label)));
        }
      }
    }
  }

  private static Map<String, Classification> byTheCore(JobSettings job) throws Exception {
    ClassFixture context = new ClassFixture();
    ClassFixture.OneSeries classifier = context.classifier(job.classify());
    SourceRecord source = new SourceRecord("t", 0, 0, -1, null, null);
    for (List<Step> steps : all()) {
      ClassState state = classifier.newState();
      for (Step step : steps) {
        String series = step.observation().series();
        classifier.label(
            state, new LabelEvent(series, step.observation().time(), step.label(), source));
      }
      for (Step step : steps) {
        classifier.observe(state, step.observation(), source);
      }
    }
    return context.classifications().stream()
        .collect(Collectors.toMap(one -> one.series() + " " + one.windowEnd(), one -> one));
  }

  @Test
  void killedAndRescaledEachWindowIsClassifiedOnceAndToTheBit() throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("states.yaml"),
            """
            name: states
            kafka: {bootstrap-servers: "localhost:9092"}
            window: {seq-len: 11, features: 1}
            classify: {learning: true}
            """);
    Map<String, String> checkpoints = Map.of("execution.checkpointing.interval", "1 s");
    try (ForecastCluster cluster =
        ForecastCluster.start("ClassifyClusterIT", 2, file.toString(), Map.of(), Map.of())) {
      String servers = cluster.broker().bootstrapServers();
      FlinkCluster flink = cluster.flink();
      Topics topics = cluster.topics();
      cluster.run(2, null, checkpoints);
      sendLabels(servers);
      try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(servers))) {
        await("a checkpoint holds all labels")
            .atMost(Duration.ofSeconds(120))
            .pollInterval(Duration.ofMillis(500))
            .until(
                () ->
                    admin.committed("states-labels", "labels").values().stream()
                            .mapToLong(OffsetAndMetadata::offset)
                            .sum()
                        == (long) SERIES.size() * STEPS);
      }
      send(servers, 0, 150);
      topics.awaitCommitted("classes", 150 * SERIES.size() / 2);

      int restored = flink.restored(cluster.job());
      String killed = flink.taskManagerOf(cluster.job());
      flink.taskManager(killed).kill();
      send(servers, 150, 300);
      flink.startTaskManager(killed);
      flink.awaitRestored(cluster.job(), restored);
      topics.awaitCommitted("classes", 300 * SERIES.size());

      String savepoint = flink.stopWithSavepoint(cluster.job());
      cluster.run(3, savepoint, checkpoints);
      send(servers, 300, STEPS);
      topics.awaitCommitted("classes", STEPS * SERIES.size());

      Map<String, Classification> expected = byTheCore(JobSettings.read(file, Map.of()));
      ClassificationCodec codec = new ClassificationCodec();
      List<ConsumerRecord<byte[], byte[]>> records = topics.read("classes", Topics.COMMITTED);
      assertThat(records).hasSize(STEPS * SERIES.size()).hasSameSizeAs(expected.values());
      for (ConsumerRecord<byte[], byte[]> record : records) {
        Classification said = codec.decode(record.value());
        assertThat(said).isEqualTo(expected.remove(said.series() + " " + said.windowEnd()));
      }
      assertThat(expected).isEmpty();
    }
  }
}
