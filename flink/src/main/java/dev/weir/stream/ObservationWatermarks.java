package dev.weir.stream;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ObservationEvent;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.util.clock.RelativeClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watermarks of the observations, one for each Kafka partition when used on the source itself.
 * Counts observations only: a partition that carries nothing but dead letters would otherwise be
 * active without ever giving a time, and hold back event time for all.
 */
public final class ObservationWatermarks implements WatermarkGenerator<InputEvent> {

  private static final Logger LOG = LoggerFactory.getLogger(ObservationWatermarks.class);

  private static final long LOG_EVERY_NANOS = 60_000_000_000L;

  private final long outOfOrderness;
  private final long idleNanos;
  private final RelativeClock clock;
  private final long leap; // milliseconds
  private final long start; // in place of the newest before the first observation
  private long newest;
  private long lastSeenNanos;
  private boolean logged;
  private long lastLogNanos;

  private ObservationWatermarks(
      Duration outOfOrderness, Duration idleTimeout, Duration leap, RelativeClock clock) {
    this.leap = leap.isZero() ? Long.MAX_VALUE : leap.toMillis();
    this.outOfOrderness = outOfOrderness.toMillis();
    this.idleNanos = idleTimeout.toNanos();
    this.clock = clock;
    this.start = Long.MIN_VALUE + this.outOfOrderness + 1;
    this.newest = start;
    this.lastSeenNanos = clock.relativeTimeNanos();
  }

  /**
   * @param outOfOrderness how far an observation may be behind the newest of its partition
   * @param idleTimeout a partition without an observation for so long no longer holds back time
   * @param leap an observation that is further ahead of all before it is logged; zero: none is
   */
  public static WatermarkStrategy<InputEvent> strategy(
      Duration outOfOrderness, Duration idleTimeout, Duration leap) {
    // the input activity clock stops under backpressure: a blocked partition is not idle
    return WatermarkStrategy.<InputEvent>forGenerator(
            context ->
                new ObservationWatermarks(
                    outOfOrderness, idleTimeout, leap, context.getInputActivityClock()))
        .withTimestampAssigner(
            (arrival, kafkaTime) ->
                arrival instanceof ObservationEvent observed
                    ? observed.observation().time()
                    : TimestampAssigner.NO_TIMESTAMP);
  }

  /** Models have no event time and must never hold back that of the observations. */
  public static WatermarkStrategy<ModelEvent> ofModels() {
    return WatermarkStrategy.forGenerator(context -> new NoBrake<>());
  }

  /** Labels come when they come, and must never hold back the time of the observations either. */
  public static WatermarkStrategy<InputEvent> ofLabels() {
    return WatermarkStrategy.forGenerator(context -> new NoBrake<>());
  }

  /** Covariates are of times to come, and must never carry or hold back event time. */
  public static WatermarkStrategy<CovariateEvent> ofCovariates() {
    return WatermarkStrategy.forGenerator(context -> new NoBrake<>());
  }

  @Override
  public void onEvent(InputEvent arrival, long timestamp, WatermarkOutput output) {
    if (arrival instanceof ObservationEvent observed) {
      if (timestamp > newest) {
        if (newest != start && timestamp - newest > leap) {
          logLeap(observed, timestamp - newest);
        }
        newest = timestamp;
      }
      lastSeenNanos = clock.relativeTimeNanos();
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
    if (clock.relativeTimeNanos() - lastSeenNanos > idleNanos) {
      output.markIdle();
    } else {
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
