package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import dev.weir.stream.ObservationWatermarks;
import dev.weir.stream.WeirTypeInformation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.WindowedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.windows.GlobalWindow;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our windows against Flink's own count windows, and out of order against in order. */
class WindowsOracleIT {

  private static final long SEED = 20261127;
  private static final long MINUTE = 60_000;

  private static final double RECORDS_PER_SECOND = 1_000;

  private static final FlinkFixture flink = FlinkFixture.shared();

  /**
   * A window as both sides can show it. While a window is not full, our forecast shows only its
   * newest value, so the others are not compared.
   */
  private record Window(String series, long start, long end, int size, List<Double> values) {}

  /** Series of unequal lengths, interleaved at random, each in order; whole numbers fit a float. */
  private static List<Observation> inOrder() {
    Random random = new Random(SEED);
    int[] remaining = {211, 100, 57, 5, 4, 1, 303};
    long[] times = new long[remaining.length];
    List<Observation> observations = new ArrayList<>();
    int total = Arrays.stream(remaining).sum();
    while (observations.size() < total) {
      int i = random.nextInt(remaining.length);
      if (remaining[i] > 0) {
        remaining[i]--;
        times[i] += 1 + random.nextInt(1000);
        observations.add(new Observation("series-" + i, times[i], random.nextInt(1_000_000)));
      }
    }
    return observations;
  }

