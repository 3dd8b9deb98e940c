package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.InProcess;
import dev.weir.forecast.Observation;
import dev.weir.forecast.shared.Fleet;
import dev.weir.forecast.shared.Publication;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ModelCodec;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job learns of a fleet, against the core run by hand on the same values. */
class SharedLearningIT {

  private static final Duration CHECKPOINTS = Duration.ofMillis(500);
  private static final int SERIES = 200;
  private static final int FIRST = 250; // values of each series before the rest is sent
  private static final int VALUES = 400;
  private static final int BUDGET = 10; // of the rest of the job: each block is sampled

  @TempDir private static Path dir;

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();
  private static Path start;
  private static double[][] fleet;
  private static List<Publication> expected;

  @BeforeAll
  static void start() throws Exception {
    start = dir.resolve("fleet.safetensors");
    InProcess written =
        InProcess.run(
            "train --epochs 0 --cell gru --num-layers 1 --unidirectional --hidden-size 6 --seq-len 12"
                .concat(" --horizon 2 --seed 7 --out " + start)
                .split(" "));
    assertThat(written.err()).isEmpty();
    assertThat(written.out()).contains("fleet version 1").contains("random weights (seed 7)");
    fleet = new double[SERIES][];
    for (int s = 0; s < SERIES; s++) {
      fleet[s] = Fleet.values(s, VALUES);
    }
    ForecastModel model = ModelFiles.read(start, ModelFiles.Defaults.NONE);
    expected = Fleet.published(model, BUDGET, SERIES, VALUES);
    assertThat(expected).hasSizeGreaterThan(2);
    assertThat(Fleet.published(model, BUDGET, SERIES, FIRST)).isNotEmpty();
  }

  private static JobSettings settings(String name, boolean learns) throws Exception {
    kafka.create(name + ".observations", 3, Map.of());
    return settings(name, learns, "on");
  }

  private static JobSettings settings(String name, boolean learns, String shared) throws Exception {
    Map<String, String> overrides = kafka.learned(name);
    overrides.put("window.seq-len", Integer.toString(Fleet.SEQ_LEN));
    overrides.put("window.idle-timeout", "PT10M"); // sent in two parts, with a pause
    overrides.put("forecast.many-to-one.model", "fleet");
    overrides.put("forecast.many-to-one.file", start.toString());
    overrides.put("forecast.many-to-one.horizon", Integer.toString(Fleet.HORIZON));
    overrides.put("learning.enabled", Boolean.toString(learns));
    overrides.put("learning.size", "small");
    overrides.put("learning.shared", shared);
    overrides.put("learning.shared.budget", 100 * BUDGET + " %");
    return JobSettings.read(Path.of("jobs", "many-to-one.yaml"), overrides);
  }

  private static void send(JobSettings settings, int from, int to) throws Exception {
    List<Observation> observations = new ArrayList<>();
    for (int t = from; t < to; t++) {
      observations.addAll(Fleet.hour(fleet, t));
    }
    kafka.sendObservations(settings, observations);
  }

  private static List<ModelTopic.Entry> published(JobSettings settings) {
    return new ModelTopic(
            KafkaClients.of(kafka.bootstrapServers()), settings.kafka().topics().models())
        .read();
  }

  private static void awaitPublished(RunningJob job, JobSettings settings, int count) {
    job.await().atMost(Duration.ofMinutes(4)).until(() -> published(settings).size() >= count);
  }

  /** The topic holds what the core says by hand: each version once, in order, and its copies. */
  private static void assertPublishedAsExpected(JobSettings settings) {
    List<String> versions = new ArrayList<>();
    for (ModelTopic.Entry entry : published(settings)) {
      byte[] weights = new byte[entry.record().getWeights().remaining()];
      entry.record().getWeights().get(weights);
      versions.add(
          entry.record().getVersion()
              + " of "
              + entry.record().getCreated().toEpochMilli()
              + " "
              + HexFormat.of().formatHex(weights));
    }
    assertThat(versions)
        .containsExactlyElementsOf(
            expected.stream()
                .map(
                    p ->
                        p.model().version()
                            + " of "
                            + p.time()
                            + " "
                            + HexFormat.of().formatHex(ModelFiles.toBytes(p.model())))
                .toList());
    List<byte[]> copies =
        kafka.read(settings.kafka().topics().models()).stream()
            .map(ConsumerRecord::key)
            .filter(ModelCodec::isCopy)
            .toList();
    assertThat(copies)
        .containsExactlyElementsOf(
            expected.stream().map(p -> ModelCodec.copyKey("fleet", p.model().version())).toList());
  }

