package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that reads its topics up to their ends and finishes. */
class BoundedIT {

  private static final Duration CHECKPOINTS = Duration.ofMillis(100);
  private static final int SERIES = 7;

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  private static JobSettings settings(String name, String... more) throws Exception {
    return KafkaFixture.job(kafka.sampleOverrides(name), more);
  }

  /** Learns, so that each bit of a forecast depends on all values before it. */
  private static JobSettings learned(String name, String topic, String outOfOrderness, String mode)
      throws Exception {
    return settings(
        name,
        "topics.observations=" + topic,
        "window.out-of-orderness=" + outOfOrderness,
        "mode=" + mode,
        "output=mixture",
        "learning.size=small");
  }

  private static StreamExecutionEnvironment environment(int parallelism) {
    StreamExecutionEnvironment env = flink.environment(parallelism);
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINTS);
    env.configure(configuration);
    return env;
  }

  /** Runs a bounded job until it has finished. */
  private static void finish(JobSettings settings, int parallelism) throws Exception {
    ForecastJob.submit(environment(parallelism), settings).getJobExecutionResult().get();
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
  private static void sendInOneTransaction(String topic, List<Observation> observations)
      throws Exception {
    try (Producer<byte[], byte[]> producer =
        KafkaClients.of(kafka.bootstrapServers())
            .with(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "history")
            .producer()) {
      producer.initTransactions();
      producer.beginTransaction();
      for (Observation observation : observations) {
        producer.send(KafkaFixture.record(topic, null, observation));
      }
      producer.commitTransaction();
    }
  }

  /** A commit is answered before each partition has its mark, and so a savepoint is, too. */
  private static void awaitForecasts(JobSettings settings, int count) {
    await().untilAsserted(() -> assertThat(kafka.forecasts(settings)).hasSize(count));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT10M"}) // in the order of reading, and of event time
  void boundedJobFinishesWithTheForecastsOfAStream(String outOfOrderness) throws Exception {
    String name = "history-" + outOfOrderness;
    kafka.create(name, 2, Map.of());
    sendInOneTransaction(name, rounds(0, 40));
    JobSettings history = learned(name + "-bounded", name, outOfOrderness, "bounded");
    finish(history, 2);
    awaitForecasts(history, SERIES * 40);
    assertThat(kafka.deadLetters(history)).isEmpty();

    sendInOneTransaction(name, rounds(40, 60)); // moves event time on
    JobSettings streaming = learned(name + "-stream", name, outOfOrderness, "streaming");
    try (RunningJob job = new RunningJob(ForecastJob.submit(environment(2), streaming))) {
      job.await().until(() -> kafka.forecasts(streaming).size() >= SERIES * 45);
    }
    Map<String, List<Forecast>> stream = kafka.bySeries(streaming);
    stream.replaceAll((series, all) -> all.subList(0, 40));
    assertThat(kafka.bySeries(history)).isEqualTo(stream);
  }

  @Test
  void boundedJobReadsFromItsStartToItsEnd() throws Exception {
    kafka.create("spans", 2, Map.of());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 15; i++) { // partition 0: 0 to 9, partition 1: 0 to 4, later ones
      int partition = i / 10;
      long time = 1_000L * (partition * 100 + i % 10);
      ProducerRecord<byte[], byte[]> record =
          KafkaFixture.record("spans", partition, new Observation("s" + partition, time, i));
      records.add(
          new ProducerRecord<>(
              "spans", partition, time, record.key(), record.value(), record.headers()));
    }
    kafka.send(records);
    assertThat(origins("offsets", "3", "7")).containsExactly(3L, 4L, 5L, 6L, 103L, 104L);
    assertThat(origins("times", "1970-01-01T00:00:04Z", "1970-01-01T00:01:42.001Z"))
        .containsExactly(4L, 5L, 6L, 7L, 8L, 9L, 100L, 101L, 102L);
    assertThat(origins("all", "earliest", "latest")).hasSize(15);
  }

  /** Seconds of the forecasts that a bounded job makes. */
  private static List<Long> origins(String name, String start, String end) throws Exception {
    JobSettings settings =
        settings(
            "spans-" + name,
            "topics.observations=spans",
            "mode=bounded",
            "source.start=" + start,
            "source.end=" + end);
    finish(settings, 2);
    return await()
        .until(
            () -> kafka.forecasts(settings).stream().map(f -> f.origin() / 1_000).sorted().toList(),
            made -> !made.isEmpty());
  }

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
            "topics.observations=skewed",
            "mode=bounded",
            "window.out-of-orderness=20 ms",
            "window.idle-timeout=10 s"); // more than a reader needs from its start to its first
    // records
    finish(settings, 2);
    awaitForecasts(settings, 10 + 100);
    Map<String, List<Forecast>> made = kafka.bySeries(settings);
    assertThat(made.get("early")).hasSize(10);
    assertThat(made.get("late")).hasSize(100);
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
    JobSettings settings = settings(topic, "topics.observations=" + topic, "mode=bounded");
    finish(settings, 2);
    awaitForecasts(settings, records.size());
  }
}
