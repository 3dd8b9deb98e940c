package dev.weir.cli.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.job.JobSettings;
import dev.weir.job.options.JobFile;
import dev.weir.kafka.admin.DeadLetterTopic.Letter;
import dev.weir.kafka.admin.DeadLetterTopic.Source;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LetterReaderTest {

  private static final String JOB =
      """
      name: climate
      kafka: {bootstrap-servers: localhost:9092}
      observations: {topic: sensors, time: at, format: json, series: [site], values: [t, h], on-null: dead-letter}
      forecast: {many-to-one: {horizon: 2}}
      """;

  private static Letter letter(String reason, String value) {
    return new Letter(
        0,
        17,
        reason,
        "h: expected a number, got null or nothing",
        new Source("sensors", 3, 5, 1_767_225_600_000L),
        false,
        List.of(),
        null,
        value.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aRecordIsReadAsItsJobReadsIt() {
    LetterReader reader =
        new LetterReader(
            JobSettings.of(JobFile.parse(JOB, "a.yaml", Map.of()), Path.of("")).kafka());
    Letter late = letter("LATE", "{\"site\":\"rom\",\"at\":\"2026-01-01\",\"t\":21.5,\"h\":0.25}");
    assertThat(reader.series(late)).containsExactly("rom/t", "rom/h");
    assertThat(reader.fields(late))
        .containsExactly(
            Map.entry("as read 1", "rom/t  2026-01-01T00:00:00Z  21.5"),
            Map.entry("as read 2", "rom/h  2026-01-01T00:00:00Z  0.25"));
    Letter half = letter("FIELD", "{\"site\":\"rom\",\"at\":\"2026-01-01\",\"t\":21.5}");
    assertThat(reader.series(half)).containsExactly("rom/t");
    assertThat(reader.series(letter("MALFORMED", "x"))).isEmpty();
    String future = "{\"site\":\"rom\",\"at\":\"2926-01-01\",\"t\":1,\"h\":0}";
    assertThat(reader.fields(letter("TIME", future)))
        .containsEntry("as read 1", "rom/t  2926-01-01T00:00:00Z  1.0");
    Letter label =
        new Letter(
            0,
            1,
            "LABEL",
            "",
            new Source("labels", 0, 1, 1),
            false,
            List.of(),
            null,
            new byte[] {1});
    assertThat(reader.fields(label)).containsOnlyKeys("problem");
  }
}
