package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Documents;
import dev.weir.Documents.Piece;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.job.options.JobFile;
import dev.weir.kafka.mapping.MappedRecords;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The job files and the record that docs/covariates.md prints. */
class CovariateDocumentTest {

  private static final Path DOCUMENT = Path.of("docs/covariates.md");

  private static JobSettings job(String name) {
    Piece block =
        Documents.blocks(DOCUMENT, "yaml").stream()
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
    assertThat(job("load").forecast().covariatesAhead()).isEqualTo(1);
    assertThat(job("load").forecast().ahead()).isEqualTo(3);
  }

  @Test
  void recordIsReadByItsJob() {
    JobSettings job = job("visitors");
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
    JobSettings job = job("plant");
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
            read(job("plant"), "{\"site\": \"a\", \"ts\": 1767225600, \"load\": 1, \"wind\": 2}"))
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
