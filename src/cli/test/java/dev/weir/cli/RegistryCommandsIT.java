package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Patience;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.kafka.registry.RegistryServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on topics whose schemas are in a registry that asks for a password. */
class RegistryCommandsIT {

  private static final String SECRET = "s3sam-dich";

  @TempDir private Path dir;

  @Tag("slow")
  @Test
  void whatIsProducedIsForecastAndTailedAndThePasswordIsNowhere() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("broker"), 0);
        RegistryServer registry = RegistryServer.start()) {
      registry.askFor("weir:" + SECRET);
      String kafka = broker.bootstrapServers();
      String file =
          Files.writeString(
                  dir.resolve("client.properties"), "basic.auth.user.info=weir:" + SECRET + "\n")
              .toString();
      Path csv =
          Files.writeString(
              dir.resolve("pump.csv"),
              "series_id,timestamp,value\n"
                  + "pump,2026-01-31T00:00:00Z,1.5\npump,2026-01-31T01:00:00Z,2.5\n");
      String produce =
          "produce --input %s --bootstrap-servers %s --registry %s"
              .formatted(csv, kafka, registry.url());
      InProcess unknown = InProcess.fails(1, produce);
      assertThat(unknown.err())
          .contains("subject observations-value: expected a user that the schema registry at ")
          .contains("got HTTP 401: Unauthorized; see to basic.auth.user.info");

      WeirProcess produced = WeirProcess.run(produce + " --kafka-properties " + file);
      assertThat(produced.exitCode()).as("%s", produced).isZero();
      assertThat(produced.err()).contains("2 observations sent to observations");

      Path job =
          Files.writeString(
              dir.resolve("job.yaml"),
              """
              name: registered
              kafka:
                bootstrap-servers: %s
                format: avro-confluent
                registry:
                  url: %s
                properties:
                  basic.auth.user.info: ${env:WEIR_TEST_REGISTRY_USER}
              forecast:
                many-to-one: {}
              """
                  .formatted(kafka, registry.url()));
      try (WeirProcess run =
          WeirProcess.start(
              Map.of("WEIR_TEST_REGISTRY_USER", "weir:" + SECRET),
              "run %s -D execution.checkpointing.interval=500ms",
              job)) {
        run.awaitErr(Pattern.compile("registered is running"), Patience.LIMIT);
        WeirProcess tail =
            WeirProcess.run(
                "tail --from-beginning --limit 2 --format json --bootstrap-servers %s"
                    + " --registry %s --kafka-properties %s",
                kafka, registry.url(), file);
        assertThat(tail.exitCode()).as("%s", tail).isZero();
        List<String> lines = tail.out().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(new ObjectMapper().readTree(lines.get(1)).get("series").asText())
            .isEqualTo("pump");
        assertThat(unknown.out() + unknown.err()).doesNotContain(SECRET);
        for (WeirProcess process : List.of(produced, run, tail)) {
          assertThat(process.out() + process.err()).as("%s", process).doesNotContain(SECRET);
        }
      }
    }
  }
}
