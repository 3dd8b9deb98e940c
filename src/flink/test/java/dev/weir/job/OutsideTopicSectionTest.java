package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Documents;
import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobFileException;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.covariate.OutsideDeserializer;
import dev.weir.stream.covariate.OutsideSettings;
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
  private static final String MODELS = "learning: {outside: {models: [lear, dnn]}}\n";
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
                + "learning: {outside: {models: [lear, dnn], quantiles: true}}\n"
                + "intervals: {levels: [0.5, 0.8]}\n"
                + "state: {ttl: PT48H}\n"
                + "outside: {out-of-orderness: PT2M, idle-timeout: 3 s, keep: 77,"
                + " max-future: PT72H}\n");
    OutsideSettings join = settings.outside();
    assertThat(join)
        .isEqualTo(
            new OutsideSettings(
                List.of("lear", "dnn"), 2, 5, 1, 3, 1_800_000, 77, false, Duration.ofHours(48)));
    assertThat(settings.observedAhead()).isEqualTo(1);
    assertThat(settings.forecast().ahead()).isEqualTo(3 * (1 + 2 * 6));
    OutsideTopic topic = settings.kafka().topics().outside();
    assertThat(topic)
        .isEqualTo(
            new OutsideTopic(
                "others",
                List.of("lear", "dnn"),
                List.of(0.25, 0.75, (1 - 0.8) / 2, (1 + 0.8) / 2),
                1_800_000,
                Duration.ofMinutes(2),
                Duration.ofSeconds(3),
                Duration.ofHours(72),
                Duration.ofHours(1),
                null));
    assertThat(settings.kafka().topics().all())
        .containsExactlyInAnyOrder(
            "observations", "forecasts", "scores", "observations.dlq", "models", "others");
    assertThat(settings.kafka().topics().isInput("others")).isTrue();
    assertThat(settings.kafka().topics().ofSeries()).containsExactly("forecasts", "scores");
  }

  @Test
  void anyModelsTakePartUpToALimit() {
    JobSettings settings =
        read(
            TOPIC
                + HOURS
                + "learning: {outside: {max-models: 3, quantiles: true}}\n"
                + "intervals: {levels: [0.8]}\n");
    assertThat(settings.forecast().ahead()).isEqualTo(3 * 3 * (3 + 1));
    assertThat(settings.outside())
        .isEqualTo(
            new OutsideSettings(
                List.of(), 3, 3, 0, 3, 3_600_000, 1_000, true, settings.forecast().limits().ttl()));
    OutsideDeserializer records =
        new OutsideDeserializer(null, settings.kafka().topics().outside(), null);
    records.openAlone();
    List<CovariateEvent> events = new ArrayList<>();
    for (String name : List.of("new", " ", "m".repeat(65))) {
      String json =
          "{'series':'a','model':'%s','made':'2026-01-31T12:00:00Z','origin':'2026-01-31T12:00:00Z','values':[1]}"
              .formatted(name)
              .replace('\'', '"');
      records.read(new ConsumerRecord<>("others", 0, 0, null, json.getBytes()), events::add);
    }
    assertThat(events.get(0)).isInstanceOf(OutsideUpdate.class);
    assertThat(events.subList(1, 3))
        .extracting(event -> ((DeadLetter) event).message())
        .containsExactly(
            "model: expected a name of 1 to 64 printable characters, got ' '",
            "model: expected a name of 1 to 64 printable characters, got '" + "m".repeat(65) + "'");
  }

  @Test
  void recordsOfOthersAreReadByTheirFields() {
    JobSettings settings =
        read(
            TOPIC
                + HOURS
                + MODELS
                + "outside: {format: csv, columns: [id, at, made, y], series: [id], model: =lear,"
                + " time: at, made: made, value: y, time-unit: seconds}\n");
    OutsideDeserializer records =
        new OutsideDeserializer(null, settings.kafka().topics().outside(), null);
    records.openAlone();
    List<CovariateEvent> events = new ArrayList<>();
    byte[] line = "b/7,2026-01-31 13:00,1769860800,-3.5".getBytes();
    records.read(new ConsumerRecord<>("others", 0, 0, null, line), events::add);
    long noon = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
    assertThat(events)
        .containsExactly(
            new OutsideUpdate(
                "b/7", "lear", noon, new long[] {noon + 3_600_000}, new double[] {-3.5}));
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
    OutsideTopic csv =
        read(TOPIC + HOURS + MODELS + printed("yaml", "outside:").get(0))
            .kafka()
            .topics()
            .outside();
    records = new OutsideDeserializer(null, csv, null);
    records.openAlone();
    byte[] line = "NP,2026-01-31 13:00,2026-01-31 11:00,41.5".getBytes();
    records.read(new ConsumerRecord<>("outside", 0, 0, null, line), events::add);
    assertThat(events.get(2))
        .isEqualTo(
            new OutsideUpdate(
                "NP",
                "lear",
                noon - 3_600_000,
                new long[] {noon + 3_600_000},
                new double[] {41.5}));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "window: {interval: PT1H}"
            + "|topics.outside: expected learning.outside.models or max-models as well, got none",
        "learning: {outside: {models: [a]}}"
            + "|topics.outside: expected window.interval as well, got none",
        "learning: {outside: {quantiles: true}}"
            + "|learning.outside.quantiles: expected learning.outside.models as well, got none",
        "learning: {enabled: false, outside: {models: [a]}}" + "|learning.outside.models: expected",
        "learning: {outside: {models: [a], max-models: 2}}"
            + "|learning.outside.max-models: expected it or learning.outside.models, got both",
        "learning: {outside: {max-models: 17}}"
            + "|learning.outside.max-models: expected a whole number from 1 to 16, got '17'",
        "learning: {enabled: false, outside: {max-models: 2}}"
            + "|learning.outside.max-models: expected none without a mixture that learns, got 2",
        "outside: {keep: 2}|outside.keep: expected at least the horizon, 3, got 2",
        "outside: {time: at}|outside.time: expected outside.format as well, got none",
        "outside: {format.options.x: 7}"
            + "|outside.format.options.x: expected outside.format as well, got none",
        "outside: {format: json, time: at, value: y}|outside.model: expected a field's path",
        "outside: {format: json, model: m, value: y}|outside.time: expected field names",
        "outside: {format: json, model: m, time: at}|outside.value: expected field names",
        "outside: {format: json, model: 'm?', time: at, value: y}"
            + "|outside.model: expected a field's path, key (the record's key), topic (its topic's"
            + " name) or =TEXT, got 'm?'",
        "outside: {format: json, model: m, time: at, value: y, quantiles: [lo, hi]}"
            + "|outside.quantiles: expected 0, two of each level with learning.outside.quantiles,"
            + " got 2",
        "outside: {format: csv, model: m, time: at, value: y}"
            + "|outside.columns: expected all columns in their order with csv, got none",
        "outside: {idle-timeout: 0 s}|outside.idle-timeout: expected a duration",
      })
  void whatIsWrongIsSaidInOneLine(String text, String message) {
    String rest = text.startsWith("outside") ? HOURS + MODELS : "";
    assertThatThrownBy(() -> read(TOPIC + rest + text + "\n"))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void withoutTheTopicItsOptionsHaveNoEffect() {
    assertThatThrownBy(() -> read(HOURS + "learning: {outside: {max-models: 2}}\n"))
        .hasMessageContaining(
            "learning.outside.max-models: expected topics.outside as well, got none");
    assertThatThrownBy(() -> read(HOURS + MODELS + "outside: {keep: 7}\n"))
        .hasMessageContaining("outside.keep: expected topics.outside as well, got none");
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
