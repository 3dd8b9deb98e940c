package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationWatermarksTest {

  private static final SourceRecord SOURCE = new SourceRecord("t", 0, 0, 5, null, null);
  private static final WatermarkStrategy<InputEvent> STRATEGY =
      ObservationWatermarks.strategy(Duration.ofMillis(30), Duration.ofMillis(500));

  private final List<Object> told = new ArrayList<>();
  private final WatermarkGenerator<InputEvent> watermarks = STRATEGY.createWatermarkGenerator(null);
  private final WatermarkOutput output =
      new WatermarkOutput() {
        @Override
        public void emitWatermark(Watermark watermark) {
          told.add(watermark.getTimestamp());
        }

        @Override
        public void markIdle() {
          told.add("idle");
        }

        @Override
        public void markActive() {
          told.add("active");
        }
      };

  private void observe(long time) {
    watermarks.onEvent(new ObservationEvent(new Observation("s", time, 1), SOURCE), time, output);
  }

  private void deadLetter() {
    DeadLetter letter = new DeadLetter(DeadLetter.Reason.MALFORMED, "m", SOURCE);
    watermarks.onEvent(letter, TimestampAssigner.NO_TIMESTAMP, output);
  }

  private void tick() {
    watermarks.onPeriodicEmit(output);
  }

  @Test
  void timeIsCompleteUpToTheNewestLessWhatMayStillCome() {
    observe(100);
    tick();
    observe(140);
    tick();
    assertThat(told).containsExactly(69L, 109L); // 70 itself may still come
  }

  @Test
  void withoutNewerObservationNothingIsEmitted() {
    tick();
    deadLetter();
    tick();
    assertThat(told).isEmpty();
    observe(100);
    tick();
    tick(); // a watermark would end the idleness of the partition
    observe(90);
    deadLetter();
    tick();
    assertThat(told).containsExactly(69L);
  }

  /** Sent at 5 ms. */
  @ParameterizedTest
  @CsvSource({"3, 3", "5, 5", "77, 5", "172800005, 5", "172800006, 172800006"})
  void whereValuesDoNotWaitOneOfAFastClockCountsAsItsRecord(long time, long expected) {
    assertThat(timestamp(Duration.ZERO, time, SOURCE)).isEqualTo(expected);
    assertThat(timestamp(Duration.ofMillis(30), time, SOURCE)).isEqualTo(time);
    SourceRecord unknown = new SourceRecord("t", 0, 0, -1, null, null);
    assertThat(timestamp(Duration.ZERO, time, unknown)).isEqualTo(time);
  }

  private static long timestamp(Duration wait, long time, SourceRecord source) {
    return ObservationWatermarks.strategy(wait, Duration.ZERO)
        .createTimestampAssigner(() -> null)
        .extractTimestamp(new ObservationEvent(new Observation("s", time, 1), source), 5);
  }

  @Test
  void aDeadLetterHasNoTime() {
    TimestampAssigner<InputEvent> assigner = STRATEGY.createTimestampAssigner(() -> null);
    DeadLetter letter = new DeadLetter(DeadLetter.Reason.MALFORMED, "m", SOURCE);
    assertThat(assigner.extractTimestamp(letter, 5)).isEqualTo(TimestampAssigner.NO_TIMESTAMP);
  }

  @Test
  void modelsNeverHoldBackTimeNorEndIt() {
    WatermarkGenerator<ModelEvent> models =
        ObservationWatermarks.<ModelEvent>none().createWatermarkGenerator(null);
    models.onEvent(new DeadLetter(DeadLetter.Reason.MODEL, "m", SOURCE), 3, output);
    models.onPeriodicEmit(output);
    assertThat(told).containsExactly("idle");
  }

  @Test
  void anObservationFarAheadOfItsPartitionIsLoggedOnce() {
    try (CapturedLog log = new CapturedLog(ObservationWatermarks.class)) {
      observe(5_000); // the first one is ahead of nothing
      observe(5_500);
      assertThat(log.lines).isEmpty();
      observe(6_001);
      observe(9_000); // within the minute
      assertThat(log.lines)
          .containsExactly(
              SOURCE
                  + ": series s is PT0.501S ahead of all before it in its partition, more than"
                  + " state.ttl: event time goes on by as much; if its clock is wrong, set it, or"
                  + " lower window.max-future");
    }
  }
}
