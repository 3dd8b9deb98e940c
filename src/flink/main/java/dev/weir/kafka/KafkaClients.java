package dev.weir.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Opens Kafka's clients, each kind in one place: brokers, the user's properties, and what a kind of
 * client needs beside them. All read and write bytes. Immutable.
 */
public final class KafkaClients {

  private final Map<String, Object> config;

  private KafkaClients(Map<String, Object> config) {
    this.config = config;
  }

  /** Of brokers that need no properties. */
  public static KafkaClients of(String bootstrapServers) {
    return of(bootstrapServers, Map.of());
  }

  /**
   * @param properties the user's, with the providers that they refer to
   */
  public static KafkaClients of(String bootstrapServers, Map<String, String> properties) {
    return new KafkaClients(new HashMap<>(properties))
        .with(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
  }

  /** With this value of a property, whatever the user set. */
  public KafkaClients with(String property, Object value) {
    Map<String, Object> changed = new HashMap<>(config);
    changed.put(property, value);
    return new KafkaClients(changed);
  }

  /** With this value of a property, unless it is set. */
  public KafkaClients or(String property, Object value) {
    return config.containsKey(property) ? this : with(property, value);
  }

  /** Properties that limit how long each request may take. */
  public static Map<String, String> limits(Duration patience) {
    String millis = Long.toString(patience.toMillis());
    return Map.of(
        ClientProperties.TIMEOUT, millis, AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
  }

  /** For a reader of committed records, whatever the user set. */
  public KafkaClients committed() {
    return with(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
  }

  public String bootstrapServers() {
    return (String) config.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
  }

  public Admin admin() {
    return Admin.create(config);
  }

  /**
   * A consumer without a group, which its user assigns partitions. Unless the properties say
   * otherwise it reads committed records, and continues with the oldest record if the next ones
   * were deleted.
   */
  public Consumer<byte[], byte[]> reader() {
    Map<String, Object> reader =
        or(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest")
            .or(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
            .or(ClientProperties.TIMEOUT, (int) ClientProperties.PATIENCE.toMillis())
            .consumer();
    reader.remove(ConsumerConfig.GROUP_ID_CONFIG);
    return new KafkaConsumer<>(reader, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** A consumer of a group, whose offsets its user commits. */
  public Consumer<byte[], byte[]> follower(String group) {
    return new KafkaConsumer<>(
        with(ConsumerConfig.GROUP_ID_CONFIG, group).consumer(),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private Map<String, Object> consumer() {
    return with(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false)
        .with(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false)
        .config;
  }

  public Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * A producer that stores each record once on all replicas.
   *
   * @param longest bytes of the longest value
   * @param patience the longest wait for brokers before a record is sent, unless it is set
   */
  public Producer<byte[], byte[]> producer(int longest, Duration patience) {
    return with(ProducerConfig.ACKS_CONFIG, "all")
        .with(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true)
        .with(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, longest + (1 << 20))
        .or(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience.toMillis())
        .producer();
  }
}
