package dev.weir.kafka.codec;

import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.registry.RegistrySchemas;
import dev.weir.kafka.registry.SchemaRegistry;
import dev.weir.kafka.wire.UnknownSchemaException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests for the subjects of topics. A job makes them before it starts and carries the answers:
 * records leave without a request, and a restart needs no registry. Commands only check.
 */
public final class RegistrySubjects {

  private static final Logger LOG = LoggerFactory.getLogger(RegistrySubjects.class);

  /** How many versions of a subject a job carries, and how many characters of their text. */
  private static final int MAX_VERSIONS = 20;

  private static final int MAX_CHARACTERS = 512 << 10;

  /** How long a command at a terminal waits. */
  private static final Duration SOON = Duration.ofSeconds(3);

  private RegistrySubjects() {}

  /**
   * The same settings with the registry's answers; registers the schemas of outputs that are
   * missing.
   *
   * @param kafka is returned if it has no registry
   * @throws IllegalStateException if the registry does not answer, or refuses a schema
   */
  public static KafkaSettings register(KafkaSettings kafka) {
    RegistrySettings registry = kafka.registry();
    if (registry == null) {
      return kafka;
    }
    SchemaRegistry client = new SchemaRegistry(registry);
    try {
      int forecasts = client.idOf(subject(kafka.topics().forecasts()), ForecastCodec.SCHEMA);
      int scores = client.idOf(subject(kafka.topics().scores()), ScoreCodec.SCHEMA);
      String alarmTopic = kafka.topics().alarms();
      int alarms = alarmTopic == null ? -1 : client.idOf(subject(alarmTopic), IncidentCodec.SCHEMA);
      Map<Integer, String> writers = new HashMap<>();
      if (kafka.source().mapping() == null) { // else of any schema, each asked for when it comes
        for (String topic : kafka.topics().observations().names()) {
          add(client, subject(topic), writers);
        }
      }
      LOG.info(
          "schemas at {}: forecasts have id {}, scores have id {}, observations have {}",
          registry.url(),
          forecasts,
          scores,
          writers.keySet());
      return kafka.withRegistry(registry.registered(forecasts, scores, alarms, writers));
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** As far as there is room: what a job does not carry is asked for when it comes. */
  private static void add(SchemaRegistry client, String subject, Map<Integer, String> writers)
      throws IOException {
    int characters = writers.values().stream().mapToInt(String::length).sum();
    for (Map.Entry<Integer, String> newest : client.versions(subject, MAX_VERSIONS).entrySet()) {
      characters += newest.getValue().length();
      if (characters > MAX_CHARACTERS) {
        break;
      }
      try {
        RegistrySchemas.compile(newest.getKey(), newest.getValue(), ObservationReader::of);
        writers.put(newest.getKey(), newest.getValue());
      } catch (UnknownSchemaException e) {
        LOG.warn("{}: its records will be dead letters: {}", subject, e.getMessage());
      }
    }
  }

  /** The id of a schema that a producer writes; registered if it is missing. */
  static int idOf(RegistrySettings registry, String topic, Schema schema) throws IOException {
    return new SchemaRegistry(registry).idOf(subject(topic), schema);
  }

  /** A topic holds records of one kind (Confluent's TopicNameStrategy). */
  private static String subject(String topic) {
    return topic + "-value";
  }

  /** The same registry with a short time-out, for interactive commands; null without a registry. */
  public static RegistrySettings impatient(RegistrySettings registry) {
    return registry == null ? null : registry.withPatience(SOON);
  }

  /**
   * The ids of the schemas that a job writes, by subject; null for one that the job will register.
   *
   * @throws IOException if the registry does not answer, rejects the user, or is not a registry
   * @throws IllegalStateException if a referenced secret is missing, or the truststore is
   *     unreadable
   */
  public static Map<String, Integer> ids(RegistrySettings registry, KafkaSettings.Topics topics)
      throws IOException {
    SchemaRegistry client = new SchemaRegistry(registry, SOON);
    Map<String, Integer> ids = new LinkedHashMap<>();
    known(client, topics.forecasts(), ForecastCodec.SCHEMA, ids);
    known(client, topics.scores(), ScoreCodec.SCHEMA, ids);
    if (topics.alarms() != null) {
      known(client, topics.alarms(), IncidentCodec.SCHEMA, ids);
    }
    for (String topic : topics.observations().names()) {
      client.versions(subject(topic), 0); // is it readable
    }
    return ids;
  }

  private static void known(
      SchemaRegistry client, String topic, Schema schema, Map<String, Integer> ids)
      throws IOException {
    ids.put(subject(topic), client.known(subject(topic), schema));
  }
}
