package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Documents;
import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobFileException;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.covariate.CovariateDeserializer;
import dev.weir.stream.covariate.CovariateSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CovariateTopicSectionTest {

  private static final String START =
      "name: x\nkafka: {bootstrap-servers: 'localhost:1'}\nforecast: {many-to-one: {horizon: 3}}\n";
  private static final String TOPIC = "topics: {covariates: weather}\n";
  private static final String AHEAD = "window: {interval: PT1H, features-ahead: 2}\n";

  private static JobSettings read(String text) {
    return JobSettings.of(JobFile.parse(START + text, "x.yaml", Map.of()), Path.of(""));
  }

  private static String plan(String text) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    ForecastPipeline.build(env, read(text));
    return env.getStreamGraph().getStreamingPlanAsJSON();
  }

  @Test
  void isOffByDefaultAndAddsNothing() {
    JobSettings settings = read(AHEAD);
    assertThat(settings.covariates()).isNull();
    assertThat(settings.kafka().topics().covariates()).isNull();
    assertThat(plan(AHEAD)).contains("forecast").doesNotContain("covariates");
    assertThat(read(AHEAD + TOPIC).covariates().keep()).isEqualTo(1_000);
    assertThat(plan(AHEAD + TOPIC)).contains("Source: covariates").contains("join-covariates");
  }

  @Test
  void readsAllOptions() {
    JobSettings settings =
        read(
            TOPIC
                + "window: {interval: PT30M, max-future: PT2H}\n"
                + "state: {ttl: PT48H}\n"
                + "covariates: {key: '([^/]+)/.*', keep: 77, max-future: PT72H}\n"
                + "observations: {format: csv, columns: [site, at, y, temp, wind, sun], values:"
                + " [y], series: [site], time: at, features-ahead: [temp, wind, sun]}\n");
    CovariateSettings join = settings.covariates();
    assertThat(join.key().pattern()).isEqualTo("([^/]+)/.*");
    assertThat(join.features()).isEqualTo(3);
    assertThat(join.horizon()).isEqualTo(3);
    assertThat(join.interval()).isEqualTo(1_800_000);
    assertThat(join.keep()).isEqualTo(77);
    assertThat(join.ttl()).isEqualTo(Duration.ofHours(48));
    assertThat(settings.forecast().ahead()).as("by observations.features-ahead").isEqualTo(9);
    CovariateTopic topic = settings.kafka().topics().covariates();
    assertThat(topic.name()).isEqualTo("weather");
    assertThat(topic.features()).isEqualTo(3);
    assertThat(topic.maxFuture()).isEqualTo(Duration.ofHours(72));
    assertThat(topic.mapping().covariates().observed()).hasSize(3);
    assertThat(settings.kafka().source().mapping().covariates().ahead()).isEmpty();
    assertThat(settings.kafka().topics().all())
        .containsExactlyInAnyOrder(
            "observations", "forecasts", "scores", "observations.dlq", "models", "weather");
    assertThat(settings.kafka().topics().ofSeries()).containsExactly("forecasts", "scores");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "topics: {covariates: weather}|window: {interval: PT1H}"
            + "|topics.covariates: expected window.features-ahead of 1 or more as well, got 0",
        "topics: {covariates: weather}|window: {features-ahead: 2}"
            + "|topics.covariates: expected window.interval as well, got none",
        "topics: {covariates: weather}|output: network"
            + "|topics.covariates: expected window.features-ahead of 1 or more as well, got 0",
        "topics: {covariates: observations}|window: {interval: PT1H, features-ahead: 2}"
            + "|topics: expected different names, got [",
        "topics: {pattern: 'w.*', covariates: weather}"
            + "|window: {interval: PT1H, features-ahead: 2}"
            + "|topics.pattern: expected none of the job's other topics to match, got [weather]",
        "topics: {covariates: w}|covariates: {key: 'berlin/.*'}"
            + "|covariates.key: expected a regular expression with one capturing group such as"
            + " ([^/]+)/.*, got 'berlin/.*'",
        "topics: {covariates: w}|covariates: {key: '(a)(b)'}"
            + "|covariates.key: expected a regular expression with one capturing group",
        "topics: {covariates: w}|covariates: {key: '(['}"
            + "|covariates.key: expected a regular expression with one capturing group",
        "topics: {covariates: w}|observations: {format: json, values: [v], features-ahead:"
            + " ['hours[].temp']}|observations.features-ahead: expected field names joined by dots,"
            + " such as device.id, got 'hours[].temp'",
        "topics: {covariates: w}|covariates: {keep: 0}"
            + "|covariates.keep: expected a whole number from 1 to 100000, got '0'",
      })
  void whatIsWrongIsSaidInOneLine(String first, String second, String message) {
    assertThatThrownBy(() -> read(first + "\n" + second + "\n"))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void keepIsAtLeastTheHorizon() {
    assertThatThrownBy(() -> read(TOPIC + AHEAD + "covariates: {keep: 2}\n"))
        .hasMessageContaining("covariates.keep: expected at least the horizon, 3, got 2");
  }

  private static String printed(String start) {
    return Documents.blocks(Path.of("docs", "covariates.md"), "yaml").stream()
        .map(Documents.Piece::text)
        .filter(text -> text.startsWith(start))
        .findFirst()
        .orElseThrow();
  }

  /** docs/covariates.md. */
  @Test
  void printedJobsReadThePrintedRecords() {
    JobSettings climate =
        JobSettings.of(JobFile.parse(printed("name: climate"), "x", Map.of()), Path.of(""));
    assertThat(climate.covariates().groupOf("berlin/7/temperature")).isEqualTo("berlin");
    assertThat(climate.covariates().horizon()).isEqualTo(24);
    assertThat(climate.covariates().features()).isEqualTo(2);
    JobSettings csv =
        JobSettings.of(JobFile.parse(printed("name: weather"), "x", Map.of()), Path.of(""));
    CovariateDeserializer records =
        new CovariateDeserializer(null, csv.kafka().topics().covariates(), null);
    records.openAlone();
    List<CovariateEvent> events = new ArrayList<>();
    for (String line : List.of("berlin,2026-01-31 12:00,,-3.5,7", "berlin,2026-01-31 13:00,,-3,")) {
      records.read(new ConsumerRecord<>("weather", 0, 0, null, line.getBytes()), events::add);
    }
    long noon = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
    assertThat(events)
        .containsExactly(
            new CovariateUpdate("berlin", noon, new double[] {-3.5, 7}),
            new CovariateUpdate("berlin", noon + 3_600_000, new double[] {-3, Double.NaN}));
  }

  @Test
  void jobThatOnlyClassifiesReadsNone() {
    String text =
        "name: x\nkafka: {bootstrap-servers: 'localhost:1'}\nclassify: {classes: [a, b]}\n";
    assertThatThrownBy(
            () ->
                JobSettings.of(
                    JobFile.parse(text + TOPIC + AHEAD, "x.yaml", Map.of()), Path.of("")))
        .hasMessageContaining("topics.covariates: expected a section forecast as well, got none");
  }
}
