package dev.weir.stream;

import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ObservationEvent;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watermarks of the observations, one for each Kafka partition when used on the source itself.
 * Emits one only after an observation, and never marks a partition as idle: that is up to the
 * source, which knows what is unread.
 */
public final class ObservationWatermarks implements WatermarkGenerator<InputEvent> {

  private static final Logger LOG = LoggerFactory.getLogger(ObservationWatermarks.class);

  private static final long LOG_EVERY_NANOS = 60_000_000_000L;

  private final long outOfOrderness;
  private final long leap; // milliseconds
  private final long start; // in place of the newest before the first observation
  private long newest;
  private long emitted; // the newest at the last watermark
  private boolean logged;
  private long lastLogNanos;

  private ObservationWatermarks(Duration outOfOrderness, Duration leap) {
    this.leap = leap.isZero() ? Long.MAX_VALUE : leap.toMillis();
    this.outOfOrderness = outOfOrderness.toMillis();
    this.start = Long.MIN_VALUE + this.outOfOrderness + 1;
    this.newest = start;
    this.emitted = start;
  }

  /**
   * @param outOfOrderness how far an observation may be behind the newest of its partition
   * @param leap an observation that is further ahead of all before it is logged; zero: none is
   */
  public static WatermarkStrategy<InputEvent> strategy(Duration outOfOrderness, Duration leap) {
    boolean inOrder = outOfOrderness.isZero();
    return WatermarkStrategy.<InputEvent>forGenerator(
            context -> new ObservationWatermarks(outOfOrderness, leap))
        .withTimestampAssigner(
            (arrival, kafkaTime) ->
                arrival instanceof ObservationEvent observed
                    ? observed.eventTime(inOrder)
                    : TimestampAssigner.NO_TIMESTAMP);
  }

  /**
   * Of models, labels, covariates and outside forecasts, which must never carry or hold back event
   * time.
   */
  public static <T> WatermarkStrategy<T> none() {
    return WatermarkStrategy.forGenerator(context -> new NoBrake<>());
  }

  @Override
  public void onEvent(InputEvent arrival, long timestamp, WatermarkOutput output) {
    if (arrival instanceof ObservationEvent observed && timestamp > newest) {
      if (newest != start && timestamp - newest > leap) {
        logLeap(observed, timestamp - newest);
      }
      newest = timestamp;
    }
  }

  private void logLeap(ObservationEvent observed, long millis) {
    long now = System.nanoTime();
    if (!logged || now - lastLogNanos >= LOG_EVERY_NANOS) {
      logged = true;
      lastLogNanos = now;
      LOG.warn(
          "{}: series {} is {} ahead of all before it in its partition, more than state.ttl: event"
              + " time goes on by as much; if its clock is wrong, set it, or lower"
              + " window.max-future",
          observed.source(),
          observed.observation().series(),
          Duration.ofMillis(millis));
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (newest > emitted) { // one without news would end the idleness of its partition
      emitted = newest;
      output.emitWatermark(new Watermark(newest - outOfOrderness - 1));
    }
  }

  private static final class NoBrake<T> implements WatermarkGenerator<T> {
    @Override
    public void onEvent(T arrival, long timestamp, WatermarkOutput output) {
      // nothing to learn about time from it
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      // not "the end of time": that would be the operator's own time whenever the observations
      // pause, and nothing of theirs would be waited for again
      output.markIdle();
    }
  }
}
