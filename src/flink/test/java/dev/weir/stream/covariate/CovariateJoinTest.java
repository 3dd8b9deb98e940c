package dev.weir.stream.covariate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.window.StateLimits;
import dev.weir.stream.CapturedLog;
import dev.weir.stream.LossLog;
import dev.weir.stream.Opened;
import dev.weir.stream.RecordedMetrics;
import dev.weir.stream.WeirTypeInformation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class CovariateJoinTest {

  @AutoClose private final Opened open = new Opened();
  private Harness harness;

  private static final double NAN = Double.NaN;
  private static final long HOUR = 3_600_000;
  private static final long T = 1_767_225_600_000L; // 2026-01-01T00:00Z
  private static final int HORIZON = 4;
  private static final int FEATURES = 2;
  private static final int MAX_PARALLELISM = 12;
  private static final Pattern SITE = Pattern.compile("([^/]+)/.*");
  private static final CovariateSettings SETTINGS = settings(SITE, 9, Duration.ZERO);

  private static CovariateSettings settings(Pattern key, int keep, Duration ttl) {
    return new CovariateSettings(
        key, FEATURES, List.of(), HORIZON, HOUR, keep, new StateLimits(ttl, 0));
  }

  /** Those that the operator registers. */
  public static RecordedMetrics metrics() {
    RecordedMetrics metrics = new RecordedMetrics();
    new CovariateFunction(SETTINGS).register(metrics);
    return metrics;
  }

  private static final class Harness
      extends KeyedTwoInputStreamOperatorTestHarness<
          String, InputEvent, CovariateEvent, InputEvent> {

    final RecordedMetrics metrics = new RecordedMetrics();

    Harness(
        CovariateSettings settings, boolean rocks, OperatorSubtaskState state, int tasks, int task)
        throws Exception {
      super(
          new CovariateOperator(settings),
          event ->
              event instanceof ObservationEvent o
                  ? settings.groupOf(o.observation().series())
                  : "dead",
          event ->
              event instanceof CovariateUpdate u
                  ? u.group()
                  : event instanceof OutsideUpdate o ? o.series() : "dead",
          Types.STRING,
          MAX_PARALLELISM,
          tasks,
          task);
      setStateBackend(rocks ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend());
      setup(WeirTypeInformation.INPUT_EVENT.createSerializer(new SerializerConfigImpl()));
      if (state != null) {
        initializeState(state);
      }
      setProcessingTime(T + 99 * HOUR); // as with old observations
      open();
      ((CovariateFunction) ((CovariateOperator) getOperator()).getUserFunction()).register(metrics);
    }

    void covariates(String group, double hour, double... features) throws Exception {
      processElement2(new CovariateUpdate(group, T + (long) (hour * HOUR), features), 0);
    }

    /** A forecast of the hours from one on. */
    void says(String model, double made, int first, double... values) throws Exception {
      long[] times = new long[values.length];
      Arrays.setAll(times, i -> T + (first + i) * HOUR);
      processElement2(new OutsideUpdate("a", model, T + (long) (made * HOUR), times, values), 0);
    }

    double[] ahead(String series, double hour, double... known) throws Exception {
      Observation observation =
          new Observation(series, T + (long) (hour * HOUR), hour).withAhead(known);
      processElement1(new ObservationEvent(observation, source()), observation.time());
      List<InputEvent> all = take();
      assertThat(all).hasSize(1);
      return ((ObservationEvent) all.get(0)).observation().ahead();
    }

    /** Event time comes to an hour, then the clock, which began at 99. */
    void silence(int hour, double clock) throws Exception {
      processBothWatermarks(new Watermark(T + hour * HOUR));
      setProcessingTime(T + (long) (clock * HOUR));
    }

    long groups() {
      return (long) metrics.gauge("weir.groups");
    }

    List<InputEvent> take() {
      List<InputEvent> all = new ArrayList<>(extractOutputValues());
      getOutput().clear();
      return all;
    }
  }

  private static Harness one() throws Exception {
    return new Harness(SETTINGS, false, null, 1, 0);
  }

  @BeforeEach
  void opened() throws Exception {
    harness = open.add(one());
  }

  private static SourceRecord source() {
    return new SourceRecord("t", 0, 1, 2, null, new byte[] {1});
  }

  @Test
  void attachesWhatHasArrivedForTheGroup() throws Exception {
    harness.covariates("berlin", 1, 1, 10);
    harness.covariates("berlin", 3, 3, NAN);
    harness.covariates("paris", 2, 2, 20);
    assertThat(harness.ahead("berlin/7", 0)).containsExactly(1, 10, NAN, NAN, 3, NAN);
    assertThat(harness.ahead("berlin/8/x", 1)).containsExactly(NAN, NAN, 3, NAN);
    assertThat(harness.ahead("paris/7", 1)).containsExactly(2, 20);
    assertThat(harness.ahead("paris", 1)).as("a group of its own").containsExactly(2, 20);
    assertThat(harness.ahead("rome/7", 1)).isEmpty();
    assertThat(harness.metrics.count("weir.covariates")).isEqualTo(3);
    assertThat(harness.metrics.count("weir.missingSteps")).isEqualTo(2 + 3 + 3 + 3 + 4);
  }

  @Test
  void nothingIsKnownBeforeItArrives() throws Exception {
    harness.covariates("a", 2, 2, 20);
    assertThat(harness.ahead("a/1", 0)).containsExactly(NAN, NAN, 2, 20);
    harness.processWatermark1(new Watermark(T));
    harness.processWatermark2(new Watermark(T));
    harness.covariates("a", 1, 1, 10); // not late: its time is to come
    harness.covariates("a", 0, 5, 50); // late: its time has passed
    assertThat(harness.metrics.count("weir.lateCovariates")).isEqualTo(1);
    assertThat(harness.ahead("a/2", 0)).containsExactly(1, 10, 2, 20);
    assertThat(harness.ahead("a/1", 1)).containsExactly(2, 20);
    assertThat(harness.ahead("a/3", -1)) // another series of the group is behind
        .containsExactly(5, 50, 1, 10, 2, 20);
  }

  @Test
  void correctionReplacesAndDuplicateChangesNothing() throws Exception {
    for (int i = 0; i < 3; i++) {
      harness.covariates("a", 1, 1, 10);
      harness.covariates("a", 2, 2, 20);
    }
    assertThat(harness.ahead("a/1", 0)).containsExactly(1, 10, 2, 20);
    harness.covariates("a", 1, -7, NAN);
    assertThat(harness.ahead("a/1", 0)).containsExactly(-7, NAN, 2, 20);
    assertThat(harness.numKeyedStateEntries()).isEqualTo(1);
  }

  @Test
  void groupWhoseCovariatesStopRunsOutOfThem() throws Exception {
    for (int hour = 1; hour <= 5; hour++) {
      harness.covariates("a", hour, hour, 10 * hour);
    }
    int[] lengths = new int[7];
    for (int hour = 0; hour < 7; hour++) {
      lengths[hour] = harness.ahead("a/1", hour).length / FEATURES;
    }
    assertThat(lengths).containsExactly(4, 4, 3, 2, 1, 0, 0);
    assertThat(harness.metrics.count("weir.missingSteps")).isEqualTo(1 + 2 + 3 + 4 + 4);
  }

  @Test
  void oldestTimesGiveWayToNewerOnes() throws Exception {
    harness = open.add(new Harness(settings(SITE, 4, Duration.ZERO), false, null, 1, 0));
    for (int hour : new int[] {4, 2, 1, 3}) {
      harness.covariates("a", hour, hour, 10 * hour);
    }
    harness.covariates("a", 0, 9, 9); // older than all that are kept
    assertThat(harness.ahead("a/1", -1)).containsExactly(NAN, NAN, 1, 10, 2, 20, 3, 30);
    harness.covariates("a", 5, 5, 50);
    assertThat(harness.ahead("a/1", 0)).containsExactly(NAN, NAN, 2, 20, 3, 30, 4, 40);
    harness.covariates("a", 3, 6, 60); // a correction takes no room
    assertThat(harness.ahead("a/1", 1)).containsExactly(2, 20, 6, 60, 4, 40, 5, 50);
  }

  /** Published at once: more times than are kept. */
  @Test
  void nextStepsStayWhenMoreThanTheLimitIsAhead() throws Exception {
    harness = open.add(new Harness(settings(SITE, 4, Duration.ZERO), false, null, 1, 0));
    harness.processBothWatermarks(new Watermark(T));
    for (int hour : new int[] {0, 1, 2, 6, 3, 7, 5, 4}) {
      harness.covariates("a", hour, hour, 10 * hour);
    }
    assertThat(harness.ahead("a/1", 0)).containsExactly(1, 10, 2, 20, 3, 30, 4, 40);
    assertThat(harness.ahead("a/1", 4)).isEmpty(); // the farthest are dropped
    harness.covariates("a", -1, 9, 9); // has passed
    assertThat(harness.ahead("a/1", -2)).containsExactly(NAN, NAN, NAN, NAN, 1, 10, 2, 20);
    harness.processBothWatermarks(new Watermark(T + 2 * HOUR));
    for (int hour = 5; hour < 9; hour++) {
      harness.covariates("a", hour, hour, 10 * hour);
    }
    assertThat(harness.ahead("a/1", 2)).containsExactly(3, 30, 4, 40, 5, 50, 6, 60);
    assertThat(harness.metrics.count("weir.beyondKeep")).isEqualTo(5);
    assertThat(harness.metrics.count("weir.passedSteps")).isEqualTo(2);
  }

  @Test
  void clockCountsBeforeTheFirstObservation() throws Exception {
    harness = open.add(new Harness(settings(SITE, 4, Duration.ZERO), false, null, 1, 0));
    harness.setProcessingTime(T + 5 * HOUR);
    for (int hour = 0; hour < 20; hour++) {
      harness.covariates("a", hour, hour, 10 * hour);
    }
    assertThat(harness.ahead("a/1", 5)).containsExactly(6, 60, 7, 70, 8, 80, 9, 90);
  }

  @Test
  void lowerLimitCountsAfterARestore() throws Exception {
    Harness before = open.add(one());
    for (int hour = 1; hour <= 9; hour++) {
      before.covariates("a", hour, hour, 10 * hour);
    }
    OperatorSubtaskState state = before.snapshot(1, 1);
    Harness after = open.add(new Harness(settings(SITE, 4, Duration.ZERO), false, state, 1, 0));
    after.covariates("a", 10, 10, 100);
    assertThat(after.ahead("a/1", 5)).containsExactly(NAN, NAN, 7, 70, 8, 80, 9, 90);
    assertThat(after.ahead("a/1", 1)).isEmpty(); // 1 to 6 are dropped
  }

  /** From the observation's own time: the nearest within half an interval, halves up. */
  @Test
  void timesBesideAStepCountAsTheNearest() throws Exception {
    harness.covariates("a", 0.5, 1, 1); // of step 1 from -0.5 to below 0.5: it is step 2's
    harness.covariates("a", 1.25, 2, 2);
    harness.covariates("a", 0.9, 3, 3);
    harness.covariates("a", 1.125, 4, 4);
    assertThat(harness.ahead("a/1", -1)).containsExactly(NAN, NAN, 3, 3);
    assertThat(harness.ahead("a/1", -0.875)).containsExactly(1, 1, 4, 4);
    assertThat(harness.ahead("a/1", 0.75)).containsExactly(2, 2);
    assertThat(harness.ahead("a/1", 0.3)).containsExactly(2, 2);
    assertThat(harness.ahead("a/1", -0.5)).containsExactly(1, 1, 2, 2);
    assertThat(harness.ahead("a/1", 0.1875)).containsExactly(2, 2); // both .0625 away from it
  }

  @Test
  void whatIsNoBareObservationIsForwardedAsItIs() throws Exception {
    harness.covariates("a", 1, 1, 10);
    DeadLetter letter = new DeadLetter(Reason.MALFORMED, "m", source());
    double[] own = {7, 8};
    ObservationEvent bringsItsOwn =
        new ObservationEvent(
            new Observation("a/1", T, 3, new double[] {5}, "fault", own), source());
    harness.processElement1(letter, 0);
    harness.processElement1(bringsItsOwn, 0);
    harness.processElement2(letter, 0);
    assertThat(harness.take()).containsExactly(letter, bringsItsOwn, letter);
    Observation marked = new Observation("a/1", T, 3, new double[] {5}, "fault");
    harness.processElement1(new ObservationEvent(marked, source()), 0);
    assertThat(harness.take())
        .containsExactly(
            new ObservationEvent(
                new Observation("a/1", T, 3, new double[] {5}, "fault", new double[] {1, 10}),
                source()));
  }

  private static Harness outside(int covariates, Duration ttl) throws Exception {
    List<String> models = List.of("lear", "dnn");
    CovariateSettings settings =
        new CovariateSettings(null, covariates, models, HORIZON, HOUR, 9, new StateLimits(ttl, 0));
    return new Harness(settings, false, null, 1, 0);
  }

  @Test
  void newestForecastOfAStepCountsFromWhenItWasMade() throws Exception {
    harness = open.add(outside(0, Duration.ZERO));
    harness.says("dnn", 0, 1, 10, 20, 30);
    harness.says("lear", 1, 2, 2, NAN, 4);
    harness.says("lear", 0, 2, 99, 3); // older, also where the newer one says nothing
    assertThat(harness.ahead("a", 0)).containsExactly(NAN, 10, NAN, 20, 3, 30);
    assertThat(harness.ahead("a", 1)).containsExactly(2, 20, 3, 30, 4, NAN);
    assertThat(harness.ahead("b", 1)).isEmpty();
    harness.says("lear", 1, 2, 5); // a correction
    assertThat(harness.ahead("a", 1)).containsExactly(5, 20, 3, 30, 4, NAN);
    assertThat(harness.metrics.count("weir.covariates")).isEqualTo(4);
    assertThat(harness.metrics.count("weir.missingSteps")).isEqualTo(4 + 3 + 8 + 3);
  }

  @Test
  void covariatesComeBeforeTheColumnsOfModels() throws Exception {
    harness = open.add(outside(2, Duration.ZERO));
    assertThat(harness.ahead("a", 0, 5, 6)).containsExactly(5, 6, NAN, NAN);
    harness.says("dnn", 0, 2, 7);
    assertThat(harness.ahead("a", 0, 5, 6)).containsExactly(5, 6, NAN, NAN, NAN, NAN, NAN, 7);
  }

  @Test
  void forecastsOfTimesThatHavePassedAreDropped() throws Exception {
    harness = open.add(outside(0, Duration.ofHours(5)));
    harness.says("lear", 0, 1, 1, 2, 3);
    harness.processBothWatermarks(new Watermark(T + 2 * HOUR));
    harness.says("lear", 1, 1, 8, 9); // late
    assertThat(harness.metrics.count("weir.lateCovariates")).isEqualTo(1);
    assertThat(harness.metrics.count("weir.passedSteps")).isEqualTo(2);
    try (CapturedLog log = new CapturedLog(LossLog.class)) {
      harness.setProcessingTime(T + 99 * HOUR + 30_000);
      assertThat(log.lines)
          .containsExactly(
              "2 steps came after their time so far, 2 of them since the last such line: such as"
                  + " of a; publish them earlier");
    }
    assertThat(harness.ahead("a", 0)).containsExactly(NAN, NAN, NAN, NAN, 3, NAN);
    harness.processBothWatermarks(new Watermark(T + 3 * HOUR));
    harness.says("lear", 1, 3, 8);
    assertThat(harness.numKeyedStateEntries()).isZero();
    harness.says("lear", 3, 4, 8);
    assertThat(harness.numEventTimeTimers()).isEqualTo(1);
    harness.silence(12, 107);
    assertThat(harness.numKeyedStateEntries()).isZero();
    assertThat(harness.numEventTimeTimers()).isZero();
  }

  @Test
  void withoutKeyEachSeriesIsAGroup() {
    CovariateSettings settings = settings(null, 9, Duration.ZERO);
    assertThat(settings.groupOf("berlin/7")).isEqualTo("berlin/7");
    assertThat(settings(Pattern.compile("([a-z]*)[0-9]*"), 9, Duration.ZERO).groupOf("77"))
        .as("an empty name")
        .isEqualTo("77");
    assertThat(SETTINGS.groupOf("berlin/7")).isEqualTo("berlin");
    Pattern slow = Pattern.compile("(a|aa)+b");
    assertThat(settings(slow, 9, Duration.ZERO).groupOf("a".repeat(90))).hasSize(90);
  }

  /** Its timer is on a grid of half ttls: at 9 for times up to 3, at 16.5 for 9. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void groupIsDroppedAsASilentSeriesIs(boolean rocks) throws Exception {
    CovariateSettings settings = settings(SITE, 9, Duration.ofHours(5));
    harness = open.add(new Harness(settings, rocks, null, 1, 0));
    harness.covariates("a", 1, 1, 10);
    harness.covariates("a", 3, 3, 30);
    harness.covariates("a", 2, 2, 20);
    harness.covariates("b", 9, 9, 90);
    assertThat(harness.numEventTimeTimers()).isEqualTo(2);
    harness.silence(8, 200);
    assertThat(harness.groups()).as("silent by the clock only").isEqualTo(2);
    harness.silence(9, 207.4);
    assertThat(harness.groups()).as("and not long enough by it").isEqualTo(2);
    OperatorSubtaskState state = harness.snapshot(1, 1);
    harness.silence(9, 207.5);
    assertThat(harness.groups()).isEqualTo(1);
    assertThat(harness.ahead("a/1", 0)).isEmpty();
    assertThat(harness.ahead("b/1", 8)).containsExactly(9, 90);

    Harness later = open.add(new Harness(settings, rocks, state, 1, 0));
    later.setProcessingTime(T + 99 * HOUR + 1); // the clock counts from its start
    later.silence(10, 207.5);
    assertThat(later.groups()).isEqualTo(1);
  }

  @Test
  void outageIsNoSilenceOfAGroup() throws Exception {
    harness = open.add(new Harness(settings(SITE, 9, Duration.ofHours(5)), false, null, 1, 0));
    harness.covariates("a", 3, 3, 30);
    harness.silence(9, 99); // its timer is at 106.5 by the clock
    OperatorSubtaskState state = harness.snapshot(1, 1);
    Harness longer =
        open.add(new Harness(settings(SITE, 9, Duration.ofHours(7)), false, state, 1, 0));
    longer.setProcessingTime(T + 107 * HOUR); // eight hours after its start
    longer.silence(20, 117.4);
    assertThat(longer.groups()).isEqualTo(1);
    longer.silence(20, 117.5);
    assertThat(longer.groups()).isZero();
    assertThat(longer.numKeyedStateEntries()).isZero();
  }

  @Test
  void groupThatIsAskedForIsKept() throws Exception {
    harness = open.add(new Harness(settings(SITE, 9, Duration.ofHours(5)), false, null, 1, 0));
    harness.covariates("a", 1, 1, 10);
    harness.covariates("b", 1, 1, 10);
    for (int hour = 2; hour < 30; hour++) {
      harness.ahead("a/1", hour);
      harness.silence(hour, 99 + hour);
      assertThat(harness.groups()).as("hour %d", hour).isEqualTo(hour < 14 ? 2 : 1);
    }
    assertThat(harness.ahead("a/1", 0)).containsExactly(1, 10);
    harness.processBothWatermarks(new Watermark(T + 1_000 * HOUR)); // one clock runs fast
    harness.setProcessingTime(T + 132 * HOUR);
    harness.ahead("a/1", 33);
    harness.setProcessingTime(T + 140 * HOUR);
    assertThat(harness.groups()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void groupKeptBeforeTheTtlWasSetIsDroppedToo(boolean rocks) throws Exception {
    Harness before = open.add(new Harness(SETTINGS, rocks, null, 1, 0));
    before.covariates("a", 3, 3, 30);
    before.covariates("b", 3, 3, 30);
    assertThat(before.numEventTimeTimers()).isZero();
    OperatorSubtaskState state = before.snapshot(1, 1);
    CovariateSettings settings = settings(SITE, 9, Duration.ofHours(5));
    Harness after = open.add(new Harness(settings, rocks, state, 1, 0));
    assertThat(after.groups()).isEqualTo(2);
    after.covariates("a", 30, 4, 40);
    assertThat(after.numEventTimeTimers()).isEqualTo(2);
    after.silence(9, 106.5);
    assertThat(after.groups()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void groupsBeyondTheLimitAreNotKept(boolean rocks) throws Exception {
    StateLimits limits = new StateLimits(Duration.ofHours(5), 2);
    CovariateSettings settings =
        new CovariateSettings(null, 2, List.of(), HORIZON, HOUR, 9, limits);
    harness = open.add(new Harness(settings, rocks, null, 1, 0));
    harness.covariates("a", 1, 1, 10);
    harness.covariates("b", 20, 2, 20);
    harness.covariates("c", 1, 3, 30);
    harness.covariates("a", 2, 4, 40);
    assertThat(harness.ahead("c", 0)).isEmpty();
    assertThat(harness.ahead("a", 0)).containsExactly(1, 10, 4, 40);
    assertThat(harness.metrics.count("weir.overMaxSeries")).isEqualTo(1);

    Harness after = open.add(new Harness(settings, rocks, harness.snapshot(1, 1), 1, 0));
    after.covariates("c", 1, 3, 30);
    assertThat(after.ahead("c", 0)).as("those of the savepoint count").isEmpty();
    assertThat(after.metrics.count("weir.overMaxSeries")).isEqualTo(1);
    after.silence(9, 106.5);
    after.covariates("c", 10, 3, 30);
    assertThat(after.ahead("c", 9)).as("a is gone").containsExactly(3, 30);
  }

  @Test
  void stateOfAnotherNumberOfCovariatesIsDropped() throws Exception {
    Harness before = open.add(one());
    before.covariates("a", 1, 1, 10);
    OperatorSubtaskState state = before.snapshot(1, 1);
    CovariateSettings three =
        new CovariateSettings(SITE, 3, List.of(), HORIZON, HOUR, 9, StateLimits.NONE);
    Harness after = open.add(new Harness(three, false, state, 1, 0));
    assertThat(after.ahead("a/1", 0)).isEmpty();
    after.covariates("a", 2, 1, 2, 3);
    assertThat(after.ahead("a/1", 0)).containsExactly(NAN, NAN, NAN, 1, 2, 3);
    assertThat(after.metrics.count("weir.otherSettings")).isEqualTo(1);
    assertThat(after.groups()).isEqualTo(1);
  }

  /** What is expected, by a map from time to row. */
  private static final class Oracle {
    private final Map<String, TreeMap<Long, double[]>> groups = new TreeMap<>();

    void put(CovariateUpdate update) {
      TreeMap<Long, double[]> rows =
          groups.computeIfAbsent(update.group(), group -> new TreeMap<>());
      rows.put(update.time(), update.features());
      while (rows.size() > SETTINGS.keep()) {
        rows.pollFirstEntry();
      }
    }

    double[] ahead(Observation o) {
      TreeMap<Long, double[]> rows =
          groups.getOrDefault(SETTINGS.groupOf(o.series()), new TreeMap<>());
      double[] ahead = new double[HORIZON * FEATURES];
      Arrays.fill(ahead, NAN);
      int length = 0;
      for (int k = 1; k <= HORIZON; k++) {
        double[] row = rows.get(o.time() + k * HOUR);
        if (row != null) {
          System.arraycopy(row, 0, ahead, (k - 1) * FEATURES, FEATURES);
          length = k * FEATURES;
        }
      }
      return Arrays.copyOf(ahead, length);
    }
  }

  private static List<Object> traffic(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Object> events = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      long hour = i / 60;
      String group = "g" + random.nextInt(7);
      if (random.nextInt(3) > 0) {
        events.add(
            new Observation(group + "/" + random.nextInt(5), T + hour * HOUR, random.nextDouble()));
      } else {
        double[] row = {random.nextDouble(), random.nextInt(4) == 0 ? NAN : random.nextDouble()};
        events.add(new CovariateUpdate(group, T + (hour + random.nextInt(-3, 8)) * HOUR, row));
      }
    }
    return events;
  }

  private static int taskOf(String group, int tasks) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(group, MAX_PARALLELISM, tasks);
  }

  private static List<Observation> send(List<Object> events, Harness... tasks) throws Exception {
    List<Observation> joined = new ArrayList<>();
    for (Object event : events) {
      if (event instanceof Observation o) {
        Harness task = tasks[taskOf(SETTINGS.groupOf(o.series()), tasks.length)];
        task.processElement1(new ObservationEvent(o, source()), o.time());
        task.take().forEach(e -> joined.add(((ObservationEvent) e).observation()));
      } else {
        CovariateUpdate update = (CovariateUpdate) event;
        tasks[taskOf(update.group(), tasks.length)].processElement2(update, 0);
      }
    }
    return joined;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void restoreAndRescaleChangeNoBit(boolean rocks) throws Exception {
    List<Object> events = traffic(3);
    Oracle oracle = new Oracle();
    List<Observation> expected = new ArrayList<>();
    for (Object event : events) {
      if (event instanceof Observation o) {
        expected.add(
            new Observation(o.series(), o.time(), o.value(), o.features(), null, oracle.ahead(o)));
      } else {
        oracle.put((CovariateUpdate) event);
      }
    }
    assertThat(expected).extracting(o -> o.ahead().length).contains(0, 2, 4, 6, 8);
    List<Observation> joined = new ArrayList<>();
    OperatorSubtaskState state;
    try (Harness task = new Harness(SETTINGS, rocks, null, 1, 0)) {
      joined.addAll(send(events.subList(0, 1_100), task));
      state = task.snapshot(1, 1);
    }
    OperatorSubtaskState[] states = new OperatorSubtaskState[3];
    Harness[] tasks = new Harness[3];
    for (int i = 0; i < 3; i++) {
      OperatorSubtaskState part =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              state, MAX_PARALLELISM, 1, 3, i);
      tasks[i] = new Harness(SETTINGS, rocks, part, 3, i);
    }
    joined.addAll(send(events.subList(1_100, 2_300), tasks));
    for (int i = 0; i < 3; i++) {
      states[i] = tasks[i].snapshot(2, 2);
      tasks[i].close();
    }
    OperatorSubtaskState all = AbstractStreamOperatorTestHarness.repackageState(states);
    OperatorSubtaskState whole =
        AbstractStreamOperatorTestHarness.repartitionOperatorState(all, MAX_PARALLELISM, 3, 1, 0);
    try (Harness task = new Harness(SETTINGS, rocks, whole, 1, 0)) {
      joined.addAll(send(events.subList(2_300, 3_000), task));
    }
    assertThat(joined).isEqualTo(expected); // NaN equals NaN here, and -0.0 is not 0.0
  }

  @Test
  void runningSnapshotDoesNotSeeLaterCovariates() throws Exception {
    GroupCovariates known = new GroupCovariates(1);
    known.put(1, new double[] {1}, 9, 9);
    GroupCovariates copy = GroupCovariatesSerializer.INSTANCE.copy(known);
    known.put(1, new double[] {2}, 9, 9);
    known.put(2, new double[] {2}, 9, 9);
    assertThat(copy.size()).isEqualTo(1);
    assertThat(copy.feature(0, 0)).isEqualTo(1);
  }

  private static byte[] bytes(GroupCovariates known) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    GroupCovariatesSerializer.INSTANCE.serialize(known, out);
    return out.getCopyOfBuffer();
  }

  /** By hand: version, features, count, times, rows (both little-endian), CRC-32C. */
  @Test
  void layoutOfStateIsFixed() throws Exception {
    GroupCovariates known = new GroupCovariates(2);
    known.put(5, new double[] {1, NAN}, 9, 9);
    known.put(3, new double[] {-2, 0.5}, 9, 9);
    byte[] bytes = bytes(known);
    assertThat(HexFormat.of().formatHex(bytes, 0, bytes.length - 4))
        .isEqualTo(
            "01"
                + "00000002"
                + "00000002"
                + "0300000000000000"
                + "0500000000000000"
                + "00000000000000c0"
                + "000000000000e03f"
                + "000000000000f03f"
                + "000000000000f87f");
    GroupCovariates read =
        GroupCovariatesSerializer.INSTANCE.deserialize(new DataInputDeserializer(bytes));
    assertThat(bytes(read)).isEqualTo(bytes);
    for (int at = 0; at < bytes.length; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x10;
      assertThatThrownBy(
              () ->
                  GroupCovariatesSerializer.INSTANCE.deserialize(
                      new DataInputDeserializer(damaged)))
          .as("byte %d", at)
          .isInstanceOf(IOException.class);
    }
    GroupCovariates none = new GroupCovariates(2);
    assertThat(
            GroupCovariatesSerializer.INSTANCE
                .deserialize(new DataInputDeserializer(bytes(none)))
                .size())
        .isZero();
  }

  @Test
  void eventsSurviveTheShuffle() throws Exception {
    assertThat(WeirTypeInformation.OUTPUT).isNotEqualTo(WeirTypeInformation.INPUT_EVENT);
    SourceRecord source = new SourceRecord("t", 3, 4, 5, new byte[] {1, 2}, new byte[] {3, 4, 5});
    for (CovariateEvent event :
        List.of(
            new CovariateUpdate("berlin", T, new double[] {1.5, NAN}),
            new OutsideUpdate("b", "lear", T, new long[] {T, T + 7}, new double[] {1.5, NAN}),
            new DeadLetter(Reason.TIME, "too late", source))) {
      DataOutputSerializer out = new DataOutputSerializer(64);
      CovariateEventSerializer.INSTANCE.serialize(event, out);
      DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
      assertThat(CovariateEventSerializer.INSTANCE.deserialize(in)).isEqualTo(event);
      assertThat(in.available()).isZero();
    }
  }
}
