package dev.weir.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.InProcess;
import dev.weir.dashboard.Records;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.kafka.AvroEncoded;
import dev.weir.kafka.admin.DeadLetterTopic;
import dev.weir.kafka.codec.DeadLetterCodec;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.wire.WriterSchemas;
import dev.weir.model.Mode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever lies on the topic: the job lives, nothing is lost, and {@code weir dead-letters} sends
 * it in again.
 */
class BadInputIT {

  private static final long SEED = 20261128;
  private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private static final long HOUR = 3_600_000;

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  private static JobSettings settings(String name) throws Exception {
    JobSettings settings = KafkaFixture.job(kafka.sampleOverrides(name));
    String largest = Integer.toString(16 << 20);
    String latest = Long.toString(Long.MAX_VALUE); // timestamps that the broker takes
    kafka.create(
        name + ".observations",
        2,
        Map.of("max.message.bytes", largest, "message.timestamp.after.max.ms", latest));
    return settings;
  }

  /** Of a job whose dead letters have a topic before it starts. */
  private static JobSettings settings(String name, int longestDeadLetter) throws Exception {
    kafka.create(
        name + ".dlq", 1, Map.of("max.message.bytes", Integer.toString(longestDeadLetter)));
    return settings(name);
  }

  /** What goes in and what must come out: the good are forecast, the bad are kept as they are. */
  private static final class Traffic {
    private final String topic;
    private final Random random = new Random(SEED);
    private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    private Long timestamp; // of bad records
    private final List<Observation> good = new ArrayList<>();
    private final Map<String, Reason> reasons = new HashMap<>(); // by the record's key
    private final Map<String, ProducerRecord<byte[], byte[]>> bad = new HashMap<>();

    Traffic(JobSettings job) {
      this.topic = job.kafka().topics().observations().first();
    }

    /** The next value of two series, one in each partition. */
    void good() throws Exception {
      for (int partition = 0; partition < 2; partition++) {
        long time = START + good.size() * HOUR;
        Observation next = new Observation("good-" + partition, time, random.nextDouble() * 100);
        good.add(next);
        records.add(KafkaFixture.record(topic, partition, next));
      }
    }

    /** Between good ones, in both partitions by turns, under a key that nobody can read as text. */
    void bad(Reason reason, byte[] value, byte[] schema) throws Exception {
      byte[] key = new byte[8];
      random.nextBytes(key);
      bad(reason, key, value, schema);
    }

    void bad(Reason reason, byte[] key, byte[] value, byte[] schema) throws Exception {
      good();
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, bad.size() % 2, timestamp, key, value);
      if (schema != null) {
        record.headers().add(ObservationCodec.fingerprintHeader(), schema);
      }
      records.add(record);
      reasons.put(Arrays.toString(key), reason);
      bad.put(Arrays.toString(key), record);
      good();
    }

