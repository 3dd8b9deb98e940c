package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.dashboard.Records;
import dev.weir.dashboard.view.SeriesHistory.View;
import dev.weir.dashboard.view.SeriesTable.Query;
import dev.weir.dashboard.view.SeriesTable.Sort;
import dev.weir.forecast.Forecast.Status;
import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the page keeps of series: their table, a row of each, and histories of some. */
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

  private final SeriesRow row = new SeriesRow("pump");

  private void observe(long time, double value) {
    row.observe(Records.observation("pump", time, value), 1_000 + time);
  }

  private void score(long time, double mae, double naive, double seasonalNaive) {
    row.score(Records.score("pump", Mode.MANY_TO_ONE, time, mae, naive, seasonalNaive), 5);
  }

  @Test
  void theSparklineIsTheNewestThirtyTwoValues() {
    observe(1, 1);
    assertThat(row.item().sparkline()).containsExactly(1);
    for (int i = 2; i <= 8; i++) {
      observe(i, i);
    }
    assertThat(row.item().sparkline()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    for (int i = 9; i <= 100; i++) {
      observe(i, i);
      assertThat(row.item().value()).isEqualTo(i);
    }
    double[] sparkline = row.item().sparkline();
    assertThat(sparkline).hasSize(32).isSorted().startsWith(69).endsWith(100);
  }

  @Test
  void aCorrectionTakesThePlaceOfTheNewestValueAndALateOneNone() {
    observe(10, 1);
    observe(20, 2);
    observe(20, 2.5);
    observe(15, 9);
    assertThat(row.item().sparkline()).containsExactly(1, 2.5);
    assertThat(row.item().value()).isEqualTo(2.5);
  }

  @Test
  void errorsAreHeldAgainstBothBaselines() {
    assertThat(row.relative()).isNaN();
    score(10, 1.5, 2, 3);
    assertThat(row.item().relative()).isEqualTo(0.75); // 1.5 / 2
    assertThat(row.item().relativeSeasonal()).isEqualTo(0.5); // 1.5 / 3
    assertThat(row.relative()).isEqualTo(0.5);
    // a perfect baseline is beaten by nobody, and there is no ratio to it
    score(20, 1.5, 2, 0);
    assertThat(row.relative()).isEqualTo(0.75);
    score(20, 1.5, 0, 0);
    assertThat(row.relative()).isNaN();
    score(15, 9, 9, 9); // older than known
    assertThat(row.relative()).isNaN();
  }

  @Test
  void listShowsTheNewestForecastOfTheMostDirectMode() {
    Status[] last = {Status.WARMUP, Status.FALLBACK, Status.OK, Status.OK, Status.OK};
    Mode[] modes = {
      Mode.MANY_TO_MANY, Mode.MANY_TO_ONE, Mode.MANY_TO_ONE, Mode.MANY_TO_ONE, Mode.MANY_TO_MANY
    };
    long[] origins = {50, 40, 60, 50, 70};
    for (int i = 0; i < last.length; i++) {
      Status status = i < 3 ? last[i] : Status.WARMUP; // of an older one, and of the other mode
      row.issue(Records.forecast("pump", modes[i], origins[i], "", -1, status, 1, 1), 5, true);
      assertThat(row.status()).as("%d", i).isEqualTo(last[i]);
    }
    assertThat(row.item().status()).isEqualTo(Status.OK);
  }

  @Test
  void figuresOfTheJobAreGeometricMeansOverSeries() {
    JobSummary figures = new JobSummary();
    score(10, 1, 2, 8); // 0.5 and 0.125
    row.issue(Records.forecast("pump", Mode.MANY_TO_ONE, 60, "demand", 2), 5, true);
    row.issue(Records.forecast("pump", Mode.MANY_TO_MANY, 60, "supply", 7), 5, true);
    row.addTo(figures);
    SeriesRow other = new SeriesRow("fan");
    other.score(Records.score("fan", Mode.MANY_TO_ONE, 10, 4, 2, 2), 5); // 2 and 2
    other.addTo(figures);
    new SeriesRow("new").addTo(figures);
    assertThat(figures.learned().naive()).isEqualTo(0, within(1e-12)); // 1 - sqrt(0.5 * 2)
    assertThat(figures.learned().seasonalNaive()).isEqualTo(0.5, within(1e-12)); // 1 - sqrt(1/4)
    assertThat(figures.learned().series()).isEqualTo(2);
    assertThat(figures.newborn()).isEqualTo(new JobSummary.Skill(Double.NaN, Double.NaN, 0));
    figures.add( // too few values
        null, new SeriesRow.Errors(0, JobSummary.LEARNED - 1, 0.75, 4, 0.8, Double.NaN));
    assertThat(figures.newborn().naive()).isEqualTo(0.25, within(1e-12));
    assertThat(figures.newborn().seasonalNaive()).isEqualTo(-3, within(1e-12));
    assertThat(figures.learned().naive()).as("as before").isEqualTo(0, within(1e-12));
    assertThat(figures.coverage().held()).isEqualTo(0.75);
    assertThat(figures.coverage().level()).isEqualTo(0.8);
    assertThat(figures.statuses()).containsEntry(Status.OK, 1);
    assertThat(figures.issuers())
        .containsOnly(
            Map.entry(new JobSummary.Version("demand", 2), 1),
            Map.entry(new JobSummary.Version("supply", 7), 1));
  }

  private final SeriesHistory history = new SeriesHistory("pump");

  private View all() {
    return history.view(0);
  }

  private void issue(Mode mode, long origin, String model, long version) {
    history.issue(Records.forecast("pump", mode, origin, model, version), 99L);
  }

  @Test
  void observationsAreOrderedByTimeAndACorrectionCounts() {
    history.observe(30, 3);
    history.observe(10, 1);
    history.observe(20, 2);
    history.observe(20, 2.5);
    history.observe(20, 2.5);
    assertThat(all().observations().time()).containsExactly(10, 20, 30);
    assertThat(all().observations().value()).containsExactly(1, 2.5, 3);
    assertThat(all().cut()).isFalse();
  }

  @Test
  void theNewestThousandAreKeptInWhateverOrderTheyCame() {
    for (int i = 0; i < 9_001; i++) {
      history.observe(7L * i, i);
      if (i % 10 == 5) {
        history.observe(7L * i - 3, -i); // late
      }
    }
    View view = all();
    assertThat(view.observations().time()).hasSize(1_000).isSorted();
    assertThat(view.observations().time()[999]).isEqualTo(63_000);
    assertThat(view.observations().value()[999]).isEqualTo(9_000);
    assertThat(view.cut()).isTrue();
    long oldest = view.observations().time()[0]; // 1,000 back: of each 10 values 11 are here
    assertThat(oldest).isBetween(56_000L, 57_000L);
    history.observe(1, 1); // far older than all of them
    assertThat(all().observations().time()[0]).isEqualTo(oldest);
  }

  @Test
  void theFirstForecastOfAnOriginCounts() { // as for any consumer that drops repeats
    issue(Mode.MANY_TO_ONE, 200, "demand", 1);
    issue(Mode.MANY_TO_ONE, 100, "demand", 1);
    issue(Mode.MANY_TO_ONE, 200, "demand", 2);
    assertThat(all().modes().get(Mode.MANY_TO_ONE).forecasts())
        .extracting(one -> one.forecast().origin() + " v" + one.forecast().modelVersion())
        .containsExactly("100 v1", "200 v1");
  }

  @Test
  void newsAreWhatCameAfterASequenceNumber() {
    history.observe(100, 1);
    issue(Mode.MANY_TO_ONE, 100, "demand", 1);
    long seen = all().sequence();
    assertThat(history.view(seen).observations().time()).isEmpty();
    assertThat(history.view(seen).modes().get(Mode.MANY_TO_ONE).forecasts()).isEmpty();
    history.observe(200, 2);
    history.observe(100, 1.5); // a correction is news too
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 200, 1, 2, 4));
    View news = history.view(seen);
    assertThat(news.observations().time()).containsExactly(100, 200);
    assertThat(news.observations().value()).containsExactly(1.5, 2);
    assertThat(news.modes().get(Mode.MANY_TO_ONE).forecasts()).isEmpty();
    assertThat(news.modes().get(Mode.MANY_TO_ONE).score().mae()).isEqualTo(1);
    assertThat(history.view(news.sequence()).modes().get(Mode.MANY_TO_ONE).score()).isNull();
  }

  @Test
  void eachKindOfNewsRaisesTheSequenceByItself() {
    history.observe(100, 1);
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 100, 1, 2, 4));
    long seen = all().sequence();
    history.observe(100, 1); // the same again
    assertThat(all().sequence()).isEqualTo(seen);
    history.observe(100, 1.5);
    assertThat(history.view(seen).observations().value()).containsExactly(1.5);
    seen = all().sequence();
    issue(Mode.MANY_TO_ONE, 100, "demand", 1);
    assertThat(history.view(seen).modes().get(Mode.MANY_TO_ONE).forecasts()).hasSize(1);
    seen = all().sequence();
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 99, 3, 2, 4)); // older
    assertThat(all().sequence()).isEqualTo(seen);
    history.score(Records.score("pump", Mode.MANY_TO_ONE, 100, 5, 2, 4));
    assertThat(history.view(seen).modes().get(Mode.MANY_TO_ONE).score().mae()).isEqualTo(5);
  }

  @Test
  void itsBytesGrowWithItAndStopWhereItStops() {
    long empty = history.bytes();
    for (int i = 0; i < 20_000; i++) {
      history.observe(i, i);
      issue(Mode.MANY_TO_MANY, i, "demand", 1);
    }
    // 1,000 places of 100 bytes, 1,000 forecasts of 400 and 4 arrays of 2
    assertThat(history.bytes()).isBetween(empty + 500_000, empty + 900_000);
    long full = history.bytes();
    for (int i = 20_000; i < 22_000; i++) {
      history.observe(i, i);
      issue(Mode.MANY_TO_MANY, i, "demand", 1);
    }
    assertThat(history.bytes()).isEqualTo(full);
  }

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
    assertThat(rows).allMatch(SeriesTableTest::isKept);
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
    assertThat(rows.stream().filter(SeriesTableTest::isKept).count()).isLessThan(10);
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
