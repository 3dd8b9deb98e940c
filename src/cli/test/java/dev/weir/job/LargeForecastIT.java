package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.InProcess;
import dev.weir.forecast.Observation;
import dev.weir.job.options.JobFile;
import dev.weir.kafka.admin.TopicAdmin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forecasts that a topic of Kafka's default limit, or a smaller one, does not take. */
class LargeForecastIT {

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  @TempDir private Path dir;

  private static String text(String name, int horizon, String levels, String kafkaProperty) {
    return """
        name: %1$s
        kafka:
          bootstrap-servers: %2$s
          properties: {%5$s}
        topics: {observations: %1$s.observations, forecasts: %1$s.forecasts, scores: %1$s.scores, models: %1$s.models}
        forecasts: {format: json}
        learning: {size: small}
        intervals: {levels: [%4$s]}
        forecast:
          many-to-one: {horizon: %3$d}
        """
        .formatted(name, kafka.bootstrapServers(), horizon, levels, kafkaProperty);
  }

  private static JobSettings settings(String text) {
    return JobSettings.of(JobFile.parse(text, "job.yaml", Map.of()), Path.of(""));
  }

  private static void send(JobSettings settings, String... series) throws Exception {
    List<Observation> observations = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      for (String each : series) {
        observations.add(new Observation(each, 1_700_000_000_123L + i * 60_000L, i * Math.PI));
      }
    }
    kafka.sendObservations(settings, observations);
  }

  /** 450 steps of ten intervals are as many bytes as 1,500 of two. */
  @Test
  void theEstimateIsThatOfRealRecordsAndTopicsAreCreatedWithRoomForIt() throws Exception {
    String levels = "0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95";
    JobSettings settings = settings(text("roomy", 450, levels, ""));
    kafka.create(settings, 1);
    send(settings, "pump");
    try (RunningJob job = flink.submit(settings, 1)) {
      kafka.awaitForecasts(job, settings, 10);
    }
    int longest =
        kafka.read("roomy.forecasts").stream().mapToInt(r -> r.value().length).max().orElseThrow();
    assertThat(RecordSizes.forecastBytes(settings)).isBetween(longest, longest * 5 / 4);
    JobSettings large = settings(text("larger", 450, levels, ""));
    try (TopicAdmin admin = kafka.admin()) {
      admin.createMissing(large.kafka().topics(), 1, 20 << 20);
      assertThat(admin.maxValueBytes("larger.forecasts")).isGreaterThanOrEqualTo(20 << 20);
      assertThat(admin.maxValueBytes("larger.scores")).isLessThan(20 << 20);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tight, 20000, 1000000, max.message.bytes of topic tight.forecasts",
    "request, 1000000, 20000, kafka.properties.max.request.size"
  })
  void aTopicThatIsTooSmallIsNamedBeforeTheStart(
      String name, int ofTopic, int ofRequest, String option) throws Exception {
    kafka.create(name + ".forecasts", 1, Map.of("max.message.bytes", "" + ofTopic));
    String text = text(name, 200, "0.8, 0.95", "max.request.size: " + ofRequest);
    JobSettings settings = settings(text);
    kafka.create(settings, 1);
    String line =
        "expected forecasts of up to 5\\d,\\d{3} bytes, got room for 20,000 in a record; raise %s,"
            + " lower the horizon or set forecasts.format: avro";
    String expected = line.formatted(option);
    assertThatThrownBy(() -> flink.submit(settings, 1))
        .hasMessageMatching("topic %s.forecasts: ".formatted(name) + expected);
    Path job = Files.writeString(dir.resolve("job.yaml"), text);
    assertThat(InProcess.fails(1, "run --dry-run %s", job).out())
        .containsPattern("fail  %s.forecasts ".formatted(name) + expected);
  }

  /** What nobody foresees: names that are much longer than others. */
  @ParameterizedTest
  @CsvSource({"lives, none", "compressed, gzip"})
  void aRecordThatIsTooLargeIsADeadLetterAndTheJobLives(String name, String compression)
      throws Exception {
    kafka.create(name + ".forecasts", 1, Map.of("max.message.bytes", "2500"));
    JobSettings settings = settings(text(name, 2, "0.8, 0.95", "compression.type: " + compression));
    kafka.create(settings, 1);
    StringBuilder random = new StringBuilder();
    new SplittableRandom(7).ints(1_000, 0x4e00, 0x9fa5).forEach(c -> random.append((char) c));
    send(settings, "short", random.toString());
    try (RunningJob job = flink.submit(settings, 1)) {
      job.await().until(() -> kafka.deadLetters(settings).size() == 10);
      kafka.awaitForecasts(job, settings, 10);
      job.assertRunning();
    }
    assertThat(kafka.bySeries(settings).get("short")).hasSize(10);
    assertThat(kafka.bySeries(settings)).hasSize(1);
    assertThat(kafka.deadLetters(settings))
        .allSatisfy(
            letter -> {
              assertThat(letter.reason().name()).isEqualTo("TOO_LARGE");
              assertThat(letter.message()).startsWith("record: expected at most 2,500 bytes, got ");
              assertThat(letter.source().topic()).isEqualTo(name + ".forecasts");
              assertThat(new String(letter.source().value(), StandardCharsets.UTF_8))
                  .contains(random);
            });
  }
}
