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
   * One record of the topic.
   *
   * @param record the record, or null when its bytes can't be read
   * @param problem why not; null when they can
   */
  public record Entry(long offset, String key, dev.weir.kafka.avro.Model record, String problem) {}

  /** The records that jobs read, from the beginning to the present end, in order. */
  public List<Entry> read() {
    List<Entry> entries = new ArrayList<>();
    ModelCodec codec = new ModelCodec();
    scan(
        record -> {
          if (record.value() != null && !ModelCodec.isCopy(record.key())) {
            entries.add(entry(codec, record));
          }
        });
    return entries;
  }

  /** What there is of each model, without weights, so that it takes little memory. */
  public ModelVersions versions() {
    ModelVersions versions = new ModelVersions();
    ModelCodec codec = new ModelCodec();
    scan(
        record -> {
          if (record.value() == null) {
            versions.remove(record.key());
            return;
          }
          Entry entry = entry(codec, record);
          if (entry.record() == null) {
            versions.add(entry.key(), entry.offset(), entry.problem());
          } else {
            versions.add(ModelCodec.isCopy(record.key()), entry.offset(), entry.record());
          }
        });
    return versions;
  }

  /**
   * A version with its weights, or null when the topic has none of it.
   *
   * @param version null for the one that jobs use
   * @throws IOException when what is there is no model that we can run
   */
  public Model model(String name, Long version) throws IOException {
    byte[][] found = new byte[1][]; // the newest of them, as of several by the same number
    ModelCodec codec = new ModelCodec();
    scan(
        record -> {
          if (record.value() == null) {
            return;
          }
          dev.weir.kafka.avro.Model model = entry(codec, record).record();
          boolean copy = ModelCodec.isCopy(record.key());
          if (model != null
              && model.getName().equals(name)
              && (version == null ? !copy : model.getVersion() == version)) {
            found[0] = record.value();
          }
        });
    try {
      return found[0] == null ? null : codec.decode(found[0]);
    } catch (MalformedRecordException e) {
      throw new IOException("topic %s: %s".formatted(topic, e.getMessage()), e);
    }
  }

  /** Reads every record, those without a value too. */
  private void scan(Consumer<ConsumerRecord<byte[], byte[]>> action) {
    try (TopicConsumer consumer = new TopicConsumer(clients.committed())) {
      List<TopicPartition> partitions = consumer.partitions(topic);
      if (!consumer.read(consumer.begins(partitions), consumer.ends(partitions), TIMEOUT, action)) {
        throw new IllegalStateException(
            "topic %s: expected its records up to the end, got none for %d s; are all brokers up?"
                .formatted(topic, TIMEOUT.toSeconds()));
      }
    }
  }

  private static Entry entry(ModelCodec codec, ConsumerRecord<byte[], byte[]> record) {
    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    try {
      return new Entry(record.offset(), key, codec.record(record.value()), null);
    } catch (MalformedRecordException e) {
      return new Entry(record.offset(), key, null, e.getMessage());
    }
  }

  /** The highest version published under this name, used or kept; -1 if there is no version. */
  public long newestVersion(String name) {
    return versions().newest(name);
  }

  /** How many versions of a model are kept to go back to, unless told otherwise. */
  public static final int KEEP = 10;

  /**
   * Publishes a model, and a copy of it to go back to; returns the model's offset once all replicas
   * have it.
   */
  public long publish(Model model) throws IOException {
    return publish(model, KEEP);
  }

  /**
   * As {@link #publish(Model)}.
   *
   * @param keep copies of this model to keep, this one among them; the lowest numbers go first, but
   *     not the version that jobs used until now. 0: none is made, and those that are there stay
   */
  public long publish(Model model, int keep) throws IOException {
    ModelVersions.Version left = keep > 0 ? versions().active(model.name()) : null;
    byte[] value = ModelCodec.encode(model, Instant.now());
    byte[] copy = ModelCodec.copyKey(model.name(), model.version());
    try (Producer<byte[], byte[]> producer = clients.producer(value.length, TIMEOUT)) {
      if (keep > 0) { // first, since a version that jobs use must be one that is kept
        send(producer, copy, value);
      }
      long offset = send(producer, model.name().getBytes(StandardCharsets.UTF_8), value);
      if (keep > 0) {
        List<Long> copied = versions().copied(model.name());
        long tooMany = Math.max(0, copied.size() - keep);
        List<Long> leaving =
            copied.stream()
                .filter(old -> old != model.version() && (left == null || old != left.version()))
                .limit(tooMany)
                .toList();
        for (long old : leaving) {
          send(producer, ModelCodec.copyKey(model.name(), old), null);
        }
      }
      return offset;
    }
  }

  /**
   * Makes an older version the one that jobs use, by publishing it again under its number. The one
   * that they used is kept, also if it was published before versions were.
   *
   * @param to the version; null for the highest one below that in use
   * @return the version that jobs use now
   * @throws IOException if there is no version to return to; the message lists the available
   *     versions
   */
  public long rollback(String name, Long to) throws IOException {
    ModelVersions versions = versions();
    ModelVersions.Version active = versions.active(name);
    List<Long> others = new ArrayList<>();
    versions.of(name).forEach(version -> others.add(version.version()));
    if (active != null) {
      others.remove(active.version());
    }
    Long wanted = to;
    if (wanted == null && active != null) {
      wanted = others.stream().filter(v -> v < active.version()).max(Long::compare).orElse(null);
    }
    if (wanted == null || !others.contains(wanted)) {
      throw new IOException(
          "topic %s: expected version %s of %s, got %s; publish its file: weir model publish FILE --name %s --model-version N"
              .formatted(
                  topic,
                  wanted == null ? "below the one in use" : wanted.toString(),
                  name,
                  active == null
                      ? "no model of this name"
                      : "version %d in use, also %s"
                          .formatted(active.version(), others.isEmpty() ? "none" : others),
                  name));
    }
    if (active != null && !versions.isCopied(name, active.version())) {
      byte[] copy = ModelCodec.copyKey(name, active.version());
      send(copy, ModelCodec.encode(model(name, null), Instant.now()));
    }
    publish(model(name, wanted), Integer.MAX_VALUE); // nobody asked for fewer copies
    return wanted;
  }

  private void send(byte[] key, byte[] value) throws IOException {
    try (Producer<byte[], byte[]> producer = clients.producer(value.length, TIMEOUT)) {
      send(producer, key, value);
    }
  }

  /** Returns the record's offset once all replicas have it. */
  private long send(Producer<byte[], byte[]> producer, byte[] key, byte[] value)
      throws IOException {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
    if (value != null) {
      record.headers().add(WriterSchemas.HEADER, ModelCodec.fingerprint());
    }
    String name = new String(key, StandardCharsets.UTF_8);
    try {
      return producer.send(record).get().offset();
    } catch (ExecutionException e) {
      throw new IOException(
          "topic %s: could not publish %s: %s%s"
              .formatted(
                  topic,
                  name,
                  e.getCause().getMessage(),
                  e.getCause() instanceof RecordTooLargeException
                      ? "; raise max.message.bytes of the topic"
                      : ""),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while publishing " + name, e);
    }
  }
}
