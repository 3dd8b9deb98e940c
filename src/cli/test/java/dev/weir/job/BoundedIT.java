package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.SourceOffsets;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.admin.TopicOffsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** History first, then streaming from where it ended. */
class BoundedIT {

  private static final Duration CHECKPOINTS = Duration.ofMillis(300);
  private static final int SERIES = 7;

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  @TempDir private Path savepoints;

  private static JobSettings settings(String name, Map<String, String> more) throws Exception {
    Map<String, String> overrides = kafka.sampleOverrides(name);
    overrides.put("topics.observations", "history");
    overrides.putAll(more);
    return JobSettings.read(Path.of("jobs/many-to-one.yaml"), overrides);
  }

  /** Learns, so that each bit of a forecast depends on all values before it. */
  private static JobSettings learned(String name, Map<String, String> more) throws Exception {
    Map<String, String> overrides = new HashMap<>(more);
    overrides.put("output", "mixture");
    overrides.put("learning.size", "small");
    return settings(name, overrides);
  }

  private static StreamExecutionEnvironment environment(int parallelism, String savepoint) {
    return environment(parallelism, savepoint, CHECKPOINTS);
  }

  private static StreamExecutionEnvironment environment(
      int parallelism, String savepoint, Duration checkpoints) {
    StreamExecutionEnvironment env = flink.environment(parallelism);
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpoints);
    if (savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    env.configure(configuration);
    return env;
  }

  private String bounded(JobSettings settings, int parallelism, String savepoint) throws Exception {
    return bounded(settings, parallelism, savepoint, CHECKPOINTS);
  }

  private String bounded(
      JobSettings settings, int parallelism, String savepoint, Duration checkpoints)
      throws Exception {
    StreamExecutionEnvironment env = environment(parallelism, savepoint, checkpoints);
    try (BoundedJobRunner run = BoundedJobRunner.submit(env, settings)) {
      return run.stopAtEnd(savepoints.toUri().toString());
    }
  }

  private static List<Observation> rounds(int from, int to) {
    List<Observation> observations = new ArrayList<>();
    for (int t = from; t < to; t++) {
      for (int s = 0; s < SERIES; s++) {
        double value = 10 + s + 3 * Math.sin(t * (s + 1) / 4.0);
        observations.add(new Observation("s" + s, 60_000L * t, value));
      }
    }
    return observations;
  }

  /** Leaves a mark behind the last record, so that the topic's end is not the last one's next. */
  private static void sendInOneTransaction(List<Observation> observations) throws Exception {
    try (Producer<byte[], byte[]> producer =
        KafkaClients.of(kafka.bootstrapServers())
            .with(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "history")
            .producer()) {
      producer.initTransactions();
      producer.beginTransaction();
      for (Observation observation : observations) {
        producer.send(KafkaFixture.record("history", null, observation));
      }
      producer.commitTransaction();
    }
  }

  private static List<Forecast> forecasts(JobSettings settings) {
    return kafka.forecasts(settings);
  }

  /** A commit is answered before each partition has its mark, and so a savepoint is, too. */
  private static void awaitForecasts(JobSettings settings, int count) {
    await().untilAsserted(() -> assertThat(forecasts(settings)).hasSize(count));
  }

  private static Map<String, List<Forecast>> bySeries(List<Forecast> forecasts) {
    return forecasts.stream()
        .collect(Collectors.groupingBy(Forecast::series, TreeMap::new, Collectors.toList()));
  }

  private static Map<Integer, Long> committedByPartition() {
    return kafka.read("history").stream()
        .collect(Collectors.groupingBy(ConsumerRecord::partition, Collectors.counting()));
  }

  @Test
  void historyInTwoPartsAndThenStreamingGiveTheForecastsOfOneUninterruptedRun() throws Exception {
    kafka.create("history", 2, Map.of());
    sendInOneTransaction(rounds(0, 40));
    // a commit is answered before each partition has its mark
    Map<Integer, Long> inHistory =
        await().until(BoundedIT::committedByPartition, byPartition -> byPartition.size() == 2);

    JobSettings firstPart = learned("parts", Map.of("mode", "bounded", "source.end", "60"));
    String afterFirst = bounded(firstPart, 2, null);
    awaitForecasts(firstPart, 2 * 60);

    JobSettings secondPart = learned("parts", Map.of("mode", "bounded"));
    String afterSecond;
    try (BoundedJobRunner run = BoundedJobRunner.submit(environment(1, afterFirst), secondPart)) {
      kafka.sendObservations("history", rounds(40, 50)); // behind the end
      afterSecond = run.stopAtEnd(savepoints.toUri().toString());
    }
    awaitForecasts(firstPart, SERIES * 40);

    kafka.sendObservations("history", rounds(50, 60));
    JobSettings streaming = learned("parts", Map.of());
    try (RunningJob job =
        new RunningJob(ForecastJob.submit(environment(2, afterSecond), streaming))) {
      job.await().until(() -> forecasts(streaming).size() >= SERIES * 60);
      kafka.sendObservations("history", rounds(60, 70));
      job.await().until(() -> forecasts(streaming).size() >= SERIES * 70);
    }

    JobSettings uninterrupted = learned("whole", Map.of());
    try (RunningJob job = new RunningJob(ForecastJob.submit(environment(2, null), uninterrupted))) {
      job.await().until(() -> forecasts(uninterrupted).size() >= SERIES * 70);
    }
    Map<String, List<Forecast>> whole = bySeries(forecasts(uninterrupted));
    assertThat(whole).hasSize(SERIES);
    assertThat(whole.values()).allMatch(forecasts -> forecasts.size() == 70);
    assertThat(bySeries(forecasts(streaming))).isEqualTo(whole);
    assertThat(kafka.deadLetters(streaming)).isEmpty();
  }

