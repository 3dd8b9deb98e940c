package dev.weir.kafka.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Patience;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.kafka.RegistrySettings;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/** Apicurio Registry in a process of its own, all in memory, as the build has unpacked it. */
public final class ApicurioProcess implements AutoCloseable {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final String url;

  private ApicurioProcess(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  public static ApicurioProcess start() throws IOException {
    Path dir = Path.of(System.getProperty("apicurio.dir"));
    Path jar;
    try (Stream<Path> files = Files.list(dir)) {
      jar =
          files
              .filter(file -> file.toString().endsWith("-runner.jar"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("expected Apicurio Registry in " + dir));
    }
    int port = EmbeddedBroker.freePort();
    File log = dir.resolveSibling("apicurio-" + port + ".log").toFile();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-jar",
                jar.toAbsolutePath().toString())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    ApicurioProcess started =
        new ApicurioProcess(process, "http://127.0.0.1:" + port + "/apis/ccompat/v7");
    await("Apicurio Registry answers, see " + log)
        .pollInterval(Duration.ofMillis(100))
        .failFast(() -> !process.isAlive())
        .ignoreExceptions()
        .until(() -> !started.send("GET", "/subjects", BodyPublishers.noBody()).isEmpty());
    return started;
  }

  public String url() {
    return url;
  }

  public RegistrySettings settings() {
    return RegistrySettings.of(url, Map.of(), RegistrySettings.DEFAULT_PATIENCE);
  }

  /** Sets the global compatibility, that of {@code ""}, or of a subject: NONE, BACKWARD ... */
  public void compatibility(String subject, String level) throws IOException, InterruptedException {
    send(
        "PUT",
        "/config" + subject,
        BodyPublishers.ofString("{\"compatibility\": \"%s\"}".formatted(level)));
  }

  /** Registers a schema as somebody else's producer does; returns its id. */
  public int register(String subject, Schema schema) throws IOException, InterruptedException {
    String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
    String path = "/subjects/" + subject + "/versions";
    return JSON.readTree(send("POST", path, BodyPublishers.ofString(body))).get("id").intValue();
  }

  /** The body of an answer with status 200. */
  private String send(String method, String path, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Patience.LIMIT)
            .header("Content-Type", "application/json")
            .method(method, body)
            .build();
    HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as("%s %s: %s", method, path, answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
