package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.Score;
import dev.weir.kafka.avro.OutsideForecast;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.kafka.wire.AvroBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Outside forecasts from a topic of their own, beside the same ones inside of the observations. */
class OutsideTopicIT {

  private static final Duration CHECKPOINTS = Duration.ofMillis(300);
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final long START = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();
  private static final long HOUR = 3_600_000;
  private static final int HORIZON = 3;
  private static final int DELAY = 3; // hours that a record may come too late
  private static final List<String> MODELS = List.of("lear", "dnn");
  private static final List<String> SERIES = List.of("a", "b", "c", "d");
  private static final int PARTITIONS = 2;

  @TempDir private static Path dir;

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  private final Random random = new Random(5);
  private boolean isInOrder;
  private List<String> models = MODELS; // by column

  private JobSettings settings(String name, Map<String, String> more) throws Exception {
    Map<String, String> overrides = withColumns(name);
    overrides.put("topics.outside", name + ".outside");
    if (more.containsKey("learning.outside.max-models")) {
      overrides.remove("learning.outside.models");
    }
    overrides.putAll(more);
    return JobSettings.read(Path.of("jobs", "many-to-one.yaml"), overrides);
  }

  /** Of a job whose observations bring what the models say. */
  private Map<String, String> withColumns(String name) {
    Map<String, String> overrides = kafka.learned(name);
    overrides.put("learning.outside.models", String.join(",", models));
    overrides.put("window.interval", "PT1H");
    overrides.put("forecast.many-to-one.horizon", Integer.toString(HORIZON));
    overrides.put("learning.size", "small");
    overrides.put("season", "24");
    return overrides;
  }

  private static void createTopics(JobSettings settings) {
    kafka.create(settings.kafka().topics().observations().first(), PARTITIONS, Map.of());
    kafka.create(settings.kafka().topics().outside().name(), PARTITIONS, Map.of());
  }

  private static double value(String series, int hour) {
    return 50
        + 8 * Math.sin(hour * Math.PI / 12)
        + new Random(31L * hour + series.hashCode()).nextDouble();
  }

  private static Observation observation(String series, int hour, double... ahead) {
    return new Observation(
        series, START + hour * HOUR, value(series, hour), Observation.NO_FEATURES, null, ahead);
  }

  /** Every third hour, half an hour before it, and of one hour nothing; the other each hour. */
  private static OutsideForecast said(String series, String model, int hour) {
    boolean isLear = model.equals("lear");
    if (isLear && hour % 3 != 0) {
      return null;
    }
    List<Double> values = new ArrayList<>();
    for (int k = 0; k < (isLear ? 5 : 2); k++) {
      double error = new Random(hour + 7L * k + model.hashCode()).nextGaussian();
      values.add(k == 2 && hour % 2 == 0 ? Double.NaN : value(series, hour + k) + error);
    }
    return OutsideForecast.newBuilder()
        .setSeries(series)
        .setModel(model)
        .setMade(Instant.ofEpochMilli(START + hour * HOUR - HOUR / 2))
        .setOrigin(Instant.ofEpochMilli(START + (hour - 1) * HOUR))
        .setValues(values)
        .build();
  }

  /** What both models had said of the steps after an hour, the newest of each. */
  private double[] known(String series, int hour) {
    double[] known = new double[HORIZON * MODELS.size()];
    Arrays.fill(known, Double.NaN);
    int steps = 0;
    for (int m = 0; m < MODELS.size(); m++) {
      for (int made = 0; made <= hour; made++) { // half an hour before
        OutsideForecast said = said(series, models.get(m), made);
        for (int i = 0; said != null && i < said.getValues().size(); i++) {
          int k = made + i - hour - 1;
          if (k >= 0 && k < HORIZON && !said.getValues().get(i).isNaN()) {
            known[k * MODELS.size() + m] = said.getValues().get(i);
            steps = Math.max(steps, k + 1);
          }
        }
      }
    }
    return Arrays.copyOf(known, steps * MODELS.size());
  }

