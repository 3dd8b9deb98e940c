package dev.weir.kafka.connector;

import dev.weir.forecast.Observation;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.codec.ObservationJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends observations as Avro or JSON, keyed by series so that each series keeps its order. */
public final class ObservationProducer implements AutoCloseable {

  private static final String MAX_BLOCK_MILLIS = "15000";

  private final String topic;
  private final Producer<byte[], byte[]> producer;
  private final ObservationCodec codec;
  private final ObservationJson json; // null: Avro
  private final byte[] fingerprint; // null: the value itself says which schema wrote it
  private final byte[] markedFingerprint = ObservationCodec.markedFingerprint();
  private final byte[] aheadFingerprint = ObservationCodec.aheadFingerprint();
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /** Of plain Avro, without covariates known ahead. */
  public ObservationProducer(KafkaClients clients, String topic) throws IOException {
    this(clients, topic, null, false, 0);
  }

  /**
   * @param registry where the observations' schema is registered first; null for plain Avro or JSON
   * @param ahead covariates known ahead that an observation may have
   */
  public ObservationProducer(
      KafkaClients clients, String topic, RegistrySettings registry, boolean isJson, int ahead)
      throws IOException {
    this.json = isJson ? new ObservationJson(ahead) : null;
    this.codec =
        registry == null
            ? new ObservationCodec(ahead)
            : ObservationCodec.registered(registry, topic, ahead);
    this.fingerprint = registry == null && !isJson ? ObservationCodec.fingerprint() : null;
    this.topic = topic;
    this.producer =
        clients
            .or(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS)
            .or(ProducerConfig.LINGER_MS_CONFIG, "5")
            .producer();
  }

  public void send(Observation observation) throws IOException {
    throwFailure();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic,
            null,
            // brokers refuse a record that is ahead of the clock
            Math.max(0, Math.min(observation.time(), System.currentTimeMillis())),
            observation.series().getBytes(StandardCharsets.UTF_8),
            json == null ? codec.encode(observation) : json.encode(observation));
    if (fingerprint != null) {
      byte[] schema =
          observation.ahead().length > 0
              ? aheadFingerprint
              : observation.isMarked() ? markedFingerprint : fingerprint;
      record.headers().add(ObservationCodec.fingerprintHeader(), schema);
    }
    producer.send(record, (metadata, exception) -> failure.compareAndSet(null, exception));
  }

  /** Returns when the brokers have all that was sent. */
  public void flush() throws IOException {
    producer.flush();
    throwFailure();
  }

  private void throwFailure() throws IOException {
    if (failure.get() != null) {
      throw new IOException(
          "topic %s: could not send: %s".formatted(topic, failure.get().getMessage()),
          failure.get());
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
