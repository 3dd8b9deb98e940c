package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.cli.local.LocalCluster;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.job.KafkaFixture;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * History by {@code weir submit} and by {@code weir run}, the one's savepoint being the other's
 * start.
 */
@Tag("slow")
class BoundedCommandsIT {

  private static final int OBSERVATIONS = 90;
  private static final int FIRST_PART = 40;

  @TempDir private Path dir;

  @Test
  void submitAndRunReadTheirPartOfHistoryAndEndWithASavepoint() throws Exception {
    try (KafkaFixture kafka = KafkaFixture.start(dir.resolve("broker"))) {
      kafka.create("observations", 1, Map.of());
      kafka.sendObservations(
          "observations",
          IntStream.range(0, OBSERVATIONS)
              .mapToObj(i -> new Observation("s", 1_000L * i, i % 7))
              .toList());

      String savepoint = submit(kafka.bootstrapServers());
      // a commit is answered before each partition has its mark, and so a savepoint is, too
      await().untilAsserted(() -> assertThat(origins(kafka)).hasSize(FIRST_PART));

      WeirProcess run =
          WeirProcess.run(
              "run jobs/many-to-one.yaml --set kafka.bootstrap-servers=%s --set mode=bounded"
                  + " --set output=network -D execution.checkpointing.interval=300ms"
                  + " --savepoint %s --savepoints %s",
              kafka.bootstrapServers(), savepoint, dir.resolve("second"));
      assertThat(run.exitCode()).as("%s", run).isZero();
      // the end of a job stops checkpoints that are in progress, and Flink warns of each
      String stopped =
          ".*CheckpointFailureManager.*\\R.*(Checkpoint Coordinator is suspending"
              + "|Periodic checkpoint scheduler is shut down)\\.\\R";
      assertThat(run.err().replaceAll(stopped, ""))
          .contains("weir-many-to-one has read its history")
          .doesNotContain("WARN");
      Path written = Path.of(URI.create(run.out().strip()));
      assertThat(written).hasParentRaw(dir.resolve("second"));
      assertThat(written.resolve("_metadata")).isNotEmptyFile();
      await()
          .untilAsserted(
              () -> assertThat(origins(kafka)).hasSize(OBSERVATIONS).doesNotHaveDuplicates());
    }
  }

  /**
   * In this process, to a cluster that takes jobs; the classes are there already, so the jar is
   * empty.
   */
  private String submit(String kafka) throws Exception {
    Path jar = dir.resolve("empty.jar");
    new JarOutputStream(Files.newOutputStream(jar), new java.util.jar.Manifest()).close();
    try (LocalCluster cluster =
        LocalCluster.start(Map.of("weir.rest.read-only", "false", "web.submit.enable", "true"))) {
      InProcess submit =
          InProcess.succeeds(
              "submit jobs/many-to-one.yaml --jobmanager %s --jar %s --set"
                  + " kafka.bootstrap-servers=%s --set mode=bounded --set source.end=%s --set"
                  + " output=network -D execution.checkpointing.interval=300ms --savepoints %s",
              cluster.webAddress().getAuthority(),
              jar,
              kafka,
              FIRST_PART,
              dir.resolve("first").toUri());
      String savepoint = submit.out().strip();
      assertThat(savepoint).startsWith("file:").contains("/first/savepoint-");
      return savepoint;
    }
  }

  private static Stream<Long> origins(KafkaFixture kafka) {
    return kafka.forecasts("forecasts").stream().map(Forecast::origin);
  }
}
