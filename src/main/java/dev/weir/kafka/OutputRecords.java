package dev.weir.kafka;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.kafka.KafkaSettings.Topics;
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

  private final Topics topics;
  private final int maxDeadLetterBytes;
  private transient ForecastCodec forecasts;
  private transient ScoreCodec scores;
  private transient byte[] forecastFingerprint;
  private transient byte[] scoreFingerprint;
  private transient Clock clock;

  OutputRecords(Topics topics, int maxDeadLetterBytes) {
    this.topics = topics;
    this.maxDeadLetterBytes = maxDeadLetterBytes;
  }

  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    forecasts = new ForecastCodec();
    scores = new ScoreCodec();
    forecastFingerprint = ForecastCodec.fingerprint();
    scoreFingerprint = ScoreCodec.fingerprint();
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
    try {
      if (output instanceof Forecast forecast) {
        return record(
            topics.forecasts(),
            Math.min(forecast.origin(), now),
            forecast.series(),
            forecasts.encode(forecast),
            forecastFingerprint);
      }
      if (output instanceof Score score) {
        return record(
            topics.scores(),
            Math.min(score.time(), now),
            score.series(),
            scores.encode(score),
            scoreFingerprint);
      }
      return DeadLetters.record(topics.deadLetters(), (DeadLetter) output, maxDeadLetterBytes, now);
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory can't fail to be written", e);
    }
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, long time, String series, byte[] value, byte[] fingerprint) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, null, time, series.getBytes(StandardCharsets.UTF_8), value);
    record.headers().add(WriterSchemas.HEADER, fingerprint);
    return record;
  }
}
