package dev.weir.classify;

import java.io.Serializable;
import java.time.Duration;

/**
 * Where a window of a series ends.
 *
 * @param kind by which rule
 * @param length of a window by time, or of the gap that ends a session; zero by count
 */
public record WindowRule(Kind kind, Duration length) implements Serializable {

  /** The newest observations, each time that some more have come. */
  public static final WindowRule COUNT = new WindowRule(Kind.COUNT, Duration.ZERO);

  /** The rules. */
  public enum Kind {
    /** After a number of observations; windows may overlap. */
    COUNT,
    /** At each multiple of a length of time, counted from 1970 in UTC. */
    TIME,
    /** When no observation came for longer than a gap, or with one that says so. */
    SESSION
  }

  public WindowRule {
    if (kind == Kind.COUNT ? !length.isZero() : length.toMillis() < 1) {
      throw new IllegalArgumentException(
          "length: expected %s, got %s"
              .formatted(kind == Kind.COUNT ? "zero" : "a millisecond or more", length));
    }
  }

  boolean isByCount() {
    return kind == Kind.COUNT;
  }

  /** Whether a window of these observations ends before one of another time. */
  boolean endsBefore(long first, long last, long time) {
    return switch (kind) {
      case COUNT -> false;
      case TIME -> start(time) != start(first);
      case SESSION -> time - last > length.toMillis();
    };
  }

  /** The last time that belongs to a window, by time or by session. */
  long lastTime(long first, long last) {
    return kind == Kind.TIME ? start(first) + length.toMillis() - 1 : last + length.toMillis();
  }

  /** The first time that belongs to a window, by time or by session. */
  long firstTime(long first) {
    return kind == Kind.TIME ? start(first) : first;
  }

  private long start(long time) {
    return Math.floorDiv(time, length.toMillis()) * length.toMillis();
  }
}
