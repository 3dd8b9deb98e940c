package dev.weir.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.InProcess;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.kafka.admin.DeadLetterTopic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir dead-letters}: from what a job could not use to what it could use in the end. */
class DeadLettersIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CHECKPOINTS = Duration.ofMillis(500);
  private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private static final byte[] HOSTILE = "\u001b[2J\u001b]0;owned\u0007\r\n".getBytes(UTF_8);

  @TempDir private static Path dir;
  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  private static JobSettings settings(String name, int features) throws Exception {
    Path job = Files.writeString(dir.resolve(name + ".yaml"), "forecast: {many-to-one: {}}\n");
    Map<String, String> overrides = kafka.learned(name);
    overrides.put("window.features", Integer.toString(features));
    return JobSettings.read(job, overrides);
  }

  private static InProcess weir(String line, Object... values) {
    String where = " --topic wrong.dlq --bootstrap-servers " + kafka.bootstrapServers();
    return InProcess.weir("dead-letters " + line + where, values);
  }

  private static ProducerRecord<byte[], byte[]> record(Observation observation) throws Exception {
    return KafkaFixture.record("wrong.observations", null, observation);
  }

  @Test
  void whatDiedIsListedShownAndAfterAFixReplayedExactlyAsChosen() throws Exception {
    JobSettings wrong = settings("wrong", 0);
    JobSettings fixed = settings("fixed", 1);
    kafka.create("wrong.observations", 2, Map.of());
    kafka.create("fixed.observations", 2, Map.of());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    records.add(record(new Observation("good", START + 10, 1)));
    records.add(record(new Observation("good", START + 5, 1))); // late
    for (int i = 0; i < 4; i++) { // the job's file should have said that there is a feature
      records.add(record(new Observation("pump-" + i % 2, START + i, i, new double[] {i})));
    }
    records.forEach(
        record -> record.headers().add("trace", ("of " + record.key().length).getBytes(UTF_8)));
    records.add(new ProducerRecord<>("wrong.observations", 0, HOSTILE, HOSTILE));
    try (RunningJob job = flink.submit(wrong, 1, CHECKPOINTS);
        RunningJob other = flink.submit(fixed, 1, CHECKPOINTS)) {
      kafka.send(records);
      job.await().until(() -> kafka.read("wrong.dlq").size() == 6);

      assertThat(counts(weir("--format json")))
          .isEqualTo(Map.of("LATE", 1, "FEATURES", 4, "MALFORMED", 1));
      InProcess table = weir("");
      assertThat(table.out().lines().map(line -> line.split(" +")[0]))
          .containsExactly("reason", "FEATURES", "LATE", "MALFORMED", "6");
      assertThat(table.out())
          .contains("features: expected 0, got 1", "6 dead letters on wrong.dlq");
      assertThat(counts(weir("--format json --series pump-1"))).isEqualTo(Map.of("FEATURES", 2));
      assertHostileIsShown();

      assertNothingIsSent(weir("replay --reason FEATURES --dry-run"), 0, "0 of 4 sent");
      assertNothingIsSent(weir("replay --reason FEATURES --confirm 3"), 1, "");
      assertNothingIsSent(weir("replay --confirm 6"), 2, "");
      assertNothingIsSent(weir("replay --reason FEATURES"), 2, ""); // nobody to ask
      assertNothingIsSent(weir("replay --all --confirm 6 --to nowhere"), 1, "");

      InProcess replay =
          weir("replay --reason FEATURES --series pump-.* --confirm 4 --to fixed.observations")
              .succeeded();
      assertThat(replay.out()).isEqualTo("4 of 4 sent\n");
      assertThat(replay.err()).contains("4 to fixed.observations");
      assertReplayed("fixed.observations", records.subList(2, 6), 0);
      other.await().until(() -> forecasts("fixed.forecasts").size() == 4);
      assertThat(forecasts("fixed.forecasts").stream().map(Forecast::series))
          .containsExactlyInAnyOrder("pump-0", "pump-1", "pump-0", "pump-1");

      // to where it came from: once more too late, so nothing is counted twice
      int sent = records.size();
      InProcess late = weir("replay --reason LATE --confirm 1").succeeded();
      job.await().until(() -> kafka.read("wrong.dlq").size() == 7);
      assertReplayed("wrong.observations", records.subList(1, 2), sent);
      assertThat(counts(weir("--format json --reason LATE"))).isEqualTo(Map.of("LATE", 2));
      assertThat(forecasts("wrong.forecasts")).hasSize(1);
      job.assertRunning();
      other.assertRunning();
    }
  }

  private static Map<String, Integer> counts(InProcess weir) throws Exception {
    assertThat(weir.exitCode()).as("%s", weir).isZero();
    Map<String, Integer> counts = new TreeMap<>();
    for (String line : weir.out().lines().toList()) {
      JsonNode node = JSON.readTree(line);
      counts.put(node.path("reason").asText(), node.path("count").asInt());
    }
    return counts;
  }

  private static void assertHostileIsShown() throws Exception {
    InProcess first = weir("--reason MALFORMED --show 1 --format json").succeeded();
    JsonNode node = JSON.readTree(first.out());
    assertThat(Base64.getDecoder().decode(node.path("value_base64").asText())).isEqualTo(HOSTILE);
    assertThat(Base64.getDecoder().decode(node.path("key_base64").asText())).isEqualTo(HOSTILE);
    assertThat(node.path("source").path("topic").asText()).isEqualTo("wrong.observations");
    InProcess place = weir("--show %s", node.path("at").asText()).succeeded();
    assertThat(place.out()).contains("MALFORMED", "1b 5b 32 4a", "|.[2J.]0;owned...|");
    assertThat(place.out().replace("\n", "")).doesNotContainPattern("\\p{Cc}");
    assertThat(weir("--show 0:999").exitCode()).isEqualTo(1);
    assertThat(weir("--show 7:0").exitCode()).isEqualTo(1);
    assertThat(weir("--show first").exitCode()).isEqualTo(2);
  }

  private static void assertNothingIsSent(InProcess weir, int exitCode, String out) {
    assertThat(weir.exitCode()).as("%s", weir).isEqualTo(exitCode);
    assertThat(weir.out().trim()).as("%s", weir).isEqualTo(out);
    assertThat(kafka.read("wrong.observations")).hasSize(7);
    assertThat(kafka.read("fixed.observations")).isEmpty();
  }

  /** The same keys and values as those that were sent first, each marked, and no others. */
  private static void assertReplayed(
      String topic, List<ProducerRecord<byte[], byte[]>> originals, int before) {
    List<ConsumerRecord<byte[], byte[]>> marked =
        kafka.read(topic).stream()
            .filter(record -> record.headers().lastHeader(DeadLetterTopic.REPLAY_OF) != null)
            .toList();
    assertThat(kafka.read(topic)).hasSize(before + originals.size());
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

  private static List<Forecast> forecasts(String topic) {
    return kafka.forecasts(topic);
  }
}
