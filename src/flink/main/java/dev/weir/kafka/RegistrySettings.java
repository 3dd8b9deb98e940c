package dev.weir.kafka;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;

/**
 * Where the schemas of a topic's values are looked up, in a registry that speaks Confluent's REST
 * API. User, password and certificates are properties of the Kafka clients, in the words of
 * Confluent's own client, and are looked up on each machine as those are ({@link
 * ClientProperties}).
 *
 * @param url where the API begins, such as {@code http://registry:8080/apis/ccompat/v7}
 * @param properties those of the registry, and the providers that they refer to
 * @param patience how long a record whose schema is not known waits for a registry that is away
 * @param forecastId the id of the schema of forecasts; -1 until it is registered
 * @param scoreId the id of the schema of scores; -1 until it is registered
 * @param alarmId the id of the schema of incidents; -1 until it is registered, or without alarms
 * @param writers schemas of observations that were known when the job was submitted, by id: a job
 *     that restarts while the registry is away reads on
 */
public record RegistrySettings(
    String url,
    Map<String, String> properties,
    Duration patience,
    int forecastId,
    int scoreId,
    int alarmId,
    Map<Integer, String> writers)
    implements Serializable {

  /** What a URL must be, for messages. */
  public static final String EXPECTED_URL = "http://HOST[:PORT][/PATH], or https";

  /** How long a record waits by default: longer than a registry's restart. */
  public static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(1);

  public static final String USER_INFO = "basic.auth.user.info";
  public static final String TOKEN = "bearer.auth.token";
  public static final String TRUSTSTORE = "ssl.truststore.location";
  static final String TRUSTSTORE_TYPE = "ssl.truststore.type";
  static final String TRUSTSTORE_PASSWORD = "ssl.truststore.password";

  /** Marks the registry's properties; optional before {@code basic.auth} and the like. */
  private static final String PREFIX = "schema.registry.";

  private static final List<String> NAMES =
      List.of(
          USER_INFO,
          TOKEN,
          PREFIX + TRUSTSTORE,
          PREFIX + TRUSTSTORE_TYPE,
          PREFIX + TRUSTSTORE_PASSWORD);

  /** Ignored, since the job file names the URL; never read, as it may hold a password. */
  private static final String URL = PREFIX + "url";

  /** Where Confluent's client takes the credentials from, and the only value that is supported. */
  private static final Map<String, String> SOURCES =
      Map.of(
          "basic.auth.credentials.source", "USER_INFO",
          "bearer.auth.credentials.source", "STATIC_TOKEN");

  public RegistrySettings {
    properties = Map.copyOf(ClientProperties.withProviders(properties));
    writers = Map.copyOf(writers);
  }

  /**
   * Settings before the first request.
   *
   * @param clientProperties all properties of the Kafka clients, including the registry's
   * @throws IllegalArgumentException naming an unsupported property
   */
  public static RegistrySettings of(
      String url, Map<String, String> clientProperties, Duration patience) {
    Map<String, String> own = new LinkedHashMap<>();
    clientProperties.forEach(
        (key, value) -> {
          if (isOfRegistry(key) && !key.equals(URL)) {
            String name = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key;
            checkName(key, name, value);
            own.put(name, value);
          } else if (key.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
            own.put(key, value);
          }
        });
    return new RegistrySettings(url, own, patience, -1, -1, -1, Map.of());
  }

  private static void checkName(String key, String name, String value) {
    String source = SOURCES.get(name);
    if (source != null && !value.equals(source) && !value.startsWith("${")) {
      throw new IllegalArgumentException("%s: expected %s, got %s".formatted(key, source, value));
    }
    if (source == null && !NAMES.contains(name) && !NAMES.contains(PREFIX + name)) {
      throw new IllegalArgumentException(
          "%s: expected %s, got a property of the registry that is not known"
              .formatted(key, String.join(", ", NAMES)));
    }
  }

  /** Whether a property is the registry's and none of Kafka's clients. */
  static boolean isOfRegistry(String key) {
    return key.startsWith(PREFIX)
        || key.startsWith("basic.auth.")
        || key.startsWith("bearer.auth.");
  }

  /** The properties without those of a registry. */
  public static Map<String, String> ofKafka(Map<String, String> properties) {
    Map<String, String> others = new LinkedHashMap<>(properties);
    others.keySet().removeIf(RegistrySettings::isOfRegistry);
    return others;
  }

  /**
   * The URL without slashes at its end.
   *
   * @throws IllegalArgumentException if it is not a URL of HTTP, or holds a user or a query;
   *     without the text, which may be a secret
   */
  public static String url(String text) {
    URI uri;
    try {
      uri = new URI(text.trim());
    } catch (URISyntaxException e) { // quotes the text
      throw new IllegalArgumentException("expected " + EXPECTED_URL);
    }
    if (!String.valueOf(uri.getScheme()).matches("(?i)https?")
        || uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "expected %s, without a user: that is for %s".formatted(EXPECTED_URL, USER_INFO));
    }
    return uri.toString().replaceAll("/+$", "");
  }

  /** The same registry with another patience. */
  public RegistrySettings withPatience(Duration other) {
    return new RegistrySettings(url, properties, other, forecastId, scoreId, alarmId, writers);
  }

  /**
   * The same registry with the ids of our schemas.
   *
   * @param alarms -1 without alarms
   */
  public RegistrySettings registered(
      int forecasts, int scores, int alarms, Map<Integer, String> known) {
    return new RegistrySettings(url, properties, patience, forecasts, scores, alarms, known);
  }

  /** Without secrets, wherever it is printed. */
  @Override
  public String toString() {
    return "RegistrySettings[%s, %s]"
        .formatted(url, new TreeMap<>(ClientProperties.masked(properties)));
  }
}
