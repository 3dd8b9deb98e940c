package dev.weir.stream;

import static dev.weir.stream.SeriesHarness.source;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.StateLimits;
import dev.weir.model.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How long a task knows a series, and how many. */
class StateLimitsTest {

  private static final long TTL = 100;
  private static final int SEQ_LEN = 3;
  private static final int UNLIMITED = 0;
  private static final List<String> STATES =
      List.of("window", "learned-many-to-one", "learned-many-to-many", "expiry");

  /** Entries of all states, one by one. */
  private static long entries(SeriesHarness harness) {
    long entries = STATES.stream().mapToLong(harness::entries).sum();
    if (harness.backend instanceof HashMapStateBackend) {
      assertThat(harness.numKeyedStateEntries())
          .as("entries, whatever the state")
          .isEqualTo(entries);
    }
    return entries;
  }

  private static void send(SeriesHarness harness, String series, long... times) throws Exception {
    for (long time : times) {
      harness.send(series, time, 10 + time % 7);
    }
  }

  @AutoClose private final Opened open = new Opened();

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
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void eachStateHasTheNameThatItHasInSavepoints(StateBackend backend) throws Exception {
    SeriesHarness harness = harness(expiring(), backend);
    send(harness, "a", 1);
    send(harness, "b", 2);
    for (String state : STATES) {
      assertThat(harness.entries(state)).as(state).isEqualTo(2);
    }
  }

  private static ForecastSettings expiring() {
    return settings(TTL, UNLIMITED, 0);
  }

  private SeriesHarness harness(ForecastSettings settings, StateBackend backend) throws Exception {
    return restored(settings, backend, null);
  }

  private SeriesHarness harness(ForecastSettings settings) throws Exception {
    return restored(settings, null);
  }

  private SeriesHarness restored(
      ForecastSettings settings, StateBackend backend, OperatorSubtaskState state)
      throws Exception {
    return open.add(SeriesHarness.of(settings, backend, state));
  }

  private SeriesHarness restored(ForecastSettings settings, OperatorSubtaskState state)
      throws Exception {
    return restored(settings, new HashMapStateBackend(), state);
  }

  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void aSilentSeriesLosesEachOfItsStatesAndTheOthersKeepTheirs(StateBackend backend)
      throws Exception {
    SeriesHarness harness = harness(expiring(), backend);
    assertThat(
            ((ForecastOperator) harness.getOperator())
                .getKeyedStateBackend()
                .getBackendTypeIdentifier())
        .isEqualTo(backend instanceof HashMapStateBackend ? "hashmap" : "rocksdb");
    send(harness, "silent", 1, 2, 3);
    for (long time = 1; time <= 400; time += 10) {
      harness.setProcessingTime(time);
      send(harness, "lively", time);
      harness.watermark(time - 1);
      if (time <= 3 + 5 * TTL / 2) {
        assertThat(entries(harness)).as("entries at %d", time).isEqualTo(2 * STATES.size());
      }
      if (time > 4 + 3 * TTL) {
        assertThat(entries(harness)).as("entries at %d", time).isEqualTo(STATES.size());
      }
    }
    harness.silence(1_000, TTL);
    assertThat(entries(harness)).isZero();
    assertThat(harness.numEventTimeTimers()).isZero();
  }

  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void oneObservationFromTheFutureFreesNoOtherSeries(StateBackend backend) throws Exception {
    SeriesHarness harness = harness(expiring(), backend);
    for (long time = 1; time <= 1_000; time += 50) {
      harness.setProcessingTime(time);
      send(harness, "a", time);
      send(harness, "b", time);
      if (time == 501) {
        send(harness, "fast", 100_000);
        harness.watermark(99_999);
      }
      if (time == 701) {
        send(harness, "fast", 200_000); // the timers that wait for event time are due again
        harness.watermark(199_999);
      }
    }
    assertThat(entries(harness)).isEqualTo(3 * STATES.size());
    for (String series : List.of("a", "b")) {
      assertThat(harness.forecasts(series).get(39).learningSteps()).isEqualTo(20);
    }
    harness.silence(300_000, TTL);
    assertThat(entries(harness)).as("silent by both").isZero();
  }

  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void anOutageIsNoSilence(StateBackend backend) throws Exception {
    SeriesHarness first = harness(expiring(), backend);
    first.setProcessingTime(1_000);
    send(first, "a", 1);
    first.watermark(10_000); // silent by event time
    OperatorSubtaskState saved = first.snapshot(1, 1_001);
    long week = 7 * 86_400_000;
    SeriesHarness second = restored(expiring(), backend, saved);
    second.setProcessingTime(week);
    second.watermark(20_000); // before what it missed has been read
    assertThat(entries(second)).isEqualTo(STATES.size());
    second.setProcessingTime(week + TTL - 1);
    second.watermark(30_000);
    assertThat(entries(second)).isEqualTo(STATES.size());
    second.setProcessingTime(week + TTL);
    second.watermark(40_000);
    assertThat(entries(second)).isZero();
  }

