package dev.weir.dashboard.view;

import dev.weir.forecast.Forecast;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** All series that were seen, as far as there is room. Rows are added and never taken away. */
public final class SeriesTable {

  /** Room for 200,000 series with names of usual length. */
  public static final long MAX_BYTES = 200_000_000;

  private static final long ROW_BYTES = 800; // with a name of no length

  private final long maxBytes;
  private final ConcurrentHashMap<String, SeriesRow> rows = new ConcurrentHashMap<>();
  private final LongAdder refused = new LongAdder();
  private long bytes; // guarded by this

  public SeriesTable(long maxBytes) {
    this.maxBytes = maxBytes;
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
   * @param search part of the name, in any case; empty for all
   * @param status null for all
   */
  public record Query(String search, Sort sort, Forecast.Status status, int limit) {}

  /**
   * The first of the series that fit a query.
   *
   * @param total how many fit
   */
  public record Page(int total, List<SeriesRow.Item> items) {}

  private record Ranked(SeriesRow row, double rank) {}

  /**
   * The row of a series, or null when there is no room for a new one.
   *
   * @param added receives a new row before any other thread can see it
   */
  SeriesRow row(String name, Consumer<SeriesRow> added) {
    SeriesRow row = rows.get(name);
    if (row != null) {
      return row;
    }
    synchronized (this) {
      row = rows.get(name);
      if (row != null) {
        return row;
      }
      long cost = ROW_BYTES + 2L * name.length();
      if (bytes + cost > maxBytes) {
        refused.increment();
        return null;
      }
      bytes += cost;
      row = new SeriesRow(name);
      added.accept(row);
      rows.put(name, row);
      return row;
    }
  }

  /** The row of a series, or null when it was never seen. */
  public SeriesRow find(String name) {
    return rows.get(name);
  }

  public int size() {
    return rows.size();
  }

  /** Records that were not taken for want of room for their series. */
  public long refused() {
    return refused.sum();
  }

  public void addTo(JobSummary figures) {
    rows.values().forEach(row -> row.addTo(figures));
  }

  /** What is not known comes last, and what is equal by its name. */
  public Page page(Query query) {
    String search = query.search().toLowerCase(Locale.ROOT);
    List<SeriesRow> found =
        rows.values().stream()
            .filter(row -> query.status() == null || row.status() == query.status())
            .filter(row -> row.name().toLowerCase(Locale.ROOT).contains(search))
            .map(
                row ->
                    new Ranked(row, rank(row, query.sort()))) // rows change while they are sorted
            .sorted(Comparator.comparingDouble(Ranked::rank).thenComparing(one -> one.row().name()))
            .map(Ranked::row)
            .toList();
    return new Page(
        found.size(), found.stream().limit(query.limit()).map(SeriesRow::item).toList());
  }

  /** What comes first has the smaller number; NaN comes last. */
  private static double rank(SeriesRow row, Sort sort) {
    return switch (sort) {
      case name -> 0;
      case best -> row.relative();
      case worst -> -row.relative();
      case recent -> -row.seen();
      case status ->
          row.status() == null
              ? 3
              : switch (row.status()) {
                case FALLBACK -> 0;
                case WARMUP -> 1;
                case OK -> 2;
              };
    };
  }
}
