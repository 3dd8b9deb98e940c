package dev.weir.stream;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.window.StateLimits;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the series, or groups, that a task knows, and refuses those that are one too many. */
public final class SeriesCounter {

  private static final Logger LOG = LoggerFactory.getLogger(SeriesCounter.class);

  /** When the timer of a series fires. The state's name is part of each savepoint. */
  public static final ValueStateDescriptor<Long> EXPIRY =
      new ValueStateDescriptor<>("expiry", Types.LONG);

  private static final long LOG_EVERY_NANOS = 60_000_000_000L;

  private final int most; // 0: no limit
  private volatile long count; // written by the task, read by metric reporters
  private long refused;
  private long lastLogNanos;
  private long resumed;
  private long lastResumedNanos;

  public SeriesCounter(StateLimits limits) {
    this.most = limits.maxSeries();
  }

  public long count() {
    return count;
  }

  /**
   * Counts the series that were restored and, if series expire, sees to their timers: the job may
   * have had no ttl before. Only an operator can walk the keys of its state.
   *
   * @param series the state that each series has; read only of those without a timer
   * @param timer when the timer of one that has none is to fire
   * @param expiry when its timer fires; null without a ttl
   */
  public <S, O extends AbstractStreamOperator<?> & Triggerable<String, VoidNamespace>>
      void restored(
          O operator,
          ValueStateDescriptor<S> series,
          ToLongFunction<S> timer,
          ValueState<Long> expiry)
          throws Exception {
    KeyedStateBackend<String> backend = operator.getKeyedStateBackend();
    count = 0;
    if (expiry == null) {
      try (Stream<String> keys = backend.getKeys(series.getName(), VoidNamespace.INSTANCE)) {
        count = keys.count();
      }
      return;
    }
    InternalTimerService<VoidNamespace> timers = // the function's, by its name
        operator.getInternalTimerService("user-timers", VoidNamespaceSerializer.INSTANCE, operator);
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        series,
        (String key, ValueState<S> state) -> {
          count++;
          Long time = expiry.value();
          if (time == null) {
            time = timer.applyAsLong(state.value());
            expiry.update(time);
          }
          timers.registerEventTimeTimer(VoidNamespace.INSTANCE, time);
        });
  }

  public boolean isFull() {
    return most > 0 && count >= most;
  }

  /** A series was seen to: whether it was not known before, and is not afterwards. */
  public void count(boolean wasNew, boolean isGone) {
    if (wasNew != isGone) {
      count += isGone ? -1 : 1; // by one thread only
    }
  }

  /** A series that could not be taken: the log says so too, but not for each. */
  DeadLetter refused(String series, SourceRecord source) {
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
    String message =
        "series: expected one of the %d that this task knows (state.max-series), got a new one: %s"
            .formatted(count, series);
    return new DeadLetter(Reason.SERIES_LIMIT, message, source);
  }

  /** A series goes on at an earlier time; the log says so, but not for each. */
  void resumed() {
    resumed++;
    long now = System.nanoTime();
    if (resumed == 1 || now - lastResumedNanos >= LOG_EVERY_NANOS) {
      lastResumedNanos = now;
      LOG.warn(
          "a series goes on at an earlier time, since its newest observation was from the future:"
              + " {} so far; the LATE dead letters just before say which, and whose clock to set",
          resumed);
    }
  }
}
