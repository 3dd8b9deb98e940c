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
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.StateLimits;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.model.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How long a task knows a series, and how many. */
class StateLimitsTest {

  private static final long TTL = 100;
  private static final int SEQ_LEN = 3;
  private static final int MAX_PARALLELISM = 12;
  private static final int UNLIMITED = 0;
  private static final List<String> STATES =
      List.of("window", "learned-many-to-one", "learned-many-to-many", "expiry");

  private static final class Harness
      extends KeyedTwoInputStreamOperatorTestHarness<String, InputEvent, ModelEvent, Output> {

    Harness(ForecastSettings settings, StateBackend backend, int subtasks, int subtask)
        throws Exception {
      super(
          new ForecastOperator(settings),
          arrival -> ((ObservationEvent) arrival).observation().series(),
          model -> "",
          Types.STRING,
          MAX_PARALLELISM,
          subtasks,
          subtask);
      setStateBackend(backend); // before the set-up, else it is not heard
      setup(OutputSerializer.INSTANCE);
    }

    /** Entries of all states, one by one. */
    long entries() {
      long entries = STATES.stream().mapToLong(this::entries).sum();
      if (((ForecastOperator) getOperator()).getKeyedStateBackend()
          instanceof HeapKeyedStateBackend) {
        assertThat(numKeyedStateEntries()).as("entries, whatever the state").isEqualTo(entries);
      }
      return entries;
    }

    private long entries(String state) {
      try (Stream<?> keys =
          ((ForecastOperator) getOperator())
              .getKeyedStateBackend()
              .getKeys(state, VoidNamespace.INSTANCE)) {
        return keys.count();
      }
    }

    void send(String series, long... times) throws Exception {
      for (long time : times) {
        Observation observation = new Observation(series, time, 10 + time % 7);
        processElement1(new ObservationEvent(observation, source(time)), time);
      }
    }

    void watermark(long time) throws Exception {
      processBothWatermarks(new Watermark(time));
    }

    /** Event time and the clock go on until whatever is silent at a time is dropped. */
    void silence(long time) throws Exception {
      for (int i = 0; i < 2; i++) {
        watermark(time + i * 2 * TTL);
        setProcessingTime(getProcessingTime() + TTL);
      }
      watermark(time + 4 * TTL);
    }

    <T extends Output> List<T> outputs(Class<T> type) {
      return extractOutputValues().stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<Forecast> forecasts(String series) {
      return outputs(Forecast.class).stream().filter(f -> f.series().equals(series)).toList();
    }

    List<DeadLetter> deadLetters() {
      return outputs(DeadLetter.class);
    }
  }

  private static SourceRecord source(long offset) {
    return new SourceRecord("observations", 0, offset, 1, null, new byte[] {(byte) offset});
  }

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable harness : open) {
      harness.close();
    }
  }

  private static ForecastSettings settings(long ttl, int maxSeries, long outOfOrderness) {
    return settings(ttl, maxSeries, outOfOrderness, 0);
  }

  private static ForecastSettings settings(
      long ttl, int maxSeries, long outOfOrderness, int features) {
    Learning learning = new Learning(LearnerSettings.small(SEQ_LEN), 1, 0);
    return TestSettings.of(
            SEQ_LEN,
            TestSettings.learned(SEQ_LEN, learning),
            TestSettings.learned(Mode.MANY_TO_MANY, SEQ_LEN, learning))
        .features(features)
        .outOfOrderness(Duration.ofMillis(outOfOrderness))
        .limits(new StateLimits(Duration.ofMillis(ttl), maxSeries, 0))
        .build();
  }

  /** A savepoint finds what it holds by these names alone. */
  @ParameterizedTest
  @MethodSource("backends")
  void eachStateHasTheNameThatItHasInSavepoints(StateBackend backend) throws Exception {
    Harness harness = harness(expiring(), backend);
    harness.send("a", 1);
    harness.send("b", 2);
    for (String state : STATES) {
      assertThat(harness.entries(state)).as(state).isEqualTo(2);
    }
  }

  private static ForecastSettings expiring() {
    return settings(TTL, UNLIMITED, 0);
  }

  private Harness harness(ForecastSettings settings, StateBackend backend) throws Exception {
    Harness harness = new Harness(settings, backend, 1, 0);
    open.add(harness);
    harness.open();
    return harness;
  }

  private Harness harness(ForecastSettings settings) throws Exception {
    return harness(settings, new HashMapStateBackend());
  }

  private Harness restored(
      ForecastSettings settings,
      StateBackend backend,
      OperatorSubtaskState state,
      int subtasks,
      int subtask)
      throws Exception {
    Harness harness = new Harness(settings, backend, subtasks, subtask);
    open.add(harness);
    harness.initializeState(state);
    harness.open();
    return harness;
  }

  private Harness restored(ForecastSettings settings, OperatorSubtaskState state) throws Exception {
    return restored(settings, new HashMapStateBackend(), state, 1, 0);
  }

  static Stream<StateBackend> backends() {
    return Stream.of(new HashMapStateBackend(), new EmbeddedRocksDBStateBackend());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aSilentSeriesLosesEachOfItsStatesAndTheOthersKeepTheirs(StateBackend backend)
      throws Exception {
    Harness harness = harness(expiring(), backend);
    assertThat(
            ((ForecastOperator) harness.getOperator())
                .getKeyedStateBackend()
                .getBackendTypeIdentifier())
        .isEqualTo(backend instanceof HashMapStateBackend ? "hashmap" : "rocksdb");
    harness.send("silent", 1, 2, 3);
    for (long time = 1; time <= 400; time += 10) {
      harness.setProcessingTime(time);
      harness.send("lively", time);
      harness.watermark(time - 1);
      if (time <= 3 + 5 * TTL / 2) {
        assertThat(harness.entries()).as("entries at %d", time).isEqualTo(2 * STATES.size());
      }
      if (time > 4 + 3 * TTL) {
        assertThat(harness.entries()).as("entries at %d", time).isEqualTo(STATES.size());
      }
    }
    harness.silence(1_000);
    assertThat(harness.entries()).isZero();
    assertThat(harness.numEventTimeTimers()).isZero();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void oneObservationFromTheFutureFreesNoOtherSeries(StateBackend backend) throws Exception {
    Harness harness = harness(expiring(), backend);
    for (long time = 1; time <= 1_000; time += 50) {
      harness.setProcessingTime(time);
      harness.send("a", time);
      harness.send("b", time);
      if (time == 501) {
        harness.send("fast", 100_000);
        harness.watermark(99_999);
      }
      if (time == 701) {
        harness.send("fast", 200_000); // the timers that wait for event time are due again
        harness.watermark(199_999);
      }
    }
    assertThat(harness.entries()).isEqualTo(3 * STATES.size());
    for (String series : List.of("a", "b")) {
      assertThat(harness.forecasts(series).get(39).learningSteps()).isEqualTo(20);
    }
    harness.silence(300_000);
    assertThat(harness.entries()).as("silent by both").isZero();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void anOutageIsNoSilence(StateBackend backend) throws Exception {
    Harness first = harness(expiring(), backend);
    first.setProcessingTime(1_000);
    first.send("a", 1);
    first.watermark(10_000); // silent by event time
    OperatorSubtaskState saved = first.snapshot(1, 1_001);
    long week = 7 * 86_400_000;
    Harness second = new Harness(expiring(), backend, 1, 0);
    open.add(second);
    second.initializeState(saved);
    second.open();
    second.setProcessingTime(week);
    second.watermark(20_000); // before what it missed has been read
    assertThat(second.entries()).isEqualTo(STATES.size());
    second.setProcessingTime(week + TTL - 1);
    second.watermark(30_000);
    assertThat(second.entries()).isEqualTo(STATES.size());
    second.setProcessingTime(week + TTL);
    second.watermark(40_000);
    assertThat(second.entries()).isZero();
  }

  @Test
  void withoutATtlNothingIsDroppedAndNoTimerSet() throws Exception {
    Harness harness = harness(settings(0, UNLIMITED, 0));
    harness.send("s", 1, 2, 1_000_000);
    harness.watermark(100_000_000);
    assertThat(harness.entries()).isEqualTo(STATES.size() - 1); // no expiry
    assertThat(harness.numEventTimeTimers()).isZero();
    assertThat(harness.forecasts("s").get(4).learningSteps()).isEqualTo(3);
  }

  @Test
  void returningSeriesStartsAgainWithOrWithoutDroppedState() throws Exception {
    Harness dropped = harness(expiring());
    dropped.send("s", 1, 2, 3, 4, 5);
    dropped.silence(150);
    assertThat(dropped.entries()).isZero();
    dropped.send("s", 600, 601, 602, 603);

    Harness kept = harness(expiring());
    kept.send("s", 1, 2, 3, 4, 5, 600, 601, 602, 603);

    Harness fresh = harness(expiring());
    fresh.send("s", 600, 601, 602, 603);

    List<Forecast> restarted = fresh.forecasts("s");
    assertThat(restarted.get(0).status()).isEqualTo(Status.WARMUP);
    assertThat(restarted.get(0).learningSteps()).isEqualTo(1);
    assertThat(dropped.forecasts("s").subList(10, 18)).isEqualTo(restarted);
    assertThat(kept.forecasts("s").subList(10, 18)).isEqualTo(restarted);
  }

  @Test
  void silenceOfExactlyTheTtlDoesNotRestart() throws Exception {
    Harness harness = harness(expiring());
    harness.send("s", 1, 1 + TTL, 2 + 2 * TTL);
    assertThat(harness.forecasts("s"))
        .filteredOn(f -> f.mode() == Mode.MANY_TO_ONE)
        .extracting(Forecast::learningSteps)
        .containsExactly(1L, 2L, 1L);
  }

  @Test
  void aSilenceAmongObservationsThatWaitIsJudgedOnceTheyAreInOrder() throws Exception {
    Harness harness = harness(settings(TTL, UNLIMITED, 50));
    harness.send("s", 10, 150, 90); // 90 comes late and leaves no silence
    harness.send("t", 10, 150);
    harness.watermark(160);
    assertThat(harness.forecasts("s")).extracting(Forecast::learningSteps).contains(3L);
    assertThat(harness.forecasts("t")).extracting(Forecast::learningSteps).containsOnly(1L);
  }

  @Test
  void aSeriesHasOneTimerHoweverOftenItIsObserved() throws Exception {
    Harness harness = harness(expiring());
    for (long time = 1; time <= 5_000; time++) {
      harness.send("s", time);
      harness.send("t", time);
    }
    assertThat(harness.numEventTimeTimers()).isEqualTo(2);
  }

  @Test
  void anObservationThatWaitsForTheVeryTimeOfTheTimerIsNotLost() throws Exception {
    Harness harness = harness(settings(TTL, UNLIMITED, 50));
    harness.send("s", 10);
    harness.watermark(10);
    harness.send("s", 2 * TTL); // when the timer would fire; it moves on
    harness.watermark(2 * TTL);
    assertThat(harness.forecasts("s")).extracting(Forecast::origin).contains(2 * TTL);
    assertThat(harness.entries()).isEqualTo(STATES.size());
  }

  @Test
  void aSeriesWhosePastComesInBehindTheWatermarkIsNotDroppedAgainAndAgain() throws Exception {
    Harness harness = harness(expiring());
    for (int i = 0; i < 50; i++) {
      harness.watermark(1_000_000 + 10 * i); // as many ttls pass as for others
      harness.send("old", i);
    }
    assertThat(harness.forecasts("old").get(99).learningSteps()).isEqualTo(50);
    harness.silence(1_000_490 + 2 * TTL);
    assertThat(harness.entries()).isZero();
  }

  @Test
  void theEndOfTheInputIsNoSilence() throws Exception {
    Harness harness = harness(expiring());
    harness.send("s", 1);
    harness.watermark(Long.MAX_VALUE);
    assertThat(harness.entries()).isEqualTo(STATES.size());
  }

  @Test
  void savedAndRestoredInMidStreamTheForecastsAreThoseOfAnUninterruptedRun() throws Exception {
    long[] before = {1, 50, 99};
    long[] after = {150, 199, 320, 321, 330};
    Harness whole = harness(expiring());
    whole.send("s", before);
    whole.send("s", after);
    Harness first = harness(expiring());
    first.send("s", before);
    first.watermark(98);
    Harness second = restored(expiring(), first.snapshot(1, 1));
    second.send("s", after);
    assertThat(second.forecasts("s")).isEqualTo(whole.forecasts("s").subList(6, 16));
    second.silence(1_000);
    assertThat(second.entries()).isZero();
  }

  @Test
  void aTtlAlsoCountsForSeriesOfASavepointThatHadNone() throws Exception {
    Harness first = harness(settings(0, UNLIMITED, 0));
    first.send("s", 1, 2, 3);
    first.send("t", 1, 2, 3);
    Harness second = restored(expiring(), first.snapshot(1, 1));
    assertThat(second.entries()).isEqualTo(2 * STATES.size());
    second.setProcessingTime(1_000);
    second.send("t", 80, 150);
    second.watermark(150);
    second.send("t", 220, 290);
    second.setProcessingTime(1_000 + TTL);
    second.watermark(300);
    assertThat(second.entries()).isEqualTo(STATES.size());
    assertThat(second.forecasts("t").get(7).learningSteps()).isEqualTo(7);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void silentSeriesOfOtherFeaturesIsFreed(StateBackend backend) throws Exception {
    Harness first = harness(expiring(), backend);
    first.send("s", 1, 2, 3);
    Harness second = restored(settings(TTL, UNLIMITED, 0, 1), backend, first.snapshot(1, 1), 1, 0);
    second.setProcessingTime(1_000);
    assertThat(second.entries("window")).isEqualTo(1);
    second.silence(1_000);
    assertThat(second.entries()).isZero();
    assertThat(second.numEventTimeTimers()).isZero();
  }

  @Test
  void timerThatFiredWithoutTtlDoesNotKeepItsSeries() throws Exception {
    Harness with = harness(expiring());
    with.send("dead", 1);
    with.send("s", 1);
    Harness without = restored(settings(0, UNLIMITED, 0), with.snapshot(1, 1));
    without.watermark(300);
    without.send("s", 301);
    Harness again = restored(expiring(), without.snapshot(2, 2));
    again.setProcessingTime(1_000);
    again.watermark(310); // the restored timers are long due, but s was observed since
    again.send("s", 400);
    again.setProcessingTime(1_000 + TTL);
    again.watermark(450);
    assertThat(again.entries()).isEqualTo(STATES.size());
    assertThat(again.forecasts("s").get(0).learningSteps()).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aTaskThatIsFullRefusesNewSeriesAndGoesOnWithThoseItKnows(StateBackend backend)
      throws Exception {
    Harness harness = harness(settings(0, 2, 0), backend);
    harness.send("a", 1);
    harness.send("b", 2);
    harness.send("c", 3, 4);
    harness.send("a", 5);
    assertThat(harness.deadLetters())
        .containsExactly(
            new DeadLetter(
                Reason.SERIES_LIMIT,
                "series: expected one of the 2 that this task knows (state.max-series), got a new"
                    + " one: c",
                source(3)),
            new DeadLetter(
                Reason.SERIES_LIMIT,
                "series: expected one of the 2 that this task knows (state.max-series), got a new"
                    + " one: c",
                source(4)));
    assertThat(harness.forecasts("a")).hasSize(4);
    assertThat(harness.forecasts("c")).isEmpty();
    assertThat(harness.entries("window")).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aDroppedSeriesMakesRoomForANewOne(StateBackend backend) throws Exception {
    Harness harness = harness(settings(TTL, 1, 0), backend);
    harness.send("a", 1);
    harness.send("b", 200);
    harness.silence(250);
    harness.send("c", 251, 252);
    harness.send("d", 253);
    assertThat(harness.deadLetters())
        .extracting(letter -> letter.source().offset())
        .containsExactly(200L, 253L);
    assertThat(harness.forecasts("c")).hasSize(4);
  }

  @Test
  void seriesThatStartsAgainIsCountedOnce() throws Exception {
    Harness harness = harness(settings(TTL, 2, 0));
    harness.send("a", 1, 500);
    harness.send("b", 1);
    harness.send("c", 1);
    assertThat(harness.deadLetters()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aRestoredTaskCountsWhatIsThere(StateBackend backend) throws Exception {
    Harness first = harness(settings(TTL, 3, 0), backend);
    first.send("a", 1);
    first.silence(150);
    first.send("b", 600);
    first.send("c", 600);
    OperatorSubtaskState saved = first.snapshot(1, 1);
    for (long ttl : new long[] {TTL, 0}) {
      Harness second = restored(settings(ttl, 3, 0), backend, saved, 1, 0);
      second.send("d", 601);
      second.send("e", 601);
      second.send("c", 601);
      assertThat(second.forecasts("d")).hasSize(2);
      assertThat(second.forecasts("c")).hasSize(2);
      assertThat(second.deadLetters()).hasSize(1);
    }
  }

  @Test
  void afterAChangeOfParallelismEachTaskCountsItsOwn() throws Exception {
    Harness whole = harness(settings(0, 40, 0));
    for (int i = 0; i < 30; i++) {
      whole.send("s" + i, 1);
    }
    OperatorSubtaskState saved = whole.snapshot(1, 1);
    Set<String> taken = new TreeSet<>();
    long room = 0;
    for (int subtask = 0; subtask < 2; subtask++) {
      OperatorSubtaskState part =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              saved, MAX_PARALLELISM, 1, 2, subtask);
      Harness task = restored(settings(0, 20, 0), new HashMapStateBackend(), part, 2, subtask);
      long restored = task.entries("window");
      assertThat(restored).isBetween(5L, 19L);
      room += 20 - restored;
      for (int i = 30; i < 200; i++) {
        String series = "s" + i;
        if (isOf(series, 2, subtask)) {
          task.send(series, 1);
        }
      }
      task.outputs(Forecast.class).forEach(forecast -> taken.add(forecast.series()));
      assertThat(task.entries("window")).isEqualTo(20);
    }
    assertThat(room).isEqualTo(10);
    assertThat(taken).hasSize(10);
  }

  private static boolean isOf(String series, int subtasks, int subtask) {
    return org.apache.flink.runtime.state.KeyGroupRangeAssignment.assignKeyToParallelOperator(
            series, MAX_PARALLELISM, subtasks)
        == subtask;
  }
}
