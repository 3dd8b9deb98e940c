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
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  private final ObservationCodec codec;
  private final ObservationJson json; // null: Avro
  private final byte[] fingerprint; // null: the value itself says which schema wrote it
  private final byte[] markedFingerprint = ObservationCodec.markedFingerprint();
  private final byte[] aheadFingerprint = ObservationCodec.aheadFingerprint();

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
    this.topic = topic;
    this.producer =
        clients
            .or(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS)
            .or(ProducerConfig.LINGER_MS_CONFIG, "5")
            .producer();
    this.json = isJson ? new ObservationJson(ahead) : null;
    this.codec =
        registry == null
            ? new ObservationCodec(ahead)
            : ObservationCodec.registered(registry, topic, ahead);
    this.fingerprint = registry == null && !isJson ? ObservationCodec.fingerprint() : null;
  }

  public void send(Observation observation) throws IOException {
    ProducerRecord<byte[], byte[]> record =
        record(
            observation.series(),
            observation.time(),
            json == null ? codec.encode(observation) : json.encode(observation));
    if (fingerprint != null) {
      byte[] schema =
          observation.ahead().length > 0
              ? aheadFingerprint
              : observation.label() != null ? markedFingerprint : fingerprint;
      record.headers().add(ObservationCodec.fingerprintHeader(), schema);
    }
    send(record);
  }

  /**
   * A record of a series.
   *
   * @param time when it is of; brokers refuse a record that is ahead of the clock
   */
  private ProducerRecord<byte[], byte[]> record(String series, long time, byte[] value) {
    long timestamp = Math.max(0, Math.min(time, System.currentTimeMillis()));
    byte[] key = series.getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, null, timestamp, key, value);
  }

  private void send(ProducerRecord<byte[], byte[]> record) throws IOException {
    throwFailure();
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
