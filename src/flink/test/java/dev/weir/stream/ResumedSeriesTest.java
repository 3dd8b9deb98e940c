package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A series whose newest time was wrong, and series that only have late observations. */
class ResumedSeriesTest {

  private static final long MINUTE = 60_000;
  private static final long START = 1_000_000 * MINUTE;
  private static final int BEFORE = 10;
  private static final long EARLY = at(BEFORE + 500);
  private static final SourceRecord SOURCE =
      new SourceRecord("observations", 0, 1, 1, null, new byte[] {1});

  private static final class Harness
      extends KeyedTwoInputStreamOperatorTestHarness<String, InputEvent, ModelEvent, Output> {

    Harness(StateBackend backend) throws Exception {
      super(
          new ForecastOperator(
              TestSettings.of(
                      3, TestSettings.learned(2, new Learning(LearnerSettings.small(2), 1, 0)))
                  .build()),
          arrival -> ((ObservationEvent) arrival).observation().series(),
          model -> "",
          Types.STRING);
      setStateBackend(backend);
      setup(OutputSerializer.INSTANCE);
    }

    void send(long... times) throws Exception {
      for (long time : times) {
        Observation observation = new Observation("s", time, 10 + time / MINUTE % 7);
        processElement1(new ObservationEvent(observation, SOURCE), time);
      }
    }

    List<DeadLetter> late() {
      return extractOutputValues().stream()
          .filter(DeadLetter.class::isInstance)
          .map(DeadLetter.class::cast)
          .filter(letter -> letter.reason() == Reason.LATE)
          .toList();
    }

    List<Forecast> forecasts() {
      return extractOutputValues().stream()
          .filter(Forecast.class::isInstance)
          .map(Forecast.class::cast)
          .toList();
    }

    List<Long> origins() {
      return forecasts().stream().map(Forecast::origin).toList();
    }
  }

  private final List<Harness> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (Harness harness : open) {
      harness.close();
    }
  }

  private static long at(long minutes) {
    return START + minutes * MINUTE;
  }

  private static long[] minutes(long from, long to) {
    return LongStream.range(from, to).map(ResumedSeriesTest::at).toArray();
  }

  private Harness harness(StateBackend backend, OperatorSubtaskState state) throws Exception {
    Harness harness = new Harness(backend);
    open.add(harness);
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  /** Ten observations on time, one that is hours early, and the clock where the ten ended. */
  private Harness silenced(StateBackend backend) throws Exception {
    Harness harness = harness(backend, null);
    harness.setProcessingTime(at(BEFORE));
    harness.send(minutes(0, BEFORE));
    harness.send(EARLY);
    assertThat(harness.origins()).endsWith(EARLY);
    return harness;
  }

  static Stream<StateBackend> backends() {
    return Stream.of(new HashMapStateBackend(), new EmbeddedRocksDBStateBackend());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theThirdInARowBringsTheSeriesBackAlsoAfterARestore(StateBackend backend) throws Exception {
    Harness first = silenced(backend);
    first.setProcessingTime(at(BEFORE + 2));
    first.send(minutes(BEFORE, BEFORE + 2));
    assertThat(first.late()).hasSize(2);

    Harness second = harness(backend, first.snapshot(1, 1));
    second.setProcessingTime(at(BEFORE + 200));
    second.send(minutes(BEFORE + 2, BEFORE + 100));
    assertThat(second.late()).isEmpty();
    assertThat(second.origins()).hasSize(98).startsWith(at(BEFORE + 2)).endsWith(at(BEFORE + 99));
    assertThat(second.forecasts().subList(0, 4))
        .extracting(Forecast::status)
        .as("the window starts again")
        .containsExactly(Status.WARMUP, Status.WARMUP, Status.OK, Status.OK);
    assertThat(second.forecasts().get(0).learningSteps())
        .as("what was learned stays")
        .isEqualTo(BEFORE + 2);
  }

  @Test
  void nothingLateIsUsedOnceTheNewestTimeHasCome() throws Exception {
    Harness harness = silenced(new HashMapStateBackend());
    harness.setProcessingTime(EARLY);
    harness.send(minutes(BEFORE, BEFORE + 100)); // stragglers, or history that is read again
    assertThat(harness.late()).hasSize(100);
    harness.send(EARLY + MINUTE);
    assertThat(harness.origins()).endsWith(EARLY + MINUTE);
  }

  @Test
  void whatIsRepeatedDoesNotCountHoweverMuchItIs() throws Exception {
    Harness harness = silenced(new HashMapStateBackend());
    for (int i = 0; i < 3; i++) {
      harness.send(at(5), at(6), at(7), at(8) + 1, at(9)); // up to the last one on time
    }
    assertThat(harness.late()).hasSize(12); // the window still knows the last two values
    assertThat(harness.origins()).endsWith(EARLY);
  }

  @Test
  void aRowThatIsOutOfOrderOrBrokenDoesNotCount() throws Exception {
    Harness harness = silenced(new HashMapStateBackend());
    harness.setProcessingTime(at(BEFORE + 50));
    harness.send(at(12), at(11), at(13), at(12), at(14), at(13));
    assertThat(harness.late()).hasSize(6);
    harness.send(EARLY + 1); // on time
    harness.send(at(15), at(16));
    assertThat(harness.late()).hasSize(8);
    assertThat(harness.origins()).endsWith(EARLY + 1);
    harness.send(at(17));
    assertThat(harness.origins()).endsWith(at(17));
  }

  @Test
  void clocksMayDifferByAFewSeconds() throws Exception {
    Harness harness = harness(new HashMapStateBackend(), null);
    harness.setProcessingTime(START);
    harness.send(START, START + 10_000);
    harness.send(START + 1_000, START + 2_000, START + 3_000, START + 4_000);
    assertThat(harness.late()).hasSize(4);
  }
}
