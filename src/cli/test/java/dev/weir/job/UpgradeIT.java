package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Restores the savepoints of the test resources, which released builds wrote: the whole job, from
 * the job file that they were written with, on the input that it had read. What is sent here up to
 * {@link #SAVED}, and in which order, is part of each of them and never changes.
 */
@Tag("slow")
@Tag("upgrade")
class UpgradeIT {

  private static final Path SAVEPOINTS = Path.of("src/flink/test/resources/savepoint");
  private static final Duration CHECKPOINTS = Duration.ofMillis(300);
  private static final int PARTITIONS = 2;

  private static final List<String> SERIES = List.of("s0", "s1", "s2", "s3");
  private static final String QUIET = "quiet"; // falls silent before the savepoint, expires after
  private static final int QUIET_ROUNDS = 206;

  private static final int SAVED = 230; // rounds before the savepoint
  private static final int HELD_BACK = SAVED - 2; // s0's value of this round comes after it
  private static final int AFTER = 60; // rounds until the silent series' timer has fired
  private static final int WAITING = 3; // rounds that wait: those not older than two minutes

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  private static Observation at(String series, int round) {
    int phase = series.hashCode() % 12;
    double noise = 0.2 * Math.sin(1.0 * round * round);
    double value = 10 + phase + 3 * Math.sin(2 * Math.PI * (round + phase) / 12) + noise;
    return new Observation(series, time(round), value);
  }

  private static long time(long round) {
    return 60_000 * round;
  }

  private static List<Observation> rounds(int from, int to) {
    List<Observation> observations = new ArrayList<>();
    for (int round = from; round < to; round++) {
      for (String series : SERIES) {
        if (round != HELD_BACK || !series.equals("s0")) {
          observations.add(at(series, round));
        }
      }
      if (round < QUIET_ROUNDS) {
        observations.add(at(QUIET, round));
      }
    }
    return observations;
  }

  /** Small networks of either mode; nobody asks how well they forecast. */
  private static List<ForecastModel> models(long version) {
    RnnConfig rnn = new RnnConfig(Cell.GRU, 1, 2, 1, true, true);
    return List.of(
        model("one", version, Mode.MANY_TO_ONE, rnn, 3, 3),
        model("many", version, Mode.MANY_TO_MANY, rnn, 4, 1));
  }

  private static ForecastModel model(
      String name, long version, Mode mode, RnnConfig rnn, int horizon, int outFeatures) {
    return TestModel.of(rnn, 4, horizon)
        .name(name)
        .version(version)
        .mode(mode)
        .scaling(Scaling.LAST)
        .weights(numbers(rnn.parameterCount(), version))
        .head(numbers(outFeatures * rnn.outputSize(), version), numbers(outFeatures, version))
        .build();
  }

  private static float[] numbers(int n, long version) {
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = (i * 7 % 11 - 5) / (8f * version);
    }
    return numbers;
  }

  private static void publish(JobSettings settings, long version) throws Exception {
    for (ForecastModel model : models(version)) {
      kafka.models(settings).publish(model);
    }
  }

  private static JobSettings settings(Path jobFile, Map<String, String> more) throws Exception {
    Map<String, String> overrides = new TreeMap<>(more);
    overrides.put("kafka.bootstrap-servers", kafka.bootstrapServers());
    return JobSettings.read(jobFile, overrides);
  }

  /** Topics as they were when the savepoint was written, with what the job had read of them. */
  private static void prepareTopics(JobSettings settings) throws Exception {
    var topics = settings.kafka().topics();
    List<String> names =
        List.of(
            topics.observations().first(),
            topics.forecasts(),
            topics.scores(),
            topics.models(),
            topics.deadLetters());
    try (TopicAdmin admin = kafka.admin();
        Admin client = KafkaClients.of(kafka.bootstrapServers()).admin()) {
      List<String> old = new ArrayList<>(names);
      old.removeAll(admin.missing(names));
      client.deleteTopics(old).all().get();
      admin.create(topics.observations().first(), PARTITIONS, Map.of());
      admin.createModels(topics.models());
    }
    publish(settings, 1);
  }

  private static StreamExecutionEnvironment environment(
      int parallelism, String backend, Path restored) {
    StreamExecutionEnvironment env = flink.environment(parallelism);
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINTS);
    configuration.set(StateBackendOptions.STATE_BACKEND, backend);
    if (restored != null) { // what does not fit is refused, since nothing allows it to be left out
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, restored.toUri().toString());
    }
    env.configure(configuration);
    return env;
  }

  private static List<Forecast> forecasts(JobSettings settings, String isolation) {
    return kafka.forecasts(settings.kafka().topics().forecasts(), isolation);
  }

  private static Map<String, List<Forecast>> byModeAndSeries(List<Forecast> forecasts) {
    return forecasts.stream()
        .collect(
            Collectors.groupingBy(
                f -> f.mode().label() + " " + f.series(), TreeMap::new, Collectors.toList()));
  }

  private static void assertEachOriginOnce(List<Forecast> forecasts, long first, long end) {
    assertThat(forecasts)
        .extracting(Forecast::origin)
        .containsExactlyElementsOf(
            LongStream.range(first, end).map(UpgradeIT::time).boxed().toList());
  }

  private static void assertStepsGoOn(List<Forecast> forecasts, long first) {
    assertThat(forecasts)
        .extracting(Forecast::learningSteps)
        .containsExactlyElementsOf(
            LongStream.range(first, first + forecasts.size()).boxed().toList());
  }

  /** {@code -Dupgrade.write=format-2}: what the README of the savepoints tells. */
  @Test
  @EnabledIfSystemProperty(named = "upgrade.write", matches = "format-\\d+")
  void aSavepointOfThisBuildIsWritten(@TempDir Path temporary) throws Exception {
    Path directory = SAVEPOINTS.resolve(System.getProperty("upgrade.write"));
    Files.createDirectory(directory); // never over one that is there
    JobSettings settings = settings(SAVEPOINTS.resolve("job.yaml"), Map.of());
    prepareTopics(settings);
    String observations = settings.kafka().topics().observations().first();
    JobClient client = ForecastJob.submit(environment(2, "hashmap", null), settings);
    try (RunningJob job = new RunningJob(client)) {
      int sent = 100;
      kafka.sendObservations(observations, rounds(0, sent));
      job.await().until(() -> forecasts(settings, KafkaFixture.UNCOMMITTED).size() > 500);
      publish(settings, 2);
      do { // the stream goes on while the models arrive
        assertThat(sent).as("rounds sent while no new version came").isLessThan(SAVED - 10);
        kafka.sendObservations(observations, rounds(sent, ++sent));
      } while (modesOfVersion(settings, 2) < 2);
      kafka.sendObservations(observations, rounds(sent, SAVED));
      int expected = 2 * (SERIES.size() * (SAVED - WAITING) + QUIET_ROUNDS);
      job.await().until(() -> forecasts(settings, KafkaFixture.UNCOMMITTED).size() >= expected);
      String savepoint =
          client
              .stopWithSavepoint(false, temporary.toUri().toString(), SavepointFormatType.CANONICAL)
              .get();
      client.getJobExecutionResult().get();
      try (Stream<Path> files = Files.list(Path.of(URI.create(savepoint)))) {
        for (Path file : files.toList()) {
          Files.copy(file, directory.resolve(file.getFileName()));
        }
      }
    }
    Files.copy(SAVEPOINTS.resolve("job.yaml"), directory.resolve("job.yaml"));
    assertThat(kafka.read(observations))
        .filteredOn(record -> SERIES.contains(new String(record.key(), StandardCharsets.UTF_8)))
        .extracting(ConsumerRecord::partition)
        .as("a series in each partition, else the watermark would not advance")
        .contains(0, 1);
    StringBuilder before = new StringBuilder("mode,series,forecasts,learning_steps\n");
    byModeAndSeries(kafka.forecasts(settings))
        .forEach(
            (name, forecasts) -> {
              assertEachOriginOnce(forecasts, 0, forecasts.size());
              assertStepsGoOn(forecasts, 1);
              Forecast last = forecasts.get(forecasts.size() - 1);
              assertThat(last.modelVersion()).isEqualTo(2);
              before.append(name.replace(' ', ',')).append(',').append(forecasts.size());
              before.append(',').append(last.learningSteps()).append('\n');
            });
    Files.writeString(directory.resolve("before.csv"), before);
  }

  private static long modesOfVersion(JobSettings settings, long version) {
    return forecasts(settings, KafkaFixture.UNCOMMITTED).stream()
        .filter(f -> f.modelVersion() == version)
        .map(Forecast::mode)
        .distinct()
        .count();
  }

  private static List<Path> written() throws IOException {
    try (Stream<Path> directories = Files.list(SAVEPOINTS)) {
      return directories.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static final Map<String, String> AS_SAVED = Map.of();

  /** Values of the state are learned again. */
  private static final Map<String, String> OTHER_EXPERTS = Map.of("experts", "naive, rls-ar");

  static Stream<Arguments> savepoints() throws IOException {
    return written().stream()
        .flatMap(
            savepoint ->
                Stream.of(
                    Arguments.of(savepoint, "hashmap", AS_SAVED),
                    Arguments.of(savepoint, "rocksdb", OTHER_EXPERTS)));
  }

  @ParameterizedTest(name = "{0} on {1} {2}")
  @MethodSource("savepoints")
  void jobResumesFromSavepointWithoutLoss(
      Path savepoint, String backend, Map<String, String> changed) throws Exception {
    Map<String, String> overrides = new TreeMap<>(changed);
    overrides.put("state.max-series", Integer.toString(SERIES.size() + 1)); // no room for more
    JobSettings settings = settings(savepoint.resolve("job.yaml"), overrides);
    var topics = settings.kafka().topics();
    prepareTopics(settings);
    publish(settings, 2);
    kafka.sendObservations(topics.observations().first(), rounds(0, SAVED));

    int afterExpiry = SAVED + AFTER;
    int end = afterExpiry + 2 * WAITING;
    JobClient client = ForecastJob.submit(environment(1, backend, savepoint), settings);
    try (RunningJob job = new RunningJob(client)) {
      kafka.sendObservations(topics.observations().first(), List.of(at("s0", HELD_BACK)));
      kafka.sendObservations(topics.observations().first(), rounds(SAVED, SAVED + 10));
      kafka.sendObservations(topics.observations().first(), List.of(at("one-too-many", SAVED + 9)));
      kafka.sendObservations(topics.observations().first(), rounds(SAVED + 10, afterExpiry));
      awaitForecasts(job, settings, afterExpiry);
      kafka.sendObservations(topics.observations().first(), List.of(at("newcomer", afterExpiry)));
      kafka.sendObservations(topics.observations().first(), rounds(afterExpiry, end));
      awaitForecasts(job, settings, end);
      job.assertRunning();
    }

    Map<String, List<Forecast>> after = byModeAndSeries(kafka.forecasts(settings));
    List<String> before = Files.readAllLines(savepoint.resolve("before.csv"));
    assertThat(before).hasSize(1 + 2 * (SERIES.size() + 1));
    for (String line : before.subList(1, before.size())) {
      String[] saved = line.split(",");
      List<Forecast> forecasts = after.remove(saved[0] + " " + saved[1]);
      if (saved[1].equals(QUIET)) {
        assertThat(forecasts).as("forecasts of a series that has no new values").isNull();
        continue;
      }
      assertEachOriginOnce(forecasts, Long.parseLong(saved[2]), end - WAITING);
      assertStepsGoOn(forecasts, Long.parseLong(saved[3]) + 1);
      assertThat(forecasts).extracting(Forecast::status).containsOnly(Status.OK);
      assertThat(forecasts).extracting(Forecast::modelVersion).containsOnly(2L);
      assertIsForecastAsWellAsALearnedSeries(forecasts);
    }
    assertThat(after).as("the silent one is so by event time, not yet by the clock").isEmpty();
    assertThat(kafka.deadLetters(topics.deadLetters()))
        .extracting(DeadLetter::reason)
        .as("none was late, none of the old input was read again")
        .containsExactly(DeadLetter.Reason.SERIES_LIMIT, DeadLetter.Reason.SERIES_LIMIT);
  }

  private static void awaitForecasts(RunningJob job, JobSettings settings, int rounds) {
    long last = time(rounds - WAITING - 1);
    job.await()
        .until(
            () ->
                kafka.forecasts(settings).stream()
                        .filter(f -> f.origin() == last && SERIES.contains(f.series()))
                        .count()
                    >= 2 * SERIES.size());
  }

  /** Right after the restore, when a series without learned state has large errors. */
  private static void assertIsForecastAsWellAsALearnedSeries(List<Forecast> forecasts) {
    double error = 0;
    double naive = 0;
    for (Forecast forecast : forecasts.subList(0, 10)) {
      int round = (int) (forecast.origin() / 60_000);
      double truth = at(forecast.series(), round + 1).value();
      error += Math.abs(forecast.values()[0] - truth);
      naive += Math.abs(at(forecast.series(), round).value() - truth);
    }
    assertThat(error / naive)
        .as("error of %s, %s, by that of the last value", forecasts.get(0).series(), forecasts)
        .isLessThan(0.4);
  }
}