  /** Sends an observation at a time until the job has read the version. */
  private static void awaitForecastBy(RunningJob job, JobSettings settings, long version) {
    byte[] key = Fleet.name(0).getBytes(StandardCharsets.UTF_8);
    int[] hour = {VALUES};
    job.await()
        .until(
            () -> {
              List<Observation> one =
                  List.of(
                      new Observation(
                          Fleet.name(0), Fleet.time(hour[0]++), 5, Observation.NO_FEATURES));
              kafka.sendObservations(settings, one);
              List<ConsumerRecord<byte[], byte[]>> forecasts =
                  kafka.read(settings.kafka().topics().forecasts()).stream()
                      .filter(record -> Arrays.equals(record.key(), key))
                      .toList();
              return !forecasts.isEmpty()
                  && new ForecastCodec()
                          .decode(forecasts.get(forecasts.size() - 1).value())
                          .modelVersion()
                      == version;
            });
  }

  @Tag("slow")
  @Test
  void turnedOnItStartsFromTheActiveModel() throws Exception {
    String name = "shared-later";
    kafka.create(name + ".observations", 3, Map.of());
    JobSettings off = settings(name, false, "off");
    ForecastModel other = ModelFiles.read(start, ModelFiles.Defaults.NONE).withVersion(5);
    String savepoint;
    try (RunningJob job = flink.submit(off, 2, CHECKPOINTS)) {
      new ModelTopic(KafkaClients.of(kafka.bootstrapServers()), off.kafka().topics().models())
          .publish(other);
      awaitForecastBy(job, off, 5);
      savepoint = // not while the job still restarts
          job.await()
              .ignoreException(ExecutionException.class)
              .until(() -> job.stop(dir.resolve("savepoints")), Objects::nonNull);
    }
    JobSettings on = settings(name, false, "on");
    List<Observation> observations = new ArrayList<>();
    for (int t = 0; t < FIRST; t++) { // after those that were sent to wait for the version
      for (Observation o : Fleet.hour(fleet, t)) {
        long later = o.time() + Fleet.time(10_000) - Fleet.time(0);
        observations.add(new Observation(o.series(), later, o.value(), Observation.NO_FEATURES));
      }
    }
    kafka.sendObservations(on, observations);
    try (RunningJob job = flink.restore(on, 3, CHECKPOINTS, savepoint)) {
      awaitPublished(job, on, 2);
      assertThat(published(on).get(1).record().getVersion()).isEqualTo(6);
      assertThat(published(on).get(1).record().getProvenance().toString())
          .contains("version_before=5");
      job.assertRunning();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, false", "3, true"})
  void aJobPublishesWhatItLearnsAndForecastsWithIt(int parallelism, boolean learns)
      throws Exception {
    JobSettings settings = settings("shared-" + parallelism, learns);
    send(settings, 0, FIRST);
    try (RunningJob job = flink.submit(settings, parallelism, CHECKPOINTS)) {
      awaitPublished(job, settings, 1);
      send(settings, FIRST, VALUES);
      awaitPublished(job, settings, expected.size());
      long newest = expected.get(expected.size() - 1).model().version();
      awaitForecastBy(job, settings, newest);
      assertPublishedAsExpected(settings);
      job.assertRunning();
    }
  }

  @Tag("slow")
  @Test
  void killsAndRestartsChangeNothing() throws Exception {
    JobSettings settings = settings("shared-killed", false);
    send(settings, 0, FIRST);
    StreamExecutionEnvironment env = flink.environment(2);
    env.configure(
        new Configuration()
            .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINTS)
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1000)
            .set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(500)));
    String savepoint;
    try (RunningJob job = new RunningJob(ForecastJob.submit(env, settings))) {
      awaitPublished(job, settings, 1);
      flink.killTaskManager();
      send(settings, FIRST, FIRST + 60);
      flink.startTaskManager();
      awaitPublished(job, settings, 2);
      savepoint = // not while the job still restarts
          job.await()
              .ignoreException(ExecutionException.class)
              .until(() -> job.stop(dir.resolve("savepoints")), Objects::nonNull);
    }
    send(settings, FIRST + 60, VALUES);
    try (RunningJob job = flink.restore(settings, 3, CHECKPOINTS, savepoint)) {
      awaitPublished(job, settings, expected.size());
      assertPublishedAsExpected(settings);
      job.assertRunning();
    }
  }
}
