package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.classify.ClassFixture;
import dev.weir.classify.ClassFixture.Step;
import dev.weir.classify.ClassifySettings;
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
import dev.weir.forecast.SourceRecord;
import dev.weir.model.ClassifierModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClassifyFunctionTest {

  private static final int DELAY = 3; // observations after which a label comes
  private static final List<String> SERIES = List.of("a", "b", "lathe", "mill", "press-9");
  private static final ClassifierModel MODEL =
      ClassFixture.model("states", 1, List.of("idle", "run"));

  @AutoClose private final Opened open = new Opened();

  private static List<Classification> classifications(SeriesHarness harness) {
    return harness.outputs(Classification.class);
  }

  private static SourceRecord source(long offset) {
    return new SourceRecord("observations", 0, offset, offset, null, new byte[] {1});
  }

  private static ModelEvent update(ClassifierModel model) {
    return new ClassifierUpdate(model, source(1));
  }

  private SeriesHarness harness(
      ClassifySettings settings,
      boolean isAlone,
      StateBackend backend,
      OperatorSubtaskState state,
      int tasks,
      int task)
      throws Exception {
    return open.add(
        SeriesHarness.of(new ClassifyOperator(settings, isAlone), backend, state, tasks, task));
  }

  private SeriesHarness harness(
      ClassifySettings settings, StateBackend backend, OperatorSubtaskState state)
      throws Exception {
    return harness(settings, true, backend, state, 1, 0);
  }

  private SeriesHarness harness(ClassifySettings settings) throws Exception {
    return harness(settings, new HashMapStateBackend(), null);
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

  private static void send(List<SeriesHarness> tasks, List<InputEvent> events) throws Exception {
    for (InputEvent event : events) {
      tasks.get(SeriesHarness.task(SeriesHarness.key(event), tasks.size())).send(event);
    }
  }

  private List<SeriesHarness> tasks(int count, StateBackend backend, OperatorSubtaskState state)
      throws Exception {
    return tasks(count, ClassFixture.settings(11, 1, MODEL), backend, state);
  }

  private List<SeriesHarness> tasks(
      int count, ClassifySettings settings, StateBackend backend, OperatorSubtaskState state)
      throws Exception {
    List<SeriesHarness> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(harness(settings, true, backend, state, count, i));
    }
    return tasks;
  }

  private static List<Classification> sorted(List<SeriesHarness> tasks) {
    return tasks.stream()
        .flatMap(task -> classifications(task).stream())
        .sorted(
            Comparator.comparing(Classification::series).thenComparing(Classification::windowEnd))
        .toList();
  }

  /** With learning on: what is learned goes on with the same bits, wherever the series runs. */
  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void restoredAtAnotherParallelismClassificationsKeepTheirBits(StateBackend backend)
      throws Exception {
    List<SeriesHarness> whole = tasks(1, backend, null);
    send(whole, events(0, 40));
    whole.get(0).processElement2(update(ClassFixture.model("states", 2, ClassFixture.STATES)), 0);
    send(whole, events(40, 70));
    OperatorSubtaskState state = whole.get(0).checkpoint();
    int before = classifications(whole.get(0)).size();
    send(whole, events(70, 120));
    List<Classification> expected =
        classifications(whole.get(0)).stream()
            .skip(before)
            .sorted(
                Comparator.comparing(Classification::series)
                    .thenComparing(Classification::windowEnd))
            .toList();

    List<SeriesHarness> rescaled = tasks(3, backend, state);
    send(rescaled, events(70, 120));
    assertThat(rescaled).noneMatch(task -> classifications(task).isEmpty());
    assertThat(sorted(rescaled)).hasSize(5 * 50).isEqualTo(expected);
    assertThat(expected).allMatch(said -> said.modelVersion() == 2);
    assertThat(expected.get(expected.size() - 1).labels()).isEqualTo(119 - DELAY);
  }

  /** As forecasts do, with the same dead letter; rows and labels wait in the restored state. */
  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void waitingRowsAreClassifiedInOrderAndWhatComesLaterIsLate(StateBackend backend)
      throws Exception {
    ClassifySettings waits =
        ClassFixture.waiting(ClassFixture.settings(1, 1, MODEL), Duration.ofSeconds(1));
    List<Step> steps = ClassFixture.steps("a", 3, 1);
    SeriesHarness before = harness(waits, backend, null);
    before.send(steps.get(2).observation());
    before.send(ClassFixture.labelled(steps.get(1).observation(), steps.get(1).label()));
    SeriesHarness after = harness(waits, backend, before.checkpoint());
    after.watermark(3_000);
    after.send(steps.get(0).observation());
    assertThat(classifications(before)).isEmpty();
    assertThat(classifications(after))
        .extracting(Classification::windowEnd, Classification::labels)
        .containsExactly(tuple(2_000L, 0L), tuple(3_000L, 1L));
    assertThat(after.deadLetters())
        .extracting(DeadLetter::reason, DeadLetter::message)
        .containsExactly(
            tuple(
                Reason.LATE,
                "time: expected after 1970-01-01T00:00:03Z, got 1970-01-01T00:00:01Z, late by"
                    + " PT2S"));
  }

  @Test
  void modelsAreReplacedAndBadOnesRefused() throws Exception {
    SeriesHarness harness = harness(ClassFixture.settings(2, 1, MODEL));
    send(List.of(harness), events(0, 1));
    harness.processElement2(update(ClassFixture.model("other", 5, ClassFixture.STATES)), 0);
    List<String> many = List.of("a", "b", "c", "d", "e", "f");
    harness.processElement2(update(ClassFixture.model("states", 6, many)), 0);
    send(List.of(harness), events(1, 2));
    harness.processElement2(update(ClassFixture.model("states", 7, ClassFixture.STATES)), 0);
    send(List.of(harness), events(2, 3));
    assertThat(classifications(harness).stream().filter(c -> c.series().equals("a")))
        .extracting(Classification::modelVersion)
        .containsExactly(1L, 1L, 7L);
    assertThat(harness.deadLetters()).singleElement();
    assertThat(harness.deadLetters().get(0).reason()).isEqualTo(Reason.MODEL);
    assertThat(harness.deadLetters().get(0).message())
        .isEqualTo("classifier states version 6: classes: expected at most 5, got" + " 6");
  }

  @Test
  void aRestoredModelThatDoesNotFitFailsBeforeAnythingRuns() throws Exception {
    SeriesHarness harness = harness(ClassFixture.settings(2, 1, MODEL));
    harness.processElement2(update(ClassFixture.model("states", 7, ClassFixture.STATES)), 0);
    OperatorSubtaskState state = harness.checkpoint();
    ClassifySettings wider = ClassFixture.of(2).channels(3).model("states").build();
    assertThatThrownBy(() -> harness(wider, new HashMapStateBackend(), state))
        .hasStackTraceContaining(
            "the restored state and the job file disagree: classifier states version 7: channels:"
                + " expected 3 (a value and 2 features), got 2");
  }

  @Test
  void badInputBecomesDeadLetters() throws Exception {
    SeriesHarness harness = harness(ClassFixture.settings(1, 1, MODEL));
    Observation narrow = new Observation("a", 1, 2);
    harness.send(narrow);
    harness.send(new DeadLetter(Reason.MALFORMED, "x", source(1)));
    send(List.of(harness), events(0, 2));
    send(List.of(harness), events(0, 1));
    harness.send(new LabelEvent("a", 5, "run", source(0)));
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
    SeriesHarness harness =
        harness(ClassFixture.settings(1, 1, MODEL), false, new HashMapStateBackend(), null, 1, 0);
    harness.send(new ObservationEvent(new Observation("a", 1, 2), source(0)));
    send(List.of(harness), events(0, 2));
    send(List.of(harness), events(0, 1));
    harness.processElement2(new DeadLetter(Reason.MODEL, "x", source(1)), 0);
    harness.send(new LabelEvent("a", 5, "run", source(0)));
    assertThat(harness.deadLetters()).extracting(DeadLetter::reason).containsExactly(Reason.LABEL);
  }

  @Test
  void aRefusedLabelLeavesNothingAndOneTooManyIsReported() throws Exception {
    ClassifySettings settings =
        ClassFixture.of(1)
            .classes(List.of("idle", "run"))
            .maxClasses(3)
            .waiting(4)
            .seed(1)
            .ttl(Duration.ofSeconds(10))
            .maxSeries(1)
            .build();
    SeriesHarness harness = harness(settings, false, new HashMapStateBackend(), null, 1, 0);
    harness.send(new LabelEvent("x", 5, "fault", source(0)));
    assertThat(harness.numKeyedStateEntries()).isZero();
    harness.send(new LabelEvent("y", 5, "run", source(0)));
    harness.send(new LabelEvent("z", 5, "run", source(0)));
    assertThat(harness.deadLetters())
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.LABEL, Reason.SERIES_LIMIT);
    assertThat(harness.entries("classes")).isEqualTo(1);
    harness.silence(40_000, 10_000); // y never came
    assertThat(harness.numKeyedStateEntries()).isZero();
  }

  @Test
  void aTaskKeepsOnlySoManySeriesAndForgetsThem() throws Exception {
    SeriesHarness harness = harness(settings(1, Duration.ofSeconds(10), 3));
    send(List.of(harness), events(0, 1));
    assertThat(classifications(harness)).hasSize(3);
    assertThat(classifications(harness))
        .extracting(Classification::status)
        .containsOnly(Status.UNKNOWN);
    assertThat(harness.deadLetters())
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.SERIES_LIMIT, Reason.SERIES_LIMIT);
    assertThat(harness.entries("classes")).isEqualTo(3);
    harness.watermark(40_000); // of one series from the future
    assertThat(harness.entries("classes")).isEqualTo(3);
    harness.silence(60_000, 10_000);
    assertThat(harness.numKeyedStateEntries()).isZero();
    harness.send(
        new ObservationEvent(new Observation("press-9", 150_000, 1, new double[] {2}), source(1)));
    assertThat(classifications(harness)).hasSize(4);
  }

  private static ClassifySettings settings(int seqLen, Duration ttl, int maxSeries) {
    return ClassFixture.of(seqLen).maxClasses(3).seed(1).ttl(ttl).maxSeries(maxSeries).build();
  }

  /** Others are further, by many ttls: its past comes in, and then the labels do. */
  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void aSeriesBehindTheWatermarkKeepsItsLabels(StateBackend backend) throws Exception {
    Duration ttl = Duration.ofSeconds(10);
    SeriesHarness harness = harness(settings(1, ttl, 0), backend, null);
    List<Step> steps = ClassFixture.steps("old", 960, 1);
    for (int i = 0; i < steps.size(); i++) {
      harness.watermark(100_000_000 + 1_000L * i);
      harness.setProcessingTime(i);
      harness.send(steps.get(i).observation());
      if (i > 0) {
        Step late = steps.get(i - 1);
        harness.send(new LabelEvent("old", late.observation().time(), late.label(), source(i)));
      }
    }
    List<Classification> all = classifications(harness);
    assertThat(all.get(all.size() - 1).labels()).isEqualTo(958);
    assertThat(harness.deadLetters()).isEmpty();
  }

  /** Also those of another shape, which no observation will make fit. */
  @ParameterizedTest
  @MethodSource("dev.weir.stream.SeriesHarness#backends")
  void silentSeriesOfASavepointAreFreed(StateBackend backend) throws Exception {
    Duration ttl = Duration.ofSeconds(10);
    for (ClassifySettings before :
        List.of(settings(1, Duration.ZERO, 20), settings(2, ttl, 20))) { // no ttl; another shape
      SeriesHarness first = harness(before, backend, null);
      for (int i = 0; i < 20; i++) {
        Observation observation = new Observation("s" + i, 1_000, 1, new double[] {2});
        first.send(observation);
      }
      OperatorSubtaskState state = first.checkpoint();
      SeriesHarness second = harness(settings(1, ttl, 20), backend, state);
      assertThat(second.entries("classes")).isEqualTo(20);
      second.setProcessingTime(1);
      second.silence(60_000, 10_000);
      assertThat(second.entries("classes")).isZero();
      Observation observation = new Observation("new", 200_000, 1, new double[] {2});
      second.send(new ObservationEvent(observation, source(1)));
      assertThat(classifications(second)).hasSize(1);
    }
  }

  @Test
  void contradictingLabelsAndThoseOfUnknownSeriesAreReported() throws Exception {
    RecordedMetrics metrics;
    try (SeriesHarness harness =
        SeriesHarness.recorded(ClassFixture.settings(1, 1, MODEL), false)) {
      metrics = harness.metrics;
      harness.send(events(0, 1).get(0));
      harness.send(new LabelEvent("a", 1_000, "run", source(1)));
      harness.send(new LabelEvent("a", 1_000, "idle", source(2)));
      harness.send(new LabelEvent("A", 1_000, "idle", source(3)));
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
    RecordedMetrics metrics;
    try (SeriesHarness harness =
        SeriesHarness.recorded(ClassFixture.settings(2, 1, MODEL), isAlone)) {
      metrics = harness.metrics;
      for (InputEvent event : events(0, 12)) {
        harness.send(event);
      }
      harness.send(events(11, 12).get(0)); // again
      String truth = ClassFixture.steps("a", 12, 1).get(8).label();
      harness.send(new LabelEvent("a", 9_000, truth, source(0))); // again
      harness.send(new LabelEvent("a", 12_000, "run", source(12_250)));
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
    assertThat(metrics.gauge("weir.cachedSeries")).isEqualTo(0L); // on the heap
    assertThat(metrics.gauge("weir.classifierVersion")).isEqualTo(1L);
    RecordedMetrics withForecasts = metrics(false); // an operator that forecasts
    assertThat(withForecasts.count("weir.classify.observations")).isEqualTo(12 * 5 + 1);
    assertThat(withForecasts.count("weir.classify.duplicates")).isEqualTo(1);
    assertThat(withForecasts.names())
        .contains("weir.classify.cachedSeries", "weir.classify.cacheMisses")
        .doesNotContain("weir.cachedSeries", "weir.cacheMisses");
  }
}
