package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.job.options.JobFile;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.connector.ObservationProducer;
import dev.weir.model.AheadInputs;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that learns from covariates known ahead, whose observations wait, and that is killed. */
@Tag("slow")
class CovariateJobIT {

  private static final long START = 1_767_225_600_000L; // 2026-01-01
  private static final long MINUTE = 60_000;
  private static final int HORIZON = 3;
  private static final int AHEAD = 2;
  private static final int SERIES = 3;
  private static final int VALUES = 120;

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  @TempDir private Path checkpoints;

  private static JobSettings settings(String name) {
    return settings(name, Map.of());
  }

  private static JobSettings settings(String name, Map<String, String> more) {
    Map<String, String> overrides = new HashMap<>(kafka.overrides(name));
    overrides.remove("output");
    overrides.putAll(more);
    String text =
        """
        name: %s
        window: {features-ahead: 2, out-of-orderness: 6 min, interval: 1 min}
        forecast: {many-to-one: {horizon: 3}}
        """
            .formatted(name);
    return JobSettings.of(JobFile.parse(text, name + ".yaml", overrides), Path.of("."));
  }

  /** A base model that reads both covariates, of random weights. */
  private Map<String, String> baseModel() throws IOException {
    RnnConfig rnn = new RnnConfig(Cell.GRU, 1 + AHEAD * HORIZON, 4, 1, true, true);
    SplittableRandom random = new SplittableRandom(3);
    ForecastModel model =
        TestModel.of(rnn, 5, HORIZON)
            .name("net")
            .scaling(Scaling.LAST)
            .weights(weights(random, rnn.parameterCount()))
            .head(weights(random, HORIZON * rnn.outputSize()), weights(random, HORIZON))
            .ahead(new AheadInputs(List.of(0.1, 30.0), List.of(0.6, 40.0)))
            .build();
    Path file = checkpoints.resolve("net.safetensors");
    ModelFiles.write(model, file);
    return Map.of(
        "forecast.many-to-one.model", "net", "forecast.many-to-one.file", file.toString());
  }

  private static float[] weights(SplittableRandom random, int n) {
    float[] weights = new float[n];
    for (int i = 0; i < n; i++) {
      weights[i] = (float) random.nextDouble(-0.7, 0.7);
    }
    return weights;
  }

  /** In another order within five minutes. */
  private static List<Observation> observations() {
    double[] x = new SplittableRandom(8).doubles(VALUES + HORIZON + 1, -1, 1).toArray();
    double[] y = new SplittableRandom(9).doubles(VALUES, -1, 1).toArray();
    Random random = new Random(10);
    List<Observation> all = new ArrayList<>();
    for (int first = 0; first < VALUES; first += 4) {
      List<Observation> some = new ArrayList<>();
      for (int t = first; t < first + 4; t++) {
        for (int s = 0; s < SERIES; s++) {
          double[] known = new double[HORIZON * AHEAD];
          for (int i = 0; i < known.length; i++) {
            known[i] = i % 5 == s ? Double.NaN : x[t + 1 + i / AHEAD] * (1 + s) + i % 2 * t;
          }
          some.add(at(s, t, x[t] * (s + 1) + 0.1 * y[t], known));
        }
      }
      Collections.shuffle(some, random);
      all.addAll(some);
    }
    return all;
  }

  private static Observation at(int series, int minute, double value, double... ahead) {
    return new Observation(
        "s" + series, START + minute * MINUTE, value, Observation.NO_FEATURES, null, false, ahead);
  }

  private static void send(JobSettings job, List<Observation> observations) throws IOException {
    try (ObservationProducer producer =
        new ObservationProducer(
            KafkaClients.of(kafka.bootstrapServers()),
            job.kafka().topics().observations().first(),
            null,
            false,
            AHEAD)) {
      for (Observation observation : observations) {
        producer.send(observation);
      }
      producer.flush();
    }
  }

  /** One a series, so late that nothing waits any longer but these. */
  private static void sendLast(JobSettings job) throws IOException {
    send(job, Stream.of(0, 1, 2).map(s -> at(s, VALUES + 60, 0)).toList());
  }

