package dev.weir.kafka;

import dev.weir.kafka.KafkaSettings.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics of a job and checks that they are what the job needs, before it starts. */
public final class TopicAdmin implements AutoCloseable {

  /** What topics that must take whole foreign records or models are created with. */
  public static final int LARGE_RECORD_BYTES = 16 << 20;

  /** Room in a record beyond its value: key, headers, framing. */
  private static final int RECORD_SLACK = 16 << 10;

  private static final String LARGE = Integer.toString(LARGE_RECORD_BYTES + RECORD_SLACK);

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** The client's own timeout comes first, since it says what was missing. */
  private static final Duration WAIT = TIMEOUT.plusSeconds(5);

  private final String bootstrapServers;
  private final Admin admin;

  public TopicAdmin(String bootstrapServers, Map<String, String> properties) {
    this.bootstrapServers = bootstrapServers;
    Map<String, Object> config = new HashMap<>(properties);
    config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    config.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
    this.admin = Admin.create(config);
  }

  /** Creates those of the job's topics that are missing, replicated as the brokers see fit. */
  public void createMissing(Topics topics, int partitions) {
    create(topics.observations(), partitions, Map.of());
    create(topics.forecasts(), partitions, Map.of());
    create(topics.deadLetters(), 1, Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, LARGE));
    createModels(topics.models());
  }

  /**
   * Creates the compacted model topic if it is missing; one partition keeps the versions in order.
   */
  public void createModels(String topic) {
    create(
        topic,
        1,
        Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            LARGE));
  }

  /** Creates a topic unless it exists. */
  public void create(String name, int partitions, Map<String, String> config) {
    NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(config);
    try {
      await(admin.createTopics(List.of(topic)).all(), "create topic " + name);
    } catch (IllegalStateException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  /** The names among these that do not exist. */
  public List<String> missing(List<String> names) {
    List<String> missing = new ArrayList<>(names);
    missing.removeAll(await(admin.listTopics().names(), "list topics"));
    return missing;
  }

  /** How many partitions a topic has. */
  public int partitions(String topic) {
    return await(admin.describeTopics(List.of(topic)).allTopicNames(), "describe topic " + topic)
        .get(topic)
        .partitions()
        .size();
  }

  /** The longest value that fits into a record of this topic. */
  public int maxValueBytes(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    String max =
        await(admin.describeConfigs(List.of(resource)).all(), "describe topic " + topic)
            .get(resource)
            .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
            .value();
    return Math.max(0, Integer.parseInt(max) - RECORD_SLACK);
  }

  private <T> T await(KafkaFuture<T> future, String what) {
    try {
      return future.get(WAIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw failure(what, e.getCause());
    } catch (TimeoutException e) {
      throw failure(what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Kafka", e);
    }
  }

  private IllegalStateException failure(String what, Throwable cause) {
    return new IllegalStateException(
        "Kafka at %s: could not %s: %s"
            .formatted(
                bootstrapServers,
                what,
                cause.getMessage() == null
                    ? "no answer in " + TIMEOUT.toSeconds() + " s"
                    : cause.getMessage()),
        cause);
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(2));
  }
}
