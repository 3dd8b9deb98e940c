package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Patience;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.avro.Forecast;
import dev.weir.kafka.avro.ForecastStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands as a person types them: what they print where, and how they end. Those that need
 * neither the launcher nor a process of their own run in this one.
 */
class CommandsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration WAIT = Patience.LIMIT;
  private static final String SHIPPED =
      "src/core/test/resources/models/sample-many-to-one.safetensors";

  @TempDir private static Path dir;
  private static final KafkaFixture broker = KafkaFixture.shared();
  private static final String kafka = broker.bootstrapServers();

  /** A line of standard output is a whole forecast as JSON. */
  static void assertForecast(String line) throws Exception {
    JsonNode forecast = JSON.readTree(line);
    assertThat(keys(forecast)).as(line).isEqualTo(fields(Forecast.getClassSchema()));
    assertThat(forecast.path("steps")).as(line).isNotEmpty();
    for (JsonNode step : forecast.path("steps")) {
      assertThat(keys(step)).as(line).isEqualTo(fields(ForecastStep.getClassSchema()));
      assertThat(step.path("value").isNumber()).as(line).isTrue();
    }
    assertThat(forecast.findValues("value")).as(line).allMatch(v -> Double.isFinite(v.asDouble()));
    assertThat(forecast.path("origin").isIntegralNumber()).as(line).isTrue();
    // a number that is not finite is written as a text, so these are all that may be one
    for (String key : List.of("series", "mode", "model", "status")) {
      assertThat(forecast.path(key).isTextual()).as(line).isTrue();
    }
    for (String key : List.of("window_start", "seq_len", "model_version", "learning_steps")) {
      assertThat(forecast.path(key).isIntegralNumber()).as(line).isTrue();
    }
  }

  private static List<String> keys(JsonNode node) {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private static List<String> fields(Schema schema) {
    return schema.getFields().stream().map(Schema.Field::name).toList();
  }

  // ---- produce, run, tail

  @Test
  void whatWasProducedIsForecastAndTailedAndTheNextRunGoesOn() throws Exception {
    String savepoint = interruptedRun();
    // docs/topics.md promises batches that each client reads
    assertThat(codecs("mill")).containsExactly(CompressionType.NONE);
    assertThat(codecs("mill.forecasts")).containsExactly(CompressionType.NONE);
    try (WeirProcess run = WeirProcess.start(MILL, kafka, dir.resolve("mill state"))) {
      run.awaitErr(Pattern.compile("weir-many-to-one is running"), WAIT);
      assertThat(run.err()).contains("goes on from file:" + savepoint);
    }
  }

  private static final String MILL =
      "run jobs/many-to-one.yaml --set topics.observations=mill"
          + " --set topics.forecasts=mill.forecasts --set output=network"
          + " --set kafka.bootstrap-servers=%s --state %s"
          + " -D execution.checkpointing.interval=500ms";

  /** A run whose forecasts are tailed; returns the savepoint that it leaves. */
  private static String interruptedRun() throws Exception {
    int hours = 30;
    List<String> rows = new ArrayList<>(List.of("series_id,timestamp,value"));
    for (int hour = 0; hour < hours; hour++) {
      Instant time = Instant.parse("2026-01-31T00:00:00Z").plus(Duration.ofHours(hour));
      rows.add("pump,%s,%d".formatted(time, hour % 24));
      rows.add("\"valve, left\",%s,%d".formatted(time, 100 - hour % 24));
    }
    Path csv = Files.write(dir.resolve("mill.csv"), rows);

    InProcess produce =
        InProcess.succeeds("produce --input %s --topic mill --bootstrap-servers %s", csv, kafka);
    assertThat(produce.out()).isEmpty();
    assertThat(produce.err()).contains("60 observations sent to mill");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "mill");
      ConfigEntry retention =
          admin.describeConfigs(List.of(topic)).all().get().get(topic).get("retention.ms");
      assertThat(retention.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
      assertThat(retention.value()).as("it keeps old records on any broker").isEqualTo("-1");
    }

    Path state = dir.resolve("mill state");
    Pattern left = Pattern.compile("weir run: savepoint file:(.+)");
    try (WeirProcess run = WeirProcess.start(MILL, kafka, state)) {
      run.awaitErr(Pattern.compile("weir-many-to-one is running: mill -> mill.forecasts"), WAIT);
      InProcess tail =
          InProcess.succeeds(
              "tail --topic mill.forecasts --from-beginning --limit 5 --format json"
                  + " --bootstrap-servers %s",
              kafka);
      assertThat(tail.out().lines()).hasSize(5);
      for (String line : tail.out().lines().toList()) {
        assertForecast(line);
      }
      InProcess filtered =
          InProcess.succeeds(
              "tail --topic mill.forecasts --from-beginning --limit %s --series valve.*"
                  + " --bootstrap-servers %s",
              Integer.toString(hours), kafka);
      assertThat(filtered.out().lines()).hasSize(hours).allMatch(l -> l.startsWith("valve, left "));
      assertThat(run.out()).isEmpty();
      run.interrupt(WAIT);
      Matcher found = left.matcher(run.err());
      assertThat(found.find()).as(run.err()).isTrue();
      assertThat(Path.of(found.group(1))).hasParent(state).isDirectory();
      return found.group(1);
    }
  }

  /** How the batches of a topic's first partition are compressed, by what the broker keeps. */
  private static Set<CompressionType> codecs(String topic) throws Exception {
    Set<CompressionType> codecs = EnumSet.noneOf(CompressionType.class);
    try (FileRecords records = FileRecords.open(broker.log(topic, 0).toFile(), false)) {
      for (RecordBatch batch : records.batches()) {
        if (!batch.isControlBatch()) {
          codecs.add(batch.compressionType());
        }
      }
    }
    return codecs;
  }

  @Test
  void aMissingCsvIsNamedBeforeATopicIsMadeForIt() throws Exception {
    assertFails(
        InProcess.weir( // not observations, which other tests miss
            "produce --input no-such.csv --topic unmade --bootstrap-servers %s", kafka),
        "weir: no-such.csv: expected a file, found none");
    assertFails( // and nothing is left on the broker
        InProcess.run("tail", "--topic", "unmade", "--bootstrap-servers", kafka),
        "weir tail: topic unmade: expected on Kafka at " + kafka + ", got no such topic");
  }

  /** The launcher names the job jar, so submit comes as far as the topics without {@code --jar}. */
  @Tag("slow")
  @Test
  void submitFindsTheJobJarByItself() throws Exception {
    assertFails(
        WeirProcess.run(
            "submit jobs/many-to-one.yaml --jobmanager localhost:1 -D rest.retry.delay=1ms"
                + " --set topics.observations=absent --set kafka.bootstrap-servers=%s",
            kafka),
        "weir: topic absent: expected on Kafka at " + kafka);
  }

  @Test
  void aBrokerThatIsNotThereIsMissedInFewWords() throws Exception {
    WeirProcess weir =
        WeirProcess.run(
            "produce --sample --bootstrap-servers localhost:1 --kafka"
                + " default.api.timeout.ms=300 --kafka request.timeout.ms=300");
    assertThat(weir.exitCode()).as("%s", weir).isEqualTo(1);
    assertThat(weir.out()).isEmpty();
    assertThat(weir.err())
        .contains(
            "weir: Kafka at localhost:1: expected an answer within 0.3 s, got a closed port:"
                + " nothing",
            "--bootstrap-servers HOST:PORT names another")
        .doesNotContain("null");
    assertThat(weir.err().lines()).as("%s", weir).hasSizeLessThan(8);
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    String port = kafka.substring(kafka.indexOf(':') + 1);
    InProcess demo = InProcess.fails(1, "demo --no-browser --duration 20s --port %s", port);
    assertThat(demo.out()).isEmpty();
    assertThat(demo.err()).containsPattern("weir: .*port.* " + port);
  }

  // ---- model

  @Test
  void inspectSaysWhatAFileHolds() throws Exception {
    InProcess shipped = InProcess.run("model", "inspect", SHIPPED).succeeded();
    assertThat(shipped.out())
        .contains("mode", "many-to-one", "seq_len 5 -> horizon 2", "weight_ih_l0");
    assertThat(shipped.err()).isEmpty();
  }

  /** Exit code 1, and on standard error one line with these words; no stack trace, no result. */
  private static void assertFails(WeirProcess weir, String... words) {
    assertFails(new InProcess(weir.exitCode(), weir.out(), weir.err()), words);
  }

  private static void assertFails(InProcess weir, String... words) {
    assertThat(weir.exitCode()).as("%s", weir).isEqualTo(1);
    assertThat(weir.out()).isEmpty();
    assertThat(weir.err()).contains(words).doesNotContain("\tat ", "Exception");
    assertThat(weir.err().lines().filter(line -> line.contains(words[0]))).hasSize(1);
  }
}