  private RunningJob submit(JobSettings job, String backend, int parallelism, Path from)
      throws Exception {
    StreamExecutionEnvironment env = flink.environment(parallelism);
    Configuration configuration =
        new Configuration()
            .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(300))
            .set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString())
            .set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION)
            .set(StateBackendOptions.STATE_BACKEND, backend);
    if (from != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, from.toUri().toString());
    }
    env.configure(configuration);
    return new RunningJob(ForecastJob.submit(env, job));
  }

  private static List<Forecast> committed(JobSettings job) {
    return kafka.forecasts(job.kafka().topics().forecasts(), KafkaFixture.COMMITTED);
  }

  /** The forecasts without those of the last, late observations. */
  private static Map<String, List<Forecast>> bySeries(JobSettings job) {
    return committed(job).stream().collect(Collectors.groupingBy(Forecast::series));
  }

  private Path newestCheckpoint() throws IOException {
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .max(Comparator.comparing(file -> file.toFile().lastModified()))
          .orElseThrow()
          .getParent();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mixture", "with-network", "network-alone"})
  void killedJobForecastsAsAnUndisturbedOne(String kind) throws Exception {
    List<Observation> all = observations();
    Map<String, String> more = new HashMap<>(kind.equals("mixture") ? Map.of() : baseModel());
    if (kind.equals("network-alone")) {
      more.put("learning", "off");
      more.put("output", "network");
    }
    JobSettings undisturbed = settings("undisturbed-" + kind, more);
    kafka.create(undisturbed.kafka().topics().observations().first(), 1, Map.of());
    try (RunningJob job = submit(undisturbed, "hashmap", 1, null)) {
      send(undisturbed, all);
      sendLast(undisturbed);
      job.await().until(() -> committed(undisturbed).size() == SERIES * VALUES);
    }
    Map<String, List<Forecast>> expected = bySeries(undisturbed);
    assertThat(expected).hasSize(SERIES);
    assertThat(expected.get("s0"))
        .filteredOn(forecast -> forecast.status() == Forecast.Status.OK)
        .hasSizeGreaterThan(VALUES - 9)
        .extracting(Forecast::covariatesMissing)
        .containsOnly(2); // numbers 0 and 5 of 6
    for (String backend : List.of("hashmap", "rocksdb")) {
      JobSettings killed = settings("killed-%s-%s".formatted(kind, backend), more);
      kafka.create(killed.kafka().topics().observations().first(), 1, Map.of());
      int first = 205;
      try (RunningJob job = submit(killed, backend, 1, null)) {
        send(killed, all.subList(0, first));
        job.await().until(() -> committed(killed).size() > SERIES * 40); // others wait
        assertThat(committed(killed).size()).isLessThan(first);
        send(killed, all.subList(first, first + 20));
      }
      try (RunningJob job = submit(killed, backend, 2, newestCheckpoint())) {
        send(killed, all.subList(first + 20, all.size()));
        sendLast(killed);
        job.await().until(() -> committed(killed).size() == SERIES * VALUES);
      }
      assertThat(bySeries(killed)).as(backend).isEqualTo(expected);
      assertThat(kafka.deadLetters(killed.kafka().topics().deadLetters())).isEmpty();
    }
  }

  @Test
  void vectorsOfAnotherLengthAreDeadLettersAndTheJobLives() throws Exception {
    JobSettings job = settings("wrong");
    String topic = job.kafka().topics().observations().first();
    kafka.create(topic, 1, Map.of());
    try (RunningJob running = submit(job, "hashmap", 1, null)) {
      try (ObservationProducer producer =
          new ObservationProducer(
              KafkaClients.of(kafka.bootstrapServers()), topic, null, false, 3)) {
        producer.send(at(0, 0, 1, 1, 2, 3));
        producer.flush();
      }
      send(job, List.of(at(0, 1, 1, 5, 6)));
      sendLast(job);
      running.await().until(() -> committed(job).size() == 1);
    }
    List<DeadLetter> letters = kafka.deadLetters(job.kafka().topics().deadLetters());
    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).reason()).isEqualTo(Reason.FEATURES);
    assertThat(letters.get(0).message())
        .isEqualTo("features_ahead[0]: expected 2 numbers, as window.features-ahead says, got 3");
    assertThat(committed(job).get(0).covariatesMissing()).isEqualTo(4);
  }
}
