package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.classify.ClassFixture;
import dev.weir.classify.ClassFixture.Step;
import dev.weir.classify.ClassState;
import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.alarm.OpenIncident;
import dev.weir.forecast.alarm.ThresholdState;
import dev.weir.forecast.alarm.ThresholdWarning;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.score.DistributionScorer;
import dev.weir.forecast.score.DistributionSums;
import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.state.ClassStateSerializer;
import dev.weir.state.LearnerStateSerializer;
import dev.weir.state.ObservationLogSerializer;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WindowStateSerializer;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** State as released layouts have it, from the test resources; their README lists them. */
class SavedStateTest {

  private static final Path STATE = Path.of("src/flink/test/resources/state");
  private static final long[] TIMES = {120_000, 180_000, 240_000, 420_000, 540_000};

  private static final int SEASON = 12;
  private static final int LEARNED = 300; // values

  private static final Map<String, TypeSerializer<?>> SERIALIZERS = // by the name in savepoints
      Map.of(
          "dev.weir.stream.InputEventSerializer$Snapshot", InputEventSerializer.INSTANCE,
          "dev.weir.stream.ForecastModelSerializer$Snapshot", ForecastModelSerializer.INSTANCE,
          "dev.weir.state.LearnerStateSerializer$Snapshot", LearnerStateSerializer.INSTANCE,
          "dev.weir.state.WindowStateSerializer$Snapshot", WindowStateSerializer.INSTANCE,
          "dev.weir.state.ClassStateSerializer$Snapshot", ClassStateSerializer.INSTANCE,
          "dev.weir.state.ObservationLogSerializer$Snapshot", ObservationLogSerializer.INSTANCE);

  private static byte[] bytes(String file) throws IOException {
    try (Stream<String> lines = Files.lines(STATE.resolve(file))) {
      String hex = lines.map(line -> line.split("#")[0].strip()).collect(Collectors.joining());
      return HexFormat.of().parseHex(hex);
    }
  }

