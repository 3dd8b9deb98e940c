package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.StateLimits;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cached series, and what is written of them: the forecasts are those of the heap, to the bit. */
class SeriesStoreTest {

  @AutoClose private final Opened open = new Opened();
  private SeriesHarness harness;

  private static final int SERIES = 11;
  private static final int SEQ_LEN = 5;
  private static final long MINUTE = 60_000;
  private static final Learning SMALL = new Learning(LearnerSettings.small(2), 3, 5);
  private static final Learning THREE = new Learning(LearnerSettings.small(3), 3, 5);
  private static final Learning MANY = new Learning(LearnerSettings.small(SEQ_LEN), 3, 5);

  private static ForecastSettings settings(long cache, Duration ttl, ModeSettings... modes) {
    return settings(0, new Sampling(MINUTE, Gap.SKIP, 5), 0, cache, ttl, modes);
  }

  /**
   * @param patience how long a series waits for earlier observations
   */
  private static ForecastSettings settings(
      long patience,
      Sampling sampling,
      int features,
      long cache,
      Duration ttl,
      ModeSettings... modes) {
    return TestSettings.of(SEQ_LEN, modes)
        .features(features)
        .outOfOrderness(Duration.ofMillis(patience))
        .sampling(sampling)
        .limits(new StateLimits(ttl, 0, cache))
        .build();
  }

  private static ModeSettings mode(Mode mode, int horizon, Learning learning) {
    return TestSettings.learned(mode, horizon, learning);
  }

  /** A mixture with a network that reads windows, seasons and weeks. */
  private static ModeSettings withModel() throws Exception {
    byte[] model = BuiltInModels.bytes("builtin:window-many-to-one");
    return new ModeSettings(Mode.MANY_TO_ONE, "window-many-to-one", 2, model, SMALL);
  }

  /** With one that reads nothing but the window. */
  private static ModeSettings withWindowModel() throws Exception {
    ForecastModel model =
        ModelFiles.read(
            Path.of("src/core/test/resources/models/sample-many-to-one.safetensors"),
            ModelFiles.Defaults.NONE);
    return new ModeSettings(Mode.MANY_TO_ONE, model.name(), 2, ModelFiles.toBytes(model), SMALL);
  }

