package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Allocations;
import dev.weir.classify.ClassFixture;
import dev.weir.forecast.ClassifierUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Incident;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.codec.SampleRecords;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.state.LearnerStateSerializer;
import dev.weir.state.ObservationLogSerializer;
import dev.weir.state.RecordSerializer;
import dev.weir.state.StateCorruption;
import dev.weir.state.WindowStateSerializer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.StateObjectCollection;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class SerializersTest {

  @AutoClose private final Opened open = new Opened();
  private SeriesHarness harness;

  private static final SourceRecord SOURCE =
      new SourceRecord(
          "observations",
          3,
          4_000_000_000L,
          1234,
          List.of(
              new SourceRecord.Header("trace", new byte[] {5, 6, 7}),
              new SourceRecord.Header("none", null)),
          9,
          new byte[] {1},
          new byte[] {2, 3});
  private static final SourceRecord BARE = new SourceRecord("observations", 0, 0, -1, null, null);

  private static <T> T roundTrip(TypeSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    serializer.serialize(value, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    T read = serializer.deserialize(in);
    assertThat(in.available()).as("bytes left over").isZero();

    DataOutputSerializer copied = new DataOutputSerializer(16);
    serializer.copy(new DataInputDeserializer(out.getCopyOfBuffer()), copied);
    assertThat(copied.getCopyOfBuffer()).isEqualTo(out.getCopyOfBuffer());
    return read;
  }

  private static <T> void assertKept(TypeSerializer<T> serializer, List<T> values)
      throws IOException {
    for (T value : values) {
      assertThat(roundTrip(serializer, value)).isEqualTo(value);
    }
  }

  @Test
  void arrivalsKeepObservationAndSource() throws Exception {
    double[] features = {2, -3};
    assertKept(
        InputEventSerializer.INSTANCE,
        List.of(
            new ObservationEvent(new Observation("größe-7", -0L, 1.5), SOURCE),
            new ObservationEvent(new Observation("s", 7, 1.5, features), BARE),
            new ObservationEvent(new Observation("s", 7, 1.5, features, "läuft"), BARE),
            new ObservationEvent(
                new Observation("s", 7, 1.5, Observation.NO_FEATURES, null), SOURCE),
            new ObservationEvent(new Observation("s", 7, 1.5).withAhead(features), BARE),
            new DeadLetter(Reason.TIME, "time: expected …", SOURCE),
            new LabelEvent("größe-7", 1_234, "läuft", SOURCE),
            new FeedbackEvent("größe-7", Incident.Reason.LEVEL, 5, SOURCE)));
  }

  private static ObservationEvent plain(Observation observation, byte[] key, byte[] value) {
    return new ObservationEvent(
        observation, new SourceRecord("observations", 3, 44, 555, key, value));
  }

  private static int length(InputEvent arrival) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    InputEventSerializer.INSTANCE.serialize(arrival, out);
    return out.length();
  }

  @Test
  void plainAvroIsWrittenOnce() throws Exception {
    ObservationCodec codec = new ObservationCodec();
    for (long time : new long[] {0, -1, 63, 64, Long.MAX_VALUE, Long.MIN_VALUE}) {
      for (String series : List.of("s", "pump-7", "p".repeat(63))) {
        Observation observation = new Observation(series, time, time == 0 ? -0.0 : 1.5e300);
        byte[] key = AvroBytes.utf8(series);
        byte[] value = codec.encode(observation);
        InputEvent arrival = plain(observation, key, value);
        assertThat(roundTrip(InputEventSerializer.INSTANCE, arrival)).isEqualTo(arrival);
        assertThat(length(arrival)).isEqualTo(value.length + 49);
      }
    }
  }

  @Test
  void otherBytesAreKeptBesideTheObservation() throws Exception {
    ObservationCodec codec = new ObservationCodec();
    Observation observation = new Observation("pump-7", 1_700_000_000_000L, 0.0);
    byte[] plain = codec.encode(observation);
    List<InputEvent> arrivals = new ArrayList<>();
    for (byte[] key :
        Arrays.asList(AvroBytes.utf8("pump-7"), AvroBytes.utf8("pump-8"), new byte[0], null)) {
      arrivals.add(plain(observation, key, plain));
      arrivals.add(plain(observation, key, null));
      arrivals.add(plain(new Observation("pump-8", observation.time(), 0.0), key, plain));
      arrivals.add(plain(new Observation("pump-7", observation.time() + 1, 0.0), key, plain));
      arrivals.add(plain(new Observation("pump-7", observation.time(), -0.0), key, plain));
      arrivals.add(plain(observation.withAhead(new double[] {1}), key, plain)); // joined on its way
      for (int length = 0; length < plain.length; length++) {
        arrivals.add(plain(observation, key, Arrays.copyOf(plain, length)));
      }
      for (int at = 0; at < plain.length; at++) {
        byte[] other = plain.clone();
        other[at] ^= (byte) 0x80;
        arrivals.add(plain(observation, key, other));
      }
    }
    for (Observation each :
        List.of(
            new Observation("größe-7", 7, 1.5),
            new Observation("p".repeat(64), 7, 1.5),
            new Observation("s", 7, 1.5, new double[] {2}),
            new Observation("s", 7, 1.5, Observation.NO_FEATURES, "läuft"))) {
      arrivals.add(plain(each, AvroBytes.utf8(each.series()), codec.encode(each)));
    }
    assertKept(InputEventSerializer.INSTANCE, arrivals);
  }

  @Test
  void outputsKeepEachField() throws Exception {
    assertKept(
        new RecordSerializer<>(Output.class),
        List.of(
            SampleRecords.FORECAST,
            SampleRecords.BARE_FORECAST,
            SampleRecords.SCORE,
            SampleRecords.BARE_SCORE,
            SampleRecords.INCIDENT,
            SampleRecords.BARE_INCIDENT,
            SampleRecords.CLASSIFICATION,
            SampleRecords.UNKNOWN,
            new DeadLetter(Reason.MODEL, "m", BARE)));
  }

  @Test
  void classifiersKeepAllFields() throws Exception {
    ClassifierModel model = ClassFixture.model("states", 3, ClassFixture.STATES);
    ModelEvent update = new ClassifierUpdate(model, SOURCE);
    assertThat(roundTrip(new RecordSerializer<>(ModelEvent.class), update)).isEqualTo(update);
    assertThat(roundTrip(ClassifierModelSerializer.INSTANCE, model)).isEqualTo(model);
  }

  @Test
  void theUsualHeaderTravelsWithoutItsName() throws Exception {
    assertThat(InputEventSerializer.USUAL_HEADER).isEqualTo(ObservationCodec.fingerprintHeader());
    byte[] fingerprint = ObservationCodec.fingerprint();
    InputEvent usual = arrival(new SourceRecord.Header("weir-schema", fingerprint));
    assertThat(roundTrip(InputEventSerializer.INSTANCE, usual)).isEqualTo(usual);
    DataOutputSerializer out = new DataOutputSerializer(256);
    InputEventSerializer.INSTANCE.serialize(usual, out);
    int with = out.length();
    out.clear();
    InputEventSerializer.INSTANCE.serialize(arrival(), out);
    assertThat(with - out.length())
        .as("bytes: a length and the value, in place of two counts")
        .isEqualTo(fingerprint.length - Integer.BYTES);
    InputEvent both =
        arrival(
            new SourceRecord.Header("trace", new byte[] {5}),
            new SourceRecord.Header("weir-schema", null));
    assertThat(roundTrip(InputEventSerializer.INSTANCE, both)).isEqualTo(both);
    SourceRecord.Header alone = new SourceRecord.Header("weir-schema", fingerprint);
    SourceRecord more =
        new SourceRecord("observations", 3, 44, 555, List.of(alone), 6, new byte[1], new byte[2]);
    InputEvent withLost = new ObservationEvent(new Observation("pump-7", 7, 1.5), more);
    assertThat(roundTrip(InputEventSerializer.INSTANCE, withLost)).isEqualTo(withLost);
  }

  @Test
  void theUsualHeaderAllocatesLittleOnItsWay() throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(256);
    InputEvent usual =
        arrival(new SourceRecord.Header("weir-schema", ObservationCodec.fingerprint()));
    InputEventSerializer.INSTANCE.serialize(usual, out);
    DataInputDeserializer in = new DataInputDeserializer();
    byte[] bytes = out.getCopyOfBuffer();
    Allocations.assertAtMostOnceWarm(
        CALLS,
        0,
        () ->
            repeat(
                () -> {
                  out.clear();
                  InputEventSerializer.INSTANCE.serialize(usual, out);
                }));
    Allocations.assertAtMostOnceWarm(
        CALLS,
        376,
        () ->
            repeat(
                () -> {
                  in.setBuffer(bytes);
                  kept = InputEventSerializer.INSTANCE.deserialize(in);
                }));
  }

  private static InputEvent arrival(SourceRecord.Header... headers) {
    return new ObservationEvent(
        new Observation("pump-7", 7, 1.5),
        new SourceRecord(
            "observations", 3, 44, 555, List.of(headers), 0, new byte[] {1}, new byte[] {2, 3}));
  }

  private static final int CALLS = 20_000;
  private static Object kept;

  private interface Step {
    void run() throws IOException;
  }

  private static void repeat(Step step) {
    try {
      for (int i = 0; i < CALLS; i++) {
        step.run();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void modelsKeepEachWeightBitForBit() throws Exception {
    ForecastModel model =
        ModelFiles.read(
            Path.of("src/core/test/resources/models/sample-many-to-many.safetensors"),
            ModelFiles.Defaults.NONE);
    assertThat(roundTrip(ForecastModelSerializer.INSTANCE, model)).isEqualTo(model);
    ModelEvent update = new ModelUpdate(model, SOURCE);
    assertThat(roundTrip(new RecordSerializer<>(ModelEvent.class), update)).isEqualTo(update);
    ModelEvent dead = new DeadLetter(Reason.MALFORMED, "m", SOURCE);
    assertThat(roundTrip(new RecordSerializer<>(ModelEvent.class), dead)).isEqualTo(dead);
  }

  private static WindowState windowState() {
    WindowState state = new WindowState(3, 2);
    for (int i = 1; i <= 4; i++) { // one more than fit, so that the ring has turned
      state.append(i, 10 * i, new double[] {i, -i}, 0);
    }
    state.addPending(9, 90, new double[] {9, -9}, new double[0]);
    state.addPending(7, 70, new double[] {7, -7}, new double[0]);
    return state;
  }

  @Test
  void whatWaitsKeepsWhatIsKnownAhead() throws Exception {
    WindowState state = new WindowState(2, 1, 60_000, 6, 0);
    state.append(1, 10, new double[] {3}, 0);
    state.addPending(9, 90, new double[] {4}, new double[] {5, Double.NaN, 6, 7});
    state.addPending(7, 70, new double[] {8}, new double[0]);
    WindowState read = roundTrip(WindowStateSerializer.INSTANCE, state);
    assertThat(read).usingRecursiveComparison().isEqualTo(new WindowState(state));
    assertThat(read.ahead()).isEqualTo(6);
    assertThat(read.pendingFeature(1, 0)).isEqualTo(4);
  }

  @Test
  void aCopiedMemorySharesNothing() {
    LearnerState memory =
        new LearnerState(new long[1], new double[1], new float[] {-0f}, new short[] {7});
    LearnerState copy = LearnerStateSerializer.INSTANCE.copy(memory);
    memory.floats()[0] = 5;
    memory.shorts()[0] = 5;
    assertThat(copy.floats()).containsExactly(-0f);
    assertThat(copy.shorts()).containsExactly(7);
  }

  @Test
  void aCopiedSeriesStateSharesNothing() {
    WindowState state = windowState();
    WindowState copy = WindowStateSerializer.INSTANCE.copy(state);
    state.append(100, 1000, new double[] {0, 0}, 0);
    state.addPending(7, 71, new double[] {0, 0}, new double[0]);
    state.addPending(200, 1, new double[] {0, 0}, new double[0]);
    assertThat(copy).usingRecursiveComparison().isEqualTo(new WindowState(windowState()));
  }

  @Test
  void aStateOfANewerVersionIsRefusedByName() {
    DataInputDeserializer in = new DataInputDeserializer(new byte[] {99, 0, 0});
    assertThatThrownBy(() -> WindowStateSerializer.INSTANCE.deserialize(in))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "WindowStateSerializer: expected a layout of version 1, got 99:"
                + " was this state written by a newer Weir, or is it damaged?");
  }

  @Test
  void serializersOfTheSameClassAreEqual() {
    assertThat(new RecordSerializer<>(ModelEvent.class))
        .isEqualTo(new RecordSerializer<>(ModelEvent.class))
        .isNotEqualTo(new RecordSerializer<>(Output.class));
  }

  @Test
  void aDamagedWindowIsSeen() throws Exception {
    WindowState state = new WindowState(3, 1, 60_000, 0, 0);
    for (int i = 0; i < 4; i++) {
      state.append(60_000L * i, i, new double[] {-i}, 0);
    }
    state.addPending(600_000, 1, new double[] {2}, new double[0]);
    StateCorruption.assertIsSeen(WindowStateSerializer.INSTANCE, state);
  }

  @Test
  void aDamagedLogIsSeen() throws Exception {
    Windows windows = new Windows(3, 1, 1);
    WindowState state = windows.newState();
    ObservationLog log = null;
    for (int i = 0; i < 5; i++) {
      windows.offer(state, new Observation("s", 1000L * i, i, new double[] {-i}), Windows.IN_ORDER);
      if (i == 2) {
        log = new ObservationLog(windows.window("s", state), 1, 2);
      } else if (i > 2) {
        log.append(windows.window("s", state));
      }
    }
    StateCorruption.assertIsSeen(ObservationLogSerializer.INSTANCE, log);
  }

  @Test
  void aDamagedMemoryIsSeen() throws Exception {
    Learner learner = new Learner(LearnerSettings.small(2));
    LearnerState memory = learner.newSeries("s", 12);
    for (int t = 0; t < 100; t++) {
      learner.observe(memory, 60_000L * t, Math.sin(t));
    }
    StateCorruption.assertIsSeen(LearnerStateSerializer.INSTANCE, memory);
  }

  @Test
  void aDamagedModelIsSeen() throws Exception {
    Path file = Path.of("src/core/test/resources/model/format-1.safetensors");
    ForecastModel model = ModelFiles.read(file, ModelFiles.Defaults.NONE);
    StateCorruption.assertIsSeen(ForecastModelSerializer.INSTANCE, model);
  }

  private static SeriesHarness harness(OperatorSubtaskState state) throws Exception {
    Learning learning = new Learning(LearnerSettings.small(2), 1, 0);
    return SeriesHarness.of(TestSettings.of(5, TestSettings.learned(2, learning)).build(), state);
  }

  @Test
  void aCheckpointWithOneWrongNumberIsNotRestored() throws Exception {
    double value = 1234.56789;
    harness = open.add(harness(null));
    harness.send("s", 1, value);
    OperatorSubtaskState saved = harness.checkpoint();
    KeyGroupsStateHandle handle =
        (KeyGroupsStateHandle) saved.getManagedKeyedState().iterator().next();
    byte[] bytes;
    try (FSDataInputStream in = handle.openInputStream()) {
      bytes = in.readAllBytes();
    }
    byte[] number = // as the window has it
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array();
    int at = indexOf(bytes, number);
    assertThat(at).as("the value in the checkpoint").isPositive();
    bytes[at + 6] ^= 1; // a plausible number
    KeyedStateHandle damaged =
        new KeyGroupsStateHandle(
            handle.getGroupRangeOffsets(), new ByteStreamStateHandle("damaged", bytes));
    OperatorSubtaskState wrong =
        saved.toBuilder().setManagedKeyedState(StateObjectCollection.singleton(damaged)).build();
    assertThatThrownBy(() -> harness(wrong))
        .hasStackTraceContaining("Serializer: expected checksum ")
        .hasStackTraceContaining(
            ": this state is damaged; start from the retained checkpoint or savepoint before it");
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (java.util.Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }
}
