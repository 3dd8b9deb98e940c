package dev.weir.dashboard.view;

import dev.weir.forecast.Classification;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The newest classes of one series, and their labels as far as they have come. Not thread-safe: its
 * row guards it.
 */
public final class ClassHistory {

  private static final int MAX_EARLY = 200;
  private static final int ENTRY_BYTES = 160;

  /** One window. */
  private static final class Entry {
    final long start;
    final String label;
    final double probability;
    String truth; // null while it is not known
    long news;

    Entry(Classification said) {
      this.start = said.windowStart();
      this.label = said.label();
      this.probability = said.probability();
    }
  }

  /**
   * What was asked for, copied.
   *
   * @param truth the labels; null where one has not come
   * @param latest the newest window's
   */
  public record View(
      long[] start,
      long[] end,
      String[] label,
      double[] probability,
      String[] truth,
      Classification latest) {}

  private final TreeMap<Long, Entry> windows = new TreeMap<>(); // by their end
  private final TreeMap<Long, String> early = new TreeMap<>(); // labels without a window
  private Classification newest;

  /** False if this window is there: the first one counts, as for any consumer. */
  boolean add(Classification said, long news) {
    Entry entry = new Entry(said);
    if (windows.putIfAbsent(said.windowEnd(), entry) != null) {
      return false;
    }
    entry.news = news;
    Long labelled = early.ceilingKey(said.windowStart());
    if (early.containsKey(said.windowEnd())) {
      labelled = said.windowEnd();
    }
    if (labelled != null && labelled <= said.windowEnd()) {
      entry.truth = early.remove(labelled);
    }
    if (newest == null || said.windowEnd() >= newest.windowEnd()) {
      newest = said;
    }
    if (windows.size() > SeriesHistory.KEPT) {
      windows.pollFirstEntry();
    }
    return true;
  }

  /** A label of the window that ends then, or that this time lies in. */
  void label(long time, String label, long news) {
    Map.Entry<Long, Entry> window = windows.ceilingEntry(time);
    if (window == null) {
      early.put(time, label);
      if (early.size() > MAX_EARLY) {
        early.pollFirstEntry();
      }
    } else if (window.getValue().start <= time && window.getValue().truth == null) {
      window.getValue().truth = label;
      window.getValue().news = news;
    }
  }

  long bytes() {
    return 300 + (long) ENTRY_BYTES * windows.size() + 100L * early.size();
  }

  /** Windows that changed after a sequence number; null without any. */
  View view(long after) {
    List<Map.Entry<Long, Entry>> shown =
        windows.entrySet().stream().filter(e -> e.getValue().news > after).toList();
    if (shown.isEmpty()) {
      return null;
    }
    return new View(
        shown.stream().mapToLong(e -> e.getValue().start).toArray(),
        shown.stream().mapToLong(Map.Entry::getKey).toArray(),
        shown.stream().map(e -> e.getValue().label).toArray(String[]::new),
        shown.stream().mapToDouble(e -> e.getValue().probability).toArray(),
        shown.stream().map(e -> e.getValue().truth).toArray(String[]::new),
        newest);
  }
}
