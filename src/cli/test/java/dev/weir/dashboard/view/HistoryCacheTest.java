package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.Records;
import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryCacheTest {

  private static final long BUDGET = 6 << 20;

  private final HistoryCache histories = new HistoryCache(BUDGET);

  private void fill(SeriesRow row, int values) {
    for (int i = 0; i < values; i++) {
      histories.grown(row.observe(Records.observation(row.name(), i, i), 1));
      histories.grown(
          row.issue(Records.forecast(row.name(), Mode.MANY_TO_ONE, i, "demand", 1), 1, true));
    }
  }

  private static boolean isKept(SeriesRow row) {
    return row.view(0) != null;
  }

  private List<SeriesRow> rows(int count) {
    List<SeriesRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SeriesRow row = new SeriesRow("s" + i);
      histories.offer(row);
      rows.add(row);
    }
    return rows;
  }

  @Test
  void eachOfFewIsKept() {
    List<SeriesRow> rows = rows(4);
    rows.forEach(row -> fill(row, 5_000));
    assertThat(rows).allMatch(HistoryCacheTest::isKept);
    assertThat(histories.bytes()).isBetween(1L << 20, BUDGET);
  }

  @Test
  void ofManyThoseThatWereAskedForLastAreKeptWithinTheBudget() {
    List<SeriesRow> rows = rows(100);
    SeriesRow first = rows.get(0);
    SeriesRow second = rows.get(50);
    histories.ask(first);
    histories.ask(second);
    for (int values = 0; values < 3_000; values += 100) {
      rows.forEach(row -> fill(row, 100));
      assertThat(histories.bytes()).isLessThanOrEqualTo(BUDGET);
    }
    for (SeriesRow row : rows) {
      fill(row, 3_000);
    }
    assertThat(histories.bytes()).isLessThanOrEqualTo(BUDGET);
    assertThat(isKept(first)).isTrue();
    assertThat(isKept(second)).isTrue();
    assertThat(rows.stream().filter(HistoryCacheTest::isKept).count()).isLessThan(10);
    for (int i = 10; i < 30; i++) { // the page looks at twenty others
      histories.ask(rows.get(i));
      fill(rows.get(i), 3_000);
      assertThat(histories.bytes()).isLessThanOrEqualTo(BUDGET);
    }
    assertThat(isKept(first)).isFalse();
    assertThat(isKept(rows.get(29))).isTrue();
    histories.ask(first);
    assertThat(first.view(0).observations().time()).as("starts again").isEmpty();
  }

  @Test
  void aNewSeriesIsNotKeptWhereThereIsNoRoomForAllToGrow() {
    rows(6).forEach(row -> fill(row, 5_000));
    SeriesRow late = new SeriesRow("late");
    histories.offer(late);
    assertThat(isKept(late)).isFalse();
    histories.ask(late);
    assertThat(isKept(late)).isTrue();
  }

  @Test
  void whatIsAskedForAgainIsTheLastToGo() {
    List<SeriesRow> rows = rows(3);
    rows.forEach(histories::ask);
    histories.ask(rows.get(0));
    histories.grown(BUDGET - histories.bytes()); // all of it by something else
    fill(rows.get(1), 1); // and a bit more
    assertThat(isKept(rows.get(1))).as("the oldest question").isFalse();
    assertThat(isKept(rows.get(0))).isTrue();
  }

  @Test
  void oneThatIsLookedAtIsKeptWhateverItTakes() {
    HistoryCache small = new HistoryCache(10_000);
    SeriesRow row = new SeriesRow("wide");
    small.ask(row);
    for (int i = 0; i < 2_000; i++) {
      small.grown(row.observe(Records.observation("wide", i, i), 1));
    }
    assertThat(isKept(row)).isTrue();
  }
}
