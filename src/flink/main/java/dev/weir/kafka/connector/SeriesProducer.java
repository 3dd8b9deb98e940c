package dev.weir.kafka.connector;

import dev.weir.kafka.KafkaClients;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends records keyed by series so that each series keeps its order. */
public abstract sealed class SeriesProducer implements AutoCloseable
    permits ObservationProducer, OutsideProducer {

  private static final String MAX_BLOCK_MILLIS = "15000";

  private final String topic;
  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  SeriesProducer(KafkaClients clients, String topic) {
    this.topic = topic;
    this.producer =
        clients
            .or(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS)
            .or(ProducerConfig.LINGER_MS_CONFIG, "5")
            .producer();
  }

  /**
   * A record of a series.
   *
   * @param time when it is of; brokers refuse a record that is ahead of the clock
   */
  final ProducerRecord<byte[], byte[]> record(String series, long time, byte[] value) {
    long timestamp = Math.max(0, Math.min(time, System.currentTimeMillis()));
    byte[] key = series.getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, null, timestamp, key, value);
  }

  final void send(ProducerRecord<byte[], byte[]> record) throws IOException {
    throwFailure();
    producer.send(record, (metadata, exception) -> failure.compareAndSet(null, exception));
  }

  /** Returns when the brokers have all that was sent. */
  public final void flush() throws IOException {
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
  public final void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
