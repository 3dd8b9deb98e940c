package dev.weir.dashboard.view;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which series have a history, so that all of them together stay within a number of bytes: every
 * one while there are few, else those that were asked for last.
 */
public final class HistoryCache {

  static final long MAX_BYTES = 64 << 20;

  private final long budget;
  private final AtomicLong bytes = new AtomicLong();
  private final Set<SeriesRow> kept = new LinkedHashSet<>(); // the next to go first

  HistoryCache(long budget) {
    this.budget = budget;
  }

  /** A new series: is kept while there is room to spare, for all to grow. */
  synchronized void offer(SeriesRow row) {
    if (bytes.get() <= budget / 2) {
      kept.add(row);
      bytes.addAndGet(row.keep());
    }
  }

  /** Somebody looks at it: is kept from now on. */
  public synchronized void ask(SeriesRow row) {
    kept.remove(row);
    kept.add(row); // now the last to go
    grown(row.keep());
  }

  /** A history has grown by so much; others go when there is no room. */
  void grown(long by) {
    if (by != 0 && bytes.addAndGet(by) > budget) {
      shrink();
    }
  }

  private synchronized void shrink() {
    Iterator<SeriesRow> oldest = kept.iterator();
    while (bytes.get() > budget && kept.size() > 1) { // the last one asked for stays
      SeriesRow row = oldest.next();
      oldest.remove();
      bytes.addAndGet(-row.forget());
    }
  }

  long bytes() {
    return bytes.get();
  }
}
