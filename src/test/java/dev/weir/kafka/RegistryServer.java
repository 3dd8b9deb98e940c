package dev.weir.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.cli.EmbeddedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/**
 * As much of a Confluent-compatible registry as tests need to be away, to ask for a password and to
 * misbehave; {@link RegistryContract} holds it to what a real one says. All in memory, which
 * outlives a pause.
 */
public final class RegistryServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whatever is to be said instead of the truth. */
  public interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private record Version(int id, String schema) {}

  private record Said(int status, JsonNode body) {}

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, List<Version>> subjects = new LinkedHashMap<>();
  private final Map<Integer, String> schemas = new LinkedHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final int port;
  private HttpServer server; // null while it is away
  private volatile Answer instead;
  private volatile String user;
  private volatile boolean backward;

  private RegistryServer() throws IOException {
    server = listen(EmbeddedBroker.freePort()); // still free after a pause
    port = server.getAddress().getPort();
  }

  public static RegistryServer start() throws IOException {
    return new RegistryServer();
  }

  private HttpServer listen(int wanted) throws IOException {
    HttpServer listening =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 0);
    listening.createContext("/", this::handle);
    listening.setExecutor(threads);
    listening.start();
    return listening;
  }

  public String url() {
    return "http://localhost:" + port + "/apis/ccompat/v7";
  }

  public RegistrySettings settings() {
    return RegistrySettings.of(url(), Map.of(), RegistrySettings.DEFAULT_PATIENCE);
  }

  /** Nobody listens any more. */
  public void pause() {
    server.stop(0);
    server = null;
  }

  public void resume() throws IOException {
    server = listen(port);
  }

  /** Every request is answered like this; null: as a registry does. */
  public void answer(Answer answer) {
    instead = answer;
  }

  public void askFor(String userInfo) {
    user = userInfo;
  }

  /** Whether new versions must be able to read what the newest wrote. */
  void backward(boolean isAskedFor) {
    backward = isAskedFor;
  }

  /** What was asked for, as in {@code GET /schemas/ids/1}. */
  public List<String> requests() {
    return requests;
  }

  /** As if another producer had registered it. */
  public synchronized int register(String subject, Schema schema) {
    return versionOf(subject, schema.toString()).id;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      requests.add(exchange.getRequestMethod() + " " + path.replace("/apis/ccompat/v7", ""));
      byte[] body = exchange.getRequestBody().readAllBytes();
      Answer other = instead;
      if (other != null) {
        other.to(exchange);
        return;
      }
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      String wanted =
          user == null
              ? null
              : "Basic "
                  + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
      Said said =
          wanted != null && !wanted.equals(given)
              ? error(401, 401, "Unauthorized")
              : said(exchange.getRequestMethod(), path.replace("/apis/ccompat/v7", ""), body);
      byte[] answer = JSON.writeValueAsBytes(said.body);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(said.status, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private synchronized Said said(String method, String path, byte[] body) throws IOException {
    String[] words = path.substring(1).split("/");
    if (method.equals("GET") && path.startsWith("/schemas/ids/")) {
      long id = Long.parseLong(words[2]);
      if (id > Integer.MAX_VALUE) { // to the real ones no id, but a path that is not there
        return error(404, 404, "HTTP 404 Not Found");
      }
      String schema = schemas.get((int) id);
      return schema == null
          ? error(404, 40403, "No content with id/hash 'contentId-" + words[2] + "' was found.")
          : new Said(200, JSON.createObjectNode().put("schema", schema));
    }
    if (!words[0].equals("subjects")) {
      return error(404, 404, "no such path");
    }
    List<Version> versions = subjects.get(words[1]);
    if (method.equals("POST") && words.length == 3) {
      return registered(words[1], JSON.readTree(body).get("schema").textValue());
    }
    if (versions == null) {
      return error(404, 40401, "No artifact with ID '" + words[1] + "' was found.");
    }
    if (method.equals("POST")) {
      String schema = JSON.readTree(body).get("schema").textValue();
      for (Version version : versions) {
        if (version.schema.equals(schema)) {
          return new Said(200, JSON.createObjectNode().put("id", version.id));
        }
      }
      return error(404, 40403, "Schema not found");
    }
    if (words.length == 3) {
      ArrayNode numbers = JSON.createArrayNode();
      for (int i = 1; i <= versions.size(); i++) {
        numbers.add(i);
      }
      return new Said(200, numbers);
    }
    Version version = versions.get(Integer.parseInt(words[3]) - 1);
    ObjectNode node = JSON.createObjectNode();
    node.put("subject", words[1]).put("id", version.id).put("schema", version.schema);
    return new Said(200, node);
  }

  private Said registered(String subject, String text) {
    Schema schema;
    try {
      schema = new Schema.Parser().parse(text);
    } catch (org.apache.avro.AvroRuntimeException e) {
      return error(422, 42201, "Invalid Avro schema");
    }
    List<Version> versions = subjects.getOrDefault(subject, List.of());
    if (backward && !versions.isEmpty()) {
      Schema last = new Schema.Parser().parse(versions.get(versions.size() - 1).schema);
      if (SchemaCompatibility.checkReaderWriterCompatibility(schema, last).getType()
          != SchemaCompatibilityType.COMPATIBLE) {
        return error(409, 409, "Incompatible artifact: " + subject);
      }
    }
    return new Said(200, JSON.createObjectNode().put("id", versionOf(subject, text).id));
  }

  /** The same text has the same id, whatever its subject. */
  private Version versionOf(String subject, String text) {
    List<Version> versions = subjects.computeIfAbsent(subject, s -> new ArrayList<>());
    for (Version version : versions) {
      if (version.schema.equals(text)) {
        return version;
      }
    }
    int id =
        schemas.entrySet().stream()
            .filter(e -> e.getValue().equals(text))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(schemas.size() + 1);
    schemas.put(id, text);
    Version version = new Version(id, text);
    versions.add(version);
    return version;
  }

  private static Said error(int status, int code, String message) {
    return new Said(
        status, JSON.createObjectNode().put("error_code", code).put("message", message));
  }

  @Override
  public void close() {
    if (server != null) {
      server.stop(0);
    }
    threads.shutdownNow();
  }
}