    void bad(Reason reason, Observation observation) throws Exception {
      bad(reason, new ObservationCodec().encode(observation), ObservationCodec.fingerprint());
    }
  }

  private static Observation at(long time) {
    return new Observation("some", time, 1);
  }

  private static Observation of(double value, double... features) {
    return new Observation("some", START, value, features);
  }

  @Test
  void eachBadRecordIsADeadLetterWithItsBytesAndTheGoodOnesAroundItAreForecast() throws Exception {
    JobSettings settings = settings("bad");
    Traffic traffic = new Traffic(settings);
    byte[] ours = ObservationCodec.fingerprint();
    byte[] valid = new ObservationCodec().encode(at(START));
    traffic.bad(Reason.MALFORMED, Arrays.copyOf(valid, valid.length - 3), ours);
    traffic.bad(Reason.MALFORMED, Arrays.copyOf(valid, valid.length - 3), null);
    traffic.bad(Reason.MALFORMED, new byte[0], null);
    Forecast forecast = Records.forecast("some", Mode.MANY_TO_ONE, START, "m", 1);
    traffic.bad(Reason.MALFORMED, new ForecastCodec().encode(forecast), null);
    traffic.bad(Reason.MALFORMED, new ForecastCodec().encode(forecast), ours);
    traffic.bad(Reason.MALFORMED, valid, WriterSchemas.fingerprint(ForecastCodec.SCHEMA));
    traffic.bad(Reason.MALFORMED, valid, new byte[] {1, 2, 3});
    byte[] large = new byte[10 << 20];
    new Random(SEED).nextBytes(large);
    traffic.bad(Reason.MALFORMED, large, null);
    traffic.bad(Reason.NULL_VALUE, null, null);
    traffic.bad(Reason.NULL_VALUE, null, ours);
    traffic.bad(Reason.NOT_FINITE, of(Double.NaN));
    traffic.bad(Reason.NOT_FINITE, of(Double.POSITIVE_INFINITY));
    traffic.bad(Reason.NOT_FINITE, of(Double.NEGATIVE_INFINITY));
    traffic.bad(Reason.NOT_FINITE, of(1, Double.NaN));
    traffic.bad(Reason.FEATURES, of(1, 2, 3));
    traffic.bad(Reason.SERIES, new Observation("", START, 1));
    traffic.bad(Reason.SERIES, new Observation("s".repeat(1001), START, 1));
    traffic.bad(Reason.TIME, at(-1));
    traffic.bad(Reason.TIME, at(Long.MIN_VALUE));
    traffic.bad(Reason.TIME, at(Instant.parse("9999-12-31T23:59:59Z").toEpochMilli()));
    traffic.bad(Reason.TIME, at(Long.MAX_VALUE));
    // an even number so far, so that this one is in the partition of its series
    traffic.good();
    traffic.bad(Reason.MALFORMED, null, new byte[] {7}, null);
    assertThat(traffic.bad.size() % 2).isZero();
    traffic.bad(Reason.LATE, new Observation("good-0", START + 1, 5));

    try (RunningJob job = flink.submit(settings, 2)) {
      send(traffic);
      awaitAll(job, settings, traffic);
      Traffic more = new Traffic(settings); // later, when all of that is past
      more.good.addAll(traffic.good);
      more.good();
      kafka.send(more.records);
      traffic.good.clear();
      traffic.good.addAll(more.good);
      awaitAll(job, settings, traffic);
      job.assertRunning();
    }
    assertDead(settings, traffic, Integer.MAX_VALUE);
    assertForecasts(settings, traffic.good);
  }

  @Test
  void aDeadLetterTooLargeForItsTopicIsCutAndSaysSo() throws Exception {
    int limit = 20_000;
    JobSettings settings = settings("cut", limit);
    Traffic traffic = new Traffic(settings);
    Random random = new Random(SEED);
    for (int length : new int[] {3_000, 20_000, 100_000, 10 << 20}) {
      byte[] value = new byte[length];
      random.nextBytes(value);
      traffic.bad(Reason.MALFORMED, value, null);
    }
    run(settings, traffic);
    assertDead(settings, traffic, limit - (16 << 10));
    assertThat(dead(settings))
        .filteredOn(record -> record.headers().lastHeader(DeadLetterCodec.TRUNCATED) != null)
        .hasSize(3);
    assertForecasts(settings, traffic.good);
  }

  @Tag("slow")
  @Test
  void aKeyTooLargeForItsDeadLetterTopicIsCutAndSaysSo() throws Exception {
    JobSettings settings = settings("key", 20_000);
    Traffic traffic = new Traffic(settings);
    byte[] key = new byte[100_000];
    new Random(SEED).nextBytes(key);
    traffic.bad(Reason.MALFORMED, key, new byte[] {7}, null);
    run(settings, traffic);
    ConsumerRecord<byte[], byte[]> dead = dead(settings).get(0);
    assertThat(dead.key()).isEqualTo(Arrays.copyOf(key, dead.key().length));
    assertThat(dead.value()).isEmpty();
    assertThat(header(dead, DeadLetterCodec.KEY_TRUNCATED)).isEqualTo("100000");
    assertThat(header(dead, DeadLetterCodec.TRUNCATED)).isEqualTo("1");
    assertForecasts(settings, traffic.good);
  }

  @Tag("slow")
  @Test
  void aDeadLetterTopicMayTakeAnyLengthAndRefuseTheTimestampOfARecord() throws Exception {
    JobSettings settings = settings("any", Integer.MAX_VALUE);
    Traffic traffic = new Traffic(settings);
    traffic.timestamp = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();
    traffic.bad(Reason.MALFORMED, new byte[] {7}, null);
    run(settings, traffic);
    assertDead(settings, traffic, Integer.MAX_VALUE);
    assertThat(kafka.deadLetters(settings).get(0).source().timestamp())
        .isEqualTo(traffic.timestamp);
  }

  /** What a producer has that never heard of the optional field. */
  private static final Schema OLDER =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Observation", "namespace": "dev.weir.kafka.avro", "fields": [
                {"name": "series", "type": "string"},
                {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                {"name": "value", "type": "double"}]}
              """);

  @Test
  void observationsOfAnOlderSchemaAndOfTheNextHourAreForecastBesideOthers() throws Exception {
    JobSettings settings = settings("older");
    String topic = settings.kafka().topics().observations().first();
    byte[] fingerprint =
        ByteBuffer.allocate(8).putLong(SchemaNormalization.parsingFingerprint64(OLDER)).array();
    List<Observation> good = new ArrayList<>();
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    Random random = new Random(SEED);
    for (int i = 0; i < 60; i++) {
      Observation observation =
          new Observation("older-" + i % 2, START + i * HOUR, random.nextDouble());
      good.add(observation);
      if (i % 3 == 2) {
        records.add(KafkaFixture.record(topic, null, observation));
        continue;
      }
      byte[] key = observation.series().getBytes(StandardCharsets.UTF_8);
      ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, older(observation));
      if (i % 3 == 1) {
        record.headers().add(ObservationCodec.fingerprintHeader(), fingerprint);
      }
      records.add(record);
    }
    long ahead = System.currentTimeMillis() + HOUR / 2; // max-future is an hour
    for (int i = 0; i < 10; i++) {
      good.add(new Observation("ahead", ahead + i * 60_000, i));
      records.add(KafkaFixture.record(topic, null, good.get(good.size() - 1)));
    }
    try (RunningJob job = flink.submit(settings, 2)) {
      kafka.send(records);
      kafka.awaitForecasts(job, settings, good.size());
      job.assertRunning();
    }
    assertForecasts(settings, good);
    assertThat(kafka.deadLetters(settings)).isEmpty();
  }

  private static byte[] older(Observation observation) throws Exception {
    GenericRecord record =
        new GenericRecordBuilder(OLDER)
            .set("series", observation.series())
            .set("time", observation.time())
            .set("value", observation.value())
            .build();
    return AvroEncoded.bytes(record);
  }

  private static void send(Traffic traffic) throws Exception {
    List<RecordMetadata> sent = kafka.send(traffic.records);
    assertThat(sent).hasSize(traffic.good.size() + traffic.bad.size());
  }

  private static void run(JobSettings settings, Traffic traffic) throws Exception {
    try (RunningJob job = flink.submit(settings, 2)) {
      send(traffic);
      awaitAll(job, settings, traffic);
      job.assertRunning();
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> dead(JobSettings settings) {
    return kafka.read(settings.kafka().topics().deadLetters());
  }

  /** Fills the heap, which what else runs in this JVM may feel. */
  @Tag("slow")
  @Test
  void batchThatDoesNotFitIntoMemoryIsNamed() throws Exception {
    JobSettings settings = settings("packed");
    Traffic traffic = threeGood(settings);
    MemoryRecords batch = packed();
    assertThat(batch.sizeInBytes()).isLessThan(1 << 20);
    try (RunningJob job = flink.submit(settings, 2)) {
      awaitAll(job, settings, traffic);
      kafka.send("packed.observations", 1, batch);
      assertThat(job.failure())
          .startsWith(
              "batch at or behind topic packed.observations, partition 1, offset 3: expected one"
                  + " that Kafka's client can unpack, got java.lang.OutOfMemoryError: ")
          .endsWith(
              "; give tasks more heap, or cut the partition behind the batch"
                  + " (docs/operations.md#a-batch-that-does-not-fit-into-memory)");
    }
  }

  @Test
  void damagedBatchIsNamed() throws Exception {
    JobSettings settings = settings("damaged");
    threeGood(settings);
    kafka.damage("damaged.observations", 1, 0, 2);
    try (RunningJob job = flink.submit(settings, 1)) {
      assertThat(job.failure())
          .startsWith(
              "batch at or behind topic damaged.observations, partition 1, offset of the first"
                  + " record: expected one that Kafka's client can unpack, got ")
          .contains("Record batch for partition damaged.observations-1 at offset 0 is invalid")
          .endsWith(
              "; cut the partition behind the batch"
                  + " (docs/operations.md#a-batch-that-does-not-fit-into-memory)");
    }
  }

  private static Traffic threeGood(JobSettings settings) throws Exception {
    Traffic traffic = new Traffic(settings);
    for (int i = 0; i < 3; i++) {
      traffic.good();
    }
    kafka.send(traffic.records);
    return traffic;
  }

  /** Zeros, more than the heap; one value leaves room for the other threads if it fails. */
  private static MemoryRecords packed() {
    byte[] zeros = new byte[(int) (Runtime.getRuntime().maxMemory() / 16)];
    MemoryRecordsBuilder batch =
        MemoryRecords.builder(
            ByteBuffer.allocate(1 << 16), Compression.zstd().build(), TimestampType.CREATE_TIME, 0);
    for (int i = 0; i < 20; i++) {
      batch.append(START, null, zeros);
    }
    return batch.build();
  }

  private static void awaitAll(RunningJob job, JobSettings settings, Traffic traffic) {
    String out = settings.kafka().topics().forecasts();
    job.await()
        .untilAsserted(
            () -> {
              assertThat(kafka.read(out)).hasSize(traffic.good.size());
              assertThat(dead(settings)).hasSize(traffic.bad.size());
            });
  }

  /**
   * One dead letter for each bad record.
   *
   * @param kept how many bytes of a value the topic takes
   */
  private static void assertDead(JobSettings settings, Traffic traffic, int kept) {
    List<ConsumerRecord<byte[], byte[]>> dead = dead(settings);
    assertThat(dead.stream().map(record -> Arrays.toString(record.key())))
        .containsExactlyInAnyOrderElementsOf(traffic.bad.keySet());
    for (ConsumerRecord<byte[], byte[]> record : dead) {
      ProducerRecord<byte[], byte[]> original = traffic.bad.get(Arrays.toString(record.key()));
      String what =
          header(record, DeadLetterCodec.REASON) + " " + header(record, DeadLetterCodec.MESSAGE);
      byte[] value = original.value();
      boolean cut = value != null && value.length > kept;
      // not isEqualTo: it would print ten megabytes
      assertThat(Arrays.equals(record.value(), cut ? Arrays.copyOf(value, kept) : value))
          .as("the bytes of %s", what)
          .isTrue();
      assertThat(header(record, DeadLetterCodec.TRUNCATED))
          .isEqualTo(cut ? Integer.toString(value.length) : null);
      assertThat(header(record, DeadLetterCodec.REASON))
          .as(what)
          .isEqualTo(traffic.reasons.get(Arrays.toString(record.key())).name());
      assertThat(header(record, DeadLetterCodec.TOPIC))
          .isEqualTo(settings.kafka().topics().observations().first());
      assertThat(header(record, DeadLetterCodec.PARTITION))
          .isEqualTo(original.partition().toString());
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  private static void assertForecasts(JobSettings settings, List<Observation> good)
      throws Exception {
    Map<String, List<Forecast>> expected = new HashMap<>();
    Map<String, List<Observation>> bySeries =
        good.stream()
            .sorted(Comparator.comparingLong(Observation::time))
            .collect(Collectors.groupingBy(Observation::series));
    for (Map.Entry<String, List<Observation>> series : bySeries.entrySet()) {
      expected.put(series.getKey(), CoreForecasts.of(series.getValue(), settings.forecast()));
    }
    assertThat(kafka.bySeries(settings)).isEqualTo(expected);
  }

  private static final byte[] HOSTILE = "\u001b[2J\u001b]0;owned\u0007\r\n".getBytes(UTF_8);

  @TempDir private static Path dir;

  private static JobSettings ofWrongFile() throws Exception {
    Path job = Files.writeString(dir.resolve("wrong.yaml"), "forecast: {many-to-one: {}}\n");
    return JobSettings.read(job, kafka.learned("wrong"));
  }

  private static InProcess weir(String line, Object... values) {
    String where = " --topic wrong.dlq --bootstrap-servers " + kafka.bootstrapServers();
    return InProcess.weir("dead-letters " + line + where, values);
  }

  private static ProducerRecord<byte[], byte[]> wrongRecord(Observation observation)
      throws Exception {
    return KafkaFixture.record("wrong.observations", null, observation);
  }

  @Test
  void deadLettersAreCountedShownAndReplayedByReason() throws Exception {
    kafka.create("wrong.observations", 2, Map.of());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    records.add(wrongRecord(new Observation("good", START + 10, 1)));
    records.add(wrongRecord(new Observation("good", START + 5, 1))); // late
    for (int i = 0; i < 4; i++) { // the job's file should have said that there is a feature
      records.add(wrongRecord(new Observation("pump-" + i % 2, START + i, i, new double[] {i})));
    }
    records.forEach(
        record -> record.headers().add("trace", ("of " + record.key().length).getBytes(UTF_8)));
    records.add(new ProducerRecord<>("wrong.observations", 0, HOSTILE, HOSTILE));
    try (RunningJob job = flink.submit(ofWrongFile(), 1)) {
      kafka.send(records);
      job.await().until(() -> kafka.read("wrong.dlq").size() == 6);

      assertThat(counts("")).isEqualTo(Map.of("LATE", 1, "FEATURES", 4, "MALFORMED", 1));
      assertThat(weir("").succeeded().out())
          .contains("features: expected 0, got 1", "6 dead letters on wrong.dlq");
      assertHostileIsShown();

      assertNothingIsSent(weir("replay --reason FEATURES --dry-run"), 0, "0 of 4 sent");
      assertNothingIsSent(weir("replay"), 2, "");

      InProcess replay = weir("replay --reason FEATURES").succeeded();
      assertThat(replay.out()).isEqualTo("4 of 4 sent\n");
      assertThat(replay.err()).contains("4 to wrong.observations");
      assertReplayed(records.subList(2, 6), records.size());
      job.await().until(() -> kafka.read("wrong.dlq").size() == 10);

      // once more too late, so nothing is counted twice
      weir("replay --reason LATE").succeeded();
      job.await().until(() -> kafka.read("wrong.dlq").size() == 11);
      assertReplayed(
          Stream.of(records.subList(2, 6), records.subList(1, 2)).flatMap(List::stream).toList(),
          records.size());
      assertThat(counts("--reason LATE")).isEqualTo(Map.of("LATE", 2));
      assertThat(kafka.forecasts("wrong.forecasts")).hasSize(1);
      job.assertRunning();
    }
  }

  private static Map<String, Integer> counts(String options) {
    return weir(options)
        .succeeded()
        .out()
        .lines()
        .map(line -> line.split(" +"))
        .filter(words -> words[0].matches("[A-Z]+"))
        .collect(Collectors.toMap(words -> words[0], words -> Integer.parseInt(words[1])));
  }

  private static void assertHostileIsShown() {
    String shown = weir("--reason MALFORMED --show 1").succeeded().out();
    assertThat(shown)
        .contains("MALFORMED", "wrong.observations", "1b 5b 32 4a", "|.[2J.]0;owned...|");
    assertThat(shown.replace("\n", "")).doesNotContainPattern("\\p{Cc}");
    assertThat(weir("--show 999").exitCode()).isEqualTo(1);
    assertThat(weir("--show first").exitCode()).isEqualTo(2);
  }

  private static void assertNothingIsSent(InProcess weir, int exitCode, String out) {
    assertThat(weir.exitCode()).as("%s", weir).isEqualTo(exitCode);
    assertThat(weir.out().trim()).as("%s", weir).isEqualTo(out);
    assertThat(kafka.read("wrong.observations")).hasSize(7);
  }

  /** The same keys and values as those that were sent first, each marked, and no others. */
  private static void assertReplayed(List<ProducerRecord<byte[], byte[]>> originals, int before) {
    List<ConsumerRecord<byte[], byte[]>> marked =
        kafka.read("wrong.observations").stream()
            .filter(record -> record.headers().lastHeader(DeadLetterTopic.REPLAY_OF) != null)
            .toList();
    assertThat(kafka.read("wrong.observations")).hasSize(before + originals.size());
    assertThat(marked.stream().map(r -> words(r.key(), r.value(), r.headers())))
        .containsExactlyInAnyOrderElementsOf(
            originals.stream().map(r -> words(r.key(), r.value(), r.headers())).toList());
    assertThat(marked)
        .allMatch(
            record ->
                new String(record.headers().lastHeader(DeadLetterTopic.REPLAY_OF).value(), UTF_8)
                    .matches("wrong\\.dlq:0:\\d+"));
  }

  /** Key, value and headers, but for the mark. */
  private static String words(byte[] key, byte[] value, Headers headers) {
    StringBuilder words = new StringBuilder(Arrays.toString(key) + Arrays.toString(value));
    for (Header header : headers) {
      if (!header.key().equals(DeadLetterTopic.REPLAY_OF)) {
        words.append(header.key()).append(Arrays.toString(header.value()));
      }
    }
    return words.toString();
  }
}
