package dev.weir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.weir.Http;
import dev.weir.Patience;
import dev.weir.cli.local.LocalCluster;
import dev.weir.dashboard.Chromium;
import dev.weir.job.KafkaFixture;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.ObjectOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What others on the machine, on its network and in its browser can do to a process of ours. */
class ClosedPortsIT {

  private static final Duration WAIT = Patience.LIMIT;
  private static final String ATTACK = "attack";

  private static String servers;
  @AutoClose private static WeirProcess run;
  private static URI flink;

  @BeforeAll
  static void start() throws Exception {
    KafkaFixture kafka = KafkaFixture.shared();
    servers = kafka.bootstrapServers();
    kafka.create("ports", 1, Map.of());
    run =
        WeirProcess.start(
            "run jobs/many-to-one.yaml --set kafka.bootstrap-servers=%s --set"
                + " topics.observations=ports -D rest.bind-port=0",
            servers);
    flink =
        URI.create(run.awaitErr(Pattern.compile("Flink's page: (http://[^;]+);"), WAIT).group(1));
  }

  // ---- sockets

  @Test
  void runListensOnLoopbackOnly() throws Exception {
    assertThat(ListeningSockets.of(run.pid()))
        .isNotEmpty()
        .allMatch(InetAddress::isLoopbackAddress);
  }

