package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.classify.ClassFixture;
import dev.weir.classify.ClassFixture.Step;
import dev.weir.classify.ClassifySettings;
import dev.weir.core.Alarms;
import dev.weir.core.ClassifiedSeries;
import dev.weir.core.Classifier;
import dev.weir.core.Forecaster;
import dev.weir.core.ForecasterBuilder;
import dev.weir.core.ForecasterBuilder.Gap;
import dev.weir.core.ForecasterBuilder.Size;
import dev.weir.core.Series;
import dev.weir.forecast.Classification;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.WindowState;
import dev.weir.job.CoreForecasts;
import dev.weir.job.JobSettings;
import dev.weir.job.options.JobFile;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code dev.weir.core} says of a series is what a job with the same options says of it. */
class LibraryBitsTest {

  @AutoClose private final Opened open = new Opened();
  private SeriesHarness harness;

  private static final int VALUES = 400;
  private static final String NAME = "uci_bike";
  private static final Path READS_AHEAD =
      Path.of("src/core/test/resources/ahead/one-gru.safetensors");

  /**
   * The same options twice.
   *
   * @param job in a job file, after its name and addresses
   * @param ahead covariates known ahead
   */
  private record Options(
      String name, String job, ForecasterBuilder library, int features, int ahead) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Options options(String name, String job, ForecasterBuilder library) {
    return new Options(name, job, library, 0, 0);
  }

  private static ForecasterBuilder builder() {
    return Forecaster.builder();
  }

  private static Stream<Options> options() throws IOException {
    byte[] window = BuiltInModels.bytes("builtin:window-many-to-one");
    return Stream.of(
        options("defaults", "forecast: {many-to-one: {horizon: 2}}\n", builder().horizon(2)),
        options(
            "day",
            "forecast: {many-to-one: {horizon: 24}}\nseason: 24\nintervals: {levels: [0.5, 0.9]}\n",
            builder().horizon(24).season(24).levels(0.5, 0.9)),
        options(
            "gaps",
            """
            forecast: {many-to-one: {horizon: 3}}
            window: {interval: PT1H, gap: linear, max-fill: 5, seq-len: 7}
            learning: {size: small}
            bounds: {min: 0, max: 900, integer: true}
            """,
            builder()
                .horizon(3)
                .interval(Duration.ofHours(1))
                .gap(Gap.LINEAR)
                .maxFill(5)
                .window(7)
                .size(Size.SMALL)
                .min(0)
                .max(900)
                .integer()),
        options(
            "alarms",
            """
            forecast: {many-to-one: {horizon: 4}}
            season: [24, 168]
            alarms: {enabled: true, budget: 20, silence: off, thresholds: [{above: 200, within: 4}]}
            """,
            builder()
                .horizon(4)
                .seasons(24, 168)
                .alarms(Alarms.DEFAULT.perThousand(20).above(200, 4))),
        new Options(
            "covariates",
            """
            forecast: {many-to-one: {horizon: 3}}
            window: {features: 1, features-ahead: 2}
            experts: [naive, rls-ar, seasonal-profile]
            """,
            builder()
                .horizon(3)
                .features(1)
                .featuresAhead(2)
                .experts("naive", "rls-ar", "seasonal-profile"),
            1,
            2),
        options(
            "model",
            """
            forecast: {many-to-one: {model: window, file: 'builtin:window-many-to-one', horizon: 2}}
            """,
            builder().model(window, "window")),
        options(
            "model alone",
            """
            forecast: {many-to-one: {model: window, file: 'builtin:window-many-to-one', horizon: 2}}
            learning: off
            """,
            builder().model(window, "window").learning(false)),
        options(
            "combining model alone",
            """
            forecast: {many-to-one: {model: weir, file: 'builtin:weir', horizon: 6}}
            learning: off
            """,
            builder()
                .model(BuiltInModels.bytes("builtin:weir"), "weir")
                .horizon(6)
                .learning(false)),
        knownAhead("model that reads ahead", "", readsAhead()),
        knownAhead(
            "model that reads ahead, experts that do not",
            "learning: {covariates: false}\n",
            readsAhead().learnCovariates(false)),
        knownAhead(
            "model that reads ahead, alone", "learning: off\n", readsAhead().learning(false)));
  }

