package dev.weir.cli.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.UsageException;
import dev.weir.kafka.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.ParameterException;

/**
 * A JobManager's REST endpoint. Whatever answers there is a stranger: an answer has a limit in
 * bytes and in time, and is JSON or a failure that says what to look at.
 */
public final class FlinkRest {

  /** For a whole answer, where a person waits. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int MAX_BYTES = 4 << 20;
  private static final String TOO_LONG = "more than %,d bytes".formatted(MAX_BYTES);
  private static final int MAX_WORDS = 300;
  private static final Set<String> ENDED = Set.of("FINISHED", "CANCELED", "FAILED", "SUSPENDED");

  private final String address;
  private final Duration patience;
  private final HttpClient http;

  /**
   * @param address HOST:PORT
   * @param patience for a whole answer
   */
  FlinkRest(String address, Duration patience) {
    this.address = address;
    this.patience = patience;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(patience)
            .build();
  }

  /**
   * At an address that the option {@code --jobmanager} of a command names.
   *
   * @throws ParameterException if it is not HOST:PORT
   */
  public static FlinkRest of(String address) {
    UsageException.check(
        isAddress(address), "--jobmanager", "HOST:PORT", "'" + Printable.line(address) + "'");
    return new FlinkRest(address, PATIENCE);
  }

  /** Whether it looks like HOST:PORT. */
  static boolean isAddress(String text) {
    try {
      URI uri = URI.create("http://" + text);
      return uri.getPort() >= 1
          && uri.getPort() <= 65_535
          && text.equals(uri.getHost() + ":" + uri.getPort());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  String address() {
    return address;
  }

  /** One job of the overview, whose id may be part of a path. */
  public record Job(String id, String name, String state, long start) {

    public boolean hasEnded() {
      return ENDED.contains(state);
    }

    boolean isRunning() {
      return state.equals("RUNNING");
    }
  }

  /** All jobs that the cluster remembers, as {@link #get}. */
  public List<Job> jobs() throws IOException {
    List<Job> jobs = new ArrayList<>();
    for (JsonNode job : get("/jobs/overview").path("jobs")) {
      String id = job.path("jid").asText();
      if (isId(id)) {
        String name = job.path("name").asText();
        jobs.add(new Job(id, name, job.path("state").asText(), job.path("start-time").asLong()));
      }
    }
    return jobs;
  }

  static boolean isId(String text) {
    return text.matches("[0-9a-f]{32}");
  }

  /**
   * The answer to a GET.
   *
   * @param path such as {@code /jobs/overview}
   * @throws IOException if it does not answer, with the next step
   */
  public JsonNode get(String path) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    CompletableFuture<HttpResponse<Void>> response =
        http.sendAsync(
            request,
            HttpResponse.BodyHandlers.ofByteArrayConsumer(
                part -> {
                  part.ifPresent(body::writeBytes);
                  if (body.size() > MAX_BYTES) { // the client closes the connection
                    throw new IllegalStateException(TOO_LONG);
                  }
                }));
    try { // the timeout of an HttpRequest ends with the head
      int status = response.get(patience.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      return json(path, status, body.toByteArray());
    } catch (TimeoutException e) {
      throw failure(path, "no whole answer within %d s".formatted(patience.toSeconds()));
    } catch (ExecutionException e) {
      throw failure(path, body.size() > MAX_BYTES ? TOO_LONG : said(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(path, "an interruption");
    } finally {
      response.cancel(true); // closes the connection of an answer that is not whole
    }
  }

  private static String said(Throwable cause) {
    if (cause instanceof ConnectException) {
      return "no connection";
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private JsonNode json(String path, int status, byte[] bytes) throws IOException {
    JsonNode node;
    try {
      node = Json.READER.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw failure(path, "status %d and no JSON".formatted(status));
    }
    if (status != 200) {
      String words = node == null ? "" : node.path("errors").path(0).asText("");
      String first = words.lines().findFirst().orElse("");
      throw failure(path, "status %d%s".formatted(status, first.isEmpty() ? "" : ": " + first));
    }
    if (node == null || !node.isObject() && !node.isArray()) {
      throw failure(path, "JSON that is no object");
    }
    return node;
  }

  private IOException failure(String path, String got) {
    return new IOException(
        "Flink at %s: expected an answer to %s, got %s; is a JobManager's REST endpoint there?"
            .formatted(address, path, Printable.line(got, MAX_WORDS)));
  }
}
