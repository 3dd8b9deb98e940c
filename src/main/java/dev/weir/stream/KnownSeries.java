package dev.weir.stream;

import dev.weir.forecast.WindowState;
import java.io.IOException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the series that a task knows, and says when one has been silent for too long.
 *
 * <p>Whether a series starts anew is a matter of its own observations: two of them more than the
 * ttl apart ({@link #isSilence}). The timer only frees what nobody will ask for again, one and a
 * half to two ttls after the series' last observation; see RATIONALE.md.
 *
 * <p>A series has one timer at most. It is moved when event time has gone on by half a ttl, so that
 * its cost does not depend on how often the series is observed. Apart from that an observation
 * costs one look into a state of eight bytes, and nothing without a ttl.
 */
final class KnownSeries {

  private static final Logger LOG = LoggerFactory.getLogger(KnownSeries.class);

  private static final long LOG_EVERY_NANOS = 60_000_000_000L;

  /** When the timer of a series fires. The state's name is part of each savepoint. */
  private static final ValueStateDescriptor<Long> EXPIRY =
      new ValueStateDescriptor<>("expiry", Types.LONG);

  private final long ttl; // 0: for ever
  private final long half; // of a ttl, rounded up
  private final int most; // 0: no limit
  private final ValueState<Long> expiry; // null without a ttl
  private volatile long count; // written by the task, read by whoever reports metrics
  private long refused;
  private long lastLogNanos;

  KnownSeries(StateLimits limits, RuntimeContext context) {
    this.ttl = limits.ttl().toMillis();
    this.half = (ttl + 1) / 2;
    this.most = limits.maxSeries();
    this.expiry = ttl == 0 ? null : context.getState(EXPIRY);
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

  boolean expires() {
    return ttl > 0;
  }

  /** Whether so much time between two observations of a series makes it start anew. */
  boolean isSilence(WindowState state, long next) {
    return ttl > 0 && state.size() > 0 && next - state.lastTime() > ttl;
  }

  /**
   * The current series has an observation. A series that is behind the watermark lives by the
   * watermark, else it would be dropped again and again while its past comes in.
   *
   * @param before time of the series' newest observation before this one
   */
  void touched(WindowState state, long before, long time, TimerService timers) throws IOException {
    if (ttl == 0) {
      return;
    }
    long now = Math.max(time, timers.currentWatermark());
    if (now == Long.MAX_VALUE // the input has ended
        || Math.floorDiv(now, half) == Math.floorDiv(before, half)) { // the timer is late enough
      return;
    }
    Long timer = expiry.value();
    long wanted = timerAfter(now);
    if (timer == null || timer < wanted) {
      if (timer != null && !state.isPending(timer)) { // else the timer is that observation's too
        timers.deleteEventTimeTimer(timer);
      }
      timers.registerEventTimeTimer(wanted);
      expiry.update(wanted);
    }
  }

  /** One for each half ttl: one and a half to two ttls later. */
  private long timerAfter(long now) {
    return (Math.floorDiv(now, half) + 4) * half;
  }

  /** The timer of a restored series, whose job may have had no ttl before. Idempotent. */
  long restoredTimer(WindowState state) throws IOException {
    Long timer = expiry.value();
    if (timer == null) {
      timer = timerAfter(state.newestTime());
      expiry.update(timer);
    }
    return timer;
  }

  /** Whether the timer that fires means that the current series is to be dropped. */
  boolean isOver(WindowState state, long timestamp, TimerService timers) throws IOException {
    if (ttl == 0 || timers.currentWatermark() == Long.MAX_VALUE) {
      return false; // the end of the input is no silence
    }
    Long timer = expiry.value();
    if (timer == null || timer != timestamp) {
      return false;
    }
    long last = state.newestTime();
    if (timestamp - last > ttl) {
      return true;
    }
    long later = timerAfter(last); // it has lived on while the job had no ttl
    timers.registerEventTimeTimer(later);
    expiry.update(later);
    return false;
  }

  /** The current series is forgotten. */
  void dropped() {
    expiry.clear();
    count--;
  }
}