  private static ForecasterBuilder readsAhead() throws IOException {
    return builder().model(READS_AHEAD).features(1).featuresAhead(2);
  }

  private static Options knownAhead(String name, String learning, ForecasterBuilder library) {
    String job =
        """
        forecast: {many-to-one: {model: one-gru, file: '%s', horizon: 3}}
        window: {seq-len: 5, features: 1, features-ahead: 2}
        """
            .formatted(READS_AHEAD);
    return new Options(name, job + learning, library, 1, 2);
  }

  private static ForecastSettings job(Options options) {
    String text = "name: library\nkafka: {bootstrap-servers: 'broker:9092'}\n" + options.job();
    return JobSettings.of(JobFile.parse(text, "library.yaml", Map.of()), Path.of("")).forecast();
  }

  /** With gaps, repeated and late observations here and there. */
  private static List<Observation> observations(Options options) throws IOException {
    List<Observation> all = new ArrayList<>();
    List<Observation> bikes = CoreForecasts.sampleSeries(NAME, VALUES);
    for (int i = 0; i < VALUES; i++) {
      double[] features = new double[options.features()];
      double[] ahead = new double[3 * options.ahead()];
      Arrays.setAll(features, k -> Math.sin(all.size() + k));
      Arrays.setAll(ahead, k -> k == 4 ? Double.NaN : Math.cos(all.size() + k));
      Observation next =
          new Observation(NAME, bikes.get(i).time(), bikes.get(i).value(), features, null, ahead);
      all.add(next);
      if (i % 50 == 20) {
        all.add(next);
      } else if (i % 50 == 30) {
        all.add(new Observation(NAME, next.time() - 1_800_000, 7, features));
      }
    }
    return all;
  }

  private static dev.weir.core.Observation copy(Observation o) {
    return new dev.weir.core.Observation(o.time(), o.value(), o.features(), o.ahead());
  }

  /** What the library says of each observation; a repeated one must give the same again. */
  private static List<Object> library(Series series, List<Observation> observations) {
    List<Object> said = new ArrayList<>();
    Forecast newest = null;
    for (Observation o : observations) {
      Forecast forecast;
      try {
        forecast = series.observe(copy(o));
      } catch (dev.weir.core.LateObservationException e) {
        said.add(e.getMessage());
        continue;
      }
      if (!forecast.equals(newest)) {
        newest = forecast;
        said.addAll(series.incidents());
        said.add(newest);
      }
    }
    return said;
  }

  private static List<Object> ofJob(List<Output> outputs) {
    List<Object> said = new ArrayList<>();
    for (Output output : outputs) {
      if (output instanceof DeadLetter letter) {
        said.add(NAME + ": " + letter.message());
      } else if (!(output instanceof Score)) {
        said.add(output);
      }
    }
    return said;
  }

  @ParameterizedTest
  @MethodSource("options")
  void libraryForecastsAsTheJobBitForBit(Options options) throws Exception {
    List<Observation> observations = observations(options);
    Forecaster forecaster = options.library().build();
    Series series = forecaster.series(NAME);
    harness = open.add(SeriesHarness.of(job(options)));
    for (Observation o : observations) {
      harness.send(o);
    }
    List<Object> expected = ofJob(harness.extractOutputValues());
    assertThat(expected).hasSizeGreaterThan(VALUES);
    assertThat(library(series, observations)).isEqualTo(expected);
    assertThat(series.save()).isEqualTo(stateOf(harness));
  }

