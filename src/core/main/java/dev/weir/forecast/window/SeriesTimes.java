package dev.weir.forecast.window;

import java.nio.LongBuffer;

/** The times of one series, and what {@link SeriesOrder} has to remember of them. */
public abstract class SeriesTimes {

  /** How many numbers {@link #saveMarks} gives. */
  public static final int MARKS = 4;

  // Zero for nearly each series: of its late observations, and of a silence. By the clock are the
  // last two: how long it has been seen to be silent, and when that was last looked at.
  private long lateRun;
  private long lateTime;
  private long silent;
  private long silenceSeen;

  protected SeriesTimes() {}

  protected SeriesTimes(SeriesTimes other) {
    lateRun = other.lateRun;
    lateTime = other.lateTime;
    silent = other.silent;
    silenceSeen = other.silenceSeen;
  }

  /** Time that the series has reached; {@link Long#MIN_VALUE} before its first observation. */
  public abstract long lastTime();

  /** Time of the newest observation, also of those that wait; {@link Long#MIN_VALUE} for none. */
  public abstract long newestTime();

  /** The newest time that is known and not after another; {@link Long#MIN_VALUE} for none. */
  public abstract long newestUpTo(long latest);

  /** Whether something else than the expiry may need the timer of a time. */
  public abstract boolean isTimed(long time);

  /** The series has an observation that is used: it is neither silent nor in a row of late ones. */
  public void clearMarks() {
    lateRun = 0;
    lateTime = 0;
    silent = 0;
    silenceSeen = 0;
  }

  /**
   * A late observation.
   *
   * @param counts whether it may belong to a row of late ones; else it ends the row
   * @return how many are in the row now, by ascending time
   */
  public long late(long time, boolean counts) {
    lateRun = !counts ? 0 : lateRun > 0 && time > lateTime ? lateRun + 1 : 1;
    lateTime = counts ? time : 0;
    return lateRun;
  }

  /**
   * Event time says that the series is silent.
   *
   * @param now by the clock
   * @param since when this task started to run, by the clock
   * @return milliseconds by the clock for which tasks have run and not seen the series
   */
  public long silent(long now, long since) {
    if (silenceSeen > 0) {
      silent += Math.max(0, now - Math.max(silenceSeen, since));
    }
    silenceSeen = now;
    return silent;
  }

  /** Whether {@link #saveMarks} has anything to save. */
  public boolean hasMarks() {
    return (lateRun | lateTime | silent | silenceSeen) != 0;
  }

  /** Copies out what is known of late observations and of a silence: {@link #MARKS} numbers. */
  public void saveMarks(LongBuffer to) {
    to.put(lateRun).put(lateTime).put(silent).put(silenceSeen);
  }

  /** Takes in what {@link #saveMarks} gave. */
  public void restoreMarks(LongBuffer from) {
    lateRun = from.get();
    lateTime = from.get();
    silent = from.get();
    silenceSeen = from.get();
  }
}