  @Test
  void withoutATtlNothingIsDroppedAndNoTimerSet() throws Exception {
    SeriesHarness harness = harness(settings(0, UNLIMITED, 0));
    send(harness, "s", 1, 2, 1_000_000);
    harness.watermark(100_000_000);
    assertThat(entries(harness)).isEqualTo(STATES.size() - 1); // no expiry
    assertThat(harness.numEventTimeTimers()).isZero();
    assertThat(harness.forecasts("s").get(4).learningSteps()).isEqualTo(3);
  }

  @Test
  void returningSeriesStartsAgainWithOrWithoutDroppedState() throws Exception {
    SeriesHarness dropped = harness(expiring());
    send(dropped, "s", 1, 2, 3, 4, 5);
    dropped.silence(150, TTL);
    assertThat(entries(dropped)).isZero();
    send(dropped, "s", 600, 601, 602, 603);

    SeriesHarness kept = harness(expiring());
    send(kept, "s", 1, 2, 3, 4, 5, 600, 601, 602, 603);

    SeriesHarness fresh = harness(expiring());
    send(fresh, "s", 600, 601, 602, 603);

    List<Forecast> restarted = fresh.forecasts("s");
    assertThat(restarted.get(0).status()).isEqualTo(Status.WARMUP);
    assertThat(restarted.get(0).learningSteps()).isEqualTo(1);
    assertThat(dropped.forecasts("s").subList(10, 18)).isEqualTo(restarted);
    assertThat(kept.forecasts("s").subList(10, 18)).isEqualTo(restarted);
  }

  @Test
  void silenceOfExactlyTheTtlDoesNotRestart() throws Exception {
    SeriesHarness harness = harness(expiring());
    send(harness, "s", 1, 1 + TTL, 2 + 2 * TTL);
    assertThat(harness.forecasts("s"))
        .filteredOn(f -> f.mode() == Mode.MANY_TO_ONE)
        .extracting(Forecast::learningSteps)
        .containsExactly(1L, 2L, 1L);
  }

  @Test
  void aSilenceAmongObservationsThatWaitIsJudgedOnceTheyAreInOrder() throws Exception {
    SeriesHarness harness = harness(settings(TTL, UNLIMITED, 50));
    send(harness, "s", 10, 150, 90); // 90 comes late and leaves no silence
    send(harness, "t", 10, 150);
    harness.watermark(160);
    assertThat(harness.forecasts("s")).extracting(Forecast::learningSteps).contains(3L);
    assertThat(harness.forecasts("t")).extracting(Forecast::learningSteps).containsOnly(1L);
  }

  @Test
  void aSeriesHasOneTimerHoweverOftenItIsObserved() throws Exception {
    SeriesHarness harness = harness(expiring());
    for (long time = 1; time <= 5_000; time++) {
      send(harness, "s", time);
      send(harness, "t", time);
    }
    assertThat(harness.numEventTimeTimers()).isEqualTo(2);
  }

  @Test
  void anObservationThatWaitsForTheVeryTimeOfTheTimerIsNotLost() throws Exception {
    SeriesHarness harness = harness(settings(TTL, UNLIMITED, 50));
    send(harness, "s", 10);
    harness.watermark(10);
    send(harness, "s", 2 * TTL); // when the timer would fire; it moves on
    harness.watermark(2 * TTL);
    assertThat(harness.forecasts("s")).extracting(Forecast::origin).contains(2 * TTL);
    assertThat(entries(harness)).isEqualTo(STATES.size());
  }

  @Test
  void aSeriesWhosePastComesInBehindTheWatermarkIsNotDroppedAgainAndAgain() throws Exception {
    SeriesHarness harness = harness(expiring());
    for (int i = 0; i < 50; i++) {
      harness.watermark(1_000_000 + 10 * i); // as many ttls pass as for others
      send(harness, "old", i);
    }
    assertThat(harness.forecasts("old").get(99).learningSteps()).isEqualTo(50);
    harness.silence(1_000_490 + 2 * TTL, TTL);
    assertThat(entries(harness)).isZero();
  }

  @Test
  void theEndOfTheInputIsNoSilence() throws Exception {
    SeriesHarness harness = harness(expiring());
    send(harness, "s", 1);
    harness.watermark(Long.MAX_VALUE);
    assertThat(entries(harness)).isEqualTo(STATES.size());
  }

  @Test
  void aTtlAlsoCountsForSeriesOfASavepointThatHadNone() throws Exception {
    SeriesHarness first = harness(settings(0, UNLIMITED, 0));
    send(first, "s", 1, 2, 3);
    send(first, "t", 1, 2, 3);
    SeriesHarness second = restored(expiring(), first.checkpoint());
    assertThat(entries(second)).isEqualTo(2 * STATES.size());
    second.setProcessingTime(1_000);
    send(second, "t", 80, 150);
    second.watermark(150);
    send(second, "t", 220, 290);
    second.setProcessingTime(1_000 + TTL);
    second.watermark(300);
    assertThat(entries(second)).isEqualTo(STATES.size());
    assertThat(second.forecasts("t").get(7).learningSteps()).isEqualTo(7);
  }

  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void silentSeriesOfOtherFeaturesIsFreed(StateBackend backend) throws Exception {
    SeriesHarness first = harness(expiring(), backend);
    send(first, "s", 1, 2, 3);
    SeriesHarness second = restored(settings(TTL, UNLIMITED, 0, 1), backend, first.checkpoint());
    second.setProcessingTime(1_000);
    assertThat(second.entries("window")).isEqualTo(1);
    second.silence(1_000, TTL);
    assertThat(entries(second)).isZero();
    assertThat(second.numEventTimeTimers()).isZero();
  }