  /** Some series are much busier than others; now and then something is missing. */
  private static List<Observation> observations(SplittableRandom random, int count) {
    long[] times = new long[SERIES];
    List<Observation> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int s = random.nextInt(random.nextInt(SERIES) + 1);
      times[s] += MINUTE * (random.nextInt(40) == 0 ? 2 + random.nextInt(4) : 1);
      double value = 20 + s + 5 * Math.sin(times[s] / MINUTE * 2 * Math.PI / 3) + random.nextInt(9);
      all.add(new Observation("series-" + s, times[s], value));
    }
    return all;
  }

  /**
   * @param stops how often the job is killed at a checkpoint and goes on
   */
  private static List<Output> run(
      ForecastSettings settings, List<Observation> observations, boolean rocks, int stops)
      throws Exception {
    return SeriesHarness.killed(
        state -> SeriesHarness.of(settings, rocks, state),
        observations,
        (task, observation, number) -> task.send(observation),
        stops,
        (task, observation, number) -> task.send("series-0", Long.MAX_VALUE / 4, 1e6));
  }

  private static Stream<Arguments> settings() throws Exception {
    ModeSettings[] small = {
      mode(Mode.MANY_TO_ONE, 3, THREE), mode(Mode.MANY_TO_MANY, SEQ_LEN, MANY)
    };
    Learning defaults = new Learning(LearnerSettings.defaults(2), LearnerSettings.AUTO, 10);
    return Stream.of(
        Arguments.of("all fit", settings(100_000_000, Duration.ofDays(1), small)),
        Arguments.of("some fit", settings(25_000, Duration.ofDays(1), small)),
        Arguments.of("none fits", settings(1, Duration.ofDays(1), small)),
        Arguments.of("no cache", settings(0, Duration.ofDays(1), small)),
        Arguments.of(
            "the default mixture",
            settings(90_000, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, defaults))),
        Arguments.of("a network of seasons", settings(25_000, Duration.ZERO, withModel())),
        Arguments.of("a network of windows", settings(25_000, Duration.ZERO, withWindowModel())));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void theForecastsAreThoseOfTheHeapWhateverFitsAndWhereverTheJobIsKilled(
      String name, ForecastSettings settings) throws Exception {
    List<Observation> observations = observations(new SplittableRandom(3), 1_200);
    List<Output> expected = run(settings, observations, false, 0);
    assertThat(expected).hasSizeGreaterThan(1_200 * settings.modes().size());
    assertThat(run(settings, observations, true, 5)).isEqualTo(expected);
  }

  @Test
  void aYoungSeriesIsWrittenAsItsObservationsAndLaterNowAndThenAsItsState() throws Exception {
    ForecastSettings settings = settings(1 << 20, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, SMALL));
    harness = open.add(SeriesHarness.of(settings, true, null));
    for (int i = 1; i <= 20; i++) {
      harness.send("s", i * MINUTE, i % 3);
    }
    assertThat(harness.entries("window")).as("before the first checkpoint").isZero();
    harness.snapshot(1, 1);
    assertThat(harness.entries("window")).isEqualTo(1);
    assertThat(harness.entries("unlearned")).isEqualTo(1);
    assertThat(harness.entries("learned-many-to-one")).isZero();
    for (int i = 21; i <= 40; i++) {
      harness.send("s", i * MINUTE, i % 3);
    }
    harness.snapshot(2, 2);
    assertThat(harness.entries("unlearned")).isZero();
    assertThat(harness.entries("learned-many-to-one")).isEqualTo(1);
    harness.send("s", 50 * MINUTE, 1); // after a gap: no log says that
    harness.snapshot(3, 3);
    assertThat(harness.entries("unlearned")).isZero();
    harness.send("s", 51 * MINUTE, 1);
    harness.snapshot(4, 4);
    assertThat(harness.entries("unlearned")).isEqualTo(1);
  }

  @Test
  void notAllStatesWaitForTheCheckpoint() throws Exception {
    Learning learning = new Learning(LearnerSettings.defaults(2), 24, 0); // 12 KB
    ForecastSettings settings =
        settings(200_000_000, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, learning));
    int series = 3_200;
    harness = open.add(SeriesHarness.of(settings, true, null));
    for (int i = 0; i < 2 * series; i++) { // the second one after a gap: its state is written
      long time = (1 + i / series * 5L) * MINUTE;
      harness.send("series-" + i % series, time, i % 7);
      harness.getOutput().clear();
    }
    assertThat(harness.entries("learned-many-to-one")).isBetween(100L, 700L);
    harness.snapshot(1, 1);
    assertThat(harness.entries("learned-many-to-one")).isEqualTo(series);
  }

  @Test
  void theCacheStaysWithinItsBytesAndCountsWhatIsMissed() throws Exception {
    ForecastSettings settings = settings(30_000, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, SMALL));
    harness = open.add(SeriesHarness.of(settings, true, null));
    for (int i = 0; i < 3 * SERIES; i++) {
      harness.send("series-" + i % SERIES, (1 + i / SERIES) * MINUTE, i);
    }
    assertThat(harness.store().cached()).isBetween(2L, (long) SERIES - 2);
    assertThat(harness.store().misses()).isGreaterThan(SERIES);
    long misses = harness.store().misses();
    int hits = 0;
    for (int i = 0; i < 50 * SERIES; i++) { // they take turns: none is used least recently
      harness.send("series-" + i % SERIES, (4 + i / SERIES) * MINUTE, i);
      hits += harness.store().misses() == misses ? 1 : 0;
      misses = harness.store().misses();
    }
    assertThat(hits).isGreaterThan(50);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 100_000_000})
  void aSeriesThatIsSilentForTooLongLeavesNothing(long cache) throws Exception {
    ForecastSettings settings =
        settings(cache, Duration.ofMinutes(30), mode(Mode.MANY_TO_ONE, 2, SMALL));
    harness = open.add(SeriesHarness.of(settings, true, null));
    for (int i = 1; i <= 9; i++) {
      harness.send("silent", i * MINUTE, i);
      harness.send("lively", i * MINUTE, i);
    }
    harness.snapshot(1, 1);
    assertThat(harness.entries("unlearned")).isEqualTo(2);
    for (int i = 10; i < 400; i++) {
      harness.setProcessingTime(i * MINUTE);
      harness.send("lively", i * MINUTE, i);
      harness.watermark(i * MINUTE - 1);
    }
    harness.snapshot(2, 2);
    assertThat(harness.entries("window")).isEqualTo(1);
    assertThat(harness.entries("expiry")).isEqualTo(1);
    assertThat(harness.entries("unlearned") + harness.entries("learned-many-to-one"))
        .isBetween(1L, 2L);
    assertThat(harness.store().cached()).isLessThanOrEqualTo(1);
  }

  @Test
  void observationsUnderAnotherIntervalAreNotLearnedAgain() throws Exception {
    ForecastSettings settings = settings(1 << 20, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, SMALL));
    harness = open.add(SeriesHarness.of(settings, true, null));
    for (int i = 1; i <= 9; i++) {
      harness.send("s", i * MINUTE, i);
    }
    OperatorSubtaskState state = harness.snapshot(1, 1);
    Sampling hours = new Sampling(60 * MINUTE, Gap.SKIP, 5);
    ForecastSettings byHours =
        settings(0, hours, 0, 1 << 20, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, SMALL));
    harness = open.add(SeriesHarness.of(byHours, true, state));
    harness.send("s", 69 * MINUTE, 5);
    assertThat(harness.take(Output.class))
        .singleElement()
        .extracting(output -> ((Forecast) output).values())
        .isEqualTo(new double[] {5, 5});
  }

  /** A state and a log of series "s", after so many observations with features. */
  private static OperatorSubtaskState state(Sampling sampling, int features, int observations)
      throws Exception {
    ForecastSettings settings =
        settings(0, sampling, features, 1 << 20, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, SMALL));
    try (SeriesHarness harness = SeriesHarness.of(settings, true, null)) {
      for (int i = 1; i <= observations; i++) {
        harness.send("s", i * MINUTE, i, new double[features]);
      }
      return harness.snapshot(1, 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 0", "2, 1", "0, 2"})
  void aLogOfOtherFeaturesIsNotContinued(int before, int after) throws Exception {
    Sampling sampling = new Sampling(MINUTE, Gap.SKIP, 5);
    OperatorSubtaskState state = state(sampling, before, 9);
    ForecastSettings settings =
        settings(0, sampling, after, 1 << 20, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, SMALL));
    harness = open.add(SeriesHarness.of(settings, true, state));
    for (int i = 10; i <= 20; i++) {
      harness.send("s", i * MINUTE, i, new double[after]);
    }
    OperatorSubtaskState next = harness.snapshot(2, 2);
    harness.take(Output.class);
    harness.send("s", 21 * MINUTE, 21, new double[after]);
    List<Output> expected = harness.take(Output.class);
    harness = open.add(SeriesHarness.of(settings, true, next));
    harness.send("s", 21 * MINUTE, 21, new double[after]);
    assertThat(harness.take(Output.class)).isEqualTo(expected);
  }

  @Test
  void whatALogSaysOfAForgottenSeriesIsForgottenWithoutACacheToo() throws Exception {
    Sampling sampling = new Sampling(MINUTE, Gap.RESET, 5);
    OperatorSubtaskState state = state(sampling, 0, 9);
    ForecastSettings settings =
        settings(0, sampling, 0, 0, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, SMALL));
    harness = open.add(SeriesHarness.of(settings, true, state));
    harness.send("s", 90 * MINUTE, 4); // after a gap, which resets
    assertThat(harness.entries("unlearned")).isZero();
    harness.send("s", 91 * MINUTE, 4);
    assertThat(harness.take(Forecast.class))
        .last()
        .extracting(Forecast::learningSteps, Forecast::status)
        .containsExactly(2L, Status.WARMUP);
  }

  @Test
  void aLogIsLearnedAndGoneWithoutACache() throws Exception {
    Sampling sampling = new Sampling(MINUTE, Gap.SKIP, 5);
    OperatorSubtaskState state = state(sampling, 0, 9);
    List<Output> forecasts = new ArrayList<>();
    for (long cache : new long[] {1 << 20, 0}) {
      ForecastSettings settings =
          settings(0, sampling, 0, cache, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, SMALL));
      harness = open.add(SeriesHarness.of(settings, true, state));
      harness.send("s", 10 * MINUTE, 4);
      forecasts.addAll(harness.take(Output.class));
      assertThat(harness.entries("unlearned")).isEqualTo(cache == 0 ? 0 : 1);
    }
    assertThat(forecasts.subList(forecasts.size() / 2, forecasts.size()))
        .isEqualTo(forecasts.subList(0, forecasts.size() / 2));
  }

  @Test
  void aChangedSettingIsLearnedAgainOnce() throws Exception {
    Sampling sampling = new Sampling(MINUTE, Gap.SKIP, 5);
    OperatorSubtaskState state = state(sampling, 0, 40); // a state and some observations
    Learning other = new Learning(LearnerSettings.small(2), 5, 0);
    ForecastSettings settings =
        settings(0, sampling, 0, 1 << 20, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, other));
    harness = open.add(SeriesHarness.of(settings, true, state));
    harness.send("s", 41 * MINUTE, 4);
    harness.snapshot(2, 2);
    assertThat(harness.entries("unlearned")).as("the state itself is saved").isZero();
  }

  /** Observations wait for earlier ones, and timers take them in. */
  @Test
  void waitingObservationsAndTimersGoOnWhateverIsEvicted() throws Exception {
    ForecastSettings settings =
        settings(
            3 * MINUTE,
            new Sampling(MINUTE, Gap.SKIP, 5),
            0,
            25_000,
            Duration.ofDays(1),
            mode(Mode.MANY_TO_ONE, 2, SMALL));
    SplittableRandom random = new SplittableRandom(11);
    List<Observation> observations = new ArrayList<>();
    for (int i = 10; i < 150; i++) {
      for (int s = 0; s < SERIES; s++) {
        long time = (i + random.nextInt(-2, 2)) * MINUTE;
        observations.add(new Observation("series-" + s, time, i % 5 + s));
      }
    }
    List<List<Output>> outputs = new ArrayList<>();
    for (boolean rocks : new boolean[] {false, true}) {
      outputs.add(
          SeriesHarness.killed(
              state -> SeriesHarness.of(settings, rocks, state),
              observations,
              (task, observation, number) -> {
                task.send(observation);
                if (number % SERIES == SERIES - 1) {
                  task.watermark((number / SERIES + 7) * MINUTE);
                }
              },
              4,
              (task, observation, number) -> {}));
    }
    assertThat(outputs.get(0)).hasSizeGreaterThan(1_000);
    assertThat(outputs.get(1)).containsExactlyInAnyOrderElementsOf(outputs.get(0));
  }

  @Test
  void anotherModelHasTheStatesSaved() throws Exception {
    ForecastSettings settings = settings(1 << 20, Duration.ZERO, withModel());
    ForecastModel model =
        ModelFiles.fromBytes(
            settings.modes().get(0).initialModel(), ModelFiles.Defaults.NONE, "test");
    harness = open.add(SeriesHarness.of(settings, true, null));
    for (int i = 1; i <= 9; i++) {
      harness.send("s", i * MINUTE, i);
    }
    harness.publish(model);
    harness.snapshot(1, 1);
    assertThat(harness.entries("unlearned")).isZero();
    assertThat(harness.entries("learned-many-to-one")).isEqualTo(1);
  }

  @Test
  void heapTimersDoNotTurnTheCacheOff() throws Exception {
    EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend();
    backend.setPriorityQueueStateType(EmbeddedRocksDBStateBackend.PriorityQueueStateType.HEAP);
    ForecastSettings settings = settings(1 << 20, Duration.ZERO, mode(Mode.MANY_TO_ONE, 2, SMALL));
    harness = open.add(SeriesHarness.of(settings, backend, null));
    harness.send("s", MINUTE, 1);
    assertThat(harness.store().cached()).isEqualTo(1);
  }
}
