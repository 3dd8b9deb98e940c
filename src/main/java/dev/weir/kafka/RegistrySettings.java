package dev.weir.kafka;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;

/**
 * Where the schemas of a topic's values are looked up, in a registry that speaks Confluent's REST
 * API. User, password and certificates stand among the properties of the Kafka clients, in the
 * words of Confluent's own client, and are looked up on each machine as those are ({@link
 * ClientProperties}).
 *
 * @param url where the API begins, such as {@code http://registry:8080/apis/ccompat/v7}
 * @param properties those of the registry, and the providers that they refer to
 * @param patience how long a record whose schema is not known waits for a registry that is away
 * @param forecastId the id of the schema of forecasts; -1 until it is registered
 * @param scoreId the id of the schema of scores; -1 until it is registered
 * @param writers schemas of observations that were known when the job was submitted, by id: a job
 *     that restarts while the registry is away reads on
 */
public record RegistrySettings(
    String url,
    Map<String, String> properties,
    Duration patience,
    int forecastId,
    int scoreId,
    Map<Integer, String> writers)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** What a URL must be, for messages. */
  public static final String EXPECTED_URL = "http://HOST[:PORT][/PATH], or https";

  /** How long a record waits by default: longer than a registry's restart. */
  public static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(1);

  static final String USER_INFO = "basic.auth.user.info";
  static final String TOKEN = "bearer.auth.token";
  static final String TRUSTSTORE = "ssl.truststore.location";
  static final String TRUSTSTORE_TYPE = "ssl.truststore.type";
  static final String TRUSTSTORE_PASSWORD = "ssl.truststore.password";

  /** Properties with it are the registry's; it may be left out before {@code basic.auth}. */
  private static final String PREFIX = "schema.registry.";

  /** Where Confluent's client looks; here the job file's word counts. */
  private static final String URL = "url";

  /** Where the user comes from, and the only answer that is understood. */
  private static final Map<String, String> SOURCES =
      Map.of(
          "basic.auth.credentials.source", "USER_INFO",
          "bearer.auth.credentials.source", "STATIC_TOKEN");

  public RegistrySettings {
    properties = Map.copyOf(ClientProperties.withProviders(properties));
    writers = Map.copyOf(writers);
  }

  /**
   * A registry that nothing has been asked of yet.
   *
   * @param clientProperties all properties of the Kafka clients, the registry's among them
   * @throws IllegalArgumentException naming a property that is not understood
   */
  public static RegistrySettings of(
      String url, Map<String, String> clientProperties, Duration patience) {
    Map<String, String> own = new LinkedHashMap<>();
    clientProperties.forEach(
        (key, value) -> {
          if (isOfRegistry(key)) {
            String name = withoutPrefix(key);
            checkName(key, name, value);
            if (!name.equals(URL)) { // never read, and it may hold a password
              own.put(name, value);
            }
          } else if (key.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
            own.put(key, value);
          }
        });
    return new RegistrySettings(url, own, patience, -1, -1, Map.of());
  }

  private static void checkName(String key, String name, String value) {
    String source = SOURCES.get(name);
    if (source != null && !value.equals(source) && !value.startsWith("${")) {
      throw new IllegalArgumentException("%s: expected %s, got %s".formatted(key, source, value));
    }
    if (source == null
        && !name.equals(URL)
        && !name.equals(USER_INFO)
        && !name.equals(TOKEN)
        && !name.equals(TRUSTSTORE)
        && !name.equals(TRUSTSTORE_TYPE)
        && !name.equals(TRUSTSTORE_PASSWORD)) {
      throw new IllegalArgumentException(
          "%s: expected %s, %s, %s%s, %s%s or %s%s, got a property of the registry that is not known"
              .formatted(
                  key,
                  USER_INFO,
                  TOKEN,
                  PREFIX,
                  TRUSTSTORE,
                  PREFIX,
                  TRUSTSTORE_TYPE,
                  PREFIX,
                  TRUSTSTORE_PASSWORD));
    }
  }

  private static String withoutPrefix(String key) {
    return key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key;
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
   * The URL without a slash at its end.
   *
   * @throws IllegalArgumentException when it is none, or holds a user and password; without the
   *     text, which may be one
   */
  public static String url(String text) {
    try {
      URI uri = new URI(text.trim());
      boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return uri.toString().replaceAll("/+$", "");
      }
    } catch (URISyntaxException e) { // quotes the text, which may hold a password
      throw new IllegalArgumentException("expected " + EXPECTED_URL);
    }
    throw new IllegalArgumentException(
        "expected %s, without a user: that is for %s".formatted(EXPECTED_URL, USER_INFO));
  }

  RegistrySettings registered(int forecasts, int scores, Map<Integer, String> known) {
    return new RegistrySettings(url, properties, patience, forecasts, scores, known);
  }

  /** Without secrets, wherever it is printed. */
  @Override
  public String toString() {
    return "RegistrySettings[%s, %s]"
        .formatted(url, new TreeMap<>(ClientProperties.masked(properties)));
  }
}
