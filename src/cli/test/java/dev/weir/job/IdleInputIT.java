package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A partition that pauses must not be waited for, but one that has unread records must. */
class IdleInputIT {

  private static final int ADDED_SERIES = 60;
  private static final int BACKLOG_SERIES = 100;
  private static final int BACKLOG_VALUES = 210;
  private static final long START = 1_600_000_000_000L;
  private static final long HOUR = 3_600_000;

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  private static List<Observation> seconds(long... seconds) {
    List<Observation> observations = new ArrayList<>();
    for (long second : seconds) {
      observations.add(new Observation("s", 1_000 * second, second));
    }
    return observations;
  }

  @Test
  void afterAPauseASeriesIsStillPutInOrder() throws Exception {
    JobSettings settings =
        KafkaFixture.job(
            kafka.sampleOverrides("lull"),
            "delivery.guarantee=at-least-once",
            "window.out-of-orderness=PT10S",
            "window.idle-timeout=PT1S");
    String forecasts = settings.kafka().topics().forecasts();
    kafka.create(settings, 1);
    try (RunningJob job = flink.submit(settings, 1, FlinkFixture.NEVER)) {
      kafka.sendObservations(settings, seconds(LongStream.rangeClosed(0, 30).toArray()));
      job.await().until(() -> kafka.read(forecasts).size() == 20);
      Awaitility.await() // longer than the idle timeout: nothing may be let go for its sake
          .during(Duration.ofSeconds(3))
          .until(() -> kafka.read(forecasts).size() == 20);
      kafka.sendObservations(settings, seconds(33, 32, 60));
      job.await().until(() -> kafka.read(forecasts).size() == 33);
      assertThat(kafka.deadLetters(settings)).isEmpty();
    }
  }

  private static Observation at(double second, double value) {
    return new Observation("s", Math.round(1_000 * second), value);
  }

