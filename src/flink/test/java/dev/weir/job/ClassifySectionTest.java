package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.classify.ClassFixture;
import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.window.StateLimits;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobFileException;
import dev.weir.model.ClassifierFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifySectionTest {

  private static final String HEAD =
      """
      name: states
      kafka:
        bootstrap-servers: localhost:9092
      """;

  @TempDir private Path directory;

  @BeforeEach
  void write() throws Exception {
    Files.write(
        directory.resolve("states.safetensors"),
        ClassifierFiles.toBytes(ClassFixture.model("other", 4, ClassFixture.STATES)));
  }

  private JobSettings read(String text) {
    return JobSettings.of(JobFile.parse(HEAD + text, "states.yaml", Map.of()), directory);
  }

  private void assertRefused(String text, String... problems) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(JobFileException.class)
        .hasMessage(String.join("\n", problems));
  }

  @Test
  void aJobMayOnlyClassify() {
    JobSettings job =
        read(
            """
            window: {seq-len: 7, stride: 3, features: 1}
            state: {ttl: PT1H, max-series: 9}
            topics: {observations: sensors, classes: states, labels: truth}
            classify:
              model: states
              file: states.safetensors
              classes: [idle, run, fault, none of these]
              waiting: 12
              format: json
            """);
    ClassifySettings classify = job.classify();
    assertThat(classify.seqLen()).isEqualTo(7);
    assertThat(classify.stride()).isEqualTo(3);
    assertThat(classify.channels()).isEqualTo(2);
    assertThat(classify.model()).isEqualTo("states");
    assertThat(classify.initialModel()).isNotEmpty();
    assertThat(classify.learning().classes())
        .containsExactly("idle", "run", "fault", "none of these");
    assertThat(classify.learning().maxClasses()).isEqualTo(10);
    assertThat(classify.learning().waiting()).isEqualTo(12);
    assertThat(classify.learning().learns()).isTrue();
    assertThat(classify.limits()).isEqualTo(new StateLimits(Duration.ofHours(1), 9));
    assertThat(job.forecast().modes()).isEmpty();
    assertThat(job.kafka().topics().all())
        .containsExactly("sensors", "sensors.dlq", "models", "states", "truth");
    assertThat(job.kafka().topics().ofClasses().isJson()).isTrue();
  }

  @Test
  void aJobMayDoBoth() {
    JobSettings job =
        read(
            """
            learning: {size: small}
            forecast: {many-to-one: {horizon: 3}}
            classify: {learning: true}
            window: {out-of-orderness: PT10S}
            """);
    assertThat(job.forecast().modes()).hasSize(1);
    assertThat(job.classify().outOfOrderness()).isEqualTo(Duration.ofSeconds(10));
    assertThat(job.forecast().outOfOrderness()).isEqualTo(Duration.ofSeconds(10));
    assertThat(job.classify().model()).isNull();
    assertThat(job.kafka().topics().all())
        .hasToString(
            "[observations, forecasts, scores, observations.dlq, models, classes, " + "labels]");
    assertThat(job.forecast().limits().cacheOf(100)).isEqualTo(50);
    assertThat(job.classify().limits()).isEqualTo(job.forecast().limits());
  }

  @Test
  void whatAloneIsLearnedHasTheWholeCache() {
    for (String rest :
        List.of(
            "classify: {classes: [a, b]}",
            "forecast: {many-to-one: {horizon: 3}}",
            "forecast: {many-to-one: {model: other}}\nlearning: false\nclassify: {classes: [a, b]}",
            "forecast: {many-to-one: {horizon: 3}}\nclassify: {model: m, learning: false}")) {
      JobSettings job = read("state: {cache: 8 mb}\n" + rest);
      StateLimits expected = new StateLimits(Duration.ZERO, 0, 8 << 20);
      assertThat(job.forecast().limits()).as(rest).isEqualTo(expected);
      assertThat(job.classify() == null ? expected : job.classify().limits()).isEqualTo(expected);
    }
  }

  @Test
  void wrongOptionsAreNamedWithTheirLines() {
    assertRefused(
        """
        classify: {file: states.safetensors}
        window: {interval: PT1S}
        season: 24
        learning: {size: small}
        """,
        "states.yaml line 5: window.interval: expected a section forecast as well, got classify"
            + " alone",
        "states.yaml line 6: season: expected a section forecast as well, got classify alone",
        "states.yaml line 7: learning.size: expected a section forecast as well, got classify"
            + " alone",
        "states.yaml line 4: classify.file: expected classify.model as well, got none");
    assertRefused(
        """
        classify: {learning: true}
        window: {out-of-orderness: PT1M}
        state: {ttl: PT1M}
        """,
        "states.yaml line 6: state.ttl: expected more than window.out-of-orderness (PT1M), got"
            + " PT1M");
    assertRefused(
        """
        classify: {learning: true}
        window: {features-ahead: 2, time-zone: Europe/Berlin}
        holidays: [DE]
        """,
        "states.yaml line 5: window.features-ahead: expected a section forecast as well, got"
            + " classify alone",
        "states.yaml line 5: window.time-zone: expected a section forecast as well, got classify"
            + " alone",
        "states.yaml line 6: holidays: expected a section forecast as well, got classify"
            + " alone");
    assertRefused(
        """
        classify: {learning: true}
        window: {time-zone: Europe/Berlin}
        observations: {format: json, values: [v], features-ahead: [a, b]}
        """,
        "states.yaml line 5: window.time-zone: expected a section forecast as well, got classify"
            + " alone",
        "states.yaml line 6: observations.features-ahead: expected a section forecast as well,"
            + " got classify alone");
    assertRefused(
        """
        topics: {classes: observations}
        classify: {learning: true}
        """,
        "states.yaml: topics: expected different names, got [observations, observations.dlq,"
            + " models, observations, labels]");
    assertRefused(
        """
        kafka.format: avro-confluent
        kafka.registry.url: http://localhost:8081
        classify: {learning: true}
        """,
        "states.yaml: classify.format: expected json with kafka.format: avro-confluent, got avro,"
            + " which needs no registry");
  }

  @Test
  void aModelMustFit() {
    assertRefused(
        "classify: {model: states, file: states.safetensors}",
        "states.yaml line 4: classify.file: classifier states version 4: channels: expected 1 (a"
            + " value and 0 features), got 2");
    assertRefused(
        "classify: {model: states, file: absent.safetensors}",
        "states.yaml line 4: classify.file: expected a readable file, got absent.safetensors"
            + " (java.nio.file.NoSuchFileException: %s)"
                .formatted(directory.resolve("absent.safetensors")));
    List<String> other = List.of("classify: {model: m, file: %s}");
    Path sample =
        Path.of("src/core/test/resources/models/sample-many-to-one.safetensors").toAbsolutePath();
    assertThatThrownBy(() -> read(other.get(0).formatted(sample)))
        .hasMessageContaining("classify.file: ");
  }
}
