package dev.weir.kafka.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.kafka.RegistrySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;

/**
 * A Confluent-compatible registry in memory that can be away, ask for a password and misbehave.
 * {@link RegistryContract} compares it with a real one.
 */
public final class RegistryServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PATH = "/apis/ccompat/v7";

  /** Replaces the answer of a registry. */
  public interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private record Reply(int status, Object body) {}

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> schemas = new ArrayList<>(); // the first one has id 1
  private final Map<String, List<Integer>> subjects = new HashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final int port;
  private HttpServer server; // null while it is away
  private volatile Answer instead;
  private volatile String user;

  private RegistryServer(int port) {
    this.port = port;
  }

  public static RegistryServer start() throws IOException {
    RegistryServer started = new RegistryServer(EmbeddedBroker.freePort()); // free after a pause
    started.resume();
    return started;
  }

  /** Stops listening. */
  public void pause() {
    server.stop(0);
    server = null;
  }

  public void resume() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public String url() {
    return "http://localhost:" + port + PATH;
  }

  public RegistrySettings settings() {
    return RegistrySettings.of(url(), Map.of(), RegistrySettings.DEFAULT_PATIENCE);
  }

  /** Answers each request like this; null: as a registry does. */
  public void answer(Answer answer) {
    instead = answer;
  }

  public void answer(int status, String body) {
    answer(exchange -> send(exchange, status, body.getBytes(StandardCharsets.UTF_8)));
  }

  public void askFor(String userInfo) {
    user = userInfo;
  }

  /** The requests so far, such as {@code GET /schemas/ids/1}. */
  public List<String> requests() {
    return requests;
  }

  /** Registers a schema as another producer would. */
  public synchronized int register(String subject, Schema schema) {
    return register(subject, schema.toString());
  }

  private int register(String subject, String schema) {
    if (!schemas.contains(schema)) {
      schemas.add(schema);
    }
    int id = schemas.indexOf(schema) + 1;
    List<Integer> versions = subjects.computeIfAbsent(subject, s -> new ArrayList<>());
    if (!versions.contains(id)) {
      versions.add(id);
    }
    return id;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().replace(PATH, "");
      requests.add(exchange.getRequestMethod() + " " + path);
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (instead != null) {
        instead.to(exchange);
        return;
      }
      Reply reply = error(401, 401, "Unauthorized");
      if (user == null
          || basic(user).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        String schema = body.length == 0 ? null : JSON.readTree(body).get("schema").textValue();
        reply = reply(path.split("/"), schema);
      }
      send(exchange, reply.status, JSON.writeValueAsBytes(reply.body));
    }
  }

  private static String basic(String user) {
    return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  /**
   * @param words of /schemas/ids/ID, /subjects/SUBJECT, and the latter's /versions and /versions/N
   * @param schema null for a GET
   */
  private synchronized Reply reply(String[] words, String schema) {
    if (words[1].equals("schemas")) {
      int id = Integer.parseInt(words[3]);
      return id > schemas.size()
          ? error(404, 40403, "No schema with id " + id)
          : new Reply(200, Map.of("schema", schemas.get(id - 1)));
    }
    if (schema != null && words.length == 4) {
      return new Reply(200, Map.of("id", register(words[2], schema)));
    }
    List<Integer> versions = subjects.get(words[2]);
    if (versions == null) {
      return error(404, 40401, "No subject " + words[2]);
    }
    if (schema != null) {
      int id = schemas.indexOf(schema) + 1;
      return versions.contains(id)
          ? new Reply(200, Map.of("id", id))
          : error(404, 40403, "Schema not found");
    }
    if (words.length == 4) {
      return new Reply(200, IntStream.rangeClosed(1, versions.size()).toArray());
    }
    int id = versions.get(Integer.parseInt(words[4]) - 1);
    return new Reply(200, Map.of("id", id, "schema", schemas.get(id - 1)));
  }

  private static Reply error(int status, int code, String message) {
    return new Reply(status, Map.of("error_code", code, "message", message));
  }

  @Override
  public void close() {
    if (server != null) {
      server.stop(0);
    }
    threads.shutdownNow();
  }
}