  /** One by one, since in a burst all would have passed before event time moves at all. */
  private static DataStream<InputEvent> stream(
      StreamExecutionEnvironment env, List<Observation> observations) {
    Observation[] all = observations.toArray(new Observation[0]);
    long[] times = Arrays.stream(all).mapToLong(Observation::time).toArray();
    double[] values = Arrays.stream(all).mapToDouble(Observation::value).toArray();
    String[] series = Arrays.stream(all).map(Observation::series).toArray(String[]::new);
    GeneratorFunction<Long, InputEvent> at =
        index -> {
          int i = index.intValue();
          SourceRecord source = new SourceRecord("list", 0, i, -1, null, new byte[] {1, 2});
          return new ObservationEvent(new Observation(series[i], times[i], values[i]), source);
        };
    DataGeneratorSource<InputEvent> source =
        new DataGeneratorSource<>(
            at,
            all.length,
            RateLimiterStrategy.perSecond(RECORDS_PER_SECOND),
            WeirTypeInformation.INPUT_EVENT);
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), "list").setParallelism(1);
  }

  private static String series(InputEvent arrival) {
    return ((ObservationEvent) arrival).observation().series();
  }

  /** A network without memory whose answers are its inputs: the forecast is the window. */
  private static ForecastModel copier(int seqLen) {
    return TestModel.of(new RnnConfig(Cell.RNN_RELU, 1, 1, 1, false, false), seqLen, seqLen)
        .name("copier")
        .mode(Mode.MANY_TO_MANY)
        .weights(1, 0)
        .build();
  }

  private static List<Output> run(
      List<Observation> observations, int seqLen, int stride, Duration outOfOrderness)
      throws Exception {
    StreamExecutionEnvironment env = flink.environment(2);
    Target target =
        new Target(Mode.MANY_TO_MANY, "copier", seqLen, ModelFiles.toBytes(copier(seqLen)), null);
    ForecastModel foreign = copier(seqLen).withName("of-another-job");
    SourceRecord source = new SourceRecord("list", 0, 0, -1, null, new byte[0]);
    DataStream<ModelEvent> models =
        env.fromData(WeirTypeInformation.MODEL_EVENT, new ModelUpdate(foreign, source))
            .setParallelism(1)
            .assignTimestampsAndWatermarks(ObservationWatermarks.ofModels());
    DataStream<InputEvent> arrivals =
        stream(env, observations).assignTimestampsAndWatermarks(eager(outOfOrderness));
    List<Output> outputs = new ArrayList<>();
    try (CloseableIterator<Output> results =
        ForecastPipeline.build(
                arrivals,
                models,
                TestSettings.of(seqLen, target)
                    .stride(stride)
                    .outOfOrderness(outOfOrderness)
                    .build())
            .executeAndCollect()) {
      results.forEachRemaining(outputs::add);
    }
    return outputs;
  }

  /** Our watermarks after each record instead of now and then: as little patience as there is. */
  private static WatermarkStrategy<InputEvent> eager(Duration outOfOrderness) {
    WatermarkStrategy<InputEvent> ours =
        ObservationWatermarks.strategy(outOfOrderness, Duration.ZERO);
    return WatermarkStrategy.<InputEvent>forGenerator(
            context -> new EagerGenerator(ours.createWatermarkGenerator(context)))
        .withTimestampAssigner(ours::createTimestampAssigner);
  }

  private record EagerGenerator(WatermarkGenerator<InputEvent> ours)
      implements WatermarkGenerator<InputEvent> {

    @Override
    public void onEvent(InputEvent arrival, long timestamp, WatermarkOutput output) {
      ours.onEvent(arrival, timestamp, output);
      ours.onPeriodicEmit(output);
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      ours.onPeriodicEmit(output);
    }
  }

  private static Map<String, List<Window>> ours(List<Observation> observations, int n, int slide)
      throws Exception {
    return run(observations, n, slide, Duration.ZERO).stream()
        .map(output -> window((Forecast) output, n))
        .collect(Collectors.groupingBy(Window::series));
  }

  private static Window window(Forecast forecast, int n) {
    boolean full = forecast.seqLen() == n;
    assertThat(forecast.status()).isEqualTo(full ? Status.OK : Status.WARMUP);
    List<Double> values = Arrays.stream(forecast.values()).boxed().toList();
    return new Window(
        forecast.series(),
        forecast.windowStart(),
        forecast.origin(),
        forecast.seqLen(),
        full ? values : values.subList(0, 1));
  }

  private static Map<String, List<Window>> flinks(List<Observation> observations, int n, int slide)
      throws Exception {
    KeyedStream<InputEvent, String> keyed =
        stream(flink.environment(2), observations).keyBy(WindowsOracleIT::series, Types.STRING);
    WindowedStream<InputEvent, String, GlobalWindow> windowed =
        n == slide ? keyed.countWindow(n) : keyed.countWindow(n, slide);
    List<Tuple2<String, double[]>> contents = new ArrayList<>();
    try (CloseableIterator<Tuple2<String, double[]>> results =
        windowed
            .apply(
                WindowsOracleIT::contents,
                Types.TUPLE(Types.STRING, PrimitiveArrayTypeInfo.DOUBLE_PRIMITIVE_ARRAY_TYPE_INFO))
            .executeAndCollect()) {
      results.forEachRemaining(contents::add);
    }
    return contents.stream()
        .map(window -> window(window.f0, window.f1, n))
        .collect(Collectors.groupingBy(Window::series));
  }

  /** Times and values in turn. */
  private static void contents(
      String series,
      GlobalWindow all,
      Iterable<InputEvent> arrivals,
      Collector<Tuple2<String, double[]>> out) {
    List<Double> numbers = new ArrayList<>();
    for (InputEvent arrival : arrivals) {
      Observation observation = ((ObservationEvent) arrival).observation();
      numbers.add((double) observation.time());
      numbers.add(observation.value());
    }
    out.collect(Tuple2.of(series, numbers.stream().mapToDouble(Double::doubleValue).toArray()));
  }

  private static Window window(String series, double[] contents, int n) {
    int size = contents.length / 2;
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(contents[2 * i + 1]);
    }
    return new Window(
        series,
        (long) contents[0],
        (long) contents[2 * (size - 1)],
        size,
        size == n ? values : values.subList(size - 1, size));
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "5, 1", "5, 2"})
  void windowsAreThoseOfFlinksCountWindow(int n, int slide) throws Exception {
    Map<String, List<Window>> ours = ours(inOrder(), n, slide);
    Map<String, List<Window>> flinks = flinks(inOrder(), n, slide);
    assertThat(ours).isEqualTo(flinks);
    assertThat(flinks.values().stream().mapToInt(List::size).sum())
        .as("windows")
        .isGreaterThan(681 / slide - 7);
  }

  /**
   * Sorted by time plus a random delay below {@code bound}, so that nothing is further behind the
   * newest before it than {@code bound}.
   */
  private static List<Observation> delayed(List<Observation> observations, long bound) {
    Random random = new Random(SEED);
    Map<Observation, Long> delays = new HashMap<>();
    observations.forEach(o -> delays.put(o, (long) (random.nextDouble() * bound)));
    return observations.stream()
        .sorted(Comparator.comparingLong(o -> o.time() + delays.get(o)))
        .toList();
  }

  private static Map<String, List<Observation>> bySeries(List<Observation> observations) {
    return observations.stream()
        .sorted(Comparator.comparingLong(Observation::time))
        .collect(Collectors.groupingBy(Observation::series));
  }

  private static int lateWithoutPatience(List<Observation> observations) {
    Windows windows = new Windows(5, 1, 0);
    Map<String, WindowState> states = new HashMap<>();
    int late = 0;
    for (Observation o : observations) {
      WindowState state = states.computeIfAbsent(o.series(), s -> windows.newState());
      if (windows.offer(state, o, Windows.IN_ORDER) == Windows.Outcome.LATE) {
        late++;
      }
    }
    return late;
  }

  @Test
  void disorderWithinTheBoundChangesNothing() throws Exception {
    List<Observation> ordered =
        inOrder().stream().sorted(Comparator.comparingLong(Observation::time)).toList();
    List<Observation> shuffled = delayed(ordered, 5_000);
    assertThat(lateWithoutPatience(shuffled)).as("disorder").isGreaterThan(200);

    Map<String, List<Output>> expected = outputs(run(ordered, 5, 1, Duration.ZERO));
    Map<String, List<Output>> actual = outputs(run(shuffled, 5, 1, Duration.ofMillis(5_000)));
    assertThat(actual).isEqualTo(expected);
    // event time does move in between: with half the patience some are late
    assertThat(run(shuffled, 5, 1, Duration.ofMillis(2_500)))
        .anyMatch(DeadLetter.class::isInstance);
  }

  private static Map<String, List<Output>> outputs(List<Output> outputs) {
    return outputs.stream()
        .collect(
            Collectors.groupingBy(
                output -> output instanceof Forecast f ? f.series() : output.toString()));
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aPartitionFarBehindTheOtherLosesNothingAndMakesNothingLate(int parallelism)
      throws Exception {
    KafkaFixture kafka = KafkaFixture.shared();
    String name = "behind-" + parallelism;
    String topic = name + ".observations";
    Map<String, String> overrides = kafka.sampleOverrides(name);
    overrides.put("window.out-of-orderness", "PT1M");
    overrides.put("window.idle-timeout", "PT10M"); // never, whatever the machine does
    kafka.create(topic, 2, Map.of());
    JobSettings settings = JobSettings.read(Path.of("jobs/many-to-one.yaml"), overrides);

    Random random = new Random(SEED);
    List<Observation> older = new ArrayList<>(); // 0 to 100 minutes
    List<Observation> newer = new ArrayList<>(); // 100 to 200 minutes
    for (int minute = 0; minute < 200; minute++) {
      for (int i = 0; i < 7; i++) { // the last two are in one partition only
        if (i < 5 || (i == 5) == (minute < 100)) {
          long time = minute * MINUTE + random.nextInt((int) MINUTE);
          Observation observation = new Observation("series-" + i, time, random.nextInt(1_000_000));
          (minute < 100 ? older : newer).add(observation);
        }
      }
    }

    List<ProducerRecord<byte[], byte[]>> ahead = records(topic, 0, delayed(newer, MINUTE));
    List<ProducerRecord<byte[], byte[]>> behind = records(topic, 1, delayed(older, MINUTE));
    int duplicates = ahead.size() + behind.size() - older.size() - newer.size();
    assertThat(duplicates).isGreaterThan(100);
    ahead.add(new ProducerRecord<>(topic, 0, null, new byte[] {7})); // shows at once when read
    kafka.send(ahead);
    try (RunningJob job = flink.submit(settings, parallelism, Duration.ofMillis(500))) {
      String dead = settings.kafka().topics().deadLetters();
      job.await().until(() -> kafka.read(dead, KafkaFixture.UNCOMMITTED).size() == 1); // all read
      kafka.send(behind.subList(0, 300));
      kafka.send(behind.subList(300, behind.size()));
      // what lets the last minutes go; these two themselves wait for something later
      kafka.send(records(topic, 0, List.of(new Observation("clock-0", 202 * MINUTE, 0))));
      kafka.send(records(topic, 1, List.of(new Observation("clock-1", 202 * MINUTE, 0))));

      List<Observation> all = new ArrayList<>(older);
      all.addAll(newer);
      int forecasts = all.size();
      String out = settings.kafka().topics().forecasts();
      job.await()
          .untilAsserted(
              () -> assertThat(kafka.read(out, KafkaFixture.COMMITTED)).hasSize(forecasts));
      Map<String, List<Forecast>> actual =
          kafka.forecasts(out, KafkaFixture.COMMITTED).stream()
              .collect(Collectors.groupingBy(Forecast::series));
      Map<String, List<Forecast>> expected = new HashMap<>();
      for (Map.Entry<String, List<Observation>> series : bySeries(all).entrySet()) {
        expected.put(series.getKey(), CoreForecasts.of(series.getValue(), settings.forecast()));
      }
      assertThat(actual).isEqualTo(expected);

      // now that all moved on, what is old is late, and nothing else was
      List<Observation> late =
          List.of(new Observation("series-0", 1, 1), new Observation("series-6", 2, 2));
      kafka.send(records(topic, 0, late));
      job.await().untilAsserted(() -> assertThat(kafka.deadLetters(dead)).hasSize(3));
      assertThat(kafka.deadLetters(dead))
          .extracting(DeadLetter::reason)
          .containsExactly(Reason.MALFORMED, Reason.LATE, Reason.LATE);
      assertThat(kafka.read(out, KafkaFixture.COMMITTED)).hasSize(forecasts);
      int in = kafka.read(topic, KafkaFixture.COMMITTED).size();
      int waiting = 2; // the clocks
      assertThat(forecasts + 3 + duplicates + waiting).as("what went in").isEqualTo(in);
    }
  }

  /** Each seventh record comes twice, as a producer's retry would have it. */
  private static List<ProducerRecord<byte[], byte[]>> records(
      String topic, int partition, List<Observation> observations) throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < observations.size(); i++) {
      records.add(KafkaFixture.record(topic, partition, observations.get(i)));
      if (i % 7 == 3) {
        records.add(KafkaFixture.record(topic, partition, observations.get(i)));
      }
    }
    return records;
  }
}
