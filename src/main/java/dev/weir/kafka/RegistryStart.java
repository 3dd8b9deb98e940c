package dev.weir.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a job asks of the schema registry before it starts: ids for what it writes, and the schemas
 * that its observations are known to have. The job carries the answers, so that records go out
 * without a request, and a restart needs no registry for them.
 */
public final class RegistryStart {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryStart.class);

  /** The newest versions of a subject that a job carries. */
  private static final int MAX_VERSIONS = 20;

  /** And as much of their text. */
  private static final int MAX_CHARACTERS = 512 << 10;

  private RegistryStart() {}

  /**
   * The same ends with the registry's answers; unchanged when the job has no registry.
   *
   * @throws IllegalStateException when the registry does not answer, or refuses a schema
   */
  public static KafkaSettings register(KafkaSettings kafka) {
    RegistrySettings registry = kafka.registry();
    if (registry == null) {
      return kafka;
    }
    KafkaSettings.Topics topics = kafka.topics();
    SchemaRegistry client = new SchemaRegistry(registry);
    try {
      int forecasts = idOf(client, topics.forecasts(), ForecastCodec.SCHEMA);
      int scores = idOf(client, topics.scores(), ScoreCodec.SCHEMA);
      Map<Integer, String> writers = writers(client, subject(topics.observations()));
      LOG.info(
          "schemas at {}: {} has id {}, {} has id {}; {} known of {}",
          registry.url(),
          subject(topics.forecasts()),
          forecasts,
          subject(topics.scores()),
          scores,
          writers.keySet(),
          subject(topics.observations()));
      return kafka.withRegistry(registry.registered(forecasts, scores, writers));
    } catch (RegistryException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** One topic holds records of one kind (TopicNameStrategy). */
  static String subject(String topic) {
    return topic + "-value";
  }

  static int idOf(SchemaRegistry client, String topic, Schema schema) throws RegistryException {
    return client.idOf(subject(topic), schema);
  }

  private static Map<Integer, String> writers(SchemaRegistry client, String subject)
      throws RegistryException {
    Map<Integer, String> writers = new HashMap<>();
    List<SchemaRegistry.Version> versions = client.versions(subject, MAX_VERSIONS);
    int characters = 0;
    for (int i = versions.size() - 1; i >= 0; i--) { // the newest first
      SchemaRegistry.Version version = versions.get(i);
      characters += version.schema().length();
      if (characters > MAX_CHARACTERS) {
        break;
      }
      try {
        RegistrySchemas.compile(version.schema(), ObservationReader::of);
        writers.put(version.id(), version.schema());
      } catch (UnknownSchemaException e) {
        LOG.warn(
            "{}: records of schema id {} will be dead letters: {}",
            subject,
            version.id(),
            e.getMessage());
      }
    }
    return writers;
  }
}
