package dev.weir.stream.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.LearnedModel;
import dev.weir.forecast.Output;
import dev.weir.forecast.shared.Fleet;
import dev.weir.forecast.shared.SharedSettings;
import dev.weir.forecast.shared.SharedTrainer;
import dev.weir.forecast.shared.TrainerState;
import dev.weir.forecast.shared.TrainingEvent;
import dev.weir.forecast.shared.TrainingEvent.ActiveModel;
import dev.weir.forecast.shared.TrainingEvent.SampledValue;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.stream.RecordedMetrics;
import dev.weir.stream.WeirTypeInformation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The trainer as an operator, its state as bytes, and its metrics. */
public class TrainerOperatorTest {

  private static final Path SAVED = Path.of("src/flink/test/resources/state/trainer-1.bin");
  private static final int SERIES = 200;
  private static final int VALUES = 300;
  private static final ForecastModel START = Fleet.untrained(6);
  private static final SharedSettings SETTINGS = Fleet.settings(START, 10);

  /** Those that a trainer registers. */
  public static RecordedMetrics metrics() throws IOException {
    RecordedMetrics metrics = new RecordedMetrics();
    new TrainerMetrics(metrics, Mode.MANY_TO_ONE, new SharedTrainer(SETTINGS, null));
    return metrics;
  }

  private static List<SampledValue> samples(int series, int values) {
    double[][] fleet = new double[series][];
    for (int s = 0; s < series; s++) {
      fleet[s] = Fleet.values(s, values);
    }
    return Fleet.samples(SETTINGS, START, fleet, 0);
  }

  private static OneInputStreamOperatorTestHarness<TrainingEvent, Output> start(
      OperatorSubtaskState state) throws Exception {
    OneInputStreamOperatorTestHarness<TrainingEvent, Output> harness =
        new OneInputStreamOperatorTestHarness<>(
            new TrainerOperator(SETTINGS), TrainingEventSerializer.INSTANCE);
    harness.setup(
        WeirTypeInformation.OUTPUT.createSerializer(new ExecutionConfig().getSerializerConfig()));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  @Test
  void publishesACopyThenTheModelAndContinuesFromASnapshot() throws Exception {
    List<Output> published = new ArrayList<>();
    OneInputStreamOperatorTestHarness<TrainingEvent, Output> harness = start(null);
    List<SampledValue> samples = samples(SERIES, VALUES);
    for (int i = 0; i < samples.size(); i++) {
      if (i % (samples.size() / 5) == 7) {
        OperatorSubtaskState state = harness.snapshot(i, i);
        harness.processElement(samples.get(i), 0); // after the snapshot: is lost
        published.addAll(harness.extractOutputValues());
        harness.close();
        harness = start(state);
      }
      harness.processWatermark(new Watermark(samples.get(i).time() - 1));
      harness.processElement(samples.get(i), 0);
    }
    published.addAll(harness.extractOutputValues());
    harness.close();

    List<Output> expected = new ArrayList<>();
    Fleet.published(START, 10, SERIES, VALUES)
        .forEach(
            p -> {
              ForecastModel m = p.model();
              expected.add(new LearnedModel("fleet", m.version(), m, true, p.time()));
              expected.add(new LearnedModel("fleet", m.version(), m, false, p.time()));
            });
    assertThat(expected).hasSizeGreaterThan(5);
    assertThat(published).isEqualTo(expected);
  }

  // ---- bytes

  private static <T> byte[] written(TypeSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    serializer.serialize(value, out);
    return out.getCopyOfBuffer();
  }

  private static <T> T read(TypeSerializer<T> serializer, byte[] bytes) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    T value = serializer.deserialize(in);
    assertThat(in.available()).isZero();
    return value;
  }

  @Test
  void savedStateIsReadAndWrittenAsItWas() throws Exception {
    byte[] saved = Files.readAllBytes(SAVED);
    TrainerState state = read(TrainerStateSerializer.INSTANCE, saved);
    assertThat(written(TrainerStateSerializer.INSTANCE, state))
        .as("a layout that changes needs a version of its own")
        .isEqualTo(saved);
    SharedTrainer trainer = new SharedTrainer(SETTINGS, state);
    assertThat(trainer.isNew()).isFalse();
    assertThat(trainer.waitingValues()).isEqualTo(30); // ten of each series
  }

  @Test
  @EnabledIfSystemProperty(named = "state.write", matches = "trainer-1")
  void writeState() throws Exception {
    SharedTrainer trainer = new SharedTrainer(SETTINGS, null);
    samples(3, 50).forEach(trainer::add);
    trainer.advance(Fleet.time(45));
    Files.write(SAVED, written(TrainerStateSerializer.INSTANCE, trainer.state()));
  }

  @Test
  void damagedStateIsRefused() throws Exception {
    byte[] saved = Files.readAllBytes(SAVED);
    Random random = new Random(4);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = saved.clone();
      damaged[1 + random.nextInt(damaged.length - 1)] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> read(TrainerStateSerializer.INSTANCE, damaged))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("this state is damaged");
    }
  }

  @Test
  void aCopyOfTheStateIsOfItsOwn() throws Exception {
    TrainerState state = read(TrainerStateSerializer.INSTANCE, Files.readAllBytes(SAVED));
    TrainerState copy = TrainerStateSerializer.INSTANCE.copy(state);
    new SharedTrainer(SETTINGS, state).advance(Fleet.time(60));
    assertThat(written(TrainerStateSerializer.INSTANCE, copy))
        .isEqualTo(Files.readAllBytes(SAVED))
        .isNotEqualTo(written(TrainerStateSerializer.INSTANCE, state));
  }

  @Test
  void eventsKeepAllFields() throws Exception {
    SampledValue value =
        new SampledValue("größe-7", 11, 22, SampledValue.NO_TIME, 33, -1.5, new double[] {2, -3});
    SampledValue got =
        (SampledValue)
            read(
                TrainingEventSerializer.INSTANCE, written(TrainingEventSerializer.INSTANCE, value));
    assertThat(got).usingRecursiveComparison().isEqualTo(value);
    TrainingEvent model = new ActiveModel(START, true);
    assertThat(
            read(
                TrainingEventSerializer.INSTANCE, written(TrainingEventSerializer.INSTANCE, model)))
        .isEqualTo(model);
    TypeSerializer<Output> outputs =
        WeirTypeInformation.OUTPUT.createSerializer(new ExecutionConfig().getSerializerConfig());
    for (Output output :
        List.of(
            new LearnedModel("fleet", 7, START, true, 12),
            new LearnedModel("fleet", 7, null, true, 12))) {
      assertThat(read(outputs, written(outputs, output))).isEqualTo(output);
    }
  }
}
