package dev.weir.stream;

import dev.weir.forecast.Arrival;
import dev.weir.forecast.ModelArrival;
import dev.weir.forecast.Observed;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.util.clock.RelativeClock;

/**
 * Watermarks of the observations, one for each Kafka partition when used on the source itself.
 * Counts observations only: a partition that carries nothing but dead letters would otherwise be
 * active without ever giving a time, and hold back event time for all.
 */
public final class ObservationWatermarks implements WatermarkGenerator<Arrival> {

  private final long outOfOrderness;
  private final long idleNanos;
  private final RelativeClock clock;
  private long newest;
  private long lastSeenNanos;

  private ObservationWatermarks(
      Duration outOfOrderness, Duration idleTimeout, RelativeClock clock) {
    this.outOfOrderness = outOfOrderness.toMillis();
    this.idleNanos = idleTimeout.toNanos();
    this.clock = clock;
    this.newest = Long.MIN_VALUE + this.outOfOrderness + 1;
    this.lastSeenNanos = clock.relativeTimeNanos();
  }

  /**
   * @param outOfOrderness how far an observation may be behind the newest of its partition
   * @param idleTimeout a partition without an observation for so long no longer holds back time
   */
  public static WatermarkStrategy<Arrival> strategy(Duration outOfOrderness, Duration idleTimeout) {
    // the input activity clock stands still under backpressure: a blocked partition is not idle
    return WatermarkStrategy.<Arrival>forGenerator(
            context ->
                new ObservationWatermarks(
                    outOfOrderness, idleTimeout, context.getInputActivityClock()))
        .withTimestampAssigner(
            (arrival, kafkaTime) ->
                arrival instanceof Observed observed
                    ? observed.observation().time()
                    : TimestampAssigner.NO_TIMESTAMP);
  }

  /** Models have no event time and must never hold back that of the observations. */
  public static WatermarkStrategy<ModelArrival> ofModels() {
    return WatermarkStrategy.forGenerator(context -> new NoBrake());
  }

  @Override
  public void onEvent(Arrival arrival, long timestamp, WatermarkOutput output) {
    if (arrival instanceof Observed) {
      newest = Math.max(newest, timestamp);
      lastSeenNanos = clock.relativeTimeNanos();
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

  private static final class NoBrake implements WatermarkGenerator<ModelArrival> {
    @Override
    public void onEvent(ModelArrival arrival, long timestamp, WatermarkOutput output) {
      // nothing to learn about time from a model
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      // not "the end of time": that would be the operator's own time whenever the observations
      // pause, and nothing of theirs would be waited for again
      output.markIdle();
    }
  }
}
