package dev.weir.dashboard.view;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which series have a history, so that all of them together stay within a number of bytes: every
 * one while there are few, else those that were asked for last.
 */
public final class HistoryCache {

  private final long budget;
  private final AtomicLong bytes = new AtomicLong();
  private final Set<SeriesRow> unasked = new LinkedHashSet<>(); // oldest first, as the next
  private final Set<SeriesRow> asked = new LinkedHashSet<>();
  private final Set<SeriesRow> missed = new HashSet<>(); // of those asked for

  HistoryCache(long budget) {
    this.budget = budget;
  }

  /** A new series: is kept while there is room to spare, for all to grow. */
  void offer(SeriesRow row) {
    if (bytes.get() > budget / 2) {
      return;
    }
    synchronized (this) { // with keep(), lest one that is in no set is kept for good
      unasked.add(row);
      bytes.addAndGet(row.keep());
    }
  }

  /** Somebody looks at it: is kept from now on. True when what was before has to be looked for. */
  public boolean ask(SeriesRow row) {
    boolean again;
    long taken;
    synchronized (this) {
      again = missed.remove(row);
      unasked.remove(row);
      asked.remove(row);
      asked.add(row); // now the last to go
      taken = row.keep();
    }
    grown(taken);
    return taken > 0 || again;
  }

  /** Its history could not be read from the topics; the next request reads again. */
  public synchronized void missed(SeriesRow row) {
    if (asked.contains(row)) {
      missed.add(row);
    }
  }

  /** A history has grown by so much; others go when there is no room. */
  public void grown(long by) {
    if (by == 0) {
      return;
    }
    if (bytes.addAndGet(by) > budget) {
      shrink();
    }
  }

  private synchronized void shrink() {
    while (bytes.get() > budget && !unasked.isEmpty()) {
      drop(unasked);
    }
    while (bytes.get() > budget && asked.size() > 1) { // one that is looked at stays
      drop(asked);
    }
  }

  private void drop(Set<SeriesRow> rows) {
    Iterator<SeriesRow> oldest = rows.iterator();
    SeriesRow row = oldest.next();
    oldest.remove();
    missed.remove(row);
    bytes.addAndGet(-row.forget());
  }

  long bytes() {
    return bytes.get();
  }
}
