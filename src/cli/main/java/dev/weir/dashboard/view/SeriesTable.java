package dev.weir.dashboard.view;

import dev.weir.forecast.Forecast;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * All series that were seen, up to a number. Rows are added and never taken away. A query reads
 * {@link RowBlock columns} outside of any lock.
 */
public final class SeriesTable {

  /** What a series may take, on average; long names make room for fewer. */
  private static final long ROW_BYTES = 1_000;

  /** Groups whose errors are kept so long. */
  private static final int MAX_SHARED = 100;

  /** From so many series on, errors of all series are computed once for all who ask in a while. */
  private static final int SHARED = 100_000;

  private static final long SHARED_NANOS = 2_000_000_000L;

  private static final long BARE_ROW_BYTES = 700; // with a name of no length

  private final int maxSeries;
  private final ConcurrentHashMap<String, SeriesRow> byName = new ConcurrentHashMap<>();
  private final LongAdder refused = new LongAdder();
  private RowBlock[] blocks = new RowBlock[16]; // guarded by this, as the next three
  private int[] byOrder = {}; // the first rows in the order of their names
  private int size;
  private long bytes;
  private final Map<String, FleetErrors> shared = new HashMap<>(); // by group; guards the next
  private long sharedNanos;

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
  public record Page(int total, int offset, List<Group> groups, List<SeriesRow.Item> items) {}

  /**
   * Series whose names are alike up to a slash.
   *
   * @param name up to and with that slash
   * @param series how many fit the query
   */
  public record Group(String name, int series) {}

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
      SeriesRow created = append(name);
      added.accept(created);
      bytes += cost;
      byName.put(name, created);
      return created;
    }
  }

  private SeriesRow append(String name) {
    int block = size / RowBlock.SIZE;
    if (block == blocks.length) {
      blocks = Arrays.copyOf(blocks, 2 * block);
    }
    if (blocks[block] == null) {
      blocks[block] = new RowBlock();
    }
    SeriesRow row = blocks[block].add(name, size % RowBlock.SIZE);
    size++;
    return row;
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
    SeriesSnapshot all = snapshot();
    for (int i = 0; i < all.size(); i++) {
      all.row(i).addTo(figures);
    }
  }

  private synchronized SeriesSnapshot snapshot() {
    if (byOrder.length < size) {
      byOrder = ordered();
    }
    return new SeriesSnapshot(Arrays.copyOf(blocks, (size - 1) / RowBlock.SIZE + 1), size, byOrder);
  }

  private String name(int row) {
    return blocks[row / RowBlock.SIZE].rows[row % RowBlock.SIZE].name();
  }

  /** Sorts the rows that were added and merges them with the others. */
  private int[] ordered() {
    int[] added =
        IntStream.range(byOrder.length, size)
            .boxed()
            .sorted(Comparator.comparing(this::name))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] all = new int[size];
    int next = 0;
    for (int i = 0, known = 0; i < size; i++) {
      boolean isKnown =
          next == added.length
              || known < byOrder.length && name(byOrder[known]).compareTo(name(added[next])) < 0;
      all[i] = isKnown ? byOrder[known++] : added[next++];
    }
    return all;
  }

  public Page page(Query query) {
    SeriesSnapshot all = snapshot();
    int[] found = all.find(query.group(), query.search(), query.status());
    return new Page(
        found.length,
        query.offset(),
        all.counts(found, query.group()),
        all.page(found, query.sort(), query.offset(), query.limit()).stream()
            .map(SeriesRow::item)
            .toList());
  }

  /**
   * The errors of a group's series.
   *
   * @param group what names begin with, up to a slash; empty for all
   */
  public FleetErrors errors(String group) {
    SeriesSnapshot all = snapshot();
    if (all.size() < SHARED) {
      return FleetErrors.of(all, group);
    }
    synchronized (shared) {
      if (System.nanoTime() - sharedNanos > SHARED_NANOS || shared.size() == MAX_SHARED) {
        shared.clear();
        sharedNanos = System.nanoTime();
      }
      return shared.computeIfAbsent(group, any -> FleetErrors.of(all, group));
    }
  }
}