  @Test
  void whatIsMissingIsFilledInOnceTheWatermarkHasPassedIt() throws Exception {
    JobSettings settings =
        KafkaFixture.job(
            kafka.sampleOverrides("gaps"),
            "delivery.guarantee=at-least-once",
            "window.out-of-orderness=PT4S",
            "window.idle-timeout=PT1S", // one of the partitions never has anything
            "window.interval=PT1S",
            "window.gap=linear");
    kafka.create(settings, 2);
    try (RunningJob job = flink.submit(settings, 1, FlinkFixture.NEVER)) {
      kafka.sendObservations(
          settings, List.of(at(1, 10), at(2.2, 20), at(6, 60), at(3, 1), at(3, 30), at(7, 70)));
      AtomicInteger second = new AtomicInteger(8);
      job.await()
          .until(
              () -> { // the stream goes on, else its own partition would be idle as well
                kafka.sendObservations(settings, List.of(at(second.getAndIncrement(), 0)));
                return kafka.forecasts(settings).size() >= 5;
              });
      kafka.sendObservations(settings, List.of(at(4, 41))); // filled in already, with 40
      job.await().until(() -> kafka.deadLetters(settings).size() == 1);

      List<Forecast> got = kafka.forecasts(settings).subList(0, 5);
      assertThat(got)
          .extracting(Forecast::origin)
          .containsExactly(1000L, 2000L, 3000L, 6000L, 7000L);
      Forecast last = got.get(4);
      assertThat(last.status()).isEqualTo(Status.OK);
      assertThat(last.windowStart()).isEqualTo(3_000);
      assertThat(last.times()).startsWith(8_000, 9_000);
      DeadLetter letter = kafka.deadLetters(settings).get(0);
      assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.LATE);
      assertThat(letter.message()).contains("got 1970-01-01T00:00:04Z, late by");
    }
  }

  /**
   * After a pause of all partitions, as after an outage, the first to have records again must not
   * carry event time past what the others are still to be sent.
   */
  @Test
  void partitionsFilledInTurnAfterAPauseLoseNothingAndNoSeriesIsSilent() throws Exception {
    JobSettings settings =
        KafkaFixture.job(
            kafka.learned("in-turn"),
            "delivery.guarantee=at-least-once",
            "window.out-of-orderness=PT2H",
            "window.idle-timeout=PT2S",
            "alarms.enabled=true",
            "alarms.reasons=level",
            "alarms.silence=3x",
            "topics.alarms=in-turn.alarms",
            "learning.size=small");
    String topic = settings.kafka().topics().observations().first();
    String forecasts = settings.kafka().topics().forecasts();
    kafka.create(settings, 3);
    try (RunningJob job = flink.submit(settings, 3, FlinkFixture.NEVER)) {
      for (int partition = 0; partition < 3; partition++) {
        kafka.send(hours(topic, partition, 0, 40));
      }
      job.await().until(() -> kafka.read(forecasts).size() == 3 * 37); // three wait
      Awaitility.await() // longer than the idle timeout: all are idle
          .during(Duration.ofSeconds(4))
          .until(() -> kafka.read(forecasts).size() == 3 * 37);
      for (int partition = 0; partition < 3; partition++) {
        kafka.send(hours(topic, partition, 40, 140));
        Awaitility.await() // the job reads them meanwhile, and event time could go on
            .during(Duration.ofMillis(700))
            .until(() -> true);
      }
      job.await()
          .until(
              () -> kafka.read(forecasts).size() + kafka.deadLetters(settings).size() >= 3 * 137);
      assertThat(kafka.deadLetters(settings)).isEmpty();
      assertThat(kafka.read("in-turn.alarms")).isEmpty();
    }
  }

  /** Values of the series of a partition. */
  private static List<ProducerRecord<byte[], byte[]>> hours(
      String topic, int partition, int from, int to) throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int t = from; t < to; t++) {
      records.add(KafkaFixture.record(topic, partition, hour(3, t).get(partition)));
    }
    return records;
  }

  /**
   * Without keys each series is in all partitions, which a task reads one after the other. The idle
   * timeout is shorter than that takes, as ten seconds are on a slow machine.
   */
  @Tag("slow")
  @Test
  void replaysOfKeylessBacklogAreEqualAndLoseNothing() throws Exception {
    kafka.create("backlog", 3, Map.of());
    SplittableRandom random = new SplittableRandom(36);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int t = 0; t < BACKLOG_VALUES; t++) {
      for (Observation each : hour(BACKLOG_SERIES, t)) {
        ProducerRecord<byte[], byte[]> record =
            KafkaFixture.record("backlog", random.nextInt(3), each);
        records.add(
            new ProducerRecord<>(
                "backlog", record.partition(), null, null, record.value(), record.headers()));
      }
    }
    kafka.send(records);
    List<Forecast> one = replay("one", 1);
    assertThat(one).hasSizeGreaterThanOrEqualTo(BACKLOG_SERIES * (BACKLOG_VALUES - 1));
    List<Forecast> other = replay("other", 3);
    assertThat(other).hasSameSizeAs(one);
    for (int k = 0; k < one.size(); k++) { // a recursive comparison of so many takes quadratic time
      assertThat(other.get(k)).isEqualTo(one.get(k));
    }
  }

  /** Reads the backlog with a job of its own; its forecasts by series and origin. */
  private static List<Forecast> replay(String name, int parallelism) throws Exception {
    JobSettings settings =
        KafkaFixture.job(
            kafka.learned(name),
            "topics.observations=backlog",
            "kafka.group-id=" + name,
            "delivery.guarantee=at-least-once",
            "window.out-of-orderness=PT10M",
            "window.idle-timeout=PT0.02S",
            "learning.size=small");
    String forecasts = settings.kafka().topics().forecasts();
    String letters = settings.kafka().topics().deadLetters();
    int expected = BACKLOG_SERIES * (BACKLOG_VALUES - 1); // the newest ones wait for later ones
    try (RunningJob job = flink.submit(settings, parallelism, FlinkFixture.NEVER)) {
      job.await()
          .pollInterval(Duration.ofSeconds(1))
          .atMost(Duration.ofMinutes(20))
          .until(() -> kafka.read(forecasts).size() + kafka.read(letters).size() >= expected);
    }
    assertThat(kafka.read(letters)).isEmpty();
    List<Forecast> sorted = new ArrayList<>(kafka.forecasts(forecasts));
    sorted.sort(Comparator.comparing(Forecast::series).thenComparing(Forecast::origin));
    return sorted;
  }

  /** One value of each series: waves with a level of their own. */
  private static List<Observation> hour(int series, int index) {
    List<Observation> hour = new ArrayList<>();
    for (int s = 0; s < series; s++) {
      double value = 10 + s + 3 * Math.sin(s + index * Math.PI / 6) + 0.1 * (index * 31 % 7);
      hour.add(new Observation("s" + s, START + index * HOUR, value));
    }
    return hour;
  }

  /** Values of 60 series, by key or in partitions by chance. */
  private static List<ProducerRecord<byte[], byte[]>> added(
      String topic, boolean isKeyed, int partitions, int from, int to) throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(36);
    for (int t = from; t < to; t++) {
      for (Observation each : hour(ADDED_SERIES, t)) {
        int partition =
            isKeyed
                ? Math.floorMod(each.series().hashCode(), partitions)
                : random.nextInt(partitions);
        records.add(KafkaFixture.record(topic, partition, each));
      }
    }
    return records;
  }

  /**
   * The older values of a series are in other partitions than a part of the newer ones. With an
   * out-of-orderness event time puts them in order, and without one the source does.
   */
  @ParameterizedTest
  @CsvSource({"false, PT0.001S", "true, PT0.001S", "false, PT0S"})
  void partitionsAddedWithBacklogLoseNothing(boolean runs, String outOfOrderness) throws Exception {
    JobSettings settings =
        KafkaFixture.job(
            kafka.sampleOverrides("added-%s-%s".formatted(runs, outOfOrderness)),
            "delivery.guarantee=at-least-once",
            "window.out-of-orderness=" + outOfOrderness,
            // what is not written yet is not unread: while a producer writes, a pause must be short
            "window.idle-timeout=" + (runs ? "PT10M" : "PT0.02S"),
            "kafka.properties.max.partition.fetch.bytes=2000"); // partitions in turn
    String topic = settings.kafka().topics().observations().first();
    String forecasts = settings.kafka().topics().forecasts();
    String letters = settings.kafka().topics().deadLetters();
    boolean isKeyed = outOfOrderness.equals("PT0S");
    int waiting = isKeyed ? 0 : 1; // the newest values wait for later ones
    kafka.create(topic, 2, Map.of());
    kafka.send(added(topic, isKeyed, 2, 0, 30));
    int tasks = isKeyed ? 1 : 2;
    RunningJob job = flink.submit(settings, tasks, FlinkFixture.NEVER);
    try {
      job.await().until(() -> kafka.read(forecasts).size() == (30 - waiting) * ADDED_SERIES);
      String savepoint = null;
      if (!runs) {
        savepoint = job.stop(Files.createTempDirectory("added"));
        kafka.send(added(topic, isKeyed, 2, 30, 60));
      }
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(4))).all().get();
        Map<TopicPartition, OffsetSpec> ends =
            Map.of(
                new TopicPartition(topic, 2), OffsetSpec.latest(),
                new TopicPartition(topic, 3), OffsetSpec.latest());
        admin.listOffsets(ends).all().get(); // now they have leaders
      }
      int probes = 0;
      if (runs) { // dead letters show that the job reads the new partitions
        probes = 2;
        byte[] probe = {1};
        kafka.send(
            List.of(
                new ProducerRecord<>(topic, 2, null, probe),
                new ProducerRecord<>(topic, 3, null, probe)));
        job.await().until(() -> kafka.read(letters).size() == 2);
      }
      kafka.send(added(topic, isKeyed, 4, runs ? 30 : 60, 90));
      if (!runs) {
        job.close();
        job = flink.restore(settings, tasks, FlinkFixture.NEVER, savepoint);
      }
      int all = (90 - waiting) * ADDED_SERIES;
      int expected = probes;
      job.await()
          .until(() -> kafka.read(forecasts).size() + kafka.read(letters).size() >= all + expected);
      assertThat(kafka.read(letters)).hasSize(expected);
      assertThat(kafka.read(forecasts)).hasSize(all);
    } finally {
      job.close();
    }
  }
}
