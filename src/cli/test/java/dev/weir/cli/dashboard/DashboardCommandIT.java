package dev.weir.cli.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.Http;
import dev.weir.Patience;
import dev.weir.cli.WeirProcess;
import dev.weir.cli.local.EmbeddedBroker;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir dashboard} as a person starts it, and the page that the demo opens. */
@Tag("slow")
class DashboardCommandIT {

  private static final Duration WAIT = Patience.LIMIT;
  private static final Pattern ADDRESS = Pattern.compile("the page is at (http://\\S+)");

  @Test
  void servesABrokerThatHasNoTopicsYetAndSaysWhatIsMissing(@TempDir Path dir) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0)) {
      try (WeirProcess weir =
          WeirProcess.start(
              "dashboard --no-browser --port 0 --bootstrap-servers %s",
              broker.bootstrapServers())) {
        URI page = URI.create(weir.awaitErr(ADDRESS, WAIT).group(1));
        assertThat(page.getHost()).isEqualTo("localhost");
        assertThat(Http.get(page)).isNotEmpty(); // with status 200
        assertThat(weir.err())
            .contains("topic observations is not on Kafka", "topic models is not on Kafka");
      }
    }
  }

  @Test
  void whatIsWrongIsSaidInALineWithWhatToDo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      WeirProcess weir = WeirProcess.run("dashboard --no-browser --port %s", port);
      assertThat(weir.exitCode()).as("%s", weir).isEqualTo(1);
      assertThat(weir.err()).contains("weir: port " + port, "--port", "0 for any free one");
    }
    WeirProcess away =
        WeirProcess.run(
            "dashboard --no-browser --port 0 --bootstrap-servers localhost:1 --kafka"
                + " default.api.timeout.ms=100");
    assertThat(away.exitCode()).as("%s", away).isEqualTo(1);
    assertThat(away.err())
        .contains(
            "weir: Kafka at localhost:1: expected an answer within 0.1 s, got a closed port",
            "--bootstrap-servers");
  }

  @Test
  void theJobJarCarriesNoServerAndNoCommands() throws Exception {
    Path jar = Path.of(System.getProperty("job.jar"));
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      Pattern foreign =
          Pattern.compile(
              "(io/javalin|picocli|dev/weir/cli|org/eclipse/jetty|jakarta/servlet|kotlin|org/slf4j"
                  + "|org/apache/logging)/.*|.*webjars.*");
      assertThat(zip.stream().map(ZipEntry::getName)).noneMatch(foreign.asMatchPredicate());
      assertThat(zip.getEntry("dev/weir/job/ForecastJob.class")).isNotNull();
    }
  }

  @Test
  void theDemosPageShowsItsSeriesWithinSeconds() throws Exception {
    long started = System.nanoTime();
    try (WeirProcess demo = WeirProcess.start("demo --no-browser --port 0 --format json")) {
      Pattern address = Pattern.compile("the page: (http://\\S+)");
      URI page = URI.create(demo.awaitErr(address, WAIT).group(1));
      double up = (System.nanoTime() - started) / 1e9;
      awaitPage(
          page.resolve("/api/job"),
          "This demo replays 7 public series of past years: the first 336 values of each in a few"
              + " seconds, then 4 a second.");
      awaitPage(page.resolve("/api/series"), "\"total\":7");
      double listed = (System.nanoTime() - started) / 1e9;
      awaitPage(page.resolve("/api/job"), "\"state\":\"LIVE\"");
      double live = (System.nanoTime() - started) / 1e9;
      for (String known : List.of("\"many-to-one\"", "\"many-to-many\"")) {
        awaitPage(page.resolve("/api/series/history?series=uci_bike"), known); // live by any other
      }
      System.out.printf(
          "demo: page after %.1f s, its series after %.1f s, forecasts after %.1f s%n",
          up, listed, live);
    }
  }

  private void awaitPage(URI address, String content) {
    await().pollInterval(Duration.ofMillis(100)).until(() -> Http.get(address).contains(content));
  }
}
