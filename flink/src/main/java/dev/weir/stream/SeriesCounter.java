package dev.weir.stream;

import dev.weir.forecast.engine.StateLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the series that a task knows, and refuses those that are one too many. */
final class SeriesCounter {

  private static final Logger LOG = LoggerFactory.getLogger(SeriesCounter.class);

  private static final long LOG_EVERY_NANOS = 60_000_000_000L;

  private final int most; // 0: no limit
  private volatile long count; // written by the task, read by metric reporters
  private long refused;
  private long lastLogNanos;

  SeriesCounter(StateLimits limits) {
    this.most = limits.maxSeries();
  }

  long count() {
    return count;
  }

  /** Takes over a count of what was restored. */
  void count(long restored) {
    count = restored;
  }

  boolean isFull() {
    return most > 0 && count >= most;
  }

  void added() {
    count++; // by one thread only
  }

  /** A series that could not be taken; says so in the log, but not for each. */
  void refused() {
    refused++;
    long now = System.nanoTime();
    if (refused == 1 || now - lastLogNanos >= LOG_EVERY_NANOS) {
      lastLogNanos = now;
      LOG.warn(
          "this task knows {} series, as many as state.max-series allows: {} observations of"
              + " others are dead letters so far",
          count,
          refused);
    }
  }

  /** The current series is forgotten. */
  void dropped() {
    count--;
  }
}
