package dev.weir.kafka;

import dev.weir.model.ForecastModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The compacted model topic as a person sees it: what is on it, and putting a model there. */
public final class ModelTopic {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final String topic;
  private final Map<String, Object> clients;

  public ModelTopic(String bootstrapServers, Map<String, String> properties, String topic) {
    this.topic = topic;
    this.clients = new HashMap<>(properties);
    clients.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
  }

  /**
   * One record of the topic.
   *
   * @param record the record, or null when its bytes can't be read
   * @param problem why not; null when they can
   */
  public record Entry(long offset, String key, dev.weir.kafka.avro.Model record, String problem) {}

  /** All records from the beginning to the present end, in order. */
  public List<Entry> read() {
    Map<String, Object> config = new HashMap<>(clients);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
    List<Entry> entries = new ArrayList<>();
    ModelCodec codec = new ModelCodec();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.value() != null) {
            entries.add(entry(codec, record));
          }
        }
      }
    }
    return entries;
  }

  private static Entry entry(ModelCodec codec, ConsumerRecord<byte[], byte[]> record) {
    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    try {
      return new Entry(record.offset(), key, codec.record(record.value()), null);
    } catch (MalformedException e) {
      return new Entry(record.offset(), key, null, e.getMessage());
    }
  }

  /** The highest version published under this name; -1 when there is none. */
  public long newestVersion(String name) {
    long newest = -1;
    for (Entry entry : read()) {
      if (entry.record() != null && entry.record().getName().equals(name)) {
        newest = Math.max(newest, entry.record().getVersion());
      }
    }
    return newest;
  }

  /** Publishes a model and returns its offset once all replicas have it. */
  public long publish(ForecastModel model) throws IOException {
    byte[] value = new ModelCodec().encode(model, Instant.now());
    Map<String, Object> config = new HashMap<>(clients);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Math.max(value.length + (1 << 20), 1 << 20));
    config.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT.toMillis());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, model.name().getBytes(StandardCharsets.UTF_8), value);
      record.headers().add(WriterSchemas.HEADER, ModelCodec.fingerprint());
      return producer.send(record).get().offset();
    } catch (ExecutionException e) {
      throw new IOException(
          "topic %s: could not publish %s: %s"
              .formatted(topic, model.name(), e.getCause().getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while publishing " + model.name(), e);
    }
  }
}