  // ---- requests

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST   /jobs                          | Host: localhost        | method
          POST   /jars/upload                   | Host: localhost        | method
          PATCH  /jobs/00000000000000000000000000000001 | Host: localhost | method
          DELETE /jars/1                        | Host: localhost        | method
          OPTIONS /jobs                         | Host: localhost        | method
          GET    /jobs/00000000000000000000000000000001/yarn-cancel | Host: localhost | path
          GET    /v1/jobs/00000000000000000000000000000001/yarn-cancel | Host: localhost | path
          GET    /v1/v1/overview                | Host: localhost        | path
          GET    /jobs/00000000000000000000000000000001/yarn%2dcancel | Host: localhost | path
          GET    /jobs/00000000000000000000000000000001/%79arn-stop | Host: localhost | path
          GET    /jobs/00000000000000000000000000000001%2Fyarn%2Dcancel/ | Host: localhost | path
          GET    //jobs//00000000000000000000000000000001//yarn-cancel | Host: localhost | path
          GET    http://localhost/jobs/00000000000000000000000000000001/yarn-cancel | Host: localhost | path
          GET    /assets/../jobs/00000000000000000000000000000001/yarn-cancel | Host: localhost | path
          GET    /savepoint-disposal/1          | Host: localhost        | path
          GET    /%zz                           | Host: localhost        | path
          GET    /overview                      | Host: 127.999.1.1      | host
          GET    /overview                      | Host: localhost:99999  | host
          GET    /overview                      | Host: localhost\\r\\nHost: attacker.example | host
          GET    /overview                      | Host: localhost\\r\\nHost: localhost | host
          GET    /overview                      | Host: attacker.example | host
          GET    /overview                      | Host: localhost.attacker.example:80 | host
          GET    /overview                      | X: y                   | host
          GET    /overview                      | Host: localhost\\r\\nOrigin: http://attacker.example | origin
          GET    /overview                      | Host: localhost\\r\\nOrigin: null | origin
          """)
  void aRequestThatChangesSomethingOrIsForeignIsRefused(
      String request, String headers, String reason) throws Exception {
    String answer =
        request(flink, request.replaceAll(" +", " "), headers.replace("\\r\\n", "\r\n"));
    assertThat(answer).startsWith("HTTP/1.1 403 ").contains("{\"errors\":[\"" + reason + ": ");
  }

  @Test
  void aLookIsAnsweredToThisOriginOnly() throws Exception {
    String answer = request(flink, "GET /jobs/overview", "Host: " + flink.getAuthority());
    assertThat(answer).startsWith("HTTP/1.1 200 ").contains("weir-many-to-one");
    assertThat(request(flink, "GET /v1/jobs/overview", "Host: " + flink.getAuthority()))
        .as("as Flink's client asks")
        .startsWith("HTTP/1.1 200 ");
    assertThat(answer.toLowerCase(Locale.ROOT))
        .doesNotContain("access-control")
        .contains("cross-origin-resource-policy: same-origin");
    String job = "/jobs/" + find("\"jid\":\"(\\w{32})\"", answer);
    String details = request(flink, "GET " + job, "Host: 127.0.0.2:8081");
    String vertex = job + "/vertices/" + find("\"vertices\":\\[\\{\"id\":\"(\\w{32})\"", details);
    String managers = request(flink, "GET /taskmanagers", "Host: localhost");
    String manager = "/taskmanagers/" + find("\"id\":\"([^\"]+)\"", managers);
    for (String path :
        List.of(
            "/",
            "/index.html",
            "/assets/images/flink.svg",
            "/config",
            "/jobmanager/metrics?get=Status.JVM.CPU.Load%2CnumRegisteredTaskManagers",
            job + "/checkpoints/config",
            job + "/exceptions?maxExceptions=10",
            vertex + "/subtasks/metrics",
            vertex + "/subtasks/0",
            manager,
            manager.replace(":", "%3A") + "/metrics")) {
      assertThat(request(flink, "GET " + path, "Host: [::1]:8081"))
          .as(path)
          .startsWith("HTTP/1.1 200 ");
    }
    String same =
        request(flink, "GET /overview", "Host: localhost:1234\r\nOrigin: http://localhost:1234");
    assertThat(same).startsWith("HTTP/1.1 200 ");
  }

  private static String find(String pattern, String text) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as("%s in %s", pattern, text).isTrue();
    return found.group(1);
  }

  private static String request(URI server, String request, String headers) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket
          .getOutputStream()
          .write(
              (request + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))
          .lines()
          .collect(Collectors.joining("\n"));
    }
  }

  // ---- a browser

  @Tag("slow")
  @Test
  void aPageOfAnotherOriginNeitherReadsNorSubmits() throws Exception {
    try (Chromium browser = Chromium.shared()) {
      assertThat(attack(browser, flink)).isEqualTo("not read");
      assertThat(jobs(flink)).contains("weir-many-to-one").doesNotContain(ATTACK);

      // the same without the guard, so that it is known to be an attack
      try (LocalCluster open =
          LocalCluster.start(Map.of("weir.rest.read-only", "false", "rest.bind-port", "0"))) {
        assertThat(attack(browser, open.webAddress())).isEqualTo("read");
        await().until(() -> jobs(open.webAddress()).contains(ATTACK));
      }
    }
  }

  @Tag("slow")
  @Test
  void flinksOwnPageShowsTheJob() throws Exception {
    try (Chromium browser = Chromium.shared()) {
      browser.open(flink.resolve("/#/overview"));
      browser.await(
          "Flink's page shows the job", () -> browser.text("body").contains("weir-many-to-one"));
    }
  }

  private static String jobs(URI server) throws IOException {
    return request(server, "GET /jobs/overview", "Host: localhost");
  }

  /** What a page at another port of this machine gets to know of a cluster, having posted a job. */
  private static String attack(Chromium browser, URI cluster) throws Exception {
    HttpServer site = Http.serve("/", "text/html", "");
    try {
      browser.open(URI.create("http://localhost:" + site.getAddress().getPort() + "/"));
      return browser.js(
          """
          const [cluster, plan] = arguments;
          const form = new FormData();
          form.append("request", JSON.stringify(
            {executionPlanFileName: "plan", jobJarFileNames: [], jobArtifactFileNames: []}));
          form.append("file", new Blob([Uint8Array.from(atob(plan), c => c.charCodeAt(0))]), "plan");
          return fetch(cluster + "/jobs", {method: "POST", mode: "no-cors", body: form})
            .catch(() => null)
            .then(() => fetch(cluster + "/jobs/overview"))
            .then(answer => answer.text())
            .then(() => "read", () => "not read");
          """,
          cluster.toString(),
          Base64.getEncoder().encodeToString(plan()));
    } finally {
      site.stop(0);
    }
  }

  /** A job as Flink's own client sends it. */
  private static byte[] plan() throws IOException {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
    env.fromSequence(0, 1).sinkTo(new DiscardingSink<>());
    StreamGraph graph = env.getStreamGraph();
    graph.setJobName(ATTACK);
    graph.serializeUserDefinedInstances();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(graph);
    }
    return bytes.toByteArray();
  }
}
