package dev.weir.forecast.window;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.SourceRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Decides when a series whose newest time was wrong goes on at an earlier one, and when a series
 * has been silent for too long. Forecasts and classes share it.
 *
 * <p>Two observations of a series that are more than the ttl apart reset it ({@link #isSilence}).
 * The timer only frees memory, two and a half to three ttls after the series' last observation.
 *
 * <p>A series has one timer at most. It is moved when event time has gone on by half a ttl, so that
 * its cost does not depend on the rate of observations. Otherwise an observation costs one read of
 * a state of eight bytes, and nothing without a ttl.
 */
public final class SeriesOrder {

  /**
   * A clock for series in order: later than any observation, so that none is in the future and
   * results do not depend on the date.
   */
  public static final LongSupplier LATER = () -> Long.MAX_VALUE / 2; // no sum overflows

  /** Late observations in a row after which a series is taken to go on at their time. */
  private static final int RESUMING = 3;

  /** Tolerated difference of clocks; a time within it is not in the future. */
  private static final long CLOCK_SKEW_MILLIS = 10_000;

  private final long ttl; // 0: forever
  private final long half; // of a ttl, rounded up
  private final LongSupplier clock; // read for the few decisions that need it
  private long since; // the first timer of this task, by the clock; 0 before

  /**
   * @param ttl of a series without an observation; zero: it is kept forever
   * @param clock the machine's, milliseconds since 1970
   */
  public SeriesOrder(Duration ttl, LongSupplier clock) {
    this.clock = clock;
    this.ttl = ttl.toMillis();
    this.half = (this.ttl + 1) / 2;
  }

  /** Whether so much time between two observations of a series resets it. */
  public boolean isSilence(WindowState state, long next) {
    return ttl > 0 && state.lastTime() != Long.MIN_VALUE && next - state.lastTime() > ttl;
  }

  /** Whether a time is in the future: an observation with a wrong time has moved it there. */
  public boolean isAhead(long time) {
    return time != Long.MAX_VALUE && time > clock.getAsLong() + CLOCK_SKEW_MILLIS;
  }

  /** The earlier of a time and the clock. */
  public long passed(long time) {
    return Math.min(time, clock.getAsLong());
  }

  /**
   * Whether a late observation shows that the series' newest time, which {@link #isAhead}, was
   * wrong: this observation and those just before it are, in the order of their times, later than
   * all that are not in the future. Stragglers and repeats are not.
   */
  public boolean resumes(WindowState state, long time) {
    long latest = clock.getAsLong() + CLOCK_SKEW_MILLIS;
    boolean follows = time <= latest && time > state.newestUpTo(latest);
    return state.late(time, follows) >= RESUMING;
  }

  /**
   * An observation that is late.
   *
   * @param reached time that the series has reached
   * @param counted the time that the observation counts as, its own or the nearest on a grid
   */
  public static DeadLetter late(long reached, long time, long counted, SourceRecord source) {
    Instant after = Instant.ofEpochMilli(reached);
    Instant got = Instant.ofEpochMilli(time);
    String message =
        counted != reached
            ? "time: expected after %s, got %s, late by %s"
                .formatted(after, got, Duration.ofMillis(reached - time))
            : "time: expected after %s, got another value for that very time%s"
                .formatted(after, time == reached ? "" : ", which %s counts as".formatted(got));
    return new DeadLetter(Reason.LATE, message, source);
  }

  /**
   * Moves the series' timer after an observation. A series behind the watermark expires by the
   * watermark, else a backfill would drop it again and again.
   *
   * @param before time of the series' newest observation before this one
   * @param watermark event time; {@link Long#MAX_VALUE} once the input has ended
   */
  public void touched(
      SeriesState<?> series,
      WindowState times,
      long before,
      long time,
      long watermark,
      SeriesResult result)
      throws IOException {
    if (ttl == 0) {
      return;
    }
    long now = Math.max(time, watermark);
    if (now == Long.MAX_VALUE // the input has ended
        || Math.floorDiv(now, half) == Math.floorDiv(before, half)) { // the timer is late enough
      return;
    }
    Long timer = series.expiry();
    long newTimer = timerAfter(now);
    if (timer == null || timer < newTimer) {
      if (timer != null && !times.isTimed(timer)) { // else something waits for it
        result.doNotWakeAt(timer);
      }
      result.wakeAt(newTimer);
      series.expiry(newTimer);
    }
  }

  /** The timer of a time: one to one and a half ttls later, on a multiple of half a ttl. */
  public long timerAfter(long now) {
    return (Math.floorDiv(now, half) + 3) * half;
  }

  /**
   * Whether the timer that fires is the series' own and the series is silent in event time. Sets
   * the next one.
   */
  public boolean isDue(
      SeriesState<?> series, WindowState times, long timestamp, long watermark, SeriesResult result)
      throws IOException {
    if (ttl == 0 || watermark == Long.MAX_VALUE) {
      return false; // the end of the input is no silence
    }
    Long timer = series.expiry();
    if (timer == null || timer != timestamp) {
      return false;
    }
    long last = times.newestTime();
    // else the job had no ttl in between
    boolean isSilent = last == Long.MIN_VALUE || timestamp - last > ttl;
    long later = timerAfter(isSilent ? Math.max(timestamp, watermark) : last);
    result.wakeAt(later);
    series.expiry(later);
    return isSilent;
  }

  /**
   * Whether the series, silent in event time, is silent for a ttl by the clock, too, counting only
   * time in which tasks ran: one observation from the future moves event time, and an outage the
   * clock.
   */
  public boolean isOver(WindowState state) {
    long now = clock.getAsLong();
    if (since == 0) {
      since = now;
    }
    return state.silent(now, since) >= ttl;
  }
}
