package dev.weir.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.InProcess;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.admin.TopicAdmin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person reads when a command can't do its work: what is wrong, and what to do about it. */
class ErrorHintIT {

  @TempDir private static Path dir;
  private static String servers;

  @BeforeAll
  static void start() throws Exception {
    KafkaFixture kafka = KafkaFixture.shared();
    servers = kafka.bootstrapServers();
    try (TopicAdmin admin = kafka.admin()) {
      for (String topic : List.of("observations", "models", "observations.dlq")) {
        admin.create(topic, 1, Map.of());
      }
    }
    Files.write(dir.resolve("wrong.csv"), List.of("series_id,timestamp,value", "a,now,1"));
    Files.write(
        dir.resolve("few.csv"), List.of("series_id,timestamp,value", "a,2026-01-01T00:00:00Z,1"));
    Files.write(dir.resolve("half.safetensors"), new byte[] {1, 2, 3});
    Files.write(
        dir.resolve("good.yaml"),
        List.of(
            "name: a",
            "kafka: {bootstrap-servers: 'localhost:1'}",
            "forecast: {many-to-one: {horizon: 2}}"));
    Files.write(dir.resolve("wrong.yaml"), List.of("name: a", "windows: 5"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          produce --input DIR/none.csv BROKER | expected a file, found none | check the path; a relative one starts at /
          produce --input DIR/wrong.csv --topic w BROKER | wrong.csv line 2: timestamp: expected a time such as 2026-01-31T12:00:00Z | weir produce --help has examples
          produce --input DIR BROKER | expected a CSV file, got a folder | weir produce --help has examples
          model inspect DIR/none.safetensors | none.safetensors: expected a file, found none | check the path
          model inspect DIR/half.safetensors | half.safetensors | weir model inspect FILE --help
          model publish DIR/none.safetensors BROKER | expected a file, found none | check the path
          model list --topic nowhere BROKER | got no such topic | name another with --topic, or publish a model first
          tail --topic nowhere BROKER | weir tail: topic nowhere: expected on Kafka at SERVERS, got no such topic | --topic names another
          dead-letters --topic nowhere BROKER | got no such topic | --topic names another
          dead-letters --show 1 BROKER | expected at most 0, their count | without --show they are listed
          run DIR/wrong.yaml | line 2: windows: expected a known key | docs/job-file.md lists what a job file may say
          run DIR/none.yaml | job file: expected a readable file | docs/job-file.md lists what a job file may say
          evaluate --input DIR/few.csv | expected a series that is long enough | give more history
          evaluate --input DIR/none.csv | expected a CSV file or a folder | weir evaluate --help has examples
          train --input DIR/few.csv --out DIR/m.safetensors | expected | weir train --help has examples
          status DIR/none.yaml | job file: expected a readable file | docs/job-file.md lists
          submit DIR/good.yaml --jar JAR --jobmanager localhost:1 -D rest.retry.delay=1ms --set kafka.bootstrap-servers=SERVERS | Flink at localhost:1: expected a JobManager's REST endpoint, got | is it running there? --jobmanager HOST:PORT names another
          stop DIR/good.yaml --jobmanager localhost:1 | Flink at localhost:1: expected an answer to /jobs/overview, got no connection | is a JobManager's REST endpoint there?
          stop DIR/good.yaml --jobmanager [::1]:1 | Flink at [::1]:1: expected an answer to /jobs/overview, got no connection | is a JobManager's REST endpoint there?
          """)
  void eachFailureSaysWhatToDoNext(String command, String problem, String next) {
    String typed =
        command
            .replace("BROKER", "--bootstrap-servers " + servers)
            .replace("SERVERS", servers)
            .replace("JAR", System.getProperty("job.jar"))
            .replace("DIR", dir.toString());
    InProcess run = InProcess.run(typed.split(" "));
    String expected = problem.replace("SERVERS", servers);
    assertThat(run.exitCode()).as("%s", run).isIn(1, run.err().startsWith("weir: ") ? 1 : 2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(expected, next).doesNotContain("\tat ", "Exception");
    assertThat(run.err().lines().filter(line -> line.contains(expected))).hasSize(1);
  }
}
