package dev.weir.kafka.admin;

import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.codec.ModelCodec;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.WriterSchemas;
import dev.weir.model.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** The compacted model topic as a person sees it: what is on it, and putting a model there. */
public final class ModelTopic {

  private static final Duration TIMEOUT = ClientProperties.PATIENCE;

  private final String topic;
  private final KafkaClients clients;

  public ModelTopic(KafkaClients clients, String topic) {
    this.clients = clients;
    this.topic = topic;
  }

  /**
   * The model that was published last under its name.
   *
   * @param published when
   * @param bytes of its weights
   * @param offset of its record
   */
  public record Version(String name, long version, Instant published, int bytes, long offset) {}

  /** A record that can't be read. */
  public record Unreadable(String key, long offset, String problem) {}

  /** What is on the topic, without weights: by name the version published last. */
  public record Content(SortedMap<String, Version> models, List<Unreadable> unreadable) {}

  /** What there is of each model. */
  public Content content() {
    SortedMap<String, Version> models = new TreeMap<>();
    List<Unreadable> unreadable = new ArrayList<>();
    ModelCodec codec = new ModelCodec();
    scan(
        record -> {
          try {
            dev.weir.kafka.avro.Model model = codec.record(record.value());
            models.put(
                model.getName(),
                new Version(
                    model.getName(),
                    model.getVersion(),
                    model.getCreated(),
                    model.getWeights().remaining(),
                    record.offset()));
          } catch (MalformedRecordException e) {
            String key =
                record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            unreadable.add(new Unreadable(key, record.offset(), e.getMessage()));
          }
        });
    return new Content(models, unreadable);
  }

  /**
   * The model that was published last under a name, with its weights; null if there is none.
   *
   * @throws IOException when it is no model that we can run
   */
  public Model model(String name) throws IOException {
    byte[][] found = new byte[1][];
    ModelCodec codec = new ModelCodec();
    scan(
        record -> {
          try {
            if (codec.record(record.value()).getName().equals(name)) {
              found[0] = record.value();
            }
          } catch (MalformedRecordException e) {
            // jobs skip it, too
          }
        });
    try {
      return found[0] == null ? null : codec.decode(found[0]);
    } catch (MalformedRecordException e) {
      throw new IOException("topic %s: %s".formatted(topic, e.getMessage()), e);
    }
  }

  /** Reads every record that has a value. */
  private void scan(Consumer<ConsumerRecord<byte[], byte[]>> action) {
    try (TopicConsumer consumer = new TopicConsumer(clients.committed())) {
      List<TopicPartition> partitions = consumer.partitions(topic);
      if (!consumer.read(
          consumer.begins(partitions),
          consumer.ends(partitions),
          TIMEOUT,
          record -> {
            if (record.value() != null) {
              action.accept(record);
            }
          })) {
        throw new IllegalStateException(
            "topic %s: expected its records up to the end, got none for %d s; are all brokers up?"
                .formatted(topic, TIMEOUT.toSeconds()));
      }
    }
  }

  /** Publishes a model; returns its offset once all replicas have it. */
  public long publish(Model model) throws IOException {
    byte[] value = ModelCodec.encode(model, Instant.now());
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, model.name().getBytes(StandardCharsets.UTF_8), value);
    record.headers().add(WriterSchemas.HEADER, ModelCodec.fingerprint());
    try (Producer<byte[], byte[]> producer = clients.producer(value.length, TIMEOUT)) {
      return producer.send(record).get().offset();
    } catch (ExecutionException e) {
      throw new IOException(
          "topic %s: could not publish %s: %s%s"
              .formatted(
                  topic,
                  model.name(),
                  e.getCause().getMessage(),
                  e.getCause() instanceof RecordTooLargeException
                      ? "; raise max.message.bytes of the topic"
                      : ""),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while publishing " + model.name(), e);
    }
  }
}
