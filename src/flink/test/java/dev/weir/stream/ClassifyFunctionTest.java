package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.classify.series.ClassFixture;
import dev.weir.classify.series.ClassFixture.Step;
import dev.weir.classify.series.ClassifySettings;
import dev.weir.classify.series.WindowRule;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Classification.Status;
import dev.weir.forecast.ClassifierUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.model.ClassifierModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClassifyFunctionTest {

  private static final int MAX_PARALLELISM = 12;
  private static final int DELAY = 3; // observations after which a label comes
  private static final List<String> SERIES = List.of("a", "b", "lathe", "mill", "press-9");
  private static final ClassifierModel MODEL =
      ClassFixture.model("states", 1, List.of("idle", "run"));

  private final List<AutoCloseable> open = new ArrayList<>();

  private final class Harness
      extends KeyedTwoInputStreamOperatorTestHarness<String, InputEvent, ModelEvent, Output> {

    Harness(ClassifySettings settings, boolean isAlone, StateBackend backend, int of, int subtask)
        throws Exception {
      super(
          new ClassifyOperator(settings, isAlone),
          ClassifyFunctionTest::key,
          model -> "",
          Types.STRING,
          MAX_PARALLELISM,
          of,
          subtask);
      setStateBackend(backend);
      setup(OutputSerializer.INSTANCE);
      ClassifyFunctionTest.this.open.add(this);
    }

    /** Series that are known. */
    long entries() {
      try (Stream<?> keys =
          ((ClassifyOperator) getOperator())
              .getKeyedStateBackend()
              .getKeys("classes", VoidNamespace.INSTANCE)) {
        return keys.count();
      }
    }

    /** Event time and the clock go on until whatever is silent at a time is dropped. */
    void silence(long time, long ttl) throws Exception {
      for (int i = 0; i < 3; i++) {
        processBothWatermarks(new Watermark(time + i * 2 * ttl));
        setProcessingTime(getProcessingTime() + ttl);
      }
    }

    List<Classification> classifications() {
      return extractOutputValues().stream()
          .filter(Classification.class::isInstance)
          .map(Classification.class::cast)
          .toList();
    }

    List<DeadLetter> deadLetters() {
      return extractOutputValues().stream()
          .filter(DeadLetter.class::isInstance)
          .map(DeadLetter.class::cast)
          .toList();
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable harness : open) {
      harness.close();
    }
  }

  static Stream<StateBackend> backends() {
    return Stream.of(new HashMapStateBackend(), new EmbeddedRocksDBStateBackend());
  }

  private static String key(InputEvent event) {
    if (event instanceof LabelEvent label) {
      return label.series();
    }
    return event instanceof ObservationEvent observed ? observed.observation().series() : "none";
  }

  private static SourceRecord source(long offset) {
    return new SourceRecord("observations", 0, offset, offset, null, new byte[] {1});
  }

  private static ModelEvent update(ClassifierModel model) {
    return new ClassifierUpdate(model, source(1));
  }

  private Harness harness(ClassifySettings settings) throws Exception {
    Harness harness = new Harness(settings, true, new HashMapStateBackend(), 1, 0);
    harness.open();
    return harness;
  }

  /** Observations of all series in turns, each label some observations later. */
  private static List<InputEvent> events(int from, int to) {
    List<List<Step>> all = new ArrayList<>();
    for (int s = 0; s < SERIES.size(); s++) {
      all.add(ClassFixture.steps(SERIES.get(s), to, s + 1));
    }
    List<InputEvent> events = new ArrayList<>();
    for (int i = from; i < to; i++) {
      for (List<Step> steps : all) {
        Step step = steps.get(i);
        events.add(new ObservationEvent(step.observation(), source(i)));
        if (i >= DELAY) {
          Step late = steps.get(i - DELAY);
          Observation labelled = late.observation();
          events.add(new LabelEvent(labelled.series(), labelled.time(), late.label(), source(i)));
        }
      }
    }
    return events;
  }

  private static void send(List<Harness> tasks, List<InputEvent> events) throws Exception {
    for (InputEvent event : events) {
      int group =
          org.apache.flink.runtime.state.KeyGroupRangeAssignment.assignKeyToParallelOperator(
              key(event), MAX_PARALLELISM, tasks.size());
      tasks.get(group).processElement1(event, 0);
    }
  }

  private List<Harness> tasks(int count, StateBackend backend, OperatorSubtaskState state)
      throws Exception {
    return tasks(count, ClassFixture.settings(11, 1, MODEL), backend, state);
  }

  private List<Harness> tasks(
      int count, ClassifySettings settings, StateBackend backend, OperatorSubtaskState state)
      throws Exception {
    List<Harness> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Harness task = new Harness(settings, true, backend, count, i);
      if (state != null) {
        task.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                state, MAX_PARALLELISM, 1, count, i));
      }
      task.open();
      tasks.add(task);
    }
    return tasks;
  }

  private static List<Classification> sorted(List<Harness> tasks) {
    return tasks.stream()
        .flatMap(task -> task.classifications().stream())
        .sorted(
            Comparator.comparing(Classification::series).thenComparing(Classification::windowEnd))
        .toList();
  }

  /** With learning on: what is learned goes on with the same bits, wherever the series runs. */
  @ParameterizedTest
  @MethodSource("backends")
  void restoredAtAnotherParallelismClassificationsKeepTheirBits(StateBackend backend)
      throws Exception {
    List<Harness> whole = tasks(1, backend, null);
    send(whole, events(0, 40));
    whole.get(0).processElement2(update(ClassFixture.model("states", 2, ClassFixture.STATES)), 0);
    send(whole, events(40, 70));
    OperatorSubtaskState state = whole.get(0).snapshot(1, 1);
    int before = whole.get(0).classifications().size();
    send(whole, events(70, 120));
    List<Classification> expected =
        whole.get(0).classifications().stream()
            .skip(before)
            .sorted(
                Comparator.comparing(Classification::series)
                    .thenComparing(Classification::windowEnd))
            .toList();

    List<Harness> rescaled = tasks(3, backend, state);
    send(rescaled, events(70, 120));
    assertThat(rescaled).noneMatch(task -> task.classifications().isEmpty());
    assertThat(sorted(rescaled)).hasSize(5 * 50).isEqualTo(expected);
    assertThat(expected).allMatch(said -> said.modelVersion() == 2);
    assertThat(expected.get(expected.size() - 1).labels()).isEqualTo(119 - DELAY);
  }

  private static long time(InputEvent event) {
    return event instanceof LabelEvent label
        ? label.time()
        : ((ObservationEvent) event).observation().time();
  }

  /** Sends observations, and then the watermark that they allow. */
  private static void sendUnordered(List<Harness> tasks, List<InputEvent> events, Duration delay)
      throws Exception {
    long newest = 0;
    for (InputEvent event : events) {
      send(tasks, List.of(event));
      newest = Math.max(newest, time(event));
      for (Harness task : tasks) {
        task.processBothWatermarks(new Watermark(newest - delay.toMillis() - 1));
      }
    }
  }

  /** Each label in its observation; rows and labels wait in the state that is restored. */
  @ParameterizedTest
  @MethodSource("backends")
  void outOfOrderClassesAreThoseInOrderAlsoAcrossASavepoint(StateBackend backend) throws Exception {
    List<InputEvent> ordered = new ArrayList<>();
    for (int s = 0; s < SERIES.size(); s++) {
      for (Step step : ClassFixture.steps(SERIES.get(s), 90, s + 1)) {
        Observation marked = ClassFixture.marked(step.observation(), step.label(), false);
        ordered.add(new ObservationEvent(marked, source(marked.time())));
      }
    }
    List<Harness> inOrder = tasks(1, backend, null);
    send(inOrder, ordered);

    Duration delay = Duration.ofSeconds(4);
    ClassifySettings waits = ClassFixture.waiting(ClassFixture.settings(11, 1, MODEL), delay);
    List<InputEvent> unordered =
        ClassFixture.shuffled(ordered, ClassifyFunctionTest::time, delay.toMillis());
    List<Harness> before = tasks(1, waits, backend, null);
    int half = unordered.size() / 2;
    sendUnordered(before, unordered.subList(0, half), delay);
    OperatorSubtaskState state = before.get(0).snapshot(1, 1);
    List<Harness> after = tasks(2, waits, backend, state);
    sendUnordered(after, unordered.subList(half, unordered.size()), delay);
    for (Harness task : after) {
      task.processBothWatermarks(Watermark.MAX_WATERMARK);
    }
    List<Harness> all = new ArrayList<>(before);
    all.addAll(after);
    assertThat(sorted(all)).hasSize(5 * 90).isEqualTo(sorted(inOrder));
    assertThat(all).allMatch(task -> task.deadLetters().isEmpty());
  }

  /** As forecasts do, with the same dead letter. */
  @Test
  void whatComesAfterItsTurnIsLate() throws Exception {
    ClassifySettings waits =
        ClassFixture.waiting(ClassFixture.settings(1, 1, MODEL), Duration.ofSeconds(1));
    Harness harness = harness(waits);
    List<Step> steps = ClassFixture.steps("a", 3, 1);
    for (int i : new int[] {1, 2, 0}) {
      harness.processElement1(new ObservationEvent(steps.get(i).observation(), source(i)), 0);
      harness.processBothWatermarks(new Watermark(steps.get(i).observation().time()));
    }
    assertThat(harness.classifications())
        .extracting(Classification::windowEnd)
        .containsExactly(2_000L, 3_000L);
    assertThat(harness.deadLetters())
        .extracting(DeadLetter::reason, DeadLetter::message)
        .containsExactly(
            tuple(
                Reason.LATE,
                "time: expected after 1970-01-01T00:00:03Z, got 1970-01-01T00:00:01Z, late by"
                    + " PT2S"));
  }

  @Test
  void modelsAreReplacedAndBadOnesRefused() throws Exception {
    Harness harness = harness(ClassFixture.settings(2, 1, MODEL));
    send(List.of(harness), events(0, 1));
    harness.processElement2(update(ClassFixture.model("other", 5, ClassFixture.STATES)), 0);
    List<String> many = List.of("a", "b", "c", "d", "e", "f");
    harness.processElement2(update(ClassFixture.model("states", 6, many)), 0);
    send(List.of(harness), events(1, 2));
    harness.processElement2(update(ClassFixture.model("states", 7, ClassFixture.STATES)), 0);
    send(List.of(harness), events(2, 3));
    assertThat(harness.classifications().stream().filter(c -> c.series().equals("a")))
        .extracting(Classification::modelVersion)
        .containsExactly(1L, 1L, 7L);
    assertThat(harness.deadLetters()).singleElement();
    assertThat(harness.deadLetters().get(0).reason()).isEqualTo(Reason.MODEL);
    assertThat(harness.deadLetters().get(0).message())
        .isEqualTo("classifier states version 6: classes: expected at most 5, got" + " 6");
  }

  @Test
  void aRestoredModelThatDoesNotFitFailsBeforeAnythingRuns() throws Exception {
    Harness harness = harness(ClassFixture.settings(2, 1, MODEL));
    harness.processElement2(update(ClassFixture.model("states", 7, ClassFixture.STATES)), 0);
    OperatorSubtaskState state = harness.snapshot(1, 1);
    ClassifySettings wider =
        new ClassifySettings(
            2,
            1,
            3,
            WindowRule.COUNT,
            Duration.ZERO,
            "states",
            null,
            List.of(),
            5,
            true,
            6,
            11,
            Duration.ZERO,
            0);
    Harness other = new Harness(wider, true, new HashMapStateBackend(), 1, 0);
    assertThatThrownBy(() -> other.initializeState(state))
        .hasMessageContaining(
            "the restored state and the job file disagree: classifier states version 7: channels:"
                + " expected 3 (a value and 2 features), got 2");
  }

  @Test
  void badInputBecomesDeadLetters() throws Exception {
    Harness harness = harness(ClassFixture.settings(1, 1, MODEL));
    Observation narrow = new Observation("a", 1, 2);
    harness.processElement1(new ObservationEvent(narrow, source(0)), 0);
    harness.processElement1(new DeadLetter(Reason.MALFORMED, "x", source(1)), 0);
    send(List.of(harness), events(0, 2));
    send(List.of(harness), events(0, 1));
    harness.processElement1(new LabelEvent("a", 5, "run", source(0)), 0);
    assertThat(harness.deadLetters())
        .extracting(DeadLetter::reason)
        .containsExactly(
            Reason.FEATURES,
            Reason.MALFORMED,
            Reason.LATE,
            Reason.LATE,
            Reason.LATE,
            Reason.LATE,
            Reason.LATE,
            Reason.LABEL);
  }

  /** Beside the operator that forecasts, which reports the same observations. */
  @Test
  void besideForecastsOnlyLabelsAreReported() throws Exception {
    Harness harness =
        new Harness(ClassFixture.settings(1, 1, MODEL), false, new HashMapStateBackend(), 1, 0);
    harness.open();
    harness.processElement1(new ObservationEvent(new Observation("a", 1, 2), source(0)), 0);
    send(List.of(harness), events(0, 2));
    send(List.of(harness), events(0, 1));
    harness.processElement2(new DeadLetter(Reason.MODEL, "x", source(1)), 0);
    harness.processElement1(new LabelEvent("a", 5, "run", source(0)), 0);
    assertThat(harness.deadLetters()).extracting(DeadLetter::reason).containsExactly(Reason.LABEL);
  }

  @Test
  void aRefusedLabelLeavesNothingAndOneTooManyIsReported() throws Exception {
    ClassifySettings settings =
        new ClassifySettings(
            1,
            1,
            2,
            WindowRule.COUNT,
            Duration.ZERO,
            null,
            null,
            List.of("idle", "run"),
            3,
            true,
            4,
            1,
            Duration.ofSeconds(10),
            1);
    Harness harness = new Harness(settings, false, new HashMapStateBackend(), 1, 0);
    harness.open();
    harness.processElement1(new LabelEvent("x", 5, "fault", source(0)), 0);
    assertThat(harness.numKeyedStateEntries()).isZero();
    harness.processElement1(new LabelEvent("y", 5, "run", source(0)), 0);
    harness.processElement1(new LabelEvent("z", 5, "run", source(0)), 0);
    assertThat(harness.deadLetters())
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.LABEL, Reason.SERIES_LIMIT);
    assertThat(harness.entries()).isEqualTo(1);
    harness.silence(40_000, 10_000); // y never came
    assertThat(harness.numKeyedStateEntries()).isZero();
  }

  @Test
  void aTaskKeepsOnlySoManySeriesAndForgetsThem() throws Exception {
    ClassifySettings settings =
        new ClassifySettings(
            1,
            1,
            2,
            WindowRule.COUNT,
            Duration.ZERO,
            null,
            null,
            List.of(),
            3,
            true,
            4,
            1,
            Duration.ofSeconds(10),
            3);
    Harness harness = harness(settings);
    send(List.of(harness), events(0, 1));
    assertThat(harness.classifications()).hasSize(3);
    assertThat(harness.classifications())
        .extracting(Classification::status)
        .containsOnly(Status.UNKNOWN);
    assertThat(harness.deadLetters())
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.SERIES_LIMIT, Reason.SERIES_LIMIT);
    assertThat(harness.entries()).isEqualTo(3);
    harness.processBothWatermarks(new Watermark(40_000)); // of one series from the future
    assertThat(harness.entries()).isEqualTo(3);
    harness.silence(60_000, 10_000);
    assertThat(harness.numKeyedStateEntries()).isZero();
    harness.processElement1(
        new ObservationEvent(new Observation("press-9", 150_000, 1, new double[] {2}), source(1)),
        0);
    assertThat(harness.classifications()).hasSize(4);
  }

  private static ClassifySettings settings(int seqLen, Duration ttl, int maxSeries) {
    return new ClassifySettings(
        seqLen,
        1,
        2,
        WindowRule.COUNT,
        Duration.ZERO,
        null,
        null,
        List.of(),
        3,
        true,
        6,
        1,
        ttl,
        maxSeries);
  }

  /** Others are further, by many ttls: its past comes in, and then the labels do. */
  @ParameterizedTest
  @MethodSource("backends")
  void aSeriesBehindTheWatermarkKeepsItsLabels(StateBackend backend) throws Exception {
    Duration ttl = Duration.ofSeconds(10);
    Harness harness = new Harness(settings(1, ttl, 0), true, backend, 1, 0);
    harness.open();
    List<Step> steps = ClassFixture.steps("old", 960, 1);
    for (int i = 0; i < steps.size(); i++) {
      harness.processBothWatermarks(new Watermark(100_000_000 + 1_000L * i));
      harness.setProcessingTime(i);
      harness.processElement1(new ObservationEvent(steps.get(i).observation(), source(i)), 0);
      if (i > 0) {
        Step late = steps.get(i - 1);
        harness.processElement1(
            new LabelEvent("old", late.observation().time(), late.label(), source(i)), 0);
      }
    }
    List<Classification> all = harness.classifications();
    assertThat(all.get(all.size() - 1).labels()).isEqualTo(958);
    assertThat(harness.deadLetters()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aValueAheadOfTimeSilencesItsSeriesNoLongerThanForecasts(StateBackend backend)
      throws Exception {
    Harness harness = new Harness(settings(2, Duration.ZERO, 0), true, backend, 1, 0);
    harness.open();
    List<Step> steps = ClassFixture.steps("a", 31, 1);
    for (int i = 0; i < 30; i++) {
      harness.setProcessingTime(1_000L * (i + 1));
      if (i == 10) {
        Observation ahead = new Observation("a", 3_600_000, 1, new double[] {2});
        harness.processElement1(new ObservationEvent(ahead, source(i)), 0);
      }
      harness.processElement1(new ObservationEvent(steps.get(i).observation(), source(i)), 0);
    }
    assertThat(harness.deadLetters()).extracting(DeadLetter::reason).hasSize(2);
    assertThat(harness.classifications()).hasSize(30 + 1 - 2);
  }

  /** Also those of another shape, which no observation will make fit. */
  @ParameterizedTest
  @MethodSource("backends")
  void silentSeriesOfASavepointAreFreed(StateBackend backend) throws Exception {
    Duration ttl = Duration.ofSeconds(10);
    for (ClassifySettings before :
        List.of(settings(1, Duration.ZERO, 20), settings(2, ttl, 20))) { // no ttl; another shape
      Harness first = new Harness(before, true, backend, 1, 0);
      first.open();
      for (int i = 0; i < 20; i++) {
        Observation observation = new Observation("s" + i, 1_000, 1, new double[] {2});
        first.processElement1(new ObservationEvent(observation, source(i)), 0);
      }
      OperatorSubtaskState state = first.snapshot(1, 1);
      Harness second = new Harness(settings(1, ttl, 20), true, backend, 1, 0);
      second.initializeState(state);
      second.open();
      assertThat(second.entries()).isEqualTo(20);
      second.setProcessingTime(1);
      second.silence(60_000, 10_000);
      assertThat(second.entries()).isZero();
      Observation observation = new Observation("new", 200_000, 1, new double[] {2});
      second.processElement1(new ObservationEvent(observation, source(1)), 0);
      assertThat(second.classifications()).hasSize(1);
    }
  }

  @Test
  void contradictingLabelsAndThoseOfUnknownSeriesAreReported() throws Exception {
    RecordedMetrics metrics = new RecordedMetrics();
    try (KeyedTwoInputStreamOperatorTestHarness<String, InputEvent, ModelEvent, Output> harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new RecordedMetrics.Operator(ClassFixture.settings(1, 1, MODEL), false, metrics),
            ClassifyFunctionTest::key,
            model -> "",
            Types.STRING)) {
      harness.setup(OutputSerializer.INSTANCE);
      harness.open();
      harness.processElement1(events(0, 1).get(0), 0);
      harness.processElement1(new LabelEvent("a", 1_000, "run", source(1)), 0);
      harness.processElement1(new LabelEvent("a", 1_000, "idle", source(2)), 0);
      harness.processElement1(new LabelEvent("A", 1_000, "idle", source(3)), 0);
      assertThat(harness.extractOutputValues())
          .filteredOn(DeadLetter.class::isInstance)
          .containsExactly(
              new DeadLetter(
                  Reason.LABEL,
                  "label: expected the one that the window at 1970-01-01T00:00:01Z of series a has"
                      + " already, got idle",
                  source(2)));
    }
    assertThat(metrics.count("weir.labels")).isEqualTo(1);
    assertThat(metrics.count("weir.repeatedLabels")).isZero();
    assertThat(metrics.count("weir.contradictingLabels")).isEqualTo(1);
    assertThat(metrics.count("weir.unknownSeriesLabels")).isEqualTo(1);
  }

  /** What a task counts of a few observations and labels. */
  static RecordedMetrics metrics(boolean isAlone) throws Exception {
    RecordedMetrics metrics = new RecordedMetrics();
    try (KeyedTwoInputStreamOperatorTestHarness<String, InputEvent, ModelEvent, Output> harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new RecordedMetrics.Operator(ClassFixture.settings(2, 1, MODEL), isAlone, metrics),
            ClassifyFunctionTest::key,
            model -> "",
            Types.STRING)) {
      harness.setup(OutputSerializer.INSTANCE);
      harness.open();
      for (InputEvent event : events(0, 12)) {
        harness.processElement1(event, 0);
      }
      harness.processElement1(events(11, 12).get(0), 0); // again
      String truth = ClassFixture.steps("a", 12, 1).get(8).label();
      harness.processElement1(new LabelEvent("a", 9_000, truth, source(0)), 0); // again
      harness.processElement1(new LabelEvent("a", 12_000, "run", source(12_250)), 0);
    }
    return metrics;
  }

  @Test
  void whatHappensIsCounted() throws Exception {
    RecordedMetrics metrics = metrics(true);
    assertThat(metrics.count("weir.observations")).isEqualTo(12 * 5 + 1);
    assertThat(metrics.count("weir.duplicates")).isEqualTo(1);
    assertThat(metrics.count("weir.status.OK.classifications")).isEqualTo(11 * 5);
    assertThat(metrics.count("weir.status.WARMUP.classifications")).isEqualTo(5);
    assertThat(metrics.count("weir.labels")).isEqualTo(9 * 5 + 1);
    assertThat(metrics.count("weir.rightLabels")).isBetween(1L, 45L);
    assertThat((double) metrics.gauge("weir.accuracy")).isBetween(0.01, 0.99);
    assertThat((double) metrics.gauge("weir.logLoss")).isPositive();
    assertThat(metrics.count("weir.repeatedLabels")).isEqualTo(1);
    assertThat(metrics.histogram("weir.labelDelayMillis").getStatistics().getMax()).isEqualTo(250);
    assertThat(metrics.gauge("weir.series")).isEqualTo(5L);
    assertThat(metrics.gauge("weir.classifierVersion")).isEqualTo(1L);
    assertThat(metrics(false).count("weir.classify.observations")).isEqualTo(12 * 5 + 1);
  }

  @Test
  void windowsByTimeEndWithEventTime() throws Exception {
    ClassifySettings settings =
        new ClassifySettings(
            5,
            1,
            2,
            new WindowRule(WindowRule.Kind.TIME, Duration.ofSeconds(4)),
            Duration.ZERO,
            "states",
            null,
            List.of(),
            3,
            true,
            4,
            1,
            Duration.ZERO,
            0);
    Harness harness = harness(settings);
    send(List.of(harness), events(0, 2)); // at 1 and 2 s
    harness.processBothWatermarks(new Watermark(3_999));
    assertThat(harness.classifications()).isEmpty();
    harness.processBothWatermarks(new Watermark(4_000));
    assertThat(harness.classifications()).hasSize(5);
    assertThat(harness.classifications()).allMatch(said -> said.steps() == 2);
  }
}
