package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.Records;
import dev.weir.dashboard.view.SeriesTable.Group;
import dev.weir.dashboard.view.SeriesTable.Query;
import dev.weir.dashboard.view.SeriesTable.Sort;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTableTest {

  private final SeriesTable table = new SeriesTable(100);

  private SeriesRow row(String name) {
    return table.row(name, added -> {});
  }

  private void relative(String name, double relative, long seen) {
    row(name).score(Records.score(name, Mode.MANY_TO_ONE, 10, relative, 1, 1), 0, seen);
  }

  private void status(String name, Status status) {
    Forecast forecast = Records.forecast(name, Mode.MANY_TO_ONE, 1, "m", 1, status, 1, 1);
    row(name).issue(forecast, "m", 0, 5, true);
  }

  private List<String> names(Query query) {
    return table.page(query).items().stream().map(SeriesRow.Item::series).toList();
  }

  private List<String> names(Sort sort) {
    return names(new Query("", "", sort, null, 0, 50));
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
    status("b", Status.STALE);
    status("a2", Status.FALLBACK);
    status("a1", Status.FALLBACK);
    row("none");
    assertThat(names(Sort.status)).containsExactly("a1", "a2", "b", "c", "d", "none");
    assertThat(names(new Query("", "", Sort.name, Status.FALLBACK, 0, 50)))
        .containsExactly("a1", "a2");
  }

  @Test
  void aSearchIsAnyPartOfTheNameInAnyCaseAndAPageIsAPartOfWhatIsFound() {
    for (String name : List.of("Pump-1", "pump-2", "FAN", "the PUMP", "größe")) {
      row(name);
    }
    SeriesTable.Page page = table.page(new Query("", "PUMP", Sort.name, null, 1, 1));
    assertThat(page.total()).isEqualTo(3);
    assertThat(page.items()).extracting(SeriesRow.Item::series).containsExactly("pump-2");
    assertThat(names(new Query("", "GRÖSSE", Sort.name, null, 0, 50))).isEmpty();
    assertThat(names(new Query("", "Größe", Sort.name, null, 0, 50))).containsExactly("größe");
    assertThat(table.page(new Query("", "", Sort.name, null, Integer.MAX_VALUE, 200)).items())
        .isEmpty();
  }

  @Test
  void slashesInNamesMakeGroups() {
    for (String name : List.of("b/x/1", "b/x/2", "b/y", "a/x/1", "ab/x", "b", "/z", "c//d")) {
      row(name);
    }
    SeriesTable.Page all = table.page(new Query("", "", Sort.name, null, 0, 2));
    assertThat(all.groups())
        .containsExactly(
            new Group("/", 1),
            new Group("a/", 1),
            new Group("ab/", 1),
            new Group("b/", 3),
            new Group("c/", 1));
    SeriesTable.Page one = table.page(new Query("b/", "", Sort.name, null, 0, 2));
    assertThat(one.total()).isEqualTo(3);
    assertThat(one.groups()).containsExactly(new Group("b/x/", 2));
    assertThat(one.items()).extracting(SeriesRow.Item::series).containsExactly("b/x/1", "b/x/2");
    assertThat(table.page(new Query("", "y", Sort.name, null, 0, 2)).groups())
        .containsExactly(new Group("b/", 1));
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
  void thereAreNoMoreSeriesThanAskedFor() {
    List<String> added = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      SeriesRow row = table.row("s" + i % 125, one -> added.add(one.name()));
      assertThat(row == null).isEqualTo(i % 125 >= 100);
    }
    assertThat(added).hasSize(100);
    assertThat(table.size()).isEqualTo(100);
    assertThat(table.refused()).isEqualTo(50);
  }

  @Test
  void longNamesMakeRoomForFewer() {
    SeriesTable small = new SeriesTable(1_000); // about a megabyte
    int taken = 0;
    for (int i = 0; i < 1_000; i++) {
      if (small.row("%04d".formatted(i) + "x".repeat(996), added -> {}) != null) {
        taken++;
      }
    }
    assertThat(taken).isEqualTo(370); // 1,000,000 / (700 + 2 * 1,000)
  }
}
