package dev.weir.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a schema registry says when it is only asked: nothing is registered. */
public final class RegistryCheck {

  /** How long somebody at a terminal waits for a registry that is away. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private RegistryCheck() {}

  /** The same registry, for commands that somebody waits for; null when there is none. */
  public static RegistrySettings impatient(RegistrySettings registry) {
    return registry == null
        ? null
        : new RegistrySettings(
            registry.url(),
            registry.properties(),
            PATIENCE,
            registry.forecastId(),
            registry.scoreId(),
            registry.writers());
  }

  /**
   * The ids of the schemas that a job writes, by subject; null for one that is to be registered
   * when the job starts.
   *
   * @throws IOException when the registry does not answer, lets this user not in, or is none: what,
   *     expected, got
   * @throws IllegalStateException when a secret that is named is not there, or the certificates of
   *     the truststore can't be read
   */
  public static Map<String, Integer> ids(RegistrySettings registry, KafkaSettings.Topics topics)
      throws IOException {
    SchemaRegistry client = new SchemaRegistry(registry, PATIENCE);
    String forecasts = RegistryStart.subject(topics.forecasts());
    String scores = RegistryStart.subject(topics.scores());
    Map<String, Integer> ids = new LinkedHashMap<>();
    ids.put(forecasts, client.known(forecasts, ForecastCodec.SCHEMA));
    ids.put(scores, client.known(scores, ScoreCodec.SCHEMA));
    client.versions(RegistryStart.subject(topics.observations()), 0); // may they be read
    return ids;
  }

  /**
   * Asks for as little as a reader of forecasts needs.
   *
   * @throws IOException as {@link #ids}
   * @throws IllegalStateException as {@link #ids}
   */
  public static void ask(RegistrySettings registry, String topic) throws IOException {
    new SchemaRegistry(registry, PATIENCE).versions(RegistryStart.subject(topic), 0);
  }
}
