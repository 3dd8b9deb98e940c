package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Patience;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cli.local.LocalCluster;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.avro.Score;
import dev.weir.kafka.codec.DeadLetterCodec;
import dev.weir.kafka.registry.RegistryServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An operator's commands beside a job that runs: status, tail, doctor. */
@Tag("slow")
class RunningJobCommandsIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HOURS = 60;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> SERIES = List.of("pump-1", "pump-2", "valve");

  @TempDir private static Path dir;
  private static EmbeddedBroker broker;
  private static LocalCluster cluster;
  private static String kafka;
  private static String flink;
  private static Path job;

  @BeforeAll
  static void startJob() throws Exception {
    broker = EmbeddedBroker.start(dir.resolve("broker"), 0);
    kafka = broker.bootstrapServers();
    List<String> rows = new ArrayList<>(List.of("series_id,timestamp,value"));
    for (int hour = 0; hour < HOURS; hour++) {
      for (String series : SERIES) {
        Instant time = START.plus(Duration.ofHours(hour));
        rows.add("%s,%s,%d".formatted(series, time, series.length() + hour % 24));
      }
    }
    Path csv = Files.write(dir.resolve("plant.csv"), rows);
    assertThat(weir("produce --input %s", csv).exitCode()).isZero();
    job =
        Files.writeString(
            dir.resolve("plant.yaml"),
            """
            name: plant
            kafka: {bootstrap-servers: '%s'}
            scores.every: 10
            season: 24
            forecast: {many-to-one: {horizon: 3}}
            """
                .formatted(kafka));
    cluster =
        LocalCluster.start(
            Map.of(
                "rest.bind-port", "0",
                "taskmanager.numberOfTaskSlots", "2",
                "execution.checkpointing.interval", "500ms"));
    flink = cluster.webAddress().getAuthority();
    ForecastJob.submit(cluster.environment(), JobSettings.read(job, Map.of()));
    send("observations", "junk".getBytes(StandardCharsets.UTF_8)); // one dead letter
    Awaitility.await("all forecasts, the dead letter and the offsets are committed")
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              String out = status("--jobmanager %s", flink).out();
              return out.contains("\"forecasts.sampled\":" + SERIES.size() * HOURS)
                  && out.contains("MALFORMED")
                  && JSON.readTree(out).at("/figures/lag.observations").asLong(-1) == 0;
            });
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

  private static InProcess weir(String line, Object... values) {
    return InProcess.weir(line + " --bootstrap-servers " + kafka, values);
  }

  private static InProcess status(String options, Object... values) {
    return InProcess.weir("status " + job + " --format json " + options, values);
  }

  private static void send(String topic, byte[] value) throws Exception {
    try (Producer<byte[], byte[]> producer = KafkaClients.of(kafka).producer()) {
      producer.send(new ProducerRecord<>(topic, new byte[] {1}, value)).get();
    }
  }

  // ---- status

  @Test
  void aJobThatIsWellIsHealthyAndItsFiguresAreThoseOfTheTopics() throws Exception {
    InProcess run = status("--jobmanager %s", flink).succeeded();
    JsonNode seen = JSON.readTree(run.out());
    assertThat(seen.path("healthy").asBoolean()).isTrue();
    assertThat(failures(seen)).isEmpty();
    assertThat(seen.path("findings")).isNotEmpty();
    JsonNode status = seen.path("figures");
    assertThat(status.path("job.state").asText()).isEqualTo("RUNNING");
    assertThat(status.path("job.restarts").asLong(-1)).isZero();
    assertThat(status.path("job.last_exception").isNull()).isTrue();
    assertThat(status.path("checkpoints.completed").asLong()).isPositive();
    assertThat(status.path("checkpoints.interval_ms").asLong()).isEqualTo(500);
    assertThat(status.path("records.observations").asLong()).isEqualTo(SERIES.size() * HOURS + 1);
    assertThat(status.path("forecasts.series").asInt()).isEqualTo(SERIES.size());
    assertThat(status.path("forecasts.newest_origin").asLong())
        .isEqualTo(START.plus(Duration.ofHours(HOURS - 1)).toEpochMilli());
    assertThat(status.path("scores.series").asInt()).isEqualTo(SERIES.size());
    assertThat(status.path("scores.error_over_naive").asDouble()).isBetween(0.0, 2.0);
    assertThat(status.path("scores.interval_level").asDouble()).isCloseTo(0.8, within(1e-9));
    assertThat(status.path("dead_letters.reason.MALFORMED").asInt()).isEqualTo(1);
    assertThat(status.path("dead_letters.sampled").asLong()).as("without marks").isEqualTo(1);
    assertThat(weir("dead-letters").out()).contains("1 dead letter on observations.dlq");

    InProcess text = InProcess.run("status", job.toString(), "--jobmanager", flink).succeeded();
    assertThat(text.err()).isEmpty();
    assertThat(text.out().lines()).hasSizeLessThan(24); // a screen
    assertThat(text.out())
        .contains("plant RUNNING for", "group plant is 0 behind", "80.0 % intervals contain")
        .containsPattern("\\Rhealthy: \\d+ ok, 0 to look at, 0 to change\\R")
        .doesNotContain("\033");
  }

  @Test
  void withoutAJobFileTheJobsNameIsItsGroup() throws Exception {
    InProcess run = weir("status --jobmanager %s --format json", flink);
    assertThat(JSON.readTree(run.out()).at("/figures/lag.observations").isNumber())
        .as("%s", run)
        .isTrue();
  }

  @Test
  void withoutFlinkTheTopicsAreLookedAtAndWithoutKafkaTheJobIs() throws Exception {
    InProcess kafkaOnly = status("--jobmanager localhost:1").failed(1);
    JsonNode topics = JSON.readTree(kafkaOnly.out());
    assertThat(topics.at("/figures/forecasts.series").asInt()).isEqualTo(SERIES.size());
    List<JsonNode> failures = failures(topics);
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).path("found").asText())
        .contains("Flink at localhost:1", "no connection");
    assertThat(failures.get(0).path("next").asText()).contains("--jobmanager HOST:PORT");

    InProcess flinkOnly =
        InProcess.run("status", "--jobmanager", flink, "--bootstrap-servers", "localhost:1")
            .failed(1);
    assertThat(flinkOnly.out())
        .contains("1 to change", "fail  brokers      Kafka at localhost:1", "plant RUNNING");
  }

  private static List<JsonNode> failures(JsonNode status) {
    List<JsonNode> failures = new ArrayList<>();
    for (JsonNode finding : status.path("findings")) {
      if (finding.path("level").asText().equals("fail")) {
        failures.add(finding);
      }
    }
    return failures;
  }

  @Test
  void aClusterThatIsGoneIsNotWellThoughNobodyNamedIt() throws Exception {
    // whatever listens at the default address does not run this job
    JsonNode found = JSON.readTree(status("").failed(1).out());
    assertThat(failures(found)).hasSize(1);
    assertThat(failures(found).get(0).path("found").asText()).contains("Flink at localhost:8081");
    assertThat(found.at("/figures/lag.observations").isNumber()).isTrue();
  }

  @Test
  void manyDeadLettersAreSeenHoweverManyPartitionsThereAre() throws Exception {
    int partitions = 12;
    int each = 200;
    try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(kafka))) {
      admin.create("wide", partitions, Map.of());
      admin.create("wide.dlq", partitions, Map.of());
    }
    try (Producer<byte[], byte[]> producer = KafkaClients.of(kafka).producer()) {
      for (int offset = 0; offset < each; offset++) {
        for (int partition = 0; partition < partitions; partition++) {
          producer.send(new ProducerRecord<>("wide", partition, null, new byte[] {7}));
          if (offset % 4 == 0) {
            ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>("wide.dlq", 3, null, new byte[] {7}); // all in one
            Map.of(
                    DeadLetterCodec.REASON,
                    "MALFORMED",
                    DeadLetterCodec.TOPIC,
                    "wide",
                    DeadLetterCodec.PARTITION,
                    Integer.toString(partition),
                    DeadLetterCodec.OFFSET,
                    Integer.toString(offset),
                    DeadLetterCodec.TIMESTAMP,
                    "0")
                .forEach(
                    (name, text) ->
                        letter.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
            producer.send(letter);
          }
        }
      }
    }
    InProcess run =
        status(
            "--jobmanager %s --set topics.observations=wide --set"
                + " topics.dead-letters=wide.dlq",
            flink);
    assertThat(run.out()).contains("of the newest 996 observations");
  }

  @Test
  void aGroupThatLagsIsNotWell() throws Exception {
    InProcess run = status("--jobmanager %s --group nobody --max-lag 100", flink).failed(1);
    assertThat(run.out()).contains("group nobody has committed no offset");
  }

  @Test
  void foreignRecordsAmongForecastsAreCountedAndHarmNothing() throws Exception {
    String topic = "foreign";
    try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(kafka))) {
      admin.create(topic, 3, Map.of());
    }
    for (byte[] bytes : new byte[][] {{}, {1}, "{\"a\":1}".getBytes(StandardCharsets.UTF_8)}) {
      send(topic, bytes);
    }
    send(topic, null);
    InProcess run = status("--jobmanager %s --set topics.forecasts=%s", flink, topic).failed(1);
    assertThat(run.out()).contains("4 of the newest 4 records can't be read");
    InProcess missing = status("--jobmanager %s --set topics.observations=nowhere", flink);
    assertThat(missing.out()).contains("\"check\":\"nowhere\",\"found\":\"no such topic\"");
  }

  // ---- tail

  private static List<JsonNode> tail(int limit, String options) throws Exception {
    InProcess run = weir("tail --limit %s --format json " + options, limit).succeeded();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : run.out().lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    assertThat(lines).hasSize(limit);
    return lines;
  }

  @Test
  void tailShowsWhatIsAskedFor() throws Exception {
    assertThat(tail(HOURS * 2, "--from-beginning --series pump-.* --mode many-to-one"))
        .allMatch(node -> node.path("series").asText().startsWith("pump-"));
    assertThat(tail(4, "--from-beginning --status warmup,FALLBACK"))
        .allMatch(node -> node.path("status").asText().equals("WARMUP"));
    Instant since = START.plus(Duration.ofHours(50));
    assertThat(tail(SERIES.size() * 10, "--since " + since))
        .allMatch(node -> node.path("origin").asLong() >= since.toEpochMilli());
  }

  @Test
  void tailShowsScoresWithAllThatTheyHold() throws Exception {
    int scores = SERIES.size() * (HOURS / 10);
    List<JsonNode> all = tail(SERIES.size() * HOURS + scores, "--from-beginning --scores");
    List<JsonNode> ofScores = all.stream().filter(node -> node.has("scored")).toList();
    assertThat(ofScores).hasSize(scores);
    List<String> keys = new ArrayList<>();
    ofScores.get(0).fieldNames().forEachRemaining(keys::add);
    assertThat(keys)
        .isEqualTo(Score.getClassSchema().getFields().stream().map(Schema.Field::name).toList());
    assertThat(ofScores.get(ofScores.size() - 1).path("methods"))
        .anyMatch(method -> method.path("name").asText().equals("seasonal_naive"));

    InProcess text = weir("tail --scores --from-beginning --limit 150");
    assertThat(text.out()).contains("score of ", "MAE ");
  }

  // ---- doctor

  private static InProcess doctor(String options, Object... values) {
    return InProcess.weir("doctor " + job + " " + options, values);
  }

  @Test
  void aJobThatCanStartPassesAndAnotherOneOfItsNameIsSeen() {
    InProcess run = doctor("--jobmanager %s --set name=other", flink).succeeded();
    assertThat(run.out())
        .contains("ok    job file", "ok    brokers      1 at " + kafka, "free, the job needs 1")
        .contains("each 500 ms", "ok    transactions delivery.transaction-timeout is 10 min")
        .contains("ok    forecasts    1 partition\n")
        .contains("ok    rights       not checked")
        .contains("1 of the newest 181 records can't be used, such as observations-0@")
        .contains(" 0 to change")
        .doesNotContain("fail", "\033");
    assertThat(doctor("--jobmanager %s", flink).out())
        .contains("job plant runs already at " + flink);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--set delivery.transaction-timeout=PT20M | fail  transactions delivery.transaction-timeout"
            + " is 20 min, the brokers allow 15 min; lower",
        "--set topics.observations=nowhere | fail  nowhere      no such topic; create it",
        "--set window.seq-len=x | fail  job file     plant.yaml --set: window.seq-len: expected a"
            + " whole number",
        "--set kafka.bootstrap-servers=localhost:1 | fail  brokers      Kafka at localhost:1",
        "--jobmanager localhost:1 | fail  flink        Flink at localhost:1: expected an answer to"
            + " /overview, got no connection",
        "--jobmanager FLINK --parallelism 3000 --set name=b | fail  flink ",
        "--set topics.create-missing=false --set topics.scores=none | fail  none         no such"
            + " topic; create it",
      })
  void whatCanNotWorkFailsWithWhatToChange(String options, String line) {
    InProcess run = doctor(options.replace("FLINK", flink)).failed(1);
    assertThat(run.out().lines().toList())
        .as("%s", run)
        .anyMatch(text -> text.startsWith(line) && text.contains("; "));
  }

  @Test
  void theRegistryIsAskedAndOneThatIsAwayHoldsUpNobody() throws Exception {
    try (RegistryServer registry = RegistryServer.start()) {
      String options =
          "--set kafka.format=avro-confluent --set kafka.registry.url=" + registry.url();
      assertThat(doctor(options).out())
          .contains("ok    registry     forecasts-value: the job's schema is registered when");
      assertThat(registry.requests())
          .isNotEmpty()
          .noneMatch(request -> request.matches("POST /subjects/[^/]+/versions"));

      registry.askFor("weir:other");
      assertThat(doctor(options).out())
          .contains("fail  registry     subject forecasts-value: expected a user that the");

      CountDownLatch over = new CountDownLatch(1);
      registry.answer(
          exchange -> {
            try {
              over.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      for (String command : List.of("doctor", "status")) {
        long start = System.nanoTime();
        InProcess run = InProcess.weir(command + " %s --jobmanager %s " + options, job, flink);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
            .as(command)
            .isLessThan(Patience.LIMIT);
        assertThat(run.exitCode()).as("%s", run).isEqualTo(1);
        assertThat(run.out())
            .as(command)
            .contains("expected an answer of the schema registry at " + registry.url())
            .contains("see to kafka.registry.url")
            .doesNotContain("find out who writes them", "does something else write there");
      }
      over.countDown();
    }
  }

  @Test
  void topicsThatLoseOrCutAreNamed() throws Exception {
    try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(kafka))) {
      admin.create("short", 1, Map.of("retention.ms", "604800000"));
      admin.create("small", 1, Map.of("max.message.bytes", "100000"));
      admin.create("squeezed", 1, Map.of("cleanup.policy", "compact"));
      admin.create("fleeting", 1, Map.of("retention.ms", "3600000"));
    }
    send("squeezed", new byte[] {7});
    InProcess run =
        doctor(
            "--format json --set topics.forecasts=short --set topics.dead-letters=small --set"
                + " topics.models=fleeting --set topics.observations=squeezed");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .contains("retention.ms is 7 d", "set retention.ms=-1 before a replay")
        .contains("takes values of 83,616 bytes")
        .contains("cleanup.policy is delete: a model is deleted after 3600000 ms")
        .contains("cleanup.policy is compact, which keeps one value of each series")
        .contains("1 of the newest 1 record can't be used, such as squeezed-0@0: MALFORMED");
    for (JsonNode check : JSON.readTree(run.out()).path("findings")) {
      assertThat(check.path("level").asText()).isIn("ok", "warn", "fail");
      if (!check.path("level").asText().equals("ok")) {
        assertThat(check.path("next").asText()).as("%s", check).isNotBlank();
      }
    }
  }

  @Test
  void aModelThatDoesNotFitIsFoundBeforeTheJobMeetsIt() {
    String file = "src/core/test/resources/models/sample-many-to-one.safetensors";
    assertThat(weir("model publish %s --topic fit.models --name m", file).exitCode()).isZero();
    String options = "--set topics.models=fit.models --set forecast.many-to-one.model=m";
    InProcess misfit = doctor(options).failed(1);
    assertThat(misfit.out()).contains("fail  model        horizon: expected 3, got 2 (model m");
    InProcess fit = doctor(options + " --set forecast.many-to-one.horizon=2").succeeded();
    assertThat(fit.out()).contains("ok    model        m version 2 fits the job");
  }
}
