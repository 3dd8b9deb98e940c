package dev.weir.forecast.window;

import java.io.Serializable;
import java.time.Duration;

/**
 * The nominal interval of a series, and how missing observations are treated.
 *
 * <p>With an interval a series has a grid: its first time plus multiples of the interval. A time
 * counts as the nearest one on the grid, the later one when it is halfway.
 *
 * @param interval from one observation to the next, milliseconds; 0: windows are by count
 * @param gap how missing observations are treated
 * @param maxFill most observations in a row that are filled in; more are skipped
 */
public record Sampling(long interval, Gap gap, int maxFill) implements Serializable {

  /** By count: nothing is ever missing. */
  public static final Sampling BY_COUNT = new Sampling(0, Gap.SKIP, 0);

  public Sampling {
    if (interval < 0) {
      throw new IllegalArgumentException("interval: expected at least 0 ms, got " + interval);
    }
    if (maxFill < 0) {
      throw new IllegalArgumentException("max fill: expected at least 0, got " + maxFill);
    }
  }

  public Sampling(Duration interval, Gap gap, int maxFill) {
    this(interval.toMillis(), gap, maxFill);
  }

  /** How missing observations are treated, once a later one has come. */
  public enum Gap {
    /** None is filled in: the window starts again, what was learned stays, seasons go on. */
    SKIP,
    /** Each repeats the last one before it. */
    CARRY,
    /** Each is interpolated linearly between its neighbors. */
    LINEAR,
    /** The series starts again: its window, and what was learned of it. */
    RESET
  }

  public boolean isByCount() {
    return interval == 0;
  }

  /** The time on the grid through {@code anchor} that {@code time} counts as, not before 1970. */
  long onGrid(long anchor, long time) {
    if (interval == 0 || time == anchor) {
      return time;
    }
    long steps = Math.floorDiv(time - anchor + interval / 2, interval);
    long snapped = anchor + steps * interval;
    return snapped < 0 && time >= 0 ? snapped + interval : snapped;
  }

  /** How a run of missing observations is treated. */
  public Gap gap(long missing) {
    boolean fills = gap == Gap.CARRY || gap == Gap.LINEAR;
    return fills && missing > maxFill ? Gap.SKIP : gap;
  }

  /**
   * The value filled in for the k-th missing observation between {@code before} and {@code after}.
   */
  public double filled(double before, double after, long k, long missing) {
    if (gap == Gap.CARRY) {
      return before;
    }
    double share = (double) k / (missing + 1);
    return (1 - share) * before + share * after; // not a difference, which could overflow
  }
}
