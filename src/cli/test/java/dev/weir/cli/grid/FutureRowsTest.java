package dev.weir.cli.grid;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FutureRowsTest {

  private static final int HORIZON = 3;

  @TempDir private Path dir;

  /** Checks a file of times with a value, then, after the bar, of those without. */
  private void check(String times) throws IOException {
    String[] parts = times.split(" \\| ");
    StringBuilder csv = new StringBuilder("at,plan,load\n");
    for (String time : parts[0].split(" ")) {
      csv.append(time).append(",5,1\n");
    }
    for (String time : parts[1].split(" ")) {
      csv.append(time).append(",7,\n");
    }
    Path file = Files.writeString(dir.resolve("next.csv"), csv);
    SeriesColumns columns = SeriesColumns.DEFAULT.named("time=at,value=load,ahead=plan");
    Map<String, List<Observation>> read =
        SeriesFiles.observations(List.of(file), List.of(), columns, true);
    List<Grid> grids =
        SeriesFiles.inOrder(read, 0, Integer.MAX_VALUE).values().stream().map(Grid::new).toList();
    FutureRows.checkTimes(grids, HORIZON);
  }

  @ParameterizedTest
  @CsvSource({
    // the first is left out, and the second
    "2026-01-01 2026-01-02 2026-01-03 | 2026-01-05, 2026-01-04, 1, 2026-01-05",
    "2026-01-01 2026-01-02 2026-01-03 | 2026-01-04 2026-01-06, 2026-01-05, 2, 2026-01-06",
    "2026-01-01 2026-02-01 2026-03-01 | 2026-04-02, 2026-04-01, 1, 2026-04-02", // months
    "2026-01-01T00:00Z 2026-01-01T01:00Z 2026-01-01T02:00Z | 2026-01-01T03:20Z,"
        + " 2026-01-01T03:00:00Z, 1, 2026-01-01T03:20:00Z",
    "2026-01-01T00:00Z 2026-01-02T00:00Z 2026-01-03T00:00Z | 2026-01-04T01:01Z,"
        + " 2026-01-04T00:00:00Z, 1, 2026-01-04T01:01:00Z",
  })
  void rowOfAnotherTimeIsNamed(String times, String expected, int step, String got) {
    assertThatThrownBy(() -> check(times))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "next: expected the time %s, step %d after the newest value, got %s",
            time(expected), step, time(got));
  }

  private static String time(String text) {
    return text.contains("T") ? text : text + "T00:00:00Z";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-01 2026-01-02 2026-01-03 | 2026-01-04 2026-01-05 2026-01-06",
        "2026-01-01 2026-02-01 2026-03-01 | 2026-04-01 2026-05-01",
        "2026-01-31 2026-02-28 2026-03-31 | 2026-04-30 2026-05-31",
        // the clock of Berlin changes on March 29
        "2026-03-26T23:00Z 2026-03-27T23:00Z 2026-03-28T23:00Z | 2026-03-29T22:00Z",
        // nothing is known of irregular times, nor of two values
        "2026-01-01 2026-01-02 2026-01-05 2026-01-06 | 2026-01-08",
        "2026-01-01 2026-02-01 | 2026-03-01",
        // a row beyond the horizon is not read
        "2026-01-01 2026-01-02 2026-01-03 | 2026-01-04 2026-01-05 2026-01-06 2026-01-09",
      })
  void rowsOfTheNextTimesAreRight(String times) {
    assertThatCode(() -> check(times)).doesNotThrowAnyException();
  }
}
