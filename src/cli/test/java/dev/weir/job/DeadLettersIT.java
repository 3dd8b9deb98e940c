package dev.weir.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.InProcess;
import dev.weir.forecast.Observation;
import dev.weir.kafka.admin.DeadLetterTopic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir dead-letters}: what a job could not use, and sending it in again. */
class DeadLettersIT {

  private static final Duration CHECKPOINTS = Duration.ofMillis(500);
  private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private static final byte[] HOSTILE = "\u001b[2J\u001b]0;owned\u0007\r\n".getBytes(UTF_8);

  @TempDir private static Path dir;
  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  private static JobSettings settings() throws Exception {
    Path job = Files.writeString(dir.resolve("wrong.yaml"), "forecast: {many-to-one: {}}\n");
    return JobSettings.read(job, kafka.learned("wrong"));
  }

  private static InProcess weir(String line, Object... values) {
    String where = " --topic wrong.dlq --bootstrap-servers " + kafka.bootstrapServers();
    return InProcess.weir("dead-letters " + line + where, values);
  }

  private static ProducerRecord<byte[], byte[]> record(Observation observation) throws Exception {
    return KafkaFixture.record("wrong.observations", null, observation);
  }

  @Test
  void deadLettersAreCountedShownAndReplayedByReason() throws Exception {
    kafka.create("wrong.observations", 2, Map.of());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    records.add(record(new Observation("good", START + 10, 1)));
    records.add(record(new Observation("good", START + 5, 1))); // late
    for (int i = 0; i < 4; i++) { // the job's file should have said that there is a feature
      records.add(record(new Observation("pump-" + i % 2, START + i, i, new double[] {i})));
    }
    records.forEach(
        record -> record.headers().add("trace", ("of " + record.key().length).getBytes(UTF_8)));
    records.add(new ProducerRecord<>("wrong.observations", 0, HOSTILE, HOSTILE));
    try (RunningJob job = flink.submit(settings(), 1, CHECKPOINTS)) {
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
