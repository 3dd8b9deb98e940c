package dev.weir.kafka.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.Json;
import dev.weir.kafka.wire.UnknownSchemaException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.apache.avro.Schema;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Client for the part of Confluent's REST API that readers and writers need. A request ends within
 * its timeout even if the answer trickles in, a body is limited to {@link #MAX_ANSWER_BYTES},
 * redirects are not followed, and messages contain no secrets. Nothing has to be closed.
 *
 * <p>Source: Confluent Schema Registry API reference, version 7 ("Schemas", "Subjects").
 */
public final class SchemaRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistry.class);

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Schemas are a few KiB. */
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  /** Error codes of a subject, a version and a schema that the registry does not have. */
  private static final Set<Integer> NOT_FOUND = Set.of(40401, 40402, 40403);

  private static final String BY_ID = "/schemas/ids/";
  private static final String CHECK_PATH = "; check the path, such as /apis/ccompat/v7";
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";

  private final String url;
  private final String authorization; // null: anonymous
  private final HttpClient http;
  private final Duration timeout;

  /**
   * @throws IllegalStateException if a referenced secret is missing, or the truststore is
   *     unreadable
   */
  public SchemaRegistry(RegistrySettings settings, Duration timeout) {
    this.url = settings.url();
    this.timeout = timeout;
    Map<String, String> properties = ClientProperties.resolved(settings.properties());
    this.authorization = authorization(properties);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER) // would send the password elsewhere
            .connectTimeout(timeout);
    if (properties.containsKey(RegistrySettings.TRUSTSTORE)) {
      builder.sslContext(tls(properties));
    }
    this.http = builder.build();
  }

  public SchemaRegistry(RegistrySettings settings) {
    this(settings, TIMEOUT);
  }

  private static String authorization(Map<String, String> properties) {
    String user = properties.get(RegistrySettings.USER_INFO);
    String token = properties.get(RegistrySettings.TOKEN);
    if (user != null && token != null) {
      throw new IllegalStateException(
          "schema registry: expected %s or %s, got both"
              .formatted(RegistrySettings.USER_INFO, RegistrySettings.TOKEN));
    }
    if (user != null && user.indexOf(':') < 1) {
      throw new IllegalStateException(
          RegistrySettings.USER_INFO + ": expected user:password, got no colon (not shown)");
    }
    if (token != null && !token.matches("[\\x20-\\x7e]+")) {
      throw new IllegalStateException(
          RegistrySettings.TOKEN + ": expected printable ASCII, got something else (not shown)");
    }
    return user != null
        ? "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8))
        : token != null ? "Bearer " + token : null;
  }

  private static SSLContext tls(Map<String, String> properties) {
    DefaultSslEngineFactory kafka = new DefaultSslEngineFactory();
    try {
      ConfigDef options = new ConfigDef().withClientSslSupport();
      kafka.configure(new AbstractConfig(options, properties, false).values());
      return kafka.sslContext();
    } catch (KafkaException e) {
      throw new IllegalStateException(
          "schema.registry.%s: expected certificates in %s, got: %s"
              .formatted(
                  RegistrySettings.TRUSTSTORE,
                  properties.get(RegistrySettings.TRUSTSTORE),
                  e.getMessage()),
          e);
    }
  }

  /**
   * Returns the schema's id under the subject. Looks it up first, since a user without the right to
   * write may read, and registers the schema if it is missing.
   */
  public int idOf(String subject, Schema schema) throws IOException {
    Integer known = known(subject, schema);
    String what = "subject " + subject;
    return known != null
        ? known
        : id(what, call(what, path(subject) + "/versions", schema, timeout));
  }

  /** Returns the schema's id under the subject; null if it is not registered. */
  public Integer known(String subject, Schema schema) throws IOException {
    String what = "subject " + subject;
    JsonNode answer = call(what, path(subject), schema, timeout);
    return answer == null ? null : id(what, answer);
  }

  /**
   * Returns the text of a schema, unparsed.
   *
   * @throws UnknownSchemaException if the registry does not have it, or it is not an Avro schema
   * @throws IOException if it does not answer; another try may help
   */
  public String schema(int id, Duration within) throws IOException {
    String what = "schema id " + id;
    Duration shorter = within.compareTo(timeout) < 0 ? within : timeout;
    return text(what, call(what, BY_ID + id, null, shorter));
  }

  /**
   * Returns the newest schemas of a subject by id, the newest first. Empty if the subject does not
   * exist; without versions that are deleted or not plain Avro.
   */
  public Map<Integer, String> versions(String subject, int most) throws IOException {
    String what = "subject " + subject;
    String path = path(subject) + "/versions";
    JsonNode numbers = call(what, path, null, timeout);
    if (numbers == null) {
      return Map.of();
    }
    if (!numbers.isArray()) {
      throw away(what, "no list of versions" + CHECK_PATH, null);
    }
    Map<Integer, String> versions = new LinkedHashMap<>();
    for (int i = numbers.size() - 1; i >= Math.max(0, numbers.size() - most); i--) {
      int number = numbers.get(i).asInt();
      String version = "%s, version %d".formatted(what, number);
      try {
        JsonNode answer = call(version, path + "/" + number, null, timeout);
        if (answer != null) { // deleted since
          versions.put(id(version, answer), text(version, answer));
        }
      } catch (UnknownSchemaException e) {
        LOG.warn("left out, its records will be dead letters: {}", e.getMessage());
      }
    }
    return versions;
  }

  private static String path(String subject) {
    return "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8);
  }

  private int id(String what, JsonNode answer) throws IOException {
    JsonNode id = answer == null ? MissingNode.getInstance() : answer.path("id");
    if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
      throw away(what, "no id" + CHECK_PATH, null);
    }
    return id.intValue();
  }

  private String text(String what, JsonNode answer) throws IOException {
    String type = answer.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new UnknownSchemaException(
          "%s: expected an Avro schema, got one of type %s"
              .formatted(what, AvroBounds.quoted(type)));
    }
    if (!answer.path("references").isEmpty()) {
      throw new UnknownSchemaException(
          what + ": expected a schema without references to others, got some");
    }
    if (!answer.path("schema").isTextual()) {
      throw away(what, "no schema" + CHECK_PATH, null);
    }
    return answer.get("schema").textValue();
  }

  /**
   * @param what the subject of messages
   * @param body is posted; null: the request is a GET
   * @return null if the registry does not have the subject, version or schema
   */
  private JsonNode call(String what, String path, Schema body, Duration within) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Accept", CONTENT_TYPE + ", application/json");
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    if (body != null) {
      String json = Json.object().put("schema", body.toString()).toString();
      request.header("Content-Type", CONTENT_TYPE).POST(BodyPublishers.ofString(json));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CompletableFuture<HttpResponse<Void>> sent =
        http.sendAsync(
            request.build(),
            BodyHandlers.ofByteArrayConsumer(
                part -> {
                  if (bytes.size() <= MAX_ANSWER_BYTES) {
                    part.ifPresent(bytes::writeBytes);
                  }
                  if (bytes.size() > MAX_ANSWER_BYTES) { // the client closes the connection
                    throw new IllegalStateException("answer too long");
                  }
                }));
    try { // the timeout of an HttpRequest ends with the headers
      int status = sent.get(within.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      return checked(what, path, status, json(bytes.toByteArray()));
    } catch (ExecutionException | TimeoutException e) {
      if (bytes.size() > MAX_ANSWER_BYTES) { // the next answer would be as long
        throw new UnknownSchemaException(
            "%s: expected at most %d bytes, got more".formatted(what, MAX_ANSWER_BYTES));
      }
      String got =
          e instanceof TimeoutException
              ? "nothing within " + within.toMillis() + " ms"
              : e.getCause().toString().replaceFirst("^[\\w.]*\\.", "");
      throw away(what, AvroBounds.quoted(got), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the schema registry", e);
    } finally {
      sent.cancel(true);
    }
  }

  private static JsonNode json(byte[] body) {
    try {
      return Json.READER.readTree(body);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  private JsonNode checked(String what, String path, int status, JsonNode answer)
      throws IOException {
    boolean isJson = !answer.isMissingNode();
    if (status == 200 && isJson) {
      return answer;
    }
    boolean isNotFound = status == 404 && NOT_FOUND.contains(answer.path("error_code").asInt());
    boolean isById = path.startsWith(BY_ID);
    if (isNotFound && !isById) {
      return null;
    }
    String message = AvroBounds.quoted(answer.path("message").asText("no message"));
    String got = "HTTP " + status + (isJson ? ": " + message : ", and no JSON");
    String checkPath = isNotFound || status == 422 || status >= 500 ? "" : CHECK_PATH;
    if (status == 404 && isById) { // asking again would give the same answer
      throw new UnknownSchemaException(
          "%s: expected to be known to the schema registry at %s, got %s%s"
              .formatted(what, url, got, checkPath));
    }
    throw switch (status) {
      case 401, 403 -> // a right may be granted meanwhile
          new IOException(
              "%s: expected a user that the schema registry at %s lets in, got %s; see to %s or %s"
                  .formatted(what, url, got, RegistrySettings.USER_INFO, RegistrySettings.TOKEN));
      case 409 ->
          new IOException(
              "%s: expected a schema that is compatible with those before it, got %s; allow it in the subject's compatibility, or take another topic"
                  .formatted(what, got));
      default -> away(what, got + checkPath, null);
    };
  }

  private IOException away(String what, String got, Throwable cause) {
    return new IOException(
        "%s: expected an answer of the schema registry at %s, got %s".formatted(what, url, got),
        cause);
  }
}
