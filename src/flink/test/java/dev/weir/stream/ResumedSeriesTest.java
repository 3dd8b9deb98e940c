package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A series whose newest time was wrong, and series that only have late observations. */
class ResumedSeriesTest {

  private static final long MINUTE = 60_000;
  private static final long START = 1_000_000 * MINUTE;
  private static final int BEFORE = 10;
  private static final long EARLY = at(BEFORE + 500);
  private static final ForecastSettings SETTINGS =
      TestSettings.of(3, TestSettings.learned(2, new Learning(LearnerSettings.small(2), 1, 0)))
          .build();

  @AutoClose private final Opened open = new Opened();

  private static void send(SeriesHarness harness, long... times) throws Exception {
    for (long time : times) {
      harness.send("s", time, 10 + time / MINUTE % 7);
    }
  }

  private static List<DeadLetter> late(SeriesHarness harness) {
    return harness.deadLetters().stream().filter(d -> d.reason() == Reason.LATE).toList();
  }

  private static List<Long> origins(SeriesHarness harness) {
    return harness.forecasts().stream().map(Forecast::origin).toList();
  }

  private static long at(long minutes) {
    return START + minutes * MINUTE;
  }

  private static long[] minutes(long from, long to) {
    return LongStream.range(from, to).map(ResumedSeriesTest::at).toArray();
  }

  private SeriesHarness harness(StateBackend backend, OperatorSubtaskState state) throws Exception {
    return open.add(SeriesHarness.of(SETTINGS, backend, state));
  }

  /** Ten observations on time, one that is hours early, and the clock where the ten ended. */
  private SeriesHarness silenced(StateBackend backend) throws Exception {
    SeriesHarness harness = harness(backend, null);
    harness.setProcessingTime(at(BEFORE));
    send(harness, minutes(0, BEFORE));
    send(harness, EARLY);
    assertThat(origins(harness)).endsWith(EARLY);
    return harness;
  }

  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void theThirdInARowBringsTheSeriesBackAlsoAfterARestore(StateBackend backend) throws Exception {
    SeriesHarness first = silenced(backend);
    first.setProcessingTime(at(BEFORE + 2));
    send(first, minutes(BEFORE, BEFORE + 2));
    assertThat(late(first)).hasSize(2);

    SeriesHarness second = harness(backend, first.checkpoint());
    second.setProcessingTime(at(BEFORE + 200));
    send(second, minutes(BEFORE + 2, BEFORE + 100));
    assertThat(late(second)).isEmpty();
    assertThat(origins(second)).hasSize(98).startsWith(at(BEFORE + 2)).endsWith(at(BEFORE + 99));
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
    SeriesHarness harness = silenced(new HashMapStateBackend());
    harness.setProcessingTime(EARLY);
    send(harness, minutes(BEFORE, BEFORE + 100)); // stragglers, or history that is read again
    assertThat(late(harness)).hasSize(100);
    send(harness, EARLY + MINUTE);
    assertThat(origins(harness)).endsWith(EARLY + MINUTE);
  }

  @Test
  void whatIsRepeatedDoesNotCountHoweverMuchItIs() throws Exception {
    SeriesHarness harness = silenced(new HashMapStateBackend());
    for (int i = 0; i < 3; i++) {
      send(harness, at(5), at(6), at(7), at(8) + 1, at(9)); // up to the last one on time
    }
    assertThat(late(harness)).hasSize(12); // the window still knows the last two values
    assertThat(origins(harness)).endsWith(EARLY);
  }

  @Test
  void aRowThatIsOutOfOrderOrBrokenDoesNotCount() throws Exception {
    SeriesHarness harness = silenced(new HashMapStateBackend());
    harness.setProcessingTime(at(BEFORE + 50));
    send(harness, at(12), at(11), at(13), at(12), at(14), at(13));
    assertThat(late(harness)).hasSize(6);
    send(harness, EARLY + 1); // on time
    send(harness, at(15), at(16));
    assertThat(late(harness)).hasSize(8);
    assertThat(origins(harness)).endsWith(EARLY + 1);
    send(harness, at(17));
    assertThat(origins(harness)).endsWith(at(17));
  }

  @Test
  void clocksMayDifferByAFewSeconds() throws Exception {
    SeriesHarness harness = harness(new HashMapStateBackend(), null);
    harness.setProcessingTime(START);
    send(harness, START, START + 10_000);
    send(harness, START + 1_000, START + 2_000, START + 3_000, START + 4_000);
    assertThat(late(harness)).hasSize(4);
  }
}
