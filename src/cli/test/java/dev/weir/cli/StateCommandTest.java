package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Prints states of the savepoint that the tests of upgrades restore. */
class StateCommandTest {

  private static final Path SAVED = Path.of("src/flink/test/resources/savepoint/format-1");
  private static final String JOB = SAVED.resolve("job.yaml").toString();

  private static InProcess dump(String savepoint, String series, String more) {
    return InProcess.weir("state dump %s --series %s --job %s " + more, savepoint, series, JOB);
  }

  @Test
  void partsOfALearnedStateArePrintedByName() {
    InProcess dump = dump(SAVED.toString(), "s1", "").succeeded();
    assertThat(dump.out().lines())
        .contains("  values so far: 227", "  season: 12") // as before.csv and the job file say
        .contains("  observations so far: 227")
        .anyMatch(line -> line.matches("  at 1970-01-01T0[0-9:]+Z: [0-9.]+"))
        .anyMatch(line -> line.matches("  waits at 1970-01-01T0[0-9:]+Z: [0-9.]+"))
        .anyMatch(line -> line.startsWith("many-to-one: "))
        .anyMatch(line -> line.startsWith("many-to-many: "))
        .anyMatch(line -> line.matches("  running scores: [-0-9.E ]+"))
        .contains("  scores, first value with intervals: 1");
  }

  @Test
  void whatIsNoSavepointOrNoSeriesOfItIsNamed() {
    InProcess unknown = dump(SAVED.toString(), "s9", "").failed(1);
    assertThat(unknown.err())
        .contains("--series: expected one that the savepoint has learned, got s9");
    InProcess folder = dump("src/flink", "s1", "").failed(1);
    assertThat(folder.err()).contains("expected a savepoint in Flink's canonical format");
    InProcess other = dump(SAVED.toString(), "s1", "--set experts=naive").failed(1);
    assertThat(other.err()).contains("--job: expected the settings that the series was learned");
  }
}
