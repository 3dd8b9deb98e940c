package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.Records;
import dev.weir.dashboard.view.SeriesTable.Query;
import dev.weir.dashboard.view.SeriesTable.Sort;
import dev.weir.forecast.Forecast.Status;
import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTableTest {

  private final SeriesTable table = new SeriesTable(100_000);

  private SeriesRow row(String name) {
    return table.row(name, added -> {});
  }

  private void relative(String name, double relative, long seen) {
    row(name).score(Records.score(name, Mode.MANY_TO_ONE, 10, relative, 1, 1), seen);
  }

  private void status(String name, Status status) {
    row(name).issue(Records.forecast(name, Mode.MANY_TO_ONE, 1, "m", 1, status, 1, 1), 5, true);
  }

  private List<String> names(String search, Sort sort, Status status) {
    return table.page(new Query(search, sort, status, 50)).items().stream()
        .map(SeriesRow.Item::series)
        .toList();
  }

  private List<String> names(Sort sort) {
    return names("", sort, null);
  }

  @Test
  void theWorstComeFirstAndWhatIsNotKnownLast() {
    row("unknown-a");
    relative("good", 0.5, 3);
    relative("bad", 1.5, 1);
    row("unknown-b");
    relative("fair", 1, 2);
    assertThat(names(Sort.worst)).containsExactly("bad", "fair", "good", "unknown-a", "unknown-b");
    assertThat(names(Sort.best)).containsExactly("good", "fair", "bad", "unknown-a", "unknown-b");
    assertThat(names(Sort.recent)).containsExactly("good", "fair", "bad", "unknown-a", "unknown-b");
    assertThat(names(Sort.name)).containsExactly("bad", "fair", "good", "unknown-a", "unknown-b");
  }

  @Test
  void thoseThatFallBackComeBeforeThoseThatAreWell() {
    status("d", Status.OK);
    status("c", Status.WARMUP);
    status("a2", Status.FALLBACK);
    status("a1", Status.FALLBACK);
    row("none");
    assertThat(names(Sort.status)).containsExactly("a1", "a2", "c", "d", "none");
    assertThat(names("", Sort.name, Status.FALLBACK)).containsExactly("a1", "a2");
  }

  @Test
  void aSearchIsAnyPartOfTheNameInAnyCaseAndThePageIsTheFirstOfWhatIsFound() {
    for (String name : List.of("Pump-1", "pump-2", "FAN", "the PUMP", "größe")) {
      row(name);
    }
    SeriesTable.Page page = table.page(new Query("PUMP", Sort.name, null, 2));
    assertThat(page.total()).isEqualTo(3);
    assertThat(page.items()).extracting(SeriesRow.Item::series).containsExactly("Pump-1", "pump-2");
    assertThat(names("GRÖSSE", Sort.name, null)).isEmpty();
    assertThat(names("Größe", Sort.name, null)).containsExactly("größe");
  }

  /** Else its first records, which another reader may take meanwhile, miss in its history. */
  @Test
  void newSeriesIsVisibleAfterItsListener() {
    List<SeriesRow> seen = new ArrayList<>();
    SeriesRow row = table.row("pump", added -> seen.add(table.find("pump")));
    assertThat(seen).containsOnlyNulls().hasSize(1);
    assertThat(table.find("pump")).isSameAs(row);
  }

  @Test
  void thereAreNoMoreSeriesThanThereIsRoomForAndLongNamesMakeRoomForFewer() {
    for (int i = 0; i < 250; i++) {
      SeriesRow row = row("%03d".formatted(i % 150) + "x".repeat(97));
      assertThat(row == null).isEqualTo(i % 150 >= 100); // of 800 + 2 * 100 bytes each
    }
    assertThat(table.size()).isEqualTo(100);
    assertThat(table.refused()).isEqualTo(50);
  }
}
