package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Documents;
import dev.weir.Documents.Piece;
import dev.weir.forecast.Bounds;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobOptions;
import dev.weir.kafka.mapping.MappedRecords;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Options, job files and records that documents print are those of jobs. */
class DocumentedOptionsTest {

  private static final String PROPERTIES = "kafka.properties";

  /** What looks like ours and is a file's name, Kafka's or Flink's. */
  private static final Pattern OTHERS = Pattern.compile(".*\\.(avsc|dlq|ms)|state\\.backend\\..*");

  private static Set<String> known() {
    Set<String> known = new HashSet<>(JobOptions.SHORT_FORMS.keySet());
    JobOptions.all().forEach(option -> known.add(option.key()));
    return known;
  }

  @Test
  void eachOptionInASentenceIsOne() {
    Set<String> known = known();
    Set<String> parents = new HashSet<>();
    known.forEach(key -> parents.add(key.replaceAll("\\..*", "")));
    Pattern option = Pattern.compile("([a-z]+)(\\.[a-z-]+)+");
    List<Piece> unknown = new ArrayList<>();
    int found = 0;
    for (Path file : Documents.all()) {
      for (Piece span : Documents.spans(file)) {
        String key = span.text().replaceAll("[:=].*", "");
        Matcher matcher = option.matcher(key);
        boolean ours = matcher.matches() && parents.contains(matcher.group(1));
        if (ours && !isKafkas(key) && !OTHERS.matcher(key).matches()) {
          found++;
          if (!known.contains(key) && known.stream().noneMatch(k -> isIn(k, key))) {
            unknown.add(span);
          }
        }
      }
    }
    assertThat(unknown).as("options that no job file has").isEmpty();
    assertThat(found).isGreaterThan(30);
  }

  @Test
  void eachPieceOfAJobFileHasOnlyOptionsOfOne() {
    Set<String> known = known();
    List<String> unknown = new ArrayList<>();
    int found = 0;
    for (Path file : Documents.all()) {
      for (Piece block : Documents.blocks(file, "yaml")) {
        Set<String> keys = new HashSet<>();
        keys(new Yaml(new SafeConstructor(new LoaderOptions())).load(block.text()), "", keys);
        keys.removeIf(DocumentedOptionsTest::isKafkas);
        found += keys.size();
        keys.stream()
            .filter(key -> !known.contains(key))
            .forEach(key -> unknown.add("%s:%d: %s".formatted(file, block.line(), key)));
      }
    }
    assertThat(unknown).as("keys that no job file has").isEmpty();
    assertThat(found).isGreaterThan(10);
  }

  private static boolean isIn(String key, String section) {
    return key.startsWith(section + ".") || key.startsWith(section + "[].");
  }

  /** Pieces of a page that name an option. */
  @ParameterizedTest
  @CsvSource({"anomalies.md, alarms, 5", "time.md, holidays:, 1", "learning.md, bounds:, 1"})
  void eachPieceOfAPageIsOneOfAJob(String page, String option, int count) {
    String job =
        """
        name: pumps
        kafka: {bootstrap-servers: "broker:9092"}
        forecast: {many-to-one: {horizon: 24}}
        """;
    List<Piece> blocks =
        Documents.blocks(Path.of("docs", page), "yaml").stream()
            .filter(block -> block.text().contains(option))
            .toList();
    assertThat(blocks).hasSize(count);
    for (Piece block : blocks) {
      JobFile file = JobFile.parse(job + block.text(), page + ":" + block.line(), Map.of());
      ModeSettings mode = JobSettings.of(file, Path.of(".")).forecast().modes().get(0);
      assertThat(mode.learning().alarms() != null).isEqualTo(option.equals("alarms"));
      assertThat(mode.learning().learner().holidays() != null)
          .isEqualTo(option.equals("holidays:"));
      assertThat(mode.bounds())
          .isEqualTo(
              option.equals("bounds:")
                  ? new Bounds(0, Double.POSITIVE_INFINITY, true)
                  : Bounds.NONE);
    }
  }

  private static boolean isKafkas(String key) {
    return key.equals(PROPERTIES) || key.startsWith(PROPERTIES + ".");
  }

  private static void keys(Object node, String path, Set<String> keys) {
    if (node instanceof Map<?, ?> map) {
      map.forEach((key, value) -> keys(value, path.isEmpty() ? "" + key : path + "." + key, keys));
    } else if (node instanceof List<?> list && list.get(0) instanceof Map) {
      list.forEach(entry -> keys(entry, path + "[]", keys));
    } else {
      keys.add(path);
    }
  }

