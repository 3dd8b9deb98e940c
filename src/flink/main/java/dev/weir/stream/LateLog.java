package dev.weir.stream;

import dev.weir.forecast.DeadLetter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs how many observations of a task are late: at most once a minute, and only news. */
final class LateLog {

  private static final Logger LOG = LoggerFactory.getLogger(LateLog.class);

  private static final long LOOK_EVERY_MILLIS = 10_000;
  private static final long LOG_EVERY_MILLIS = 60_000;

  private final Counter late;
  private final Counter observations;
  private long logged; // late ones when it was logged last
  private long next = Long.MIN_VALUE; // when it may be logged again

  private LateLog(Counter late, Counter observations) {
    this.late = late;
    this.observations = observations;
  }

  /** Starts to log in the task's thread, until the task ends. */
  static void start(ProcessingTimeService time, Counter late, Counter observations) {
    LateLog log = new LateLog(late, observations);
    time.scheduleWithFixedDelay(log::look, LOOK_EVERY_MILLIS, LOOK_EVERY_MILLIS);
  }

  private void look(long now) {
    long count = late.getCount();
    if (count > logged && now >= next) {
      LOG.warn(
          "{} of {} observations are late so far, {} of them since the last such line: they are dead"
              + " letters; {}",
          count,
          observations.getCount(),
          count - logged,
          DeadLetter.LATE_ADVICE);
      logged = count;
      next = now + LOG_EVERY_MILLIS;
    }
  }
}