  private void sendObservations(JobSettings settings, int from, int to) throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int hour = from; hour < to; hour++) {
      for (String series : SERIES) {
        records.add(
            KafkaFixture.record(
                settings.kafka().topics().observations().first(),
                SERIES.indexOf(series) % PARTITIONS,
                observation(series, hour)));
      }
    }
    send(records);
  }

  private void sendForecasts(JobSettings settings, int from, int to) throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int hour = from; hour < to; hour++) {
      for (String series : SERIES) {
        for (String model : MODELS) {
          OutsideForecast said = said(series, model, hour);
          if (said != null) {
            records.add(
                new ProducerRecord<>(
                    settings.kafka().topics().outside().name(),
                    SERIES.indexOf(series) % PARTITIONS,
                    series.getBytes(StandardCharsets.UTF_8),
                    AvroBytes.of(said)));
          }
        }
      }
    }
    send(records);
  }

  /** Each in disorder, but none further than the jobs wait for it. */
  private void send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
    int block = SERIES.size() * (DELAY - 1); // at least one record of each series and hour
    for (int i = 0; i < records.size() && !isInOrder; i += block) {
      Collections.shuffle(records.subList(i, Math.min(records.size(), i + block)), random);
    }
    kafka.send(records);
  }

  private static void awaitForecasts(RunningJob job, JobSettings settings, int hours) {
    String topic = settings.kafka().topics().forecasts();
    job.await().atMost(LIMIT).until(() -> kafka.read(topic).size() >= hours * SERIES.size());
  }

  private static Map<String, List<String>> bySeries(List<Forecast> forecasts) {
    ForecastCodec codec = new ForecastCodec();
    Map<String, List<String>> bytes = new TreeMap<>();
    for (Forecast forecast : forecasts) {
      bytes
          .computeIfAbsent(forecast.series(), series -> new ArrayList<>())
          .add(HexFormat.of().formatHex(codec.encode(forecast)));
    }
    return bytes;
  }

  /** The forecasts of observations that bring what was known of the next steps. */
  private void assertAsIfBrought(JobSettings settings, int hours) throws Exception {
    JobSettings inOrder =
        JobSettings.read(Path.of("jobs", "many-to-one.yaml"), withColumns(settings.name()));
    List<Forecast> expected = new ArrayList<>();
    List<Forecast> without = new ArrayList<>();
    for (String series : SERIES) {
      List<Observation> own = new ArrayList<>();
      List<Observation> bare = new ArrayList<>();
      for (int hour = 0; hour < hours; hour++) {
        own.add(observation(series, hour, known(series, hour)));
        bare.add(observation(series, hour));
      }
      expected.addAll(OneSeries.forecasts(inOrder.forecast(), own));
      without.addAll(OneSeries.forecasts(inOrder.forecast(), bare));
    }
    assertThat(bySeries(expected)).as("they count").isNotEqualTo(bySeries(without));
    assertThat(bySeries(kafka.forecasts(settings))).isEqualTo(bySeries(expected));
    assertThat(kafka.deadLetters(settings)).isEmpty();
    ScoreCodec codec = new ScoreCodec();
    List<ConsumerRecord<byte[], byte[]>> scores = kafka.read(settings.kafka().topics().scores());
    assertThat(scores).hasSizeGreaterThan(SERIES.size());
    for (ConsumerRecord<byte[], byte[]> record : scores) {
      assertThat(codec.decode(record.value()).methods())
          .filteredOn(method -> method.name().equals("outside:dnn"))
          .extracting(Score.Method::delaySeconds)
          .as("made half an hour before each value")
          .containsExactly(1800.0);
    }
  }

  /** No topic may hold back the other for good, and no observation waits for the next one. */
  @Test
  void silentTopicHoldsNothingBack() throws Exception {
    JobSettings settings = settings("outside-calm", Map.of("outside.idle-timeout", "100 ms"));
    createTopics(settings);
    try (RunningJob job = flink.submit(settings, 2, CHECKPOINTS)) {
      sendForecasts(settings, 0, 2);
      for (int hour = 0; hour < 5; hour++) {
        for (String series : SERIES) {
          kafka.send(
              List.of(
                  KafkaFixture.record(
                      settings.kafka().topics().observations().first(),
                      SERIES.indexOf(series) % PARTITIONS,
                      observation(series, hour))));
        }
      }
      awaitForecasts(job, settings, 5);
      job.assertRunning();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void boundedJobReadsTheTopicUpToItsEndAndFinishes(boolean isAny) throws Exception {
    isInOrder = true;
    String name = isAny ? "outside-any" : "outside-history";
    models = isAny ? List.of("dnn", "lear") : MODELS; // of the same time, by name
    JobSettings history =
        settings(
            name,
            Map.of(
                "mode",
                "bounded",
                isAny ? "learning.outside.max-models" : "learning.outside.models",
                isAny ? "2" : "lear,dnn"));
    createTopics(history);
    sendObservations(history, 0, 30);
    sendForecasts(history, 0, 40);
    StreamExecutionEnvironment env = flink.environment(2);
    env.configure(
        new Configuration().set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINTS));
    ForecastJob.submit(env, history).getJobExecutionResult().get();
    await().until(() -> kafka.forecasts(history).size() >= 30 * SERIES.size());
    assertAsIfBrought(history, 30);
  }

  @Tag("slow")
  @Test
  void killsDelaysAndAbsenceChangeNoBit() throws Exception {
    Map<String, String> waits = // for a partition however long it is silent
        Map.of(
            "window.out-of-orderness",
            "PT" + DELAY + "H",
            "window.idle-timeout",
            "P1D",
            "outside.out-of-orderness",
            "PT" + DELAY + "H",
            "outside.idle-timeout",
            "P1D");
    JobSettings settings = settings("outside-killed", waits);
    createTopics(settings);
    StreamExecutionEnvironment env = flink.environment(2);
    env.configure(
        new Configuration()
            .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINTS)
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1000)
            .set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(500)));
    sendObservations(settings, 0, 40);
    String savepoint;
    try (RunningJob job = new RunningJob(ForecastJob.submit(env, settings))) {
      sendForecasts(settings, 0, 20); // the other 20 hours wait
      awaitForecasts(job, settings, 14);
      flink.killTaskManager();
      sendForecasts(settings, 20, 30);
      flink.startTaskManager();
      awaitForecasts(job, settings, 24);
      flink.killTaskManager(); // what waits is in its state now
      sendForecasts(settings, 30, 60);
      flink.startTaskManager();
      awaitForecasts(job, settings, 35); // of 40, without the newest, which wait
      flink.killTaskManager();
      flink.startTaskManager();
      savepoint = // not while the job still restarts
          job.await()
              .ignoreException(ExecutionException.class)
              .until(() -> job.stop(dir.resolve("savepoints")), Objects::nonNull);
    }
    sendObservations(settings, 40, 60);
    try (RunningJob job = flink.restore(settings, 3, CHECKPOINTS, savepoint)) {
      sendForecasts(settings, 60, 80); // carries no event time
      sendObservations(settings, 60, 60 + 2 * DELAY + 1);
      awaitForecasts(job, settings, 60);
      job.assertRunning();
    }
    List<Forecast> forecasts = kafka.forecasts(settings);
    int hours = forecasts.size() / SERIES.size();
    assertThat(hours).isBetween(60, 60 + DELAY + 1);
    assertAsIfBrought(settings, hours);
  }
}