  private static final Path DOCUMENT = Path.of("docs/covariates.md");

  private static JobSettings job(Path document, String name) {
    Piece block =
        Documents.blocks(document, "yaml").stream()
            .filter(piece -> piece.text().startsWith("name: " + name))
            .findFirst()
            .orElseThrow();
    return JobSettings.of(JobFile.parse(block.text(), name, Map.of()), Path.of("."));
  }

  private static List<InputEvent> read(JobSettings job, String record) {
    MappedRecords mapped = new MappedRecords(job.kafka().source().mapping(), null);
    mapped.open(MappedRecords.ALONE);
    List<InputEvent> events = new ArrayList<>();
    byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
    mapped.read(new SourceRecord("records", 0, 0, 1, null, bytes), events::add);
    return events;
  }

  private static JobSettings with(String observations) {
    String yaml =
        """
        name: plant
        kafka: {bootstrap-servers: 'localhost:1'}
        %s
        forecast: {many-to-one: {horizon: 3}}
        """;
    return JobSettings.of(JobFile.parse(yaml.formatted(observations), "x", Map.of()), Path.of("."));
  }

  @Test
  void jobOfTheFileKnowsOneCovariateAhead() {
    JobSettings job = job(Path.of("docs/backfill.md"), "load");
    assertThat(job.forecast().covariatesAhead()).isEqualTo(1);
    assertThat(job.forecast().ahead()).isEqualTo(24);
  }

  @Test
  void recordIsReadByItsJob() {
    JobSettings job = job(DOCUMENT, "visitors");
    assertThat(job.forecast().inputs().features()).isEqualTo(1);
    assertThat(job.forecast().covariatesAhead()).isEqualTo(2);
    List<Piece> records = Documents.blocks(DOCUMENT, "");
    assertThat(records).hasSize(1);
    double[] ahead = {4.1, 0, 3.9, 1, Double.NaN, Double.NaN};
    long time = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
    assertThat(read(job, records.get(0).text()))
        .singleElement()
        .extracting(event -> ((ObservationEvent) event).observation())
        .isEqualTo(new Observation("berlin", time, 41, new double[] {2}, null, ahead));
  }

  @Test
  void valuesOfARecordAreCovariatesOfEachOther() throws Exception {
    JobSettings job = job(DOCUMENT, "plant");
    ForecastSettings byHand = with("window: {features: 2}").forecast();
    List<String> names = List.of("load", "wind", "price");
    List<List<Observation>> read = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    List<List<Observation>> sent = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    SplittableRandom random = new SplittableRandom(7);
    for (int hour = 0; hour < 150; hour++) {
      double wind = random.nextDouble();
      double[] values = {hour % 24 - 3 * wind, wind, 5 - wind + random.nextDouble()};
      long time = 3_600_000L * (400_000 + hour);
      String record =
          "{\"site\": \"a\", \"ts\": %d, \"load\": %s, \"wind\": %s, \"price\": %s}"
              .formatted(time, values[0], values[1], values[2]);
      List<InputEvent> events = read(job, record);
      assertThat(events).hasSize(3);
      for (int k = 0; k < 3; k++) {
        read.get(k).add(((ObservationEvent) events.get(k)).observation());
        double[] others = {values[k == 0 ? 1 : 0], values[k == 2 ? 1 : 2]};
        sent.get(k).add(new Observation("a/" + names.get(k), time, values[k], others));
      }
    }
    for (int k = 0; k < 3; k++) {
      assertThat(read.get(k)).isEqualTo(sent.get(k));
      assertThat(OneSeries.forecasts(job.forecast(), read.get(k)))
          .isEqualTo(OneSeries.forecasts(byHand, sent.get(k)));
    }
  }

  @Test
  void recordWithoutOneOfItsValuesIsADeadLetter() {
    assertThat(
            read(
                job(DOCUMENT, "plant"),
                "{\"site\": \"a\", \"ts\": 1767225600, \"load\": 1, \"wind\": 2}"))
        .singleElement()
        .extracting(event -> ((DeadLetter) event).message())
        .isEqualTo("price: expected a number, got null or nothing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          values: [a], features: others | observations.features: expected others with several observations.values, got one
          values: [a, b, c], features: others}, window: {features: 3 | observations.features: expected 3, as window.features says, got 2
          """)
  void otherValuesAreSeveral(String section, String problem) {
    assertThatThrownBy(
            () -> with("observations: {format: json, %s}".formatted(section.replace("}, ", "}\n"))))
        .hasMessageContaining(problem);
  }
}
