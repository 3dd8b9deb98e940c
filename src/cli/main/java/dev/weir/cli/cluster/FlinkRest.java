package dev.weir.cli.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.UsageException;
import dev.weir.kafka.wire.Json;
import dev.weir.option.Durations;
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
 * A JobManager's REST endpoint. What answers there may be something else: an answer comes in time
 * and is JSON, or is a failure that says what to look at.
 */
public final class FlinkRest {

  /** For a whole answer, where a person waits. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int MAX_WORDS = 300;
  private static final Set<String> ENDED = Set.of("FINISHED", "CANCELED", "FAILED", "SUSPENDED");

  private final String address;
  private final Duration patience;
  private final HttpClient http;

  /**
   * @param address HOST:PORT
   * @param patience for a whole answer
   */
  public FlinkRest(String address, Duration patience) {
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
    return of(address, PATIENCE);
  }

  /** As {@link #of(String)}, with another time for a whole answer. */
  public static FlinkRest of(String address, Duration patience) {
    UsageException.check(
        isAddress(address), "--jobmanager", "HOST:PORT", "'" + Printable.line(address) + "'");
    return new FlinkRest(address, patience);
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

  public String address() {
    return address;
  }

  /** One job of the overview, whose id may be part of a path. */
  public record Job(String id, String name, String state, long start) {

    public boolean hasEnded() {
      return ENDED.contains(state);
    }

    public boolean isRunning() {
      return state.equals("RUNNING");
    }
  }

  /** All jobs that the cluster remembers, as {@link #get}. */
  public List<Job> jobs() throws IOException {
    List<Job> jobs = new ArrayList<>();
    for (JsonNode job : get("/jobs/overview").path("jobs")) {
      String id = job.path("jid").asText();
      if (id.matches("[0-9a-f]{32}")) {
        String name = job.path("name").asText();
        jobs.add(new Job(id, name, job.path("state").asText(), job.path("start-time").asLong()));
      }
    }
    return jobs;
  }

  /**
   * The answer to a GET.
   *
   * @param path such as {@code /jobs/overview}
   * @throws IOException if it does not answer, with the next step
   */
  public JsonNode get(String path) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
    CompletableFuture<HttpResponse<byte[]>> response =
        http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    try { // the timeout of an HttpRequest ends with the head
      return json(path, response.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      throw failure(path, "no whole answer within " + Durations.shown(patience));
    } catch (ExecutionException e) {
      boolean isNobody = e.getCause() instanceof ConnectException;
      throw failure(path, isNobody ? "no connection" : "" + e.getCause().getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(path, "an interruption");
    } finally {
      response.cancel(true); // closes the connection of an answer that is not whole
    }
  }

  private JsonNode json(String path, HttpResponse<byte[]> response) throws IOException {
    int status = response.statusCode();
    JsonNode node;
    try {
      node = Json.READER.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw failure(path, "status %d and no JSON".formatted(status));
    }
    if (status != 200) {
      String words = node.path("errors").path(0).asText("");
      String first = words.lines().findFirst().orElse("");
      throw failure(path, "status %d%s".formatted(status, first.isEmpty() ? "" : ": " + first));
    }
    if (!node.isContainerNode()) {
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