  @Test
  void stateOfAJobGoesOnInTheLibrary() throws Exception {
    Options day = options().filter(each -> each.name().equals("day")).findFirst().orElseThrow();
    List<Observation> observations = observations(day);
    int half = observations.size() / 2;
    harness = open.add(SeriesHarness.of(job(day)));
    for (Observation o : observations.subList(0, half)) {
      harness.send(o);
    }
    Series series = day.library().build().restore(NAME, stateOf(harness));
    harness.getOutput().clear();
    for (Observation o : observations.subList(half, observations.size())) {
      harness.send(o);
    }
    assertThat(library(series, observations.subList(half, observations.size())))
        .isEqualTo(ofJob(harness.extractOutputValues()));
  }

  /** As a saved series has it, of the bytes that Flink's state has. */
  private static byte[] stateOf(SeriesHarness harness) throws Exception {
    KeyedStateBackend<String> backend =
        ((AbstractStreamOperator<?>) harness.getOperator()).getKeyedStateBackend();
    backend.setCurrentKey(NAME);
    ValueState<WindowState> window =
        backend.getPartitionedState(
            VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, SeriesStore.WINDOW);
    ValueState<LearnerState> learned =
        backend.getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new ValueStateDescriptor<>("learned-many-to-one", WeirTypeInformation.LEARNER_STATE));
    byte[] first = bytes(dev.weir.state.WindowStateSerializer.INSTANCE, window.value());
    byte[] second = bytes(dev.weir.state.LearnerStateSerializer.INSTANCE, learned.value());
    ByteBuffer name = ByteBuffer.allocate(1 + 2 + NAME.length()); // version, length, ASCII
    name.put((byte) 1).putShort((short) NAME.length());
    name.put(NAME.getBytes(StandardCharsets.US_ASCII));
    CRC32C checksum = new CRC32C();
    checksum.update(name.array());
    int length = name.capacity() + 4;
    return ByteBuffer.allocate(6 + 4 + length + 4 + first.length + 4 + second.length)
        .put("WEIR".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 2) // layout
        .put((byte) 1) // forecasts
        .putInt(length)
        .put(name.array())
        .putInt((int) checksum.getValue())
        .putInt(first.length)
        .put(first)
        .putInt(second.length)
        .put(second)
        .array();
  }

  private static <T> byte[] bytes(TypeSerializer<T> serializer, T value) throws IOException {
    if (value == null) {
      return new byte[0];
    }
    DataOutputSerializer out = new DataOutputSerializer(1024);
    serializer.serialize(value, out);
    return out.getCopyOfBuffer();
  }

  @Test
  void libraryClassifiesAsTheJobBitForBit() throws Exception {
    ClassifierModel model = ClassFixture.model("states", 1, List.of("idle", "run"));
    ClassifySettings settings =
        ClassFixture.of(12).stride(3).model(model).seed(ClassifySettings.SEED).build();
    Classifier classifier =
        Classifier.builder()
            .window(12)
            .stride(3)
            .features(ClassFixture.CHANNELS - 1)
            .model(ClassifierFiles.toBytes(model), "states")
            .maxClasses(5)
            .waiting(6)
            .build();
    ClassifiedSeries series = classifier.series("lathe");
    List<Classification> said = new ArrayList<>();
    harness =
        open.add(
            SeriesHarness.of(
                new ClassifyOperator(settings, true), SeriesHarness.backend(false), null, 1, 0));
    int number = 0;
    for (Step step : ClassFixture.steps("lathe", 150, 1)) {
      Observation o = step.observation();
      harness.send(o);
      series.observe(copy(o)).ifPresent(said::add);
      if (number % 3 == 2) {
        LabelEvent label =
            new LabelEvent("lathe", o.time(), step.label(), SeriesHarness.source(number));
        harness.send(label);
        series.label(o.time(), step.label());
      }
      if (number++ == 80) { // goes on bit for bit
        series = classifier.restore("lathe", series.save());
      }
    }
    List<Classification> expected = harness.outputs(Classification.class);
    assertThat(expected).hasSize(50);
    assertThat(said).isEqualTo(expected);
  }
}
