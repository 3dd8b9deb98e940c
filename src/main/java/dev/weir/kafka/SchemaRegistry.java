package dev.weir.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.kafka.RegistryException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * As much of Confluent's REST API as readers and writers need: an id for a schema, a schema for an
 * id. Each request ends after {@link #TIMEOUT}, however slowly an answer trickles in; answers are
 * bounded, redirects are not followed, and no message holds a password. Keeps no connection that
 * anybody would have to close.
 *
 * <p>Source: Confluent Schema Registry API reference, version 7 ("Schemas", "Subjects").
 */
final class SchemaRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistry.class);

  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Schemas are a few KiB. */
  static final int MAX_ANSWER_BYTES = 1 << 20;

  private static final int NOT_FOUND = 40403;
  private static final int SUBJECT_NOT_FOUND = 40401;
  private static final int VERSION_NOT_FOUND = 40402;

  private static final String BY_ID = "/schemas/ids/";
  private static final String CHECK_PATH = "; check the path, such as /apis/ccompat/v7";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";

  private final String url;
  private final String authorization; // null: nobody is asked who it is
  private final HttpClient http;
  private final Duration timeout;

  /**
   * @throws IllegalStateException when a secret that is named is not there, or the certificates of
   *     the truststore can't be read
   */
  SchemaRegistry(RegistrySettings settings) {
    this(settings, TIMEOUT);
  }

  SchemaRegistry(RegistrySettings settings, Duration timeout) {
    this.url = settings.url();
    this.timeout = timeout;
    Map<String, String> found = ClientProperties.resolved(settings.properties());
    this.authorization = authorization(found);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER) // would carry the password elsewhere
            .connectTimeout(timeout);
    if (found.containsKey(RegistrySettings.TRUSTSTORE)) {
      builder.sslContext(
          Truststore.context(
              found.get(RegistrySettings.TRUSTSTORE),
              found.get(RegistrySettings.TRUSTSTORE_TYPE),
              found.get(RegistrySettings.TRUSTSTORE_PASSWORD)));
    }
    this.http = builder.build();
  }

  private static String authorization(Map<String, String> found) {
    String user = found.get(RegistrySettings.USER_INFO);
    String token = found.get(RegistrySettings.TOKEN);
    if (user != null && token != null) {
      throw new IllegalStateException(
          "schema registry: expected %s or %s, got both"
              .formatted(RegistrySettings.USER_INFO, RegistrySettings.TOKEN));
    }
    if (user != null && user.indexOf(':') < 1) {
      throw new IllegalStateException(
          RegistrySettings.USER_INFO + ": expected user:password, got no colon (not shown)");
    }
    String word =
        user != null
            ? "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8))
            : token != null ? "Bearer " + token : null;
    if (word != null && !word.matches("[\\x20-\\x7e]+")) {
      throw new IllegalStateException(
          RegistrySettings.TOKEN + ": expected printable ASCII, got something else (not shown)");
    }
    return word;
  }

  /**
   * The id of the schema under the subject: looked up first, since whoever may not write may still
   * read, and registered when it is not there.
   */
  int idOf(String subject, Schema schema) throws RegistryException {
    Integer known = known(subject, schema);
    if (known != null) {
      return known;
    }
    String what = "subject " + subject;
    return id(what, call(what, path(subject) + "/versions", body(schema)));
  }

  /** The id of the schema under the subject, or null when it is not registered there. */
  Integer known(String subject, Schema schema) throws RegistryException {
    String what = "subject " + subject;
    try {
      return id(what, call(what, path(subject), body(schema)));
    } catch (RegistryException e) {
      if (e.kind() == Kind.UNKNOWN) {
        return null;
      }
      throw e;
    }
  }

  private static String path(String subject) {
    return "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8);
  }

  private static String body(Schema schema) {
    return JSON.createObjectNode().put("schema", schema.toString()).toString();
  }

  private int id(String what, JsonNode answer) throws RegistryException {
    JsonNode id = answer.get("id");
    if (id == null || !id.canConvertToInt() || !id.isIntegralNumber() || id.intValue() < 0) {
      throw notARegistry(what, "no id");
    }
    return id.intValue();
  }

  /**
   * The text of a schema, not looked into. Whatever says that the page of an id is not there has
   * spoken of the id: it does not stop the records of others.
   */
  String schema(int id) throws RegistryException {
    return schema(id, timeout);
  }

  /**
   * @param within how long the answer may take, if that is less than this client waits at all
   */
  String schema(int id, Duration within) throws RegistryException {
    String what = "schema id " + Integer.toUnsignedString(id);
    Duration shorter = within.compareTo(timeout) < 0 ? within : timeout;
    return text(what, call(what, BY_ID + Integer.toUnsignedString(id), null, shorter));
  }

  private String text(String what, JsonNode answer) throws RegistryException {
    JsonNode type = answer.get("schemaType");
    if (type != null && !type.asText().equals("AVRO")) {
      throw new RegistryException(
          Kind.REFUSED,
          "%s: expected an Avro schema, got one of type %s"
              .formatted(what, AvroBounds.quoted(type.asText())));
    }
    if (answer.path("references").size() > 0) {
      throw new RegistryException(
          Kind.REFUSED, what + ": expected a schema without references to others, got some");
    }
    JsonNode schema = answer.get("schema");
    if (schema == null || !schema.isTextual()) {
      throw notARegistry(what, "no schema");
    }
    return schema.textValue();
  }

  /** A version of a subject. */
  record Version(int id, String schema) {}

  /**
   * The newest versions of a subject, oldest first; none of a subject that is not there, and
   * without those that the registry has not, or not as Avro.
   */
  List<Version> versions(String subject, int most) throws RegistryException {
    String what = "subject " + subject;
    String path = path(subject) + "/versions";
    JsonNode numbers;
    try {
      numbers = call(what, path, null);
    } catch (RegistryException e) {
      if (e.kind() == Kind.UNKNOWN) {
        return List.of();
      }
      throw e;
    }
    if (!numbers.isArray()) {
      throw notARegistry(what, "no list of versions");
    }
    List<Version> versions = new ArrayList<>();
    for (int i = Math.max(0, numbers.size() - most); i < numbers.size(); i++) {
      String version = "%s, version %d".formatted(what, numbers.get(i).asInt());
      try {
        JsonNode answer = call(version, path + "/" + numbers.get(i).asInt(), null);
        versions.add(new Version(id(version, answer), text(version, answer)));
      } catch (RegistryException e) {
        if (e.kind() == Kind.AWAY) {
          throw e;
        }
        LOG.warn("left out, its records will be dead letters: {}", e.getMessage());
      }
    }
    return versions;
  }

  /**
   * @param what what messages call the thing that is asked for
   * @param body null for a question
   */
  private JsonNode call(String what, String path, String body) throws RegistryException {
    return call(what, path, body, timeout);
  }

  private JsonNode call(String what, String path, String body, Duration within)
      throws RegistryException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(within)
            .header("Accept", CONTENT_TYPE + ", application/json");
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    if (body != null) {
      request
          .header("Content-Type", CONTENT_TYPE)
          .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    }
    HttpResponse<byte[]> response = send(what, request.build(), within);
    JsonNode answer = json(response.body());
    if (response.statusCode() == 200 && answer != null) {
      return answer;
    }
    if (response.statusCode() == 404 && path.startsWith(BY_ID)) {
      throw unknown(what, said(404, answer) + (code(answer) == NOT_FOUND ? "" : CHECK_PATH));
    }
    throw refusal(what, response.statusCode(), answer);
  }

  private HttpResponse<byte[]> send(String what, HttpRequest request, Duration within)
      throws RegistryException {
    CompletableFuture<HttpResponse<byte[]>> sent =
        http.sendAsync(request, info -> new BoundedBody(MAX_ANSWER_BYTES));
    try {
      // a request's own time-out ends with the headers, and a body may take its time
      return sent.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw away(what, "nothing within " + within.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BoundedBody.TooLongException) { // it would be as long again
        throw new RegistryException(Kind.REFUSED, what + ": " + words(e.getCause()), e);
      }
      throw away(what, words(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the schema registry", e);
    } finally {
      sent.cancel(true);
    }
  }

  private static String words(Throwable cause) {
    String message = cause.getMessage();
    String text = cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    return AvroBounds.quoted(text);
  }

  private RegistryException away(String what, String got, Throwable cause) {
    return new RegistryException(
        Kind.AWAY,
        "%s: expected an answer of the schema registry at %s, got %s".formatted(what, url, got),
        cause);
  }

  private RegistryException notARegistry(String what, String got) {
    return new RegistryException(
        Kind.AWAY,
        "%s: expected an answer of a schema registry at %s, got %s%s"
            .formatted(what, url, got, CHECK_PATH));
  }

  private static JsonNode json(byte[] body) {
    try {
      JsonNode read = JSON.readTree(body);
      return read.isMissingNode() ? null : read; // no body at all
    } catch (JsonProcessingException e) {
      return null;
    } catch (IOException e) {
      throw new IllegalStateException("an array in memory can't fail to be read", e);
    }
  }

  private static int code(JsonNode answer) {
    return answer == null ? 0 : answer.path("error_code").asInt();
  }

  private static String said(int status, JsonNode answer) {
    return answer == null
        ? "HTTP %d, and no JSON".formatted(status)
        : "HTTP %d: %s"
            .formatted(status, AvroBounds.quoted(answer.path("message").asText("no message")));
  }

  private RegistryException unknown(String what, String said) {
    return new RegistryException(
        Kind.UNKNOWN,
        "%s: expected to be known to the schema registry at %s, got %s".formatted(what, url, said));
  }

  private RegistryException refusal(String what, int status, JsonNode answer) {
    int code = code(answer);
    String said = said(status, answer);
    if (status == 404
        && (code == NOT_FOUND || code == SUBJECT_NOT_FOUND || code == VERSION_NOT_FOUND)) {
      return unknown(what, said);
    }
    if (status == 401 || status == 403) {
      return new RegistryException(
          Kind.AWAY, // a right may be granted meanwhile
          "%s: expected a user that the schema registry at %s lets in, got %s; see to %s or %s"
              .formatted(what, url, said, RegistrySettings.USER_INFO, RegistrySettings.TOKEN));
    }
    if (status == 409) {
      return new RegistryException(
          Kind.REFUSED,
          "%s: expected a schema that is compatible with those before it, got %s; allow it in the subject's compatibility, or take another topic"
              .formatted(what, said));
    }
    if (status == 422) {
      return new RegistryException(
          Kind.REFUSED,
          "%s: expected a schema that the schema registry at %s takes, got %s"
              .formatted(what, url, said));
    }
    return status >= 500 ? away(what, said, null) : notARegistry(what, said);
  }
}
