package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Http;
import dev.weir.Patience;
import dev.weir.cli.dashboard.DashboardCommand;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cli.series.SampleData;
import dev.weir.model.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a demo and {@code weir dashboard} print, and what they open and leave on a machine that they
 * share with others.
 */
class DemoIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration WAIT = Patience.LIMIT;

  /** Where another user has run Flink: files here, since root may write to each folder. */
  @TempDir private Path shared;

  @Tag("slow")
  @Test
  void interruptedDemoHasPrintedOnlyForecastsAndLeavesNoFiles() throws Exception {
    for (String name : List.of("flink-web-upload", "flink-web-ui")) {
      Files.createFile(shared.resolve(name));
    }
    try (WeirProcess demo =
        WeirProcess.start(
            Map.of("WEIR_JAVA_OPTS", "-Djava.io.tmpdir=" + shared),
            "demo --no-browser --port 0 --format json")) {
      demo.awaitErr(Pattern.compile("first forecast after"), WAIT);
      assertThat(ListeningSockets.of(demo.pid()))
          .isNotEmpty()
          .allMatch(InetAddress::isLoopbackAddress);
      assertThatATopicIsCreatedByItsFirstRecord(demo);
      List<Path> own = folders();
      assertThat(own).hasSize(1);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own.get(0))))
          .isEqualTo("rwx------");
      assertThat(own.get(0).resolve("flink-web-upload")).isDirectory();
      await("more than 200 forecasts, of all series")
          .failFast("the demo ended: " + demo, () -> !demo.isAlive())
          .until(() -> lines(demo).size() > 200 && series(demo).size() == SampleData.NAMES.size());

      int exitCode = demo.interrupt(WAIT);

      assertThat(exitCode).as("%s", demo).isIn(130, 143);
      assertThat(demo.err()).as("%s", demo).doesNotContain("WARN", "ERROR", "Exception");
      for (String line : lines(demo)) {
        CommandsIT.assertForecast(line);
      }
      assertThat(series(demo)).containsExactlyInAnyOrderElementsOf(SampleData.NAMES);
    }
    try (Stream<Path> left = Files.list(shared)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("flink-web-upload", "flink-web-ui");
    }
  }

  /** As kcat writes to it, after docs/quickstart.md. */
  private static void assertThatATopicIsCreatedByItsFirstRecord(WeirProcess demo) throws Exception {
    Matcher kafka = Pattern.compile("Kafka: (\\S+)").matcher(demo.err());
    assertThat(kafka.find()).isTrue();
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(Map.of("bootstrap.servers", kafka.group(1)), bytes, bytes)) {
      assertThat(producer.send(new ProducerRecord<>("mine", new byte[5])).get().offset()).isZero();
    }
  }

  private List<Path> folders() throws IOException {
    try (Stream<Path> files = Files.list(shared)) {
      return files.filter(Files::isDirectory).toList();
    }
  }

  /** Whole lines of standard output; the last one may still be incomplete. */
  private static List<String> lines(WeirProcess demo) {
    String out = demo.out();
    return out.substring(0, out.lastIndexOf('\n') + 1).lines().toList();
  }

  private static Set<String> series(WeirProcess demo) {
    return lines(demo).stream().map(DemoIT::series).collect(Collectors.toSet());
  }

  private static String series(String line) {
    try {
      return JSON.readTree(line).path("series").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  @Tag("slow")
  @Test
  void demoGoesOnUntilEachModeHasForecastAndEndsWithZero() throws Exception {
    WeirProcess demo;
    try (ServerSocket taken = new ServerSocket()) {
      try {
        taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), DashboardCommand.PORT));
      } catch (BindException e) {
        // somebody else has it, which will do
      }
      demo =
          WeirProcess.run(
              Map.of("WEIR_JAVA_OPTS", "-Duser.language=de"), // numbers stay English all the same
              "demo --no-browser --duration PT0.001S --format json");
    }

    assertThat(demo.exitCode()).as("%s", demo).isZero();
    for (String line : demo.out().lines().toList()) {
      CommandsIT.assertForecast(line);
    }
    for (Mode mode : Mode.values()) {
      assertThat(demo.out()).contains("\"mode\":\"%s\"".formatted(mode.label()));
    }
    assertThat(demo.err())
        .contains("no forecast of many-to-one, many-to-many yet; going on until there is one")
        .doesNotContain("ERROR", "http://localhost:" + DashboardCommand.PORT + "/")
        .containsPattern("first forecast after [0-9.]+ s");
  }

  private static final Pattern ADDRESS = Pattern.compile("the page is at (http://\\S+)");

  @Tag("slow")
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

  @Tag("slow")
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

  @Tag("slow")
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

  @Tag("slow")
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
