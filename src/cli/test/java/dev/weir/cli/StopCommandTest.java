package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.weir.Http;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which job weir stop means, by what a JobManager lists. */
class StopCommandTest {

  private static final String A = "0123456789abcdef0123456789abcdef";
  private static final String B = "fedcba9876543210fedcba9876543210";

  @TempDir private Path dir;

  private static String job(String id, String name, String state) {
    return "{\"jid\":\"%s\",\"name\":\"%s\",\"state\":\"%s\"}".formatted(id, name, state);
  }

  private InProcess stop(String jobs, String more) throws Exception {
    Path job =
        Files.writeString(
            dir.resolve("pumps.yaml"),
            """
            name: pumps
            kafka: {bootstrap-servers: 'localhost:1'}
            forecast:
              many-to-one: {horizon: 2}
            """);
    HttpServer server =
        Http.serve("/jobs/overview", "application/json", "{\"jobs\":[%s]}".formatted(jobs));
    try {
      return InProcess.weir(
          "stop %s --jobmanager localhost:%s " + more, job, server.getAddress().getPort());
    } finally {
      server.stop(0);
    }
  }

  private static void assertFails(InProcess run, String... parts) {
    assertThat(run.exitCode()).as("%s", run).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(parts);
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void aJobThatHasEndedAndOneOfAnotherNameAreNotMeant() throws Exception {
    assertFails(
        stop(job(A, "pumps", "FINISHED") + "," + job(B, "valves", "RUNNING"), ""),
        "expected a running job pumps, got none; weir status ");
  }

  @Test
  void ofSeveralOfTheNameNoneIsStopped() throws Exception {
    String two = job(A, "pumps", "RUNNING") + "," + job(B, "pumps", "RESTARTING");
    assertFails(
        stop(two, ""),
        "expected one running job pumps, got 2: %s, %s; --job ID says which".formatted(A, B));
    assertFails(
        stop(two, "--job " + "0".repeat(32)),
        "expected a running job pumps of id " + "0".repeat(32) + ", got none");
  }
}
