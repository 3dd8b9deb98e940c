package dev.weir.kafka.admin;

import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.KafkaSettings.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics of a job and checks that they are what the job needs, before it starts. */
public final class TopicAdmin implements AutoCloseable {

  /** What topics that must take whole foreign records or models are created with. */
  public static final int LARGE_RECORD_BYTES = 16 << 20;

  private static final int USUAL_RECORD_BYTES = 1 << 20;

  /** Room in a record beyond its value: key, headers, framing. */
  private static final int RECORD_SLACK = 16 << 10;

  private static final String LARGE = Integer.toString(LARGE_RECORD_BYTES + RECORD_SLACK);

  private static final Map<String, String> KEPT = Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1");

  /** A key has numbers known ahead of many times, of which compaction would keep one. */
  private static final Map<String, String> AHEAD =
      Map.of(
          TopicConfig.RETENTION_MS_CONFIG,
          "-1",
          TopicConfig.CLEANUP_POLICY_CONFIG,
          TopicConfig.CLEANUP_POLICY_DELETE);

  private static final Duration TIMEOUT = ClientProperties.PATIENCE;
  private static final Duration RETRY = Duration.ofMillis(50);

  /** The client's own timeout comes first, since it says what was missing. */
  private static final Duration WAIT = TIMEOUT.plusSeconds(5);

  /** How long brokers may take to learn of a topic that the controller has just created. */
  private static final Duration LAG = Duration.ofSeconds(60);

  private final String bootstrapServers;
  private final Admin admin;

  public TopicAdmin(KafkaClients clients) {
    this.bootstrapServers = clients.bootstrapServers();
    this.admin =
        clients
            .or(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000)
            .or(ClientProperties.TIMEOUT, (int) TIMEOUT.toMillis())
            .admin();
  }

