package dev.weir.stream.covariate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.forecast.SourceRecord;
import dev.weir.stream.RecordedMetrics;
import dev.weir.stream.WeirTypeInformation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class OutsideJoinTest {

  private static final double NAN = Double.NaN;
  private static final long HOUR = 3_600_000;
  private static final long T = 1_767_225_600_000L; // 2026-01-01T00:00Z
  private static final int HORIZON = 3;
  private static final OutsideSettings SETTINGS = settings(false, 0);

  private static OutsideSettings settings(boolean isInOrder, int covariates) {
    return new OutsideSettings(
        List.of("lear", "dnn"), 2, 1, covariates, HORIZON, HOUR, 9, isInOrder, Duration.ZERO);
  }

  /** The first models of each series. */
  private static OutsideSettings any(int slots, Duration ttl) {
    return new OutsideSettings(List.of(), slots, 1, 0, HORIZON, HOUR, 9, false, ttl);
  }

  /** Those that the operator registers. */
  public static RecordedMetrics metrics() {
    RecordedMetrics metrics = new RecordedMetrics();
    new OutsideFunction(SETTINGS).register(metrics);
    return metrics;
  }

  private static final class Harness
      extends KeyedTwoInputStreamOperatorTestHarness<
          String, InputEvent, CovariateEvent, InputEvent> {

    private final int covariates;

    Harness(OutsideSettings settings, boolean rocks, OperatorSubtaskState state) throws Exception {
      super(
          new OutsideOperator(settings),
          event -> event instanceof ObservationEvent o ? o.observation().series() : "dead",
          event -> event instanceof OutsideUpdate u ? u.series() : "dead",
          Types.STRING);
      setStateBackend(rocks ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend());
      covariates = settings.covariates();
      setup(WeirTypeInformation.INPUT_EVENT.createSerializer(new SerializerConfigImpl()));
      if (state != null) {
        initializeState(state);
      }
      open();
    }

    void says(String model, double made, double first, double... values) throws Exception {
      processElement2(update("a", model, made, first, values), 0);
    }

    void observe(double hour, double... ahead) throws Exception {
      processElement1(observation("a", hour, ahead), 0);
    }

    void reach(double hour) throws Exception {
      processBothWatermarks(new Watermark(at(hour)));
    }

    /** What was known at each observation that came out, without the ages. */
    List<double[]> take() {
      return takeWithAges().stream().map(this::withoutAges).toList();
    }

    private double[] withoutAges(double[] ahead) {
      int width = covariates + 2 * 2;
      return IntStream.range(0, ahead.length)
          .filter(i -> i % width < covariates || (i % width - covariates) % 2 == 0)
          .mapToDouble(i -> ahead[i])
          .toArray();
    }

    List<double[]> takeWithAges() {
      List<double[]> ahead = new ArrayList<>();
      for (InputEvent event : extractOutputValues()) {
        ahead.add(((ObservationEvent) event).observation().ahead());
      }
      getOutput().clear();
      return ahead;
    }

    /** The models of each observation that came out. */
    List<List<String>> takeModels() {
      List<List<String>> models =
          extractOutputValues().stream()
              .map(event -> ((ObservationEvent) event).observation().models())
              .toList();
      getOutput().clear();
      return models;
    }

    long watermark() {
      return getOutput().stream()
          .filter(Watermark.class::isInstance)
          .mapToLong(each -> ((Watermark) each).getTimestamp())
          .max()
          .orElse(Long.MIN_VALUE);
    }
  }

  private static Harness one() throws Exception {
    return new Harness(SETTINGS, false, null);
  }

  private static long at(double hour) {
    return T + Math.round(hour * HOUR);
  }

  private static ObservationEvent observation(String series, double hour, double... ahead) {
    return new ObservationEvent(
        new Observation(series, at(hour), hour, Observation.NO_FEATURES, null, ahead),
        new SourceRecord("t", 0, 1, 2, null, new byte[] {1}));
  }

  private static OutsideUpdate update(
      String series, String model, double made, double first, double... values) {
    long[] times = new long[values.length];
    Arrays.setAll(times, i -> at(first + i));
    return new OutsideUpdate(series, model, at(made), times, values);
  }

  @Test
  void observationWaitsForWhatWasSaidBefore() throws Exception {
    try (Harness harness = one()) {
      harness.observe(0);
      harness.says("dnn", 0, 1, 7, 8);
      harness.observe(1);
      harness.says("lear", -1, 0, 1, 2, 3);
      harness.says("dnn", 1, 2, 9);
      assertThat(harness.take()).isEmpty();
      harness.reach(0);
      assertThat(harness.take())
          .as("what was made at its time counts, the other column is lear's")
          .containsExactly(new double[] {2, 7, 3, 8});
      harness.reach(1);
      assertThat(harness.take()).containsExactly(new double[] {3, 9});
      assertThat(harness.numEventTimeTimers()).as("of what is known").isEqualTo(1);
    }
  }

  /** A model that says each value once it has been seen, so one step too late. */
  @Test
  void nothingIsUsedBeforeItWasMade() throws Exception {
    try (Harness harness = one()) {
      for (int hour = 0; hour < 5; hour++) {
        harness.says("lear", hour, hour, hour); // of its own time
        harness.says("dnn", hour + 0.001, hour + 1, hour + 1); // after the observation
        harness.observe(hour);
      }
      harness.reach(9);
      assertThat(harness.take()).hasSize(5).allMatch(ahead -> ahead.length == 0);
    }
  }

  @Test
  void olderForecastServesStepsThatTheNewerOneDoesNotCover() throws Exception {
    try (Harness harness = one()) {
      harness.says("lear", 0, 1, 1, 2, 3, 4);
      harness.says("lear", 0.5, 2, 20, NAN);
      harness.reach(0.5);
      harness.observe(0.75);
      harness.observe(1);
      harness.reach(1);
      assertThat(harness.take())
          .containsExactly(
              new double[] {20, NAN, 3, NAN, 4, NAN}, new double[] {20, NAN, 3, NAN, 4, NAN});
    }
  }

  @Test
  void eachStepHasTheAgeOfItsForecast() throws Exception {
    try (Harness harness = one()) {
      harness.says("lear", 0, 1, 1, 2, 3);
      harness.says("lear", 0.5, 2, 20);
      harness.observe(1);
      harness.reach(1);
      assertThat(harness.takeWithAges())
          .containsExactly(new double[] {20, 1800, NAN, NAN, 3, 3600, NAN, NAN});
    }
  }

  @Test
  void lateForecastCountsFromThenOnUnlessANewerOneIsKnown() throws Exception {
    try (Harness harness = one()) {
      RecordedMetrics metrics = new RecordedMetrics();
      ((OutsideFunction) ((OutsideOperator) harness.getOperator()).getUserFunction())
          .register(metrics);
      harness.says("lear", 1, 3, 30);
      harness.reach(1);
      harness.observe(2);
      harness.says("lear", 0, 3, 29, 39);
      harness.reach(2);
      assertThat(harness.take()).containsExactly(new double[] {30, NAN, 39, NAN});
      assertThat(metrics.count("weir.outsideForecasts")).isEqualTo(2);
      assertThat(metrics.count("weir.lateOutsideForecasts")).isEqualTo(1);
      assertThat(metrics.count("weir.missingOutsideSteps")).isEqualTo(1 + 3);
    }
  }

  @Test
  void lateObservationDoesNotSeeWhatWasSaidAfterIt() throws Exception {
    try (Harness harness = one()) {
      harness.says("lear", 0, 1, 1, 2, 3);
      harness.says("lear", 0.25, 2, 20);
      harness.reach(0.5);
      harness.observe(0.0);
      assertThat(harness.take()).containsExactly(new double[] {1, NAN, NAN, NAN, 3, NAN});
    }
  }

  /** Its watermark is a millisecond behind it, and no earlier one can come. */
  @Test
  void observationInOrderDoesNotWaitForTheNext() throws Exception {
    try (Harness harness = new Harness(settings(true, 0), false, null)) {
      harness.observe(0);
      harness.says("lear", 0, 1, 1);
      harness.processWatermark1(new Watermark(T - 1));
      assertThat(harness.take()).isEmpty();
      harness.processWatermark2(new Watermark(T - 1));
      assertThat(harness.take()).containsExactly(new double[] {1, NAN});
    }
  }

  @Test
  void silentTopicDoesNotHoldBackAndNeverCarriesEventTime() throws Exception {
    try (Harness harness = one()) {
      harness.observe(0);
      harness.processWatermark1(new Watermark(at(1)));
      assertThat(harness.take()).isEmpty();
      harness.processWatermarkStatus2(WatermarkStatus.IDLE);
      assertThat(harness.watermark()).isEqualTo(at(1));
      assertThat(harness.take()).hasSize(1);
      harness.processWatermarkStatus1(WatermarkStatus.IDLE);
      harness.processWatermarkStatus2(WatermarkStatus.ACTIVE);
      harness.processWatermark2(new Watermark(at(9)));
      assertThat(harness.watermark()).as("of idle observations").isLessThanOrEqualTo(at(1));
      harness.observe(2);
      assertThat(harness.take()).as("it is not late").isEmpty();
      harness.processWatermarkStatus1(WatermarkStatus.ACTIVE);
      harness.processWatermark1(new Watermark(at(2)));
      assertThat(harness.take()).hasSize(1);
    }
  }

  @Test
  void observationsThatWaitNeedNoOtherAfterARestart() throws Exception {
    OperatorSubtaskState state;
    try (Harness harness = one()) {
      harness.observe(0);
      harness.observe(1);
      harness.processWatermark1(new Watermark(at(0.5)));
      state = harness.snapshot(1, 1);
    }
    try (Harness harness = new Harness(SETTINGS, false, state)) {
      harness.says("lear", 0, 1, 1);
      harness.processWatermark2(new Watermark(at(0)));
      assertThat(harness.take()).containsExactly(new double[] {1, NAN});
      harness.processWatermarkStatus2(WatermarkStatus.IDLE);
      assertThat(harness.watermark()).isLessThanOrEqualTo(at(0.5));
      assertThat(harness.take()).isEmpty();
    }
  }

  @Test
  void covariatesComeBeforeTheColumnsOfModels() throws Exception {
    try (Harness harness = new Harness(settings(false, 2), false, null)) {
      harness.observe(0, 5, 6, 7, 8);
      harness.observe(1);
      harness.says("dnn", 0, 1, 1);
      harness.reach(1);
      assertThat(harness.take())
          .containsExactly(new double[] {5, 6, NAN, 1, 7, 8, NAN, NAN}, new double[0]);
    }
  }

  @Test
  void deadLettersPassAtOnce() throws Exception {
    try (Harness harness = one()) {
      DeadLetter letter =
          new DeadLetter(
              Reason.MALFORMED, "m", new SourceRecord("t", 0, 1, 2, null, new byte[] {1}));
      harness.processElement1(letter, 0);
      harness.processElement2(letter, 0);
      assertThat(harness.extractOutputValues()).containsExactly(letter, letter);
    }
  }

  @Test
  void whatHasPassedIsDropped() throws Exception {
    for (boolean isInOrder : new boolean[] {false, true}) {
      try (Harness harness = new Harness(settings(isInOrder, 0), false, null)) {
        harness.says("lear", 0, 1, 1, 2);
        harness.observe(2); // the same timer, or one beside it
        harness.observe(2 + 1.0 / HOUR);
        harness.says("dnn", 0, 1, 1, 2, 3, 4);
        harness.observe(4);
        harness.reach(1);
        assertThat(harness.take()).isEmpty();
        harness.reach(3.5);
        assertThat(harness.take())
            .as("none is forgotten")
            .containsExactly(new double[] {NAN, 3, NAN, 4}, new double[] {NAN, 3, NAN, 4});
        harness.reach(4.5);
        assertThat(harness.take()).hasSize(1);
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
      }
    }
  }

  @Test
  void firstModelsOfASeriesTakeItsSlots() throws Exception {
    OperatorSubtaskState state;
    try (Harness harness = new Harness(any(2, Duration.ZERO), false, null)) {
      RecordedMetrics metrics = new RecordedMetrics();
      ((OutsideFunction) ((OutsideOperator) harness.getOperator()).getUserFunction())
          .register(metrics);
      harness.says("third", 1, 2, 30);
      harness.says("second", 0, 1, 20, 21);
      harness.says("first", 0, 2, 10); // of the same time, by name
      harness.says("none", -1, -1, 5); // of the past only
      harness.observe(-0.5);
      harness.observe(0);
      harness.observe(1);
      harness.reach(-0.25);
      assertThat(harness.takeModels()).containsExactly(List.of());
      harness.reach(1);
      assertThat(harness.take())
          .containsExactly(new double[] {NAN, 20, 10, 21}, new double[] {10, 21});
      assertThat(metrics.count("weir.ignoredOutsideForecasts")).isEqualTo(1);
      assertThat(metrics.count("weir.missingOutsideSteps")).as("of known models").isEqualTo(3 + 4);
      state = harness.snapshot(1, 1);
    }
    try (Harness harness = new Harness(any(2, Duration.ZERO), false, state)) {
      harness.reach(50);
      harness.says("second", 50, 51, 22);
      harness.observe(50);
      harness.observe(50.25);
      harness.reach(60);
      assertThat(harness.takeModels())
          .as("also once nothing is forecast")
          .containsExactly(List.of("first", "second"), List.of("first", "second"));
      state = harness.snapshot(2, 2);
    }
    try (Harness harness = new Harness(any(1, Duration.ZERO), false, state)) {
      harness.says("second", 60, 61, 23);
      harness.observe(60.5);
      harness.reach(61);
      assertThat(harness.takeModels()).containsExactly(List.of("first"));
    }
  }

  @Test
  void modelsAreForgottenOnceTheyWereSilentForTheTimeToLive() throws Exception {
    try (Harness harness = new Harness(any(1, Duration.ofHours(5)), false, null)) {
      harness.says("lear", 0, 1, 1);
      harness.says("lear", 2, 3, 1);
      harness.observe(7.5);
      harness.reach(7.75);
      assertThat(harness.takeModels()).containsExactly(List.of("lear"));
      harness.observe(8.5);
      harness.reach(8.5);
      assertThat(harness.takeModels()).containsExactly(List.of());
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void nearestTimesToComeAreKept() throws Exception {
    try (Harness harness = one()) {
      double[] values = new double[20];
      Arrays.setAll(values, i -> i + 1);
      harness.says("lear", 0, 1, values); // nine are kept
      for (int hour = 0; hour < 10; hour++) {
        harness.observe(hour);
      }
      harness.says("lear", 8, 10, 100);
      harness.reach(9);
      List<double[]> ahead = harness.take();
      assertThat(ahead.get(0)).containsExactly(1, NAN, 2, NAN, 3, NAN);
      assertThat(ahead.get(7)).as("8 and 9").containsExactly(8, NAN, 9, NAN);
      assertThat(ahead.get(8)).containsExactly(9, NAN, 100, NAN);
    }
  }

  @Test
  void changeOfTheOrderForgetsNothingThatWaits() throws Exception {
    for (boolean before : new boolean[] {false, true}) {
      OperatorSubtaskState state;
      try (Harness harness = new Harness(settings(before, 0), false, null)) {
        harness.says("lear", 0, 1, 1);
        harness.observe(0);
        harness.observe(0.5);
        state = harness.snapshot(1, 1);
      }
      try (Harness harness = new Harness(settings(!before, 0), false, state)) {
        harness.reach(0.5);
        assertThat(harness.take()).hasSize(2);
        assertThat(harness.numEventTimeTimers()).as("of what is known").isEqualTo(1);
      }
    }
  }

  /** By hand: version, count, name, features, count, time, row, end, timer, CRC-32C. */
  @Test
  void layoutOfStateIsFixed() throws Exception {
    OutsideForecasts kept = new OutsideForecasts();
    GroupCovariates lear = new GroupCovariates(1);
    lear.put(3, new double[] {-2}, 9, 2);
    kept.byModel.put("b", lear);
    kept.end = 3;
    DataOutputSerializer out = new DataOutputSerializer(64);
    OutsideForecastsSerializer.INSTANCE.serialize(kept, out);
    byte[] bytes = out.getCopyOfBuffer();
    assertThat(HexFormat.of().formatHex(bytes, 0, bytes.length - 4))
        .isEqualTo(
            "01"
                + "00000001"
                + "0000000162"
                + "00000001"
                + "00000001"
                + "0300000000000000"
                + "00000000000000c0"
                + "0000000000000003"
                + "7fffffffffffffff");
    OutsideForecasts read =
        OutsideForecastsSerializer.INSTANCE.deserialize(new DataInputDeserializer(bytes));
    out.clear();
    OutsideForecastsSerializer.INSTANCE.serialize(read, out);
    assertThat(out.getCopyOfBuffer()).isEqualTo(bytes);
  }

  /** Events of two series in two topics, with the event time after which each may come. */
  private static TreeMap<Integer, List<Object>> traffic() {
    Random random = new Random(7);
    TreeMap<Integer, List<Object>> byHour = new TreeMap<>();
    for (int hour = 0; hour < 60; hour++) {
      List<Object> events = new ArrayList<>();
      for (String series : List.of("a", "b")) {
        events.add(observation(series, hour));
        boolean isAbsent = hour >= 20 && hour < 30;
        for (int i = random.nextInt(4); i > 0 && !isAbsent; i--) {
          String model = random.nextBoolean() ? "lear" : "dnn";
          double[] values = random.doubles(1 + random.nextInt(4)).toArray();
          events.add(
              update(series, model, hour - random.nextInt(2), hour + random.nextInt(3), values));
        }
      }
      byHour.put(hour, events);
    }
    return byHour;
  }

  /** Each event at random within its 3 hours, and kills in between. */
  private static List<Object> outcome(OutsideSettings settings, long seed, boolean rocks, int kills)
      throws Exception {
    Random random = new Random(seed);
    List<Object> pending = new ArrayList<>();
    List<Object> out = new ArrayList<>();
    Harness harness = new Harness(settings, rocks, null);
    TreeMap<Integer, List<Object>> traffic = traffic();
    for (int hour = 0; hour < 63; hour++) {
      pending.addAll(traffic.getOrDefault(hour, List.of()));
      if (hour < 60 && random.nextInt(3) > 0) {
        continue; // the watermark does not move
      }
      Collections.shuffle(pending, random);
      int kill = kills > 0 && random.nextInt(4) < kills ? random.nextInt(pending.size() + 1) : -1;
      for (int i = 0; i < pending.size(); i++) {
        if (i == kill) {
          OperatorSubtaskState state = harness.snapshot(hour, hour);
          harness.close();
          harness = new Harness(settings, rocks, state);
        }
        if (pending.get(i) instanceof ObservationEvent o) {
          harness.processElement1(o, o.observation().time());
        } else {
          harness.processElement2((OutsideUpdate) pending.get(i), 0);
        }
      }
      pending.clear();
      harness.reach(hour - 1);
      out.addAll(harness.extractOutputValues());
      harness.getOutput().clear();
    }
    harness.close();
    out.sort(
        (one, other) -> {
          Observation o = ((ObservationEvent) one).observation();
          Observation p = ((ObservationEvent) other).observation();
          int names = o.series().compareTo(p.series());
          return names != 0 ? names : Long.compare(o.time(), p.time());
        });
    return out;
  }

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true"})
  void neitherArrivalNorKillsChangeABit(boolean rocks, boolean any) throws Exception {
    OutsideSettings settings = any ? any(2, Duration.ZERO) : SETTINGS;
    List<Object> expected = outcome(settings, 1, false, 0);
    assertThat(expected).hasSize(120);
    assertThat(expected)
        .extracting(event -> ((ObservationEvent) event).observation().ahead().length)
        .contains(0, 4, 8, 12);
    for (int seed = 2; seed < (rocks ? 5 : 30); seed++) {
      assertThat(outcome(settings, seed, rocks, 1)).as("seed %d", seed).isEqualTo(expected);
    }
  }
}
