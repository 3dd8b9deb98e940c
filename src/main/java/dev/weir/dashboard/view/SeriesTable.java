package dev.weir.dashboard.view;

import dev.weir.forecast.Forecast;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * All series that were seen, up to a number. Rows are added and never taken away. A query looks at
 * each row for nanoseconds and sorts what it saw outside of any lock.
 */
public final class SeriesTable {

  /** What a series may take, on average; long names make room for fewer. */
  private static final long ROW_BYTES = 1_000;

  private static final int MAX_GROUPS = 500;

  private static final long BARE_ROW_BYTES = 700; // with a name of no length

  private final int maxSeries;
  private final ConcurrentHashMap<String, SeriesRow> byName = new ConcurrentHashMap<>();
  private final LongAdder refused = new LongAdder();
  private SeriesRow[] rows = new SeriesRow[64]; // guarded by this, as the next three
  private int size;
  private long bytes;

  SeriesTable(int maxSeries) {
    this.maxSeries = maxSeries;
  }

  /** The order of a list. */
  public enum Sort {
    worst,
    best,
    name,
    recent,
    status
  }

  /**
   * @param group what names begin with, up to a slash; empty for all
   * @param search part of the name, in any case; empty for all
   * @param status null for all
   */
  public record Query(
      String group, String search, Sort sort, Forecast.Status status, int offset, int limit) {}

  /**
   * @param total how many series fit the query
   * @param groups those within the query's group, by name
   */
  public record Page(int total, List<Group> groups, List<SeriesRow.Item> items) {}

  /**
   * Series whose names are alike up to a slash.
   *
   * @param name up to and with that slash
   * @param series how many fit the query
   */
  public record Group(String name, int series) {}

  /** A row and what it is sorted by, which goes on changing in the row. */
  private record Key(double number, String name, SeriesRow row) {}

  /**
   * The row of a series, or null when there is no room for a new one.
   *
   * @param added receives a new row before any other thread can see it
   */
  public SeriesRow row(String name, Consumer<SeriesRow> added) {
    SeriesRow row = byName.get(name);
    if (row != null) {
      return row;
    }
    synchronized (this) {
      row = byName.get(name);
      if (row != null) {
        return row;
      }
      long cost = BARE_ROW_BYTES + 2L * name.length();
      if (size >= maxSeries || bytes + cost > maxSeries * ROW_BYTES) {
        refused.increment();
        return null;
      }
      if (size == rows.length) {
        rows = Arrays.copyOf(rows, 2 * size);
      }
      SeriesRow created = new SeriesRow(name);
      added.accept(created);
      rows[size++] = created;
      bytes += cost;
      byName.put(name, created);
      return created;
    }
  }

  /** The row of a series, or null when it was never seen. */
  public SeriesRow find(String name) {
    return byName.get(name);
  }

  public int size() {
    return byName.size();
  }

  /** Records that were not taken for want of room for their series. */
  public long refused() {
    return refused.sum();
  }

  public void addTo(JobSummary figures) {
    for (SeriesRow row : rows()) {
      row.addTo(figures);
    }
  }

  private synchronized SeriesRow[] rows() {
    return Arrays.copyOf(rows, size);
  }

  public Page page(Query query) {
    String wanted = query.search().toLowerCase(Locale.ROOT);
    Key[] keys =
        Stream.of(rows())
            .filter(row -> row.name().startsWith(query.group()))
            .filter(row -> wanted.isEmpty() || contains(row.name(), wanted))
            .filter(row -> query.status() == null || row.status() == query.status())
            .map(row -> new Key(number(row, query.sort()), row.name(), row))
            .toArray(Key[]::new);
    Arrays.sort(keys, order(query.sort()));
    return new Page(
        keys.length,
        groups(keys, query.group().length()),
        Arrays.stream(keys)
            .skip(query.offset())
            .limit(query.limit())
            .map(key -> key.row().item())
            .toList());
  }

  /** As far as there is room for them. */
  private static List<Group> groups(Key[] keys, int start) {
    Map<String, Integer> counts = new HashMap<>();
    for (Key key : keys) {
      int slash = key.name().indexOf('/', start);
      if (slash >= 0) {
        String name = key.name().substring(0, slash + 1);
        if (counts.size() < MAX_GROUPS || counts.containsKey(name)) {
          counts.merge(name, 1, Integer::sum);
        }
      }
    }
    return counts.entrySet().stream()
        .map(entry -> new Group(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparing(Group::name))
        .toList();
  }

  private static boolean contains(String name, String lowerCase) {
    return name.toLowerCase(Locale.ROOT).contains(lowerCase);
  }

  private static double number(SeriesRow row, Sort sort) {
    return switch (sort) {
      case worst, best -> row.relative();
      case recent -> row.seen();
      case status -> severity(row.status());
      case name -> 0;
    };
  }

  private static double severity(Forecast.Status status) {
    return status == null
        ? Double.NaN
        : switch (status) {
          case FALLBACK -> 3;
          case STALE -> 2;
          case WARMUP -> 1;
          case OK -> 0;
        };
  }

  /** What is not known comes last, and what is equal by its name. */
  private static Comparator<Key> order(Sort sort) {
    Comparator<Key> byNumber =
        switch (sort) {
          case best -> Comparator.comparingDouble(Key::number); // NaN is above all numbers
          case worst, recent, status ->
              (a, b) ->
                  Double.isNaN(a.number()) || Double.isNaN(b.number())
                      ? Boolean.compare(Double.isNaN(a.number()), Double.isNaN(b.number()))
                      : Double.compare(b.number(), a.number());
          case name -> (a, b) -> 0;
        };
    return byNumber.thenComparing(Key::name);
  }
}