  @Tag("slow")
  @Test
  void aPartitionThatEndsLongBeforeAnotherDoesNotHoldItBack() throws Exception {
    kafka.create("skewed", 2, Map.of());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      records.add(KafkaFixture.record("skewed", 1, new Observation("late", 1_000_000 + i, i)));
    }
    for (int i = 0; i < 10; i++) {
      records.add(KafkaFixture.record("skewed", 0, new Observation("early", 1_000 + i, i)));
    }
    kafka.send(records);
    JobSettings settings =
        settings(
            "skewed",
            Map.of(
                "topics.observations",
                "skewed",
                "mode",
                "bounded",
                "window.out-of-orderness",
                "20 ms",
                "window.idle-timeout",
                "10 s")); // more than a reader needs from its start to its first records
    bounded(settings, 2, null);
    awaitForecasts(settings, 10 + 79);
    Map<String, List<Forecast>> made = bySeries(forecasts(settings));
    assertThat(made.get("early")).hasSize(10);
    assertThat(made.get("late")).hasSize(79); // those that nothing earlier can precede
  }

  private static final String SPANS = "spans";

  /**
   * Partition 0: offsets 0 to 9, a second apart. Partition 1: offsets 0 to 4, from second 100 on.
   */
  private static KafkaSettings spans(String name, String start, String end) throws Exception {
    if (kafka.admin().missing(List.of(SPANS)).contains(SPANS)) {
      kafka.create(SPANS, 2, Map.of());
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (int i = 0; i < 15; i++) {
        int partition = i / 10;
        long time = 1_000L * (partition * 100 + i % 10);
        records.add(new ProducerRecord<>(SPANS, partition, time, null, new byte[] {1}));
      }
      kafka.send(records);
    }
    Map<String, String> more =
        new HashMap<>(Map.of("topics.observations", SPANS, "source.start", start));
    if (end != null) {
      more.put("mode", "bounded");
      more.put("source.end", end);
    }
    return settings(name, more).kafka();
  }

  private static SourceOffsets resolve(String start, String end) throws Exception {
    KafkaSettings settings = spans("spans", start, end);
    try (TopicAdmin admin = kafka.admin()) {
      return new TopicOffsets(admin, settings).resolve(settings.source().span());
    }
  }

  @Test
  void aSpanIsWithinWhatTheTopicHolds() throws Exception {
    assertThat(resolve("committed", null)).isEqualTo(SourceOffsets.STREAM);
    assertThat(resolve("earliest", "latest"))
        .isEqualTo(new SourceOffsets(Map.of(0, 0L, 1, 0L), Map.of(0, 10L, 1, 5L), null));
    assertThat(resolve("3", "7"))
        .isEqualTo(new SourceOffsets(Map.of(0, 3L, 1, 3L), Map.of(0, 7L, 1, 5L), null));
    assertThat(resolve("1970-01-01T00:00:04Z", "1970-01-01T00:01:42.001Z"))
        .isEqualTo(new SourceOffsets(Map.of(0, 4L, 1, 0L), Map.of(0, 10L, 1, 3L), null));
    assertThat(resolve("latest", null))
        .isEqualTo(new SourceOffsets(Map.of(0, 10L, 1, 5L), null, null));

    commit("spans", Map.of(0, 6L));
    assertThat(resolve("committed", "latest"))
        .isEqualTo(new SourceOffsets(Map.of(0, 6L, 1, 0L), Map.of(0, 10L, 1, 5L), null));
  }

  private static void commit(String group, Map<Integer, Long> offsets) {
    commit(group, offsets, "");
  }

  private static void commit(String group, Map<Integer, Long> offsets, String metadata) {
    Map<String, Object> config =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            kafka.bootstrapServers(),
            ConsumerConfig.GROUP_ID_CONFIG,
            group);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Map<TopicPartition, OffsetAndMetadata> places = new HashMap<>();
      offsets.forEach(
          (partition, offset) ->
              places.put(
                  new TopicPartition(SPANS, partition), new OffsetAndMetadata(offset, metadata)));
      consumer.commitSync(places);
    }
  }

  @Test
  void onlyWhatTheJobHasCommittedSaysHowFarItHasGot() throws Exception {
    KafkaSettings settings =
        spans("progress", "earliest", "latest").measured(resolve("earliest", "latest"), 1_000);
    commit("progress", Map.of(0, 10L, 1, 5L));
    String unread = "partition 0 at its start, ends at 10";
    try (HistoryProgress progress = new HistoryProgress(settings, "job-a")) {
      assertThat(progress.unread())
          .isEqualTo(List.of(unread, "partition 1 at its start, ends at 5"));
      commit("progress", Map.of(0, 10L, 1, 5L), "job-b");
      assertThat(progress.unread())
          .isEqualTo(List.of(unread, "partition 1 at its start, ends at 5"));
      commit("progress", Map.of(0, 10L, 1, 3L), "job-a");
      assertThat(progress.unread()).containsExactly("partition 1 at offset 3, ends at 5");
      commit("progress", Map.of(1, 5L), "job-a");
      assertThat(progress.unread()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 6})
  void partitionsOfUnequalLengthAllEnd(int partitions) throws Exception {
    String topic = "unequal-" + partitions;
    kafka.create(topic, partitions, Map.of());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int partition = 1; partition < partitions; partition++) { // 0 stays empty
      for (int i = 0; i < 1_500 * partition; i++) {
        Observation observation = new Observation("p" + partition, 60_000L * i, i % 17);
        records.add(KafkaFixture.record(topic, partition, observation));
      }
    }
    kafka.send(records);
    JobSettings settings = settings(topic, Map.of("topics.observations", topic, "mode", "bounded"));
    bounded(settings, 2, null, Duration.ofMillis(20)); // each partition ends near a snapshot
    awaitForecasts(settings, records.size());
    try (TopicAdmin admin = kafka.admin()) {
      assertThat(admin.committed(settings.kafka().group(), topic))
          .hasSize(partitions)
          .allSatisfy(
              (partition, place) -> {
                assertThat(place.offset()).isEqualTo(1_500L * partition);
                assertThat(place.metadata()).as("job id, by which the end is seen").isNotEmpty();
              });
    }
  }

  @Test
  void aWaitWithoutProgressIsLoggedWithWhatIsMissing() throws Exception {
    kafka.create("stuck", 2, Map.of());
    kafka.send(List.of(KafkaFixture.record("stuck", 1, new Observation("s", 1_000, 1))));
    JobSettings settings =
        settings("stuck", Map.of("topics.observations", "stuck", "mode", "bounded"));
    List<String> lines = new CopyOnWriteArrayList<>();
    AbstractAppender appender =
        new AbstractAppender("lines", null, null, true, Property.EMPTY_ARRAY) {
          @Override
          public void append(LogEvent event) {
            lines.add(event.getMessage().getFormattedMessage());
          }
        };
    appender.start();
    Logger logger = (Logger) LogManager.getLogger(BoundedJobRunner.class);
    logger.addAppender(appender);
    logger.setLevel(Level.WARN);
    StreamExecutionEnvironment env = environment(1, null, FlinkFixture.NEVER);
    try (BoundedJobRunner run = BoundedJobRunner.submit(env, settings);
        RunningJob job = new RunningJob(run.client())) {
      Thread waits =
          new Thread(
              () -> {
                try {
                  run.stopAtEnd(savepoints.toUri().toString(), Duration.ofSeconds(1));
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt(); // the test has seen the line
                }
              });
      waits.start();
      job.await().until(() -> !lines.isEmpty());
      waits.interrupt();
      waits.join();
    } finally {
      logger.removeAppender(appender);
      logger.setLevel(null); // its parent's
    }
    assertThat(lines.get(0))
        .contains(
            "no checkpoint of the last 1 s has read more of its history:"
                + " partition 0 at its start, ends at 0, partition 1 at its start, ends at 1;");
  }

  @Test
  void whatTheGroupHasCommittedBeforeIsNotTakenForTheEnd() throws Exception {
    kafka.create("again", 3, Map.of()); // two of them stay empty
    List<Observation> observations = new ArrayList<>(rounds(0, 1_000));
    observations.removeIf(observation -> !observation.series().equals("s1"));
    kafka.sendObservations("again", observations);
    Map<String, String> more = new HashMap<>(Map.of("topics.observations", "again"));
    more.put("mode", "bounded");
    for (int run = 1; run <= 2; run++) { // the second one's group is at the end from the first on
      JobSettings settings = settings("again", more);
      bounded(settings, 1, null);
      awaitForecasts(settings, run * observations.size());
    }
  }
}
