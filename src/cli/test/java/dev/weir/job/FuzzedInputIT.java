package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Fuzzer;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.kafka.codec.DeadLetterCodec;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.wire.MalformedRecordException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** Two thousand damaged records through the real job: it lives, and loses none of them. */
class FuzzedInputIT {

  private static final long SEED = 20261125;
  private static final int RECORDS = 2_000;
  private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

  private static List<byte[]> samples() throws Exception {
    ObservationCodec codec = new ObservationCodec();
    return List.of(
        codec.encode(new Observation("pump-1", START, 1.5)),
        codec.encode(new Observation("größe/湿度", START, -1e300)),
        codec.encode(new Observation("f", START, 0, new double[] {1, 2, 3})));
  }

  @Test
  void eachRecordIsForecastOrADeadLetterWithItsBytes() throws Exception {
    KafkaFixture kafka = KafkaFixture.shared();
    FlinkFixture flink = FlinkFixture.shared();
    JobSettings settings =
        JobSettings.read(Path.of("jobs/many-to-one.yaml"), kafka.sampleOverrides("fuzzed"));
    String topic = settings.kafka().topics().observations().first();
    kafka.create(topic, 2, Map.of());
    Fuzzer fuzzer = new Fuzzer(SEED, samples());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      byte[] key = ByteBuffer.allocate(4).putInt(i).array();
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, i % 2, key, fuzzer.input(i));
      if (i % 3 == 0) {
        record.headers().add(ObservationCodec.fingerprintHeader(), ObservationCodec.fingerprint());
      }
      records.add(record);
    }
    Observation last = new Observation("the last one", START, 7);
    for (int partition = 0; partition < 2; partition++) { // when both are forecast, all is done
      Observation end = new Observation(last.series() + partition, START, 7);
      records.add(KafkaFixture.record(topic, partition, end));
    }
    try (RunningJob job = flink.submit(settings, 2, Duration.ofMillis(500))) {
      kafka.send(records);
      String out = settings.kafka().topics().forecasts();
      job.await()
          .until(
              () ->
                  kafka.forecasts(out).stream()
                          .filter(f -> f.series().startsWith(last.series()))
                          .count()
                      == 2);
      job.assertRunning();
      job.await() // the other task's share of that checkpoint may be committed a moment later
          .ignoreExceptionsInstanceOf(
              MalformedRecordException.class) // a dead letter that is to come
          .untilAsserted(() -> assertNoneIsLost(kafka, settings, records.subList(0, RECORDS)));
    }
  }

  private static void assertNoneIsLost(
      KafkaFixture kafka, JobSettings settings, List<ProducerRecord<byte[], byte[]>> records)
      throws Exception {
    Set<Integer> dead = new HashSet<>();
    Map<String, Integer> reasons = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record :
        kafka.read(settings.kafka().topics().deadLetters())) {
      int number = ByteBuffer.wrap(record.key()).getInt();
      assertThat(dead.add(number)).as("once: %d", number).isTrue();
      assertThat(record.value()).isEqualTo(records.get(number).value());
      reasons.merge(DeadLetterCodec.read(record).reason().name(), 1, Integer::sum);
    }
    Set<String> taken = new TreeSet<>();
    for (int number = 0; number < records.size(); number++) {
      if (!dead.contains(number)) { // so it must be an observation; of two equal ones, one counts
        ProducerRecord<byte[], byte[]> record = records.get(number);
        Observation observation =
            new ObservationCodec().decode(record.value(), new RecordHeaders(record.headers()));
        taken.add(observation.series() + " " + observation.time());
      }
    }
    Set<String> forecast = new TreeSet<>();
    for (Forecast f : kafka.forecasts(settings)) {
      if (!f.series().startsWith("the last one")) {
        forecast.add(f.series() + " " + f.origin());
      }
    }
    System.out.printf("%d dead %s, %d forecast%n", dead.size(), reasons, forecast.size());
    assertThat(forecast).isEqualTo(taken).isNotEmpty();
    assertThat(dead.size()).isGreaterThan(RECORDS / 2);
  }
}