  @Test
  void timerThatFiredWithoutTtlDoesNotKeepItsSeries() throws Exception {
    SeriesHarness with = harness(expiring());
    send(with, "dead", 1);
    send(with, "s", 1);
    SeriesHarness without = restored(settings(0, UNLIMITED, 0), with.checkpoint());
    without.watermark(300);
    send(without, "s", 301);
    SeriesHarness again = restored(expiring(), without.snapshot(2, 2));
    again.setProcessingTime(1_000);
    again.watermark(310); // the restored timers are long due, but s was observed since
    send(again, "s", 400);
    again.setProcessingTime(1_000 + TTL);
    again.watermark(450);
    assertThat(entries(again)).isEqualTo(STATES.size());
    assertThat(again.forecasts("s").get(0).learningSteps()).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void aTaskThatIsFullRefusesNewSeriesAndGoesOnWithThoseItKnows(StateBackend backend)
      throws Exception {
    SeriesHarness harness = harness(settings(0, 2, 0), backend);
    send(harness, "a", 1);
    send(harness, "b", 2);
    send(harness, "c", 3, 4);
    send(harness, "a", 5);
    String message =
        "series: expected one of the 2 that this task knows (state.max-series), got a new one: c";
    assertThat(harness.deadLetters())
        .containsExactly(
            new DeadLetter(Reason.SERIES_LIMIT, message, source(3)),
            new DeadLetter(Reason.SERIES_LIMIT, message, source(4)));
    assertThat(harness.forecasts("a")).hasSize(4);
    assertThat(harness.forecasts("c")).isEmpty();
    assertThat(harness.entries("window")).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void aDroppedSeriesMakesRoomForANewOne(StateBackend backend) throws Exception {
    SeriesHarness harness = harness(settings(TTL, 1, 0), backend);
    send(harness, "a", 1);
    send(harness, "b", 200);
    harness.silence(250, TTL);
    send(harness, "c", 251, 252);
    send(harness, "d", 253);
    assertThat(harness.deadLetters())
        .extracting(letter -> letter.source().offset())
        .containsExactly(200L, 253L);
    assertThat(harness.forecasts("c")).hasSize(4);
  }

  @Test
  void seriesThatStartsAgainIsCountedOnce() throws Exception {
    SeriesHarness harness = harness(settings(TTL, 2, 0));
    send(harness, "a", 1, 500);
    send(harness, "b", 1);
    send(harness, "c", 1);
    assertThat(harness.deadLetters()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void aRestoredTaskCountsWhatIsThere(StateBackend backend) throws Exception {
    SeriesHarness first = harness(settings(TTL, 3, 0), backend);
    send(first, "a", 1);
    first.silence(150, TTL);
    send(first, "b", 600);
    send(first, "c", 600);
    OperatorSubtaskState saved = first.checkpoint();
    for (long ttl : new long[] {TTL, 0}) {
      SeriesHarness second = restored(settings(ttl, 3, 0), backend, saved);
      send(second, "d", 601);
      send(second, "e", 601);
      send(second, "c", 601);
      assertThat(second.forecasts("d")).hasSize(2);
      assertThat(second.forecasts("c")).hasSize(2);
      assertThat(second.deadLetters()).hasSize(1);
    }
  }

  @Test
  void afterAChangeOfParallelismEachTaskCountsItsOwn() throws Exception {
    SeriesHarness whole = harness(settings(0, 40, 0));
    for (int i = 0; i < 30; i++) {
      send(whole, "s" + i, 1);
    }
    OperatorSubtaskState saved = whole.checkpoint();
    Set<String> taken = new TreeSet<>();
    long room = 0;
    for (int subtask = 0; subtask < 2; subtask++) {
      SeriesHarness task =
          open.add(
              SeriesHarness.of(
                  new ForecastOperator(settings(0, 20, 0)),
                  new HashMapStateBackend(),
                  saved,
                  2,
                  subtask));
      long restored = task.entries("window");
      assertThat(restored).isBetween(5L, 19L);
      room += 20 - restored;
      for (int i = 30; i < 200; i++) {
        String series = "s" + i;
        if (SeriesHarness.task(series, 2) == subtask) {
          send(task, series, 1);
        }
      }
      task.outputs(Forecast.class).forEach(forecast -> taken.add(forecast.series()));
      assertThat(task.entries("window")).isEqualTo(20);
    }
    assertThat(room).isEqualTo(10);
    assertThat(taken).hasSize(10);
  }
}
