package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Documents;
import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobFileException;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.covariate.OutsideDeserializer;
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

class OutsideTopicSectionTest {

  private static final String START =
      "name: x\nkafka: {bootstrap-servers: 'localhost:1'}\nforecast: {many-to-one: {horizon: 3}}\n";
  private static final String TOPIC = "topics: {outside: others}\n";
  private static final String MODELS = "outside: [lear, dnn]\n";
  private static final String HOURS = "window: {interval: PT1H}\n";

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
    JobSettings settings = read(HOURS + MODELS);
    assertThat(settings.outside()).isNull();
    assertThat(settings.observedAhead()).as("observations bring them").isEqualTo(2);
    assertThat(plan(HOURS + MODELS)).contains("forecast").doesNotContain("outside");
    assertThat(read(HOURS + MODELS + TOPIC).observedAhead()).isZero();
    assertThat(plan(HOURS + MODELS + TOPIC)).contains("Source: outside").contains("join-outside");
  }

  @Test
  void readsAllOptions() {
    JobSettings settings =
        read(
            TOPIC
                + "window: {interval: PT30M, features-ahead: 1, out-of-orderness: PT5M}\n"
                + MODELS
                + "state: {ttl: PT48H}\n"
                + "covariates: {keep: 77, max-future: PT72H}\n");
    List<String> models = List.of("lear", "dnn");
    assertThat(settings.outside())
        .isEqualTo(new CovariateSettings(null, 1, models, 3, 1_800_000, 77, Duration.ofHours(48)));
    assertThat(settings.observedAhead()).isEqualTo(1);
    assertThat(settings.forecast().ahead()).isEqualTo(3 * (1 + 2));
    OutsideTopic topic = settings.kafka().topics().outside();
    assertThat(topic)
        .isEqualTo(
            new OutsideTopic(
                "others", models, 1_800_000, Duration.ofHours(72), Duration.ofHours(1)));
    assertThat(settings.kafka().topics().all())
        .containsExactlyInAnyOrder(
            "observations", "forecasts", "scores", "observations.dlq", "models", "others");
    assertThat(settings.kafka().topics().isInput("others")).isTrue();
    assertThat(settings.kafka().topics().ofSeries()).containsExactly("forecasts", "scores");
  }

  private static List<String> printed(String language, String start) {
    return Documents.blocks(Path.of("docs", "outside.md"), language).stream()
        .map(Documents.Piece::text)
        .filter(text -> text.startsWith(start))
        .toList();
  }

  /** docs/outside.md. */
  @Test
  void printedJobsReadThePrintedRecords() {
    JobSettings job =
        JobSettings.of(
            JobFile.parse(printed("yaml", "name: prices").get(0), "x", Map.of()), Path.of(""));
    OutsideDeserializer records =
        new OutsideDeserializer(null, job.kafka().topics().outside(), null);
    records.openAlone();
    List<CovariateEvent> events = new ArrayList<>();
    byte[] lines = printed("json", "{").get(0).getBytes();
    records.read(new ConsumerRecord<>("outside", 0, 0, null, lines), events::add);
    assertThat(events).hasSize(2);
    long noon = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
    assertThat(events.get(0))
        .isEqualTo(
            new OutsideUpdate(
                "NP",
                "lear",
                noon - 3_600_000,
                new long[] {noon + 3_600_000, noon + 2 * 3_600_000},
                new double[] {41.5, 43}));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "window: {interval: PT1H}" + "|topics.outside: expected outside as well, got none",
        "outside: [a]|topics.outside: expected window.interval as well, got none",
        "learning: {enabled: false}|outside: expected none without a mixture that learns, got [",
        "covariates: {keep: 2}|covariates.keep: expected at least the horizon, 3, got 2",
      })
  void whatIsWrongIsSaidInOneLine(String text, String message) {
    String rest =
        text.startsWith("covariates") || text.startsWith("learning") ? HOURS + MODELS : "";
    assertThatThrownBy(() -> read(TOPIC + rest + text + "\n"))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void jobThatOnlyClassifiesReadsNone() {
    String text =
        "name: x\nkafka: {bootstrap-servers: 'localhost:1'}\nclassify: {classes: [a, b]}\n";
    assertThatThrownBy(
            () -> JobSettings.of(JobFile.parse(text + TOPIC, "x.yaml", Map.of()), Path.of("")))
        .hasMessageContaining("topics.outside: expected a section forecast as well, got none");
  }
}
