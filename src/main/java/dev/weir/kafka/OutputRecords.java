package dev.weir.kafka;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Picks topic, key and timestamp of each output, so that one sink and one transaction hold all. */
final class OutputRecords implements KafkaRecordSerializationSchema<Output> {

  private static final long serialVersionUID = 1L;

  private final String forecastTopic;
  private final String deadLetterTopic;
  private final int maxDeadLetterBytes;
  private transient ForecastCodec codec;
  private transient byte[] fingerprint;
  private transient Clock clock;

  OutputRecords(String forecastTopic, String deadLetterTopic, int maxDeadLetterBytes) {
    this.forecastTopic = forecastTopic;
    this.deadLetterTopic = deadLetterTopic;
    this.maxDeadLetterBytes = maxDeadLetterBytes;
  }

  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    codec = new ForecastCodec();
    fingerprint = ForecastCodec.fingerprint();
    clock = Clock.systemUTC();
  }

  /**
   * A forecast's timestamp is its origin, but never ahead of the clock: brokers refuse a record
   * that is, by {@code message.timestamp.after.max.ms}, an hour by default, and the job would fail
   * again and again. The timestamp that Flink offers is not used: it is absent on a dead letter.
   */
  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Output output, KafkaSinkContext context, Long timestamp) {
    long now = clock.millis();
    if (output instanceof DeadLetter letter) {
      return DeadLetters.record(deadLetterTopic, letter, maxDeadLetterBytes, now);
    }
    Forecast forecast = (Forecast) output;
    try {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              forecastTopic,
              null,
              Math.min(forecast.origin(), now),
              forecast.series().getBytes(StandardCharsets.UTF_8),
              codec.encode(forecast));
      record.headers().add(WriterSchemas.HEADER, fingerprint);
      return record;
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory can't fail to be written", e);
    }
  }
}
