package dev.weir.stream;

import dev.weir.forecast.DeadLetter;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs how much a task drops, such as late observations: at most once a minute, and only news. */
public final class LossLog {

  private static final Logger LOG = LoggerFactory.getLogger(LossLog.class);

  private static final long LOOK_EVERY_MILLIS = 10_000;
  private static final long LOG_EVERY_MILLIS = 60_000;

  private final LongSupplier counted;
  private final Supplier<String> what;
  private final Supplier<String> advice;
  private long logged; // how many when it was logged last
  private long next = Long.MIN_VALUE; // when it may be logged again

  private LossLog(LongSupplier counted, Supplier<String> what, Supplier<String> advice) {
    this.counted = counted;
    this.what = what;
    this.advice = advice;
  }

  static void start(ProcessingTimeService time, Counter late, Counter observations) {
    start(
        time,
        late::getCount,
        () -> "of %d observations are late".formatted(observations.getCount()),
        () -> "they are dead letters; " + DeadLetter.LATE_ADVICE);
  }

  /** Starts to log in the task's thread, until the task ends. */
  public static void start(
      ProcessingTimeService time,
      LongSupplier counted,
      Supplier<String> what,
      Supplier<String> advice) {
    LossLog log = new LossLog(counted, what, advice);
    time.scheduleWithFixedDelay(log::look, LOOK_EVERY_MILLIS, LOOK_EVERY_MILLIS);
  }

  private void look(long now) {
    long count = counted.getAsLong();
    if (count > logged && now >= next) {
      LOG.warn(
          "{} {} so far, {} of them since the last such line: {}",
          count,
          what.get(),
          count - logged,
          advice.get());
      logged = count;
      next = now + LOG_EVERY_MILLIS;
    }
  }
}
