package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Documents;
import dev.weir.Documents.Piece;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.job.options.JobFile;
import dev.weir.kafka.mapping.MappedRecords;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
    byte[] record = records.get(0).text().getBytes(StandardCharsets.UTF_8);
    MappedRecords mapped = new MappedRecords(job.kafka().source().mapping(), null);
    mapped.open(MappedRecords.ALONE);
    List<InputEvent> events = new ArrayList<>();
    mapped.read(new SourceRecord("visitors", 0, 0, 1, null, record), events::add);
    double[] ahead = {4.1, 0, 3.9, 1, Double.NaN, Double.NaN};
    long time = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
    assertThat(events)
        .singleElement()
        .extracting(event -> ((ObservationEvent) event).observation())
        .isEqualTo(new Observation("berlin", time, 41, new double[] {2}, null, ahead));
  }
}