  /**
   * Creates those of the job's topics that are missing, replicated as the brokers see fit. Their
   * records are kept forever: Kafka judges a record's age by its timestamp, which is that of the
   * observation, so that the usual week would delete a replay of last year within minutes.
   *
   * @param bytes of the largest forecast; more than topics usually take: theirs gets room
   */
  public void createMissing(Topics topics, int partitions, int bytes) {
    Map<String, String> large = new HashMap<>(KEPT);
    large.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, LARGE);
    Map<String, String> ofForecasts = new HashMap<>(KEPT);
    if (bytes > USUAL_RECORD_BYTES - RECORD_SLACK) {
      int room = Math.max(LARGE_RECORD_BYTES, bytes) + RECORD_SLACK;
      ofForecasts.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(room));
    }
    for (String topic : topics.all()) {
      if (topic.equals(topics.models())) {
        createModels(topic);
      } else if (topic.equals(topics.deadLetters())) {
        create(topic, 1, large);
      } else if (topic.equals(topics.forecasts())) {
        create(topic, partitions, ofForecasts);
      } else {
        create(topic, partitions, topics.ahead().contains(topic) ? AHEAD : KEPT);
      }
    }
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

  /**
   * Creates a topic unless it exists; returns when the brokers know it. Only the controller knows
   * whether it exists: a broker lists a deleted topic until it learns of the deletion. Without the
   * right to create topics the controller does not answer, and the brokers' list decides.
   *
   * <p>A broker may know a partition before it accepts records for it, so this waits for that too.
   * A producer that comes in between has its first batch refused and the next, which is on its way
   * already, taken. The first one is then out of order for good, and is tried until {@code
   * delivery.timeout.ms} has passed.
   */
  public void create(String name, int partitions, Map<String, String> config) {
    NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(config);
    CreateTopicsResult[] result = new CreateTopicsResult[1];
    boolean created = false;
    Uuid id = Uuid.ZERO_UUID;
    try {
      get(
          "create topic " + name,
          () -> {
            result[0] = admin.createTopics(List.of(topic));
            return result[0].all();
          });
      created = true;
      id = id(result[0], name);
    } catch (IllegalStateException e) {
      if (!(e.getCause() instanceof TopicExistsException) && !isListed(name, e)) {
        throw e;
      }
    }
    awaitTopic(name, id);
    if (created) { // one that was there before may lack a broker, and its clients wait for it
      awaitLeaders(name);
    }
  }

  /** The topic's id, or ZERO_UUID if the user may create but not describe it. */
  private static Uuid id(CreateTopicsResult result, String name) {
    try {
      return result.topicId(name).getNow(Uuid.ZERO_UUID);
    } catch (ExecutionException e) {
      return Uuid.ZERO_UUID;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Uuid.ZERO_UUID;
    }
  }

  /** Whether the topic exists, after its creation was not authorized. */
  private boolean isListed(String name, IllegalStateException failure) {
    if (!(failure.getCause() instanceof ApiException)
        || failure.getCause() instanceof AuthenticationException
        || failure.getCause() instanceof RetriableException) {
      return false; // the brokers have not even been asked
    }
    try {
      return names("create topic " + name).contains(name);
    } catch (IllegalStateException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  /**
   * Returns once a broker knows this topic and not one before it that had the same name.
   *
   * @param id the topic's; zero where it is not known, for any topic of this name
   */
  private void awaitTopic(String name, Uuid id) {
    long deadline = System.nanoTime() + LAG.toNanos();
    while (true) {
      Uuid known = describe(name).topicId();
      if (id.equals(Uuid.ZERO_UUID) || known.equals(id) || known.equals(Uuid.ZERO_UUID)) {
        return;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            "Kafka at %s: topic %s: expected the one just created, %s, got %s after %d s: did somebody else create it again?"
                .formatted(bootstrapServers, name, id, known, LAG.toSeconds()));
      }
      LockSupport.parkNanos(RETRY.toNanos());
    }
  }

  /** Returns once each partition's leader answers for it. */
  private void awaitLeaders(String topic) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int partition = partitions(topic) - 1; partition >= 0; partition--) {
      ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    ListOffsetsOptions patient = new ListOffsetsOptions().timeoutMs((int) LAG.toMillis());
    get(
        "find the leaders of topic " + topic,
        LAG.plusSeconds(5),
        () -> admin.listOffsets(ends, patient).all());
  }

  /** The names among these that do not exist. */
  public List<String> missing(List<String> names) {
    List<String> missing = new ArrayList<>(names);
    missing.removeAll(names("list topics"));
    return missing;
  }

  private Set<String> names(String what) {
    return get(what, () -> admin.listTopics().names());
  }

  /**
   * Sees to it that a job may do what it has to, as far as brokers tell; its topics must be there.
   *
   * @throws IllegalStateException naming all rights that are missing
   */
  public void checkRights(KafkaSettings job) {
    List<String> missing = new JobRights(admin, TIMEOUT).missing(job);
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "Kafka at %s: expected these rights for the job, got none of them: %s; grant them: docs/kafka-security.md"
              .formatted(bootstrapServers, String.join(", ", missing)));
    }
  }

  /** The transactions that are open on these brokers. */
  public OpenTransactions openTransactions() {
    return new OpenTransactions(admin);
  }

  /** The same topics with those that match the pattern now, if there is one. */
  public Topics found(Topics topics) {
    return topics.observations().pattern() == null
        ? topics
        : topics.withObservations(topics.observations().found(names("list topics")));
  }

  /** How many brokers there are now. */
  public int brokers() {
    return nodes().size();
  }

  private Collection<Node> nodes() {
    return get("describe the cluster", () -> admin.describeCluster().nodes());
  }

  /** How many partitions a topic has. */
  public int partitions(String topic) {
    return describe(topic).partitions().size();
  }

  /** The offsets that a group has committed in a topic, of the partitions that have one. */
  public Map<Integer, OffsetAndMetadata> committed(String group, String topic) {
    Map<Integer, OffsetAndMetadata> offsets = new TreeMap<>();
    get(
            "list the offsets of group " + group,
            () -> admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .forEach(
            (partition, offset) -> {
              if (offset != null && partition.topic().equals(topic)) {
                offsets.put(partition.partition(), offset);
              }
            });
    return offsets;
  }

  private TopicDescription describe(String topic) {
    return get(
            "describe topic " + topic, () -> admin.describeTopics(List.of(topic)).allTopicNames())
        .get(topic);
  }

  /** The longest value that fits into a record of this topic. */
  public int maxValueBytes(String topic) {
    String max = setting(ConfigResource.Type.TOPIC, topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    return Math.max(0, Integer.parseInt(max) - RECORD_SLACK);
  }

  /** The largest record that each topic takes, by name; of those that this user may describe. */
  public Map<String, Integer> maxRecordBytes(List<String> topics) {
    Map<String, Integer> bytes = new HashMap<>();
    for (String topic : topics) {
      String max = topicSetting(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
      if (max != null) {
        bytes.put(topic, Integer.parseInt(max));
      }
    }
    return bytes;
  }

  /**
   * A setting of a topic, which may be its broker's default; null if it has none, or this user may
   * not describe it.
   */
  public String topicSetting(String topic, String setting) {
    return settingOrNull(ConfigResource.Type.TOPIC, topic, setting);
  }

  /** A setting of one of the brokers; null as in {@link #topicSetting}. */
  public String brokerSetting(String setting) {
    String one = nodes().iterator().next().idString();
    return settingOrNull(ConfigResource.Type.BROKER, one, setting);
  }

  private String settingOrNull(ConfigResource.Type type, String name, String setting) {
    try {
      return setting(type, name, setting);
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return null;
      }
      throw e;
    }
  }

  private String setting(ConfigResource.Type type, String name, String setting) {
    ConfigResource resource = new ConfigResource(type, name);
    ConfigEntry entry =
        get(
                "describe %s %s".formatted(type.name().toLowerCase(Locale.ROOT), name),
                () -> admin.describeConfigs(List.of(resource)).all())
            .get(resource)
            .get(setting);
    return entry == null ? null : entry.value();
  }

  /**
   * The answer to a request. A topic that has just been created is unknown to a broker until the
   * controller's word has reached it, so that an unknown topic is asked for again.
   */
  <T> T get(String what, Function<Admin, KafkaFuture<T>> request) {
    return get(what, WAIT, () -> request.apply(admin));
  }

  private <T> T get(String what, Supplier<KafkaFuture<T>> request) {
    return get(what, WAIT, request);
  }

  private <T> T get(String what, Duration wait, Supplier<KafkaFuture<T>> request) {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (true) {
      try {
        return request.get().get(wait.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() - deadline > 0) {
          throw failure(what, e.getCause());
        }
      } catch (TimeoutException e) {
        throw failure(what, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for Kafka", e);
      }
      LockSupport.parkNanos(RETRY.toNanos());
    }
  }

  private IllegalStateException failure(String what, Throwable cause) {
    return new IllegalStateException(
        "Kafka at %s: could not %s: %s".formatted(bootstrapServers, what, said(cause)), cause);
  }

  /** Some of Kafka's exceptions say all they have to say by their type, or only by their cause. */
  private static String said(Throwable cause) {
    String message = cause.getMessage();
    if (message == null || message.isEmpty()) {
      message = cause.getClass().getSimpleName();
    }
    if (cause instanceof SslAuthenticationException) {
      Throwable root = cause;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      return message
          + ": "
          + root.getMessage()
          + "; check ssl.truststore.* (whom this client trusts) and ssl.keystore.* (who it is)";
    }
    if (cause instanceof SaslAuthenticationException) {
      return message + "; check sasl.mechanism, and user and password in sasl.jaas.config";
    }
    if (cause instanceof AuthorizationException) {
      return message + "; grant the user what it needs: docs/kafka-security.md";
    }
    return message;
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(2));
  }
}
