package dev.weir.forecast.engine;

import dev.weir.forecast.window.WindowState;
import java.io.IOException;

/**
 * Says when a series has been silent for too long.
 *
 * <p>Whether a series is reset is a matter of its own observations: two of them more than the ttl
 * apart ({@link #isSilence}). The timer only frees what nobody will ask for again, two and a half
 * to three ttls after the series' last observation; see RATIONALE.md.
 *
 * <p>A series has one timer at most. It is moved when event time has gone on by half a ttl, so that
 * its cost does not depend on how often the series is observed. Apart from that an observation
 * costs one look into a state of eight bytes, and nothing without a ttl.
 */
public final class SeriesExpiry {

  private final long ttl; // 0: forever
  private final long half; // of a ttl, rounded up
  private long since; // the first timer of this task, by the clock; 0 before

  SeriesExpiry(StateLimits limits) {
    this.ttl = limits.ttl().toMillis();
    this.half = (ttl + 1) / 2;
  }

  /** Whether a series can be silent for too long at all. */
  public boolean isOn() {
    return ttl > 0;
  }

  /** Whether so much time between two observations of a series resets it. */
  boolean isSilence(WindowState state, long next) {
    return ttl > 0 && state.size() > 0 && next - state.lastTime() > ttl;
  }

  /**
   * The current series has an observation. A series that is behind the watermark lives by the
   * watermark, else it would be dropped again and again while its past comes in.
   *
   * @param before time of the series' newest observation before this one
   */
  void touched(WindowState state, long before, long time, SeriesContext context)
      throws IOException {
    if (ttl == 0) {
      return;
    }
    long now = Math.max(time, context.watermark());
    if (now == Long.MAX_VALUE // the input has ended
        || Math.floorDiv(now, half) == Math.floorDiv(before, half)) { // the timer is late enough
      return;
    }
    Long timer = context.expiry();
    long wanted = timerAfter(now);
    if (timer == null || timer < wanted) {
      if (timer != null && !state.isPending(timer)) { // else the timer is that observation's too
        context.doNotWakeAt(timer);
      }
      context.wakeAt(wanted);
      context.expiry(wanted);
    }
  }

  /** One for each half ttl: one to one and a half ttls later. */
  private long timerAfter(long now) {
    return (Math.floorDiv(now, half) + 3) * half;
  }

  /**
   * When the timer of the current series is to fire, which was restored and whose job may have had
   * no ttl before. Idempotent.
   */
  public long restored(WindowState state, SeriesContext context) throws IOException {
    Long timer = context.expiry();
    if (timer == null) {
      timer = timerAfter(state.newestTime());
      context.expiry(timer);
    }
    return timer;
  }

  /**
   * Whether the timer that fires is the series' own and event time says that it is silent. Sets the
   * next one.
   */
  boolean isDue(WindowState state, long timestamp, SeriesContext context) throws IOException {
    if (ttl == 0 || context.watermark() == Long.MAX_VALUE) {
      return false; // the end of the input is no silence
    }
    Long timer = context.expiry();
    if (timer == null || timer != timestamp) {
      return false;
    }
    long last = state.newestTime();
    boolean isSilent = timestamp - last > ttl; // else it has lived on while the job had no ttl
    long later = timerAfter(isSilent ? Math.max(timestamp, context.watermark()) : last);
    context.wakeAt(later);
    context.expiry(later);
    return isSilent;
  }

  /**
   * Whether the series, which event time says is silent, has not been seen for a ttl by the clock
   * either, while tasks ran. One observation from the future moves event time for all, and no
   * clock; an outage moves the clock, and no task runs.
   */
  boolean isOver(WindowState state, SeriesContext context) {
    long now = context.now();
    if (since == 0) {
      since = now;
    }
    return state.silent(now, since) >= ttl;
  }
}
