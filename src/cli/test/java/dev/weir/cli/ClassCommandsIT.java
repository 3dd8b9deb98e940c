package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.classify.ClassFixture;
import dev.weir.classify.ClassFixture.Step;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cli.local.LocalCluster;
import dev.weir.forecast.Observation;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.codec.LabelCodec;
import dev.weir.kafka.codec.LabelCodec.Label;
import dev.weir.kafka.connector.ObservationProducer;
import dev.weir.model.ClassifierFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say of a job that only classifies. */
@Tag("slow")
class ClassCommandsIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int STEPS = 60;

  @TempDir private static Path dir;
  private static EmbeddedBroker broker;
  private static LocalCluster cluster;
  private static Path job;

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(dir.resolve("broker"), 0);
    Files.write(
        dir.resolve("states.safetensors"),
        ClassifierFiles.toBytes(ClassFixture.model("states", 1, ClassFixture.STATES)));
    Files.write(
        dir.resolve("two.safetensors"),
        ClassifierFiles.toBytes(ClassFixture.model("states", 9, List.of("idle", "run"))));
    job =
        Files.writeString(
            dir.resolve("states.yaml"),
            """
            name: states
            kafka: {bootstrap-servers: "%s"}
            window: {seq-len: 5, features: 1}
            classify: {model: states, file: states.safetensors}
            """
                .formatted(broker.bootstrapServers()));
    KafkaClients clients = KafkaClients.of(broker.bootstrapServers());
    try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(broker.bootstrapServers()))) {
      admin.create("observations", 1, Map.of());
    }
    List<Step> steps = ClassFixture.steps("lathe", STEPS, 3);
    try (ObservationProducer producer = new ObservationProducer(clients, "observations")) {
      for (Step step : steps) {
        producer.send(step.observation());
      }
      producer.flush();
    }
    cluster =
        LocalCluster.start(
            Map.of("rest.bind-port", "0", "execution.checkpointing.interval", "500ms"));
    ForecastJob.submit(cluster.environment(), JobSettings.read(job, Map.of()));
    try (Producer<byte[], byte[]> producer = clients.producer()) {
      for (Step step : steps.subList(0, 40)) {
        Observation labelled = step.observation();
        Label label = new Label("lathe", labelled.time(), step.label());
        producer.send(new ProducerRecord<>("labels", new LabelCodec().encode(label))).get();
      }
      producer.send(new ProducerRecord<>("labels", "junk".getBytes(StandardCharsets.UTF_8))).get();
    }
    Observation more = new Observation("lathe", 1_000L * STEPS + 500, 1, new double[] {2});
    Awaitility.await("classes and a dead letter are committed")
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              String out = InProcess.weir("status %s --format json", job).out();
              return out.contains("\"classes.sampled\":" + STEPS) && out.contains("MALFORMED");
            });
    try (ObservationProducer producer = new ObservationProducer(clients, "observations")) {
      producer.send(more); // its class says how those before it have done
      producer.flush();
    }
    Awaitility.await("the labels count")
        .until(
            () ->
                InProcess.weir("status %s --format json", job)
                    .out()
                    .contains("\"classes.labels\":40"));
  }

  @AfterAll
  static void close() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  void statusToldByTheTopicsIsThatOfTheJob() throws Exception {
    String flink = cluster.webAddress().getAuthority();
    InProcess json = InProcess.weir("status %s --format json --jobmanager %s", job, flink);
    JsonNode status = JSON.readTree(json.out()).path("figures");
    assertThat(status.path("job.state").asText()).isEqualTo("RUNNING");
    assertThat(status.has("forecasts.sampled")).isFalse();
    assertThat(status.path("classes.series").asInt()).isEqualTo(1);
    assertThat(status.path("classes.sampled").asInt()).isEqualTo(STEPS + 1);
    assertThat(status.path("classes.status.OK").asInt()).isEqualTo(STEPS + 1 - 4);
    assertThat(status.path("classes.accuracy").asDouble(-1)).isBetween(0.0, 1.0);
    InProcess text = InProcess.weir("status %s", job);
    assertThat(text.out())
        .contains("1 series: {OK=57, WARMUP=4}")
        .containsPattern("accuracy +0\\.[0-9]{4} of 40 labels");
  }

  @Test
  void tailShowsClasses() throws Exception {
    InProcess text = InProcess.succeeds("tail %s --limit 3", job);
    assertThat(text.out().lines())
        .hasSize(3)
        .last()
        .asString()
        .matches(
            "lathe +1970-01-01 00:01 +(idle|run|fault) +0\\.\\d{3} +\\(states v1, OK, accuracy"
                + " 0\\.\\d{3} of 40 labels\\)");
    InProcess json =
        InProcess.weir(
            "tail --classes --bootstrap-servers %s --format json --limit 1 --status OK"
                + " --model states@1",
            broker.bootstrapServers());
    JsonNode last = JSON.readTree(json.out());
    assertThat(last.path("series").asText()).isEqualTo("lathe");
    assertThat(last.path("labels").asLong()).isEqualTo(40);
    InProcess wrong = InProcess.fails(2, "tail %s --scores --limit 1", job);
    assertThat(wrong.err())
        .contains("weir tail: --scores: expected forecasts as well, got --classes");
  }

  @Test
  void doctorAndTheModelCommandsKnowClassifiers() {
    InProcess doctor = InProcess.weir("doctor %s", job);
    assertThat(doctor.out()).contains("states: none published yet");
    String two = dir.resolve("two.safetensors").toString();
    String one = dir.resolve("states.safetensors").toString();
    InProcess published = InProcess.succeeds("model publish %s %s --name other", two, job);
    assertThat(published.out()).contains("other version 10 is on models");
    assertThat(InProcess.weir("model publish %s %s --name other", one, job).exitCode()).isZero();
    InProcess list = InProcess.weir("model list %s", job);
    assertThat(list.out()).containsPattern("other +11 ");
    InProcess inspected = InProcess.weir("model inspect %s --name mine", two);
    assertThat(inspected.out()).contains("mine version 9");
    InProcess wrong = InProcess.weir("model inspect %s --seq-len 5", two);
    assertThat(wrong.exitCode()).isNotZero();
    assertThat(wrong.err())
        .contains("two.safetensors: expected no option but --name with a classifier, got 5");
  }
}
