package dev.weir.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.job.options.JobFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Records of other tools, kept as they send them, through the real job. */
class MappedJobIT {

  private static final Path RECORDS = Path.of("src/flink/test/resources/records");

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  private static JobSettings settings(String name, String observations, String rest) {
    Map<String, String> overrides = kafka.learned(name);
    String text =
        """
        name: %s
        observations: {%s}
        forecast: {many-to-one: {horizon: 2}}
        %s
        """
            .formatted(name, observations, rest);
    return JobSettings.of(JobFile.parse(text, name + ".yaml", overrides), RECORDS);
  }

  @Test
  void jsonComesInAndGoesOutAndWhatDoesNotFitIsKept() throws Exception {
    JobSettings job =
        settings(
            "json",
            "format: json, series: [id], time: t, values: [v], features: [f]",
            "forecasts: {format: json}\nscores: {every: 5}");
    assertThat(job.forecast().inputs().features()).isEqualTo(1);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      lines.add("{\"id\":\"a\",\"t\":%d,\"v\":%d,\"f\":0.5}".formatted(1_767_225_600 + i, i % 7));
    }
    lines.add("{\"id\":\"a\",\"t\":1767225700,\"v\":1}");
    lines.add("{\"id\":\"a\",\"t\":17672257000000000000000,\"v\":1,\"f\":1}");
    lines.add("{\"id\":\"a\",\"t\":1767225700,\"v\":1e999,\"f\":1}");
    lines.add("nonsense");
    kafka.create(job, 1);
    try (RunningJob running = flink.submit(job, 1)) {
      kafka.sendLines("json.observations", lines);
      running.await().until(() -> kafka.deadLetters(job).size() == 4);
      List<DeadLetter> dead = kafka.deadLetters(job);
      assertThat(dead)
          .extracting(DeadLetter::reason)
          .containsExactly(Reason.FIELD, Reason.TIME, Reason.NOT_FINITE, Reason.MALFORMED);
      assertThat(dead.get(0).message()).isEqualTo("f: expected a number, got null or nothing");
      for (int i = 0; i < dead.size(); i++) {
        assertThat(dead.get(i).source().value()).isEqualTo(lines.get(40 + i).getBytes(UTF_8));
      }
      running.await().until(() -> kafka.forecasts(job).size() == 40);
      List<ConsumerRecord<byte[], byte[]>> records = kafka.read(job.kafka().topics().forecasts());
      JsonNode last = new ObjectMapper().readTree(records.get(39).value());
      assertThat(last.get("series").textValue()).isEqualTo("a");
      assertThat(last.get("origin").textValue()).isEqualTo("2026-01-01T00:00:39Z");
      assertThat(last.get("steps")).hasSize(2);
      assertThat(last.get("steps").get(1).get("time").textValue())
          .isEqualTo("2026-01-01T00:00:41Z");
      assertThat(records.get(39).headers()) // no schema
          .extracting(header -> header.key() + " " + new String(header.value(), UTF_8))
          .containsExactly("__weir.job json");
      JsonNode score =
          new ObjectMapper().readTree(kafka.read(job.kafka().topics().scores()).get(0).value());
      assertThat(score.get("scored").intValue()).isPositive();
    }
  }

  @Tag("slow")
  @Test
  void topicsOfAPatternAreReadAlsoThoseThatComeLater() throws Exception {
    JobSettings listed =
        manyTopics("listed", "topics.observations", "listed.a, listed.b", Map.of());
    JobSettings matched =
        manyTopics(
            "matched",
            "topics.pattern",
            "listed[.].*",
            Map.of("kafka.properties.partition.discovery.interval.ms", "200"));
    kafka.create("listed.a", 1, Map.of());
    assertThatIllegalStateException()
        .isThrownBy(() -> ForecastJob.prepareTopics(listed))
        .withMessage(
            "topics listed.a, listed.b: expected on Kafka at %s, got no such topic as [listed.b];"
                    .formatted(kafka.bootstrapServers())
                + " create it or set topics.observations");
    try (RunningJob running = flink.submit(matched, 1)) {
      kafka.sendLines("listed.a", readings(0, 8));
      running.await().until(() -> kafka.forecasts(matched).size() == 8);
      kafka.create("listed.b", 3, Map.of()); // while the job runs
      kafka.sendLines("listed.b", readings(0, 9));
      running.await().until(() -> kafka.forecasts(matched).size() == 17);
      assertThat(seriesOf(matched)).containsExactlyInAnyOrder("listed.a/7", "listed.b/7");
    }
    try (RunningJob running = flink.submit(listed, 1)) {
      running.await().until(() -> kafka.forecasts(listed).size() == 17);
      assertThat(seriesOf(listed)).containsExactlyInAnyOrder("listed.a/7", "listed.b/7");
      assertThat(kafka.deadLetters(listed)).isEmpty();
    }
  }

  private static JobSettings manyTopics(
      String name, String option, String topics, Map<String, String> more) {
    Map<String, String> overrides = kafka.learned(name);
    overrides.remove("topics.observations");
    overrides.put(option, topics);
    overrides.put("topics.forecasts", name + "-forecasts");
    overrides.put("topics.models", name + "-models");
    overrides.put("topics.scores", name + "-scores");
    overrides.put("topics.dead-letters", name + "-letters");
    overrides.putAll(more);
    String text =
        """
        name: %s
        observations: {format: json, series: [topic, id], time: t, values: [v]}
        forecast: {many-to-one: {horizon: 2}}
        """
            .formatted(name);
    return JobSettings.of(JobFile.parse(text, name + ".yaml", overrides), RECORDS);
  }

  private static List<String> readings(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "{\"id\":7,\"t\":%d,\"v\":%d}".formatted(1_767_225_600 + i, i % 5))
        .toList();
  }

  private static Set<String> seriesOf(JobSettings job) {
    return kafka.bySeries(job).keySet();
  }
}
