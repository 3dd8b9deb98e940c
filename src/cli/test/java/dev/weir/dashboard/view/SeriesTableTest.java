package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.Records;
import dev.weir.dashboard.view.FleetErrors.GroupErrors;
import dev.weir.dashboard.view.FleetErrors.Quantiles;
import dev.weir.dashboard.view.SeriesTable.Group;
import dev.weir.dashboard.view.SeriesTable.Query;
import dev.weir.dashboard.view.SeriesTable.Sort;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
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
    status("a2", Status.FALLBACK);
    status("a1", Status.FALLBACK);
    row("none");
    assertThat(names(Sort.status)).containsExactly("a1", "a2", "c", "d", "none");
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

  // ---- more series than one block has

  private static final int MANY = 3_000;

  private final SeriesTable large = new SeriesTable(10_000);

  /** A plain list of what the table has been told. */
  private record Told(String name, double relative, Status status, long seen) {}

  private List<Told> fillLarge() {
    SplittableRandom random = new SplittableRandom(5);
    List<Told> all = new ArrayList<>();
    Set<String> names = new HashSet<>();
    while (names.size() < MANY) {
      String name =
          "Site-%d/%s%d"
              .formatted(random.nextInt(9), random.nextInt(3) == 0 ? "b/" : "é", names.size());
      if (names.add(name)) {
        SeriesRow row = large.row(name, added -> {});
        double relative = random.nextInt(10) == 0 ? Double.NaN : random.nextInt(200) / 64.0;
        Status status = Status.values()[random.nextInt(Status.values().length)];
        long seen = random.nextInt(500);
        row.issue(
            Records.forecast(name, Mode.MANY_TO_ONE, 1, "m", 1, status, 1, 1), "m", 0, seen, true);
        if (!Double.isNaN(relative)) {
          row.score(Records.score(name, Mode.MANY_TO_ONE, 10, relative, 1, 1), 0, seen);
        }
        all.add(new Told(name, relative, status, seen));
      }
    }
    return all;
  }

  private static Comparator<Told> order(Sort sort) {
    Comparator<Told> order =
        switch (sort) {
          case best -> Comparator.comparingDouble(Told::relative);
          case worst ->
              Comparator.comparingDouble(
                  told -> Double.isNaN(told.relative()) ? 1 : -told.relative());
          case recent -> Comparator.comparingLong(told -> -told.seen());
          case status ->
              Comparator.comparing(
                  told ->
                      List.of(Status.FALLBACK, Status.WARMUP, Status.OK).indexOf(told.status()));
          case name -> Comparator.comparing(told -> "");
        };
    return order.thenComparing(Told::name);
  }

  @Test
  void pagesOfManySeriesAreThoseOfASortedList() {
    List<Told> all = fillLarge();
    for (String group : List.of("", "Site-3/", "Site-3/b/", "Site-9/")) {
      for (String search : List.of("", "E-3", "É1", "77", "no such name")) {
        for (Status status : new Status[] {null, Status.WARMUP}) {
          List<Told> found =
              all.stream()
                  .filter(told -> told.name().startsWith(group))
                  .filter(
                      told ->
                          told.name()
                              .toLowerCase(Locale.ROOT)
                              .contains(search.toLowerCase(Locale.ROOT)))
                  .filter(told -> status == null || told.status() == status)
                  .toList();
          for (Sort sort : Sort.values()) {
            for (int offset : new int[] {0, found.size() / 2}) {
              SeriesTable.Page page =
                  large.page(new Query(group, search, sort, status, offset, 40));
              assertThat(page.total()).isEqualTo(found.size());
              assertThat(page.items())
                  .as("%s %s %s %s %d", group, search, status, sort, offset)
                  .extracting(SeriesRow.Item::series)
                  .isEqualTo(
                      found.stream()
                          .sorted(order(sort))
                          .map(Told::name)
                          .skip(offset)
                          .limit(40)
                          .toList());
            }
          }
        }
      }
    }
  }

  @Test
  void searchFindsNoTextThatSpansTwoNames() {
    for (int i = 0; i < 2 * RowBlock.SIZE; i++) {
      large.row("a%dz".formatted(i), added -> {});
    }
    assertThat(large.page(new Query("", "za", Sort.name, null, 0, 5)).total()).isZero();
    large.row("aza", added -> {});
    assertThat(large.page(new Query("", "za", Sort.name, null, 0, 5)).total()).isEqualTo(1);
  }

  @Test
  void groupsOfManySeriesAreCounted() {
    List<Told> all = fillLarge();
    Map<String, Long> expected =
        all.stream()
            .map(told -> told.name().substring(0, told.name().indexOf('/') + 1))
            .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
    List<Group> groups = large.page(new Query("", "", Sort.recent, null, 0, 1)).groups();
    assertThat(groups)
        .containsExactlyElementsOf(
            expected.entrySet().stream()
                .map(entry -> new Group(entry.getKey(), entry.getValue().intValue()))
                .toList());
    assertThat(large.page(new Query("Site-2/", "", Sort.recent, null, 0, 1)).groups())
        .extracting(Group::name)
        .containsExactly("Site-2/b/");
  }

  @Test
  void errorsOfAGroupAreQuantilesAndTheWorstSeries() {
    for (int i = 0; i <= 50; i++) {
      relative("a/%d".formatted(50 - i), i / 50.0, 1);
    }
    relative("b/x", 1.5, 1);
    relative("b/y", 2.5, 1);
    row("b/z");
    row("c/unknown");
    relative("none", 9, 1);
    FleetErrors errors = table.errors("");
    assertThat(errors.seasonalNaive()).isEqualTo(new Quantiles(54, 0.1, 0.52, 0.94));
    assertThat(errors.naive()).isEqualTo(errors.seasonalNaive());
    assertThat(errors.groups())
        .containsExactly(
            new GroupErrors("b/", 3, 2, 2, 1.5, "b/y", 2.5),
            new GroupErrors("a/", 51, 51, 0, 0.5, "a/0", 1),
            new GroupErrors("c/", 1, 0, 0, Double.NaN, null, Double.NaN));
    assertThat(table.errors("b/"))
        .isEqualTo(
            new FleetErrors(
                new Quantiles(2, 1.5, 1.5, 1.5), new Quantiles(2, 1.5, 1.5, 1.5), 0, List.of()));
    assertThat(table.errors("d/").naive())
        .isEqualTo(new Quantiles(0, Double.NaN, Double.NaN, Double.NaN));
  }

  @Test
  void theWorstOfManyGroupsIsShownWhateverItsName() {
    for (int i = 0; i < 700; i++) {
      String name = "group-%03d/x".formatted(i);
      large
          .row(name, added -> {})
          .score(Records.score(name, Mode.MANY_TO_ONE, 10, i, 1, 1), 0, 100);
    }
    FleetErrors errors = large.errors("");
    assertThat(errors.groupCount()).isEqualTo(700);
    assertThat(errors.groups()).hasSize(500).first().extracting("name").isEqualTo("group-699/");
  }
}