  private static <T> T read(TypeSerializer<T> serializer, byte[] bytes) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    T value = serializer.deserialize(in);
    assertThat(in.available()).as("bytes left over").isZero();
    return value;
  }

  private static <T> byte[] written(TypeSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    serializer.serialize(value, out);
    return out.getCopyOfBuffer();
  }

  private static <T> void assertWritten(TypeSerializer<T> serializer, T value, String file)
      throws IOException {
    assertThat(written(serializer, value))
        .as("a layout that changes needs a version of its own")
        .isEqualTo(bytes(file));
  }

  @Test
  void savedWindowIsReadAndWrittenAsItWas() throws Exception {
    WindowState state = read(WindowStateSerializer.INSTANCE, bytes("window-1.hex"));
    assertThat(state.interval()).isEqualTo(60_000);
    assertIsTheSavedWindow(state);
    assertThat(state.hasMarks()).isFalse();
    assertWritten(WindowStateSerializer.INSTANCE, state, "window-1.hex");
  }

  @Test
  void savedWindowKeepsItsMarks() throws Exception {
    WindowState marked = read(WindowStateSerializer.INSTANCE, bytes("window-1-marked.hex"));
    assertIsTheSavedWindow(marked);
    long[] marks = new long[WindowState.MARKS];
    marked.saveMarks(LongBuffer.wrap(marks));
    assertThat(marks).containsExactly(2, 130_000, 5_000, 1_700_000_000_000L);
    assertWritten(WindowStateSerializer.INSTANCE, marked, "window-1-marked.hex");
  }

  @Test
  void savedWindowKeepsTheCovariatesOfItsNetwork() throws Exception {
    WindowState state = read(WindowStateSerializer.INSTANCE, bytes("window-1-ahead.hex"));
    assertIsTheSavedWindow(state);
    assertThat(state.ahead()).isEqualTo(4);
    assertThat(state.columns()).isEqualTo(2);
    assertWritten(WindowStateSerializer.INSTANCE, state, "window-1-ahead.hex");
    Windows windows = new Windows(3, 1, 2, new Sampling(60_000, Sampling.Gap.SKIP, 0), 4, 2);
    SequenceWindow window = windows.window("s", state);
    double unknown = Double.NaN;
    double[] known = {unknown, 0.5, 10, -10, 20, -20, 30, -30, unknown, -40};
    for (int i = 0; i < known.length; i++) {
      assertThat(window.covariate(i / 2 - 2, i % 2)).isEqualTo(Double.valueOf(known[i]));
    }
    windows.advance(state, 420_000); // two steps are missing before it
    assertThat(windows.window("s", state).covariate(-2, 1)).isEqualTo(-30);
    assertThat(windows.window("s", state).covariate(1, 0)).isEqualTo(1.5);
  }

  private static void assertIsTheSavedWindow(WindowState state) {
    assertThat(state.seqLen()).isEqualTo(3);
    assertThat(state.features()).isEqualTo(2);
    assertThat(state.seen()).isEqualTo(4);
    assertThat(state.size()).isEqualTo(3);
    assertThat(state.pendingSize()).isEqualTo(2);
    for (int i = 0; i < 3; i++) {
      assertThat(state.time(i)).isEqualTo(TIMES[i]);
      assertThat(state.value(i)).isEqualTo(TIMES[i] / 4.0);
      assertThat(state.feature(i, 0)).isEqualTo(TIMES[i] + 0.5);
      assertThat(state.feature(i, 1)).isEqualTo(-TIMES[i]);
    }
    for (int i = 0; i < 2; i++) {
      long time = TIMES[3 + i];
      assertThat(state.pendingTime(i)).isEqualTo(time);
      assertThat(state.pendingValue(i)).isEqualTo(time / 4.0);
      assertThat(state.pendingFeature(i, 0)).isEqualTo(time + 0.5);
      assertThat(state.pendingFeature(i, 1)).isEqualTo(-time);
    }
  }

  @Test
  void savedLogIsReadAndWrittenAsItWas() throws Exception {
    ObservationLog log = read(ObservationLogSerializer.INSTANCE, bytes("unlearned-1.hex"));
    assertThat(log.features()).isEqualTo(2);
    assertThat(log.interval()).isEqualTo(60_000);
    assertThat(log.size()).isEqualTo(3);
    assertThat(log.learnedRows()).isEqualTo(2);
    assertThat(log.unlearned()).isEqualTo(1);
    SequenceWindow window =
        new Windows(4, 1, 2, new Sampling(60_000, Sampling.Gap.SKIP, 0)).window("s", log, 2);
    assertThat(window.size()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      assertThat(window.time(i)).isEqualTo(TIMES[i]);
      assertThat(window.value(i)).isEqualTo(TIMES[i] / 4.0);
      assertThat(window.feature(i, 0)).isEqualTo(TIMES[i] + 0.5);
      assertThat(window.feature(i, 1)).isEqualTo(-TIMES[i]);
    }
    assertWritten(ObservationLogSerializer.INSTANCE, log, "unlearned-1.hex");
  }

  /** Also its copy is written as it was. */
  private static LearnerState memory(String file) throws IOException {
    LearnerState memory = read(LearnerStateSerializer.INSTANCE, bytes(file));
    assertWritten(LearnerStateSerializer.INSTANCE, memory, file);
    assertWritten(LearnerStateSerializer.INSTANCE, memory.copy(), file);
    return memory;
  }

  @Test
  void savedMemoryIsReadAndWrittenAsItWas() throws Exception {
    LearnerState plain = memory("memory-1.hex");
    assertThat(plain.longs()).containsExactly(1, -2, Long.MAX_VALUE, Long.MIN_VALUE);
    assertThat(plain.doubles()).containsExactly(0.1, -0.0, 1e300);
    assertThat(plain.floats()).containsExactly(1.5f, -0f);
    assertThat(plain.shorts()).containsExactly(0x3fc0, -0x8000, 0x7fff);
    assertThat(plain.alarms()).isNull();
    assertThat(plain.distributions()).isNull();
  }

  @Test
  void savedAlarmsAreReadAndWrittenAsTheyWere() throws Exception {
    LearnerState memory = memory("memory-1-alarms.hex");
    assertThat(memory.alarms().values()).isEqualTo(1_000);
    OpenIncident incident = memory.alarms().incident();
    assertThat(List.of(incident.start(), incident.worstTime(), incident.end()))
        .containsExactly(60_000L, 120_000L, 180_000L);
    assertThat(List.of(incident.worst(), incident.expected(), incident.error()))
        .containsExactly(9.25, Double.NaN, -0.5);
    assertThat(incident.values()).isEqualTo(3);
    assertThat(incident.surprise()).isEqualTo(4.5);
    assertThat(incident.reason()).isEqualTo(Reason.NOVELTY);
    assertThat(incident.isReported()).isTrue();
    assertThat(memory.bytes() - memory.copy().bytes()).isZero();
  }

  @Test
  void savedScoresAreReadAndWrittenAsTheyWere() throws Exception {
    LearnerState memory = memory("memory-1-scores.hex");
    DistributionSums scores = memory.distributions();
    DistributionScorer scorer = new DistributionScorer(0.8);
    assertThat(scorer.fits(scores, 2)).isTrue();
    assertThat(scores.first()).isEqualTo(7);
    assertThat(scores.count(0)).isEqualTo(4);
    assertThat(scores.count(1)).isEqualTo(3);
    assertThat(scorer.crps(scores, 0)).isEqualTo(0.625);
    assertThat(scorer.crps(scores, 1)).isEqualTo(2);
    assertThat(scorer.pinball(scores, 0, 1)).isEqualTo(0.3125);
    assertThat(scorer.pinball(scores, 1, 2)).isEqualTo(0.75);
  }

  @Test
  void savedThresholdsAreReadAndWrittenAsTheyWere() throws Exception {
    LearnerState memory = memory("memory-1-thresholds.hex");
    assertThat(memory.alarms().incident().worst()).isEqualTo(9.25);
    List<ThresholdState> thresholds = memory.alarms().thresholds();
    assertThat(thresholds).extracting(ThresholdState::limit).containsExactly(90.5, -3.0);
    assertThat(thresholds).extracting(ThresholdState::above).containsExactly(true, false);
    assertThat(thresholds).extracting(ThresholdState::within).containsExactly(2, 1);
    ThresholdWarning warning = thresholds.get(0).warning();
    assertThat(List.of(warning.start(), warning.time(), warning.end(), warning.crossing()))
        .containsExactly(60_000L, 120_000L, 180_000L, 240_000L);
    assertThat(List.of(warning.value(), warning.forecast(), warning.probability()))
        .containsExactly(88.5, 91.25, 0.875);
    assertThat(warning.values()).isEqualTo(3);
    assertThat(thresholds.get(1).warning()).isNull();
  }

  @Test
  void whatIsKnownOfBreaksIsReadAndWrittenAsItWas() throws Exception {
    LearnerState memory = memory("memory-1-breaks.hex");
    assertThat(memory.alarms().incident().reason()).isEqualTo(Reason.BREAK);
    assertThat(memory.alarms().incident().start()).isEqualTo(60_000);
    assertThat(memory.alarms().age()).isEqualTo(77);
    LearnerState without = memory("memory-1-alarms.hex");
    assertThat(without.alarms().age()).isEqualTo(Integer.MAX_VALUE);
    assertThat(memory.bytes()).isEqualTo(without.bytes() + 120);
  }

  @Test
  void savedModelIsReadAndWrittenAsItWas() throws Exception {
    ForecastModel model = read(ForecastModelSerializer.INSTANCE, bytes("model-1.hex"));
    Path same = Path.of("src/core/test/resources/model/format-1.safetensors");
    assertThat(model).isEqualTo(ModelFiles.read(same, ModelFiles.Defaults.NONE));
    assertThat(written(ForecastModelSerializer.INSTANCE, model)).startsWith(1);
  }

  private static <T> byte[] snapshot(String name, int version, int... more) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    out.writeUTF(name);
    out.writeInt(version);
    for (int b : more) {
      out.writeByte(b);
    }
    return out.getCopyOfBuffer();
  }

  private static TypeSerializerSnapshot<Object> read(byte[] snapshot) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(snapshot);
    TypeSerializerSnapshot<Object> read =
        TypeSerializerSnapshot.readVersionedSnapshot(in, SavedStateTest.class.getClassLoader());
    assertThat(in.available()).as("bytes left over").isZero();
    return read;
  }

  @Test
  @SuppressWarnings("unchecked")
  void savedSnapshotRestoresItsSerializer() throws Exception {
    for (var entry : SERIALIZERS.entrySet()) {
      TypeSerializer<Object> serializer = (TypeSerializer<Object>) entry.getValue();
      TypeSerializerSnapshot<Object> snapshot = read(snapshot(entry.getKey(), 1, 1));
      assertThat(snapshot.restoreSerializer()).isEqualTo(serializer);
      assertThat(
              serializer
                  .snapshotConfiguration()
                  .resolveSchemaCompatibility(snapshot)
                  .isCompatibleAsIs())
          .as(entry.getKey())
          .isTrue();
    }
  }

  @Test
  void aSnapshotOfAnotherSerializerIsNotTakenForItsOwn() {
    TypeSerializerSnapshot<WindowState> own =
        WindowStateSerializer.INSTANCE.snapshotConfiguration();
    @SuppressWarnings({"unchecked", "rawtypes"})
    TypeSerializerSnapshot<WindowState> other =
        (TypeSerializerSnapshot) LearnerStateSerializer.INSTANCE.snapshotConfiguration();
    assertThat(own.resolveSchemaCompatibility(other).isIncompatible()).isTrue();
  }

  @Test
  void aSnapshotOfANewerBuildIsRefusedByNameBeforeAnyValueIsRead() {
    for (var entry : SERIALIZERS.entrySet()) {
      WeirSerializer<?> serializer = (WeirSerializer<?>) entry.getValue();
      assertThatThrownBy(() -> read(snapshot(entry.getKey(), 1, serializer.version() + 1)))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "%s: expected a layout of version %d, got %d: was this state written by a newer"
                  + " Weir, or is it damaged?",
              serializer.getClass().getSimpleName(),
              serializer.version(),
              serializer.version() + 1);
      assertThatThrownBy(() -> read(snapshot(entry.getKey(), 2, 1, 2)))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "%s: expected a snapshot of version 1, got 2: was this state written by a newer"
                  + " Weir?",
              serializer.getClass().getSimpleName());
    }
  }

  @Test
  void aSnapshotSaysTheLayoutOfItsValues() throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(16);
    TypeSerializerSnapshot.writeVersionedSnapshot(
        out, LearnerStateSerializer.INSTANCE.snapshotConfiguration());
    assertThat(out.getCopyOfBuffer())
        .isEqualTo(
            snapshot(
                "dev.weir.state.LearnerStateSerializer$Snapshot",
                1,
                LearnerStateSerializer.INSTANCE.version()));
  }

  /** What the saved memories have learned; part of each of them, so it never changes. */
  private static double value(int t) {
    return 10 + 3 * Math.sin(2 * Math.PI * t / SEASON) + 0.2 * Math.sin(1.0 * t * t);
  }

  private static LearnerSettings settings() {
    return LearnerSettings.small(2).withExperts(List.of("naive", "rls-ar"));
  }

  private static LearnerState learned(Learner learner, int values) {
    LearnerState memory = learner.newSeries("s", SEASON);
    for (int t = 0; t < values; t++) {
      learner.observe(memory, 60_000L * t, value(t));
    }
    return memory;
  }

  /** Of a series with rows and labels that wait, early labels, and what it has learned. */
  private static ClassState classes(ClassFixture of) throws IOException {
    ClassFixture.OneSeries classifier = of.classifier(CLASSES);
    ClassState state = classifier.newState();
    for (Step step : ClassFixture.steps("machine", 30, 4)) {
      long time = step.observation().time();
      SourceRecord record = new SourceRecord("observations", 0, time, time, null, null);
      state =
          classifier.advance(
              classifier.observe(
                  state, ClassFixture.labelled(step.observation(), step.label()), record),
              time - 3_001);
    }
    SourceRecord record = new SourceRecord("labels", 0, 1, 2, null, null);
    classifier.label(state, new LabelEvent("machine", 90_000, "fault", record));
    return state;
  }

  private static final ClassifySettings CLASSES =
      ClassFixture.waiting(ClassFixture.settings(1, 2, null), Duration.ofSeconds(3));

  @Test
  void savedClassesAreReadAndGoOnAsTheyWere() throws Exception {
    byte[] saved = Files.readAllBytes(STATE.resolve("classes-1.bin"));
    ClassState state = read(ClassStateSerializer.INSTANCE, saved);
    assertThat(written(ClassStateSerializer.INSTANCE, state)).isEqualTo(saved);
    assertThat(state.seen()).isEqualTo(26);
    assertThat(state.lastTime()).isEqualTo(26_000);
    assertThat(state.pendingSize()).isEqualTo(4);

    ClassFixture now = new ClassFixture();
    now.classifier(CLASSES).advance(classes(now), Long.MAX_VALUE);
    ClassFixture then = new ClassFixture();
    then.classifier(CLASSES).wake(state, 30_000);
    assertThat(then.classifications()).hasSize(2);
    for (int i = 0; i < 2; i++) {
      Classification before = then.classifications().get(i);
      Classification after = now.classifications().get(13 + i);
      assertThat(before.windowEnd()).isEqualTo(after.windowEnd());
      assertThat(before.labels()).isEqualTo(after.labels());
      assertThat(before.probabilities()).containsExactly(after.probabilities(), within(1e-6));
    }
  }

  /** {@code -Dstate.write=1}. */
  @Test
  @EnabledIfSystemProperty(named = "state.write", matches = "\\d+")
  void whatThisBuildClassifiesIsSaved() throws Exception {
    Path file = STATE.resolve("classes-" + System.getProperty("state.write") + ".bin");
    assertThat(file).doesNotExist();
    Files.write(file, written(ClassStateSerializer.INSTANCE, classes(new ClassFixture())));
  }

  /** {@code -Dstate.write=1}. */
  @Test
  @EnabledIfSystemProperty(named = "state.write", matches = "\\d+")
  void whatThisBuildLearnsIsSaved() throws Exception {
    Path file = STATE.resolve("learned-" + System.getProperty("state.write") + ".bin");
    assertThat(file).doesNotExist();
    Files.write(
        file, written(LearnerStateSerializer.INSTANCE, learned(new Learner(settings()), LEARNED)));
  }

  /** Newest first. */
  private static List<Path> savedMemories() throws IOException {
    try (Stream<Path> files = Files.list(STATE)) {
      return files
          .filter(file -> file.getFileName().toString().matches("learned-\\d+\\.bin"))
          .sorted(Comparator.comparingInt(SavedStateTest::layoutVersion).reversed())
          .toList();
    }
  }

  private static int layoutVersion(Path file) {
    return Integer.parseInt(file.getFileName().toString().replaceAll("\\D", ""));
  }

  private static LearnerState saved(Path file) throws IOException {
    return read(LearnerStateSerializer.INSTANCE, Files.readAllBytes(file));
  }

  @Test
  void theNewestSavedMemoryIsGoneOnWithAsItIs() throws Exception {
    Learner learner = new Learner(settings());
    LearnerState memory = saved(savedMemories().get(0));
    assertThat(learner.fits(memory, SEASON))
        .as("when the layout changes, keep this file and save the next, as the README tells")
        .isTrue();
    assertGoesOn(learner, memory);
  }

  @Test
  void stateOfOtherLayoutOrSettingsIsLearnedAgain() throws Exception {
    for (Path file : savedMemories()) {
      LearnerState older = saved(file);
      older.longs()[0] -= 1_000_000_007L; // as the LAYOUT_VERSION before says it
      Learner same = new Learner(settings());
      assertThat(same.fits(older, SEASON)).isFalse();
      assertGoesOn(same, same.relearn(older, SEASON));
      for (LearnerSettings other :
          List.of(
              LearnerSettings.defaults(5),
              LearnerSettings.small(2).withExperts(List.of("naive", "rls-ar", "analogs")))) {
        Learner learner = new Learner(other);
        assertThat(learner.fits(saved(file), SEASON)).isFalse();
        assertGoesOn(learner, learner.relearn(saved(file), SEASON));
      }
    }
  }

  @Test
  void seriesLearnedAgainKeepsItsAgeWithoutItsFirstValues() {
    LearnerSettings naive = LearnerSettings.small(2).withExperts(List.of("naive"));
    LearnerState memory = learned(new Learner(naive), 4_000); // more than are kept
    LearnerState again = new Learner(settings()).relearn(memory, SEASON);
    assertThat(again.count()).isEqualTo(4_000);
    assertThat(again.time()).isEqualTo(60_000L * 3_999);
  }

  /** The same number of values behind it, and as good as one that was never saved. */
  private static void assertGoesOn(Learner learner, LearnerState memory) {
    assertThat(memory).isNotNull();
    assertThat(memory.count()).isEqualTo(LEARNED);
    assertThat(memory.time()).isEqualTo(60_000L * (LEARNED - 1));
    assertThat(memory.season()).isEqualTo(SEASON);
    LearnerState never = learned(learner, LEARNED);
    LearnerState restarted = learner.newSeries("s", SEASON);
    double[] errors = new double[3];
    double[] forecast = new double[learner.horizon()];
    for (int t = LEARNED; t < LEARNED + 12; t++) {
      int i = 0;
      for (LearnerState each : List.of(memory, never, restarted)) {
        learner.observe(each, 60_000L * t, value(t));
        learner.forecast(each, forecast, null, null);
        errors[i++] += Math.abs(forecast[0] - value(t + 1));
      }
    }
    assertThat(errors[0]).isLessThan(1.1 * errors[1]);
    assertThat(errors[2]).as("of a series that was reset").isGreaterThan(2 * errors[1]);
  }
}
