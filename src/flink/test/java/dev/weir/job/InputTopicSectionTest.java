package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Documents;
import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobFileException;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.covariate.CovariateDeserializer;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Topics of what is known ahead and of forecasts of other models. */
class InputTopicSectionTest {

  private static final String HEAD = "name: x\nkafka: {bootstrap-servers: 'localhost:1'}\n";
  private static final String START = HEAD + "forecast: {many-to-one: {horizon: 3}}\n";
  private static final String COVARIATES = "topics: {covariates: weather}\n";
  private static final String AHEAD = "window: {interval: PT1H, features-ahead: 2}\n";
  private static final String OUTSIDE = "topics: {outside: others}\n";
  private static final String MODELS = "outside: [lear, dnn]\n";
  private static final String HOURS = "window: {interval: PT1H}\n";

  private static JobSettings parse(String text) {
    return JobSettings.of(JobFile.parse(text, "x.yaml", Map.of()), Path.of(""));
  }

  private static JobSettings read(String text) {
    return parse(START + text);
  }

  private static String plan(String text) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    ForecastPipeline.build(env, read(text));
    return env.getStreamGraph().getStreamingPlanAsJSON();
  }

  private static String printed(String page, String language, String start) {
    return Documents.blocks(Path.of("docs", page), language).stream()
        .map(Documents.Piece::text)
        .filter(text -> text.startsWith(start))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withoutATopicNothingIsAdded() {
    JobSettings settings = read(AHEAD);
    assertThat(settings.covariates()).isNull();
    assertThat(settings.kafka().topics().covariates()).isNull();
    assertThat(plan(AHEAD)).contains("forecast").doesNotContain("covariates");
    assertThat(read(AHEAD + COVARIATES).covariates().keep()).isEqualTo(1_000);
    assertThat(plan(AHEAD + COVARIATES)).contains("Source: covariates").contains("join-covariates");
    JobSettings models = read(HOURS + MODELS);
    assertThat(models.outside()).isNull();
    assertThat(models.observedAhead()).as("observations bring them").isEqualTo(2);
    assertThat(plan(HOURS + MODELS)).contains("forecast").doesNotContain("outside");
    assertThat(read(HOURS + MODELS + OUTSIDE).observedAhead()).isZero();
    assertThat(plan(HOURS + MODELS + OUTSIDE)).contains("Source: outside").contains("join-outside");
  }

  @Test
  void readsAllOptionsOfCovariates() {
    JobSettings settings =
        read(
            COVARIATES
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
    assertThat(join.limits().ttl()).isEqualTo(Duration.ofHours(48));
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

  @Test
  void readsAllOptionsOfForecasts() {
    JobSettings settings =
        read(
            OUTSIDE
                + "window: {interval: PT30M, features-ahead: 1, out-of-orderness: PT5M}\n"
                + MODELS
                + "state: {ttl: PT48H}\n"
                + "covariates: {keep: 77, max-future: PT72H}\n");
    List<String> models = List.of("lear", "dnn");
    assertThat(settings.outside())
        .isEqualTo(
            new CovariateSettings(null, 1, models, 3, 1_800_000, 77, settings.forecast().limits()));
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

  /** Sections, and the beginning of a line that is said of them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          topics: {covariates: weather}~window: {interval: PT1H} | topics.covariates: expected window.features-ahead of 1 or more as well, got 0
          topics: {covariates: weather}~window: {features-ahead: 2} | topics.covariates: expected window.interval as well, got none
          topics: {covariates: weather}~output: network | topics.covariates: expected window.features-ahead of 1 or more as well, got 0
          topics: {covariates: observations}~window: {interval: PT1H, features-ahead: 2} | topics: expected different names, got [
          topics: {pattern: 'w.*', covariates: weather}~window: {interval: PT1H, features-ahead: 2} | topics.pattern: expected none of the job's other topics to match, got [weather]
          topics: {covariates: w}~covariates: {key: 'berlin/.*'} | covariates.key: expected a regular expression with one capturing group such as ([^/]+)/.*, got 'berlin/.*'
          topics: {covariates: w}~covariates: {key: '(a)(b)'} | covariates.key: expected a regular expression with one capturing group
          topics: {covariates: w}~covariates: {key: '(['} | covariates.key: expected a regular expression with one capturing group
          topics: {covariates: w}~observations: {format: json, values: [v], features-ahead: ['hours[].temp']} | observations.features-ahead: expected field names joined by dots, such as device.id, got 'hours[].temp'
          topics: {covariates: w}~covariates: {keep: 0} | covariates.keep: expected a whole number from 1 to 100000, got '0'
          topics: {covariates: weather}~window: {interval: PT1H, features-ahead: 2}~covariates: {keep: 2} | covariates.keep: expected at least the horizon, 3, got 2
          topics: {outside: others}~window: {interval: PT1H} | topics.outside: expected outside as well, got none
          topics: {outside: others}~outside: [a] | topics.outside: expected window.interval as well, got none
          topics: {outside: others}~window: {interval: PT1H}~outside: [lear, dnn]~learning: {enabled: false} | outside: expected none without a mixture that learns, got [
          topics: {outside: others}~window: {interval: PT1H}~outside: [lear, dnn]~covariates: {keep: 2} | covariates.keep: expected at least the horizon, 3, got 2
          """)
  void whatIsWrongIsSaidInOneLine(String text, String message) {
    assertThatThrownBy(() -> read(text.replace('~', '\n') + "\n"))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(message);
  }

  /** docs/covariates.md. */
  @Test
  void printedJobsReadThePrintedCovariates() {
    JobSettings climate = parse(printed("covariates.md", "yaml", "name: climate"));
    assertThat(climate.covariates().groupOf("berlin/7/temperature")).isEqualTo("berlin");
    assertThat(climate.covariates().horizon()).isEqualTo(24);
    assertThat(climate.covariates().features()).isEqualTo(2);
    JobSettings csv = parse(printed("covariates.md", "yaml", "name: weather"));
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

  /** docs/outside.md. */
  @Test
  void printedJobReadsThePrintedForecasts() {
    JobSettings job = parse(printed("outside.md", "yaml", "name: prices"));
    OutsideDeserializer records =
        new OutsideDeserializer(null, job.kafka().topics().outside(), null);
    records.openAlone();
    List<CovariateEvent> events = new ArrayList<>();
    byte[] lines = printed("outside.md", "json", "{").getBytes();
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
  @ValueSource(strings = {"covariates", "outside"})
  void jobThatOnlyClassifiesReadsNone(String topic) {
    String text = HEAD + "classify: {classes: [a, b]}\ntopics: {" + topic + ": weather}\n";
    assertThatThrownBy(() -> parse(text + AHEAD))
        .hasMessageContaining(
            "topics." + topic + ": expected a section forecast as well, got none");
  }
}
