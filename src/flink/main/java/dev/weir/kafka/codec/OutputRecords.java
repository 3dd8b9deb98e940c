package dev.weir.kafka.codec;

import dev.weir.forecast.Classification;
import dev.weir.forecast.ContestReport;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.LearnedModel;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.WriterSchemas;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import org.apache.avro.Schema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Picks topic, key and timestamp of each output, so that one sink and one transaction hold all. */
public final class OutputRecords implements KafkaRecordSerializationSchema<Output> {

  private static final long serialVersionUID = 1L;

  private final Topics topics;
  private final int maxDeadLetterBytes;
  private final RegistrySettings registry; // null: plain Avro, its schema named in a header
  private transient ForecastCodec forecasts;
  private transient JointForecastCodec jointForecasts;
  private transient ScoreCodec scores;
  private transient IncidentCodec incidents;
  private transient ClassificationCodec classifications;
  private transient ModelCodec models; // made when the first one is written
  private transient Header classSchema;
  private transient Header forecastSchema;
  private transient Header jointSchema;
  private transient Header scoreSchema;
  private transient Header incidentSchema;
  private transient Clock clock;

  public OutputRecords(Topics topics, int maxDeadLetterBytes, RegistrySettings registry) {
    this.topics = topics;
    this.maxDeadLetterBytes = maxDeadLetterBytes;
    this.registry = registry;
  }

  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    forecasts = new ForecastCodec(registry, false);
    jointForecasts = new JointForecastCodec(registry, false);
    scores = new ScoreCodec(registry, false);
    incidents = new IncidentCodec(registry, false);
    classifications = new ClassificationCodec();
    if (topics.ofClasses() != null && !topics.ofClasses().isJson()) {
      classSchema = schema(ClassificationCodec.SCHEMA);
    }
    if (registry == null && !topics.isJson()) {
      forecastSchema = schema(ForecastCodec.SCHEMA);
      jointSchema = schema(JointForecastCodec.SCHEMA);
      scoreSchema = schema(ScoreCodec.SCHEMA);
      incidentSchema = schema(IncidentCodec.SCHEMA);
    }
    clock = Clock.systemUTC();
  }

  private static Header schema(Schema schema) {
    return new RecordHeader(WriterSchemas.HEADER, WriterSchemas.fingerprint(schema));
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
    boolean isJson = topics.isJson();
    if (output instanceof Forecast forecast) {
      long time = Math.min(forecast.origin(), now);
      return record(topics.forecasts(), time, forecast, forecasts, isJson, forecastSchema);
    }
    if (output instanceof JointForecast joint) {
      long time = Math.min(joint.origin(), now);
      return record(topics.forecasts(), time, joint, jointForecasts, isJson, jointSchema);
    }
    if (output instanceof Score score) {
      long time = Math.min(score.time(), now);
      return record(topics.scores(), time, score, scores, isJson, scoreSchema);
    }
    if (output instanceof Classification said) {
      KafkaSettings.ClassTopics to = topics.ofClasses();
      long time = Math.min(said.windowEnd(), now);
      return record(to.classes(), time, said, classifications, to.isJson(), classSchema);
    }
    if (output instanceof Incident incident) {
      long time = Math.min(incident.time(), now);
      return record(topics.alarms(), time, incident, incidents, isJson, incidentSchema);
    }
    if (output instanceof LearnedModel learned) {
      return model(learned, now);
    }
    if (output instanceof ContestReport report) {
      return report(report, now);
    }
    return DeadLetterCodec.record(
        topics.deadLetters(), (DeadLetter) output, maxDeadLetterBytes, now);
  }

  /** Its bytes depend on the model and event time alone; the record's timestamp is the clock's. */
  private ProducerRecord<byte[], byte[]> model(LearnedModel learned, long now) {
    byte[] key =
        learned.isCopy()
            ? ModelCodec.copyKey(learned.name(), learned.version())
            : learned.name().getBytes(StandardCharsets.UTF_8);
    if (learned.model() == null) {
      return record(topics.models(), now, key, null, null);
    }
    if (models == null) {
      models = new ModelCodec();
    }
    try {
      Instant time = Instant.ofEpochMilli(learned.time());
      return model(key, models.encode(learned.model(), time), now);
    } catch (IOException e) { // into memory
      throw new UncheckedIOException(e);
    }
  }

  private ProducerRecord<byte[], byte[]> report(ContestReport report, long now) {
    try {
      return model(ContestCodec.key(report), new ContestCodec().encode(report), now);
    } catch (IOException e) { // into memory
      throw new UncheckedIOException(e);
    }
  }

  private ProducerRecord<byte[], byte[]> model(byte[] key, byte[] value, long now) {
    Header schema = new RecordHeader(WriterSchemas.HEADER, ModelCodec.fingerprint());
    return record(topics.models(), now, key, value, schema);
  }

  private static <T> ProducerRecord<byte[], byte[]> record(
      String topic, long time, T output, RecordCodec<T, ?> codec, boolean isJson, Header schema) {
    byte[] series = AvroBytes.utf8(codec.series(output)); // once, for the key and the value
    byte[] value = isJson ? codec.toJson(output) : codec.encode(output, series);
    return record(topic, time, series, value, schema);
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, long time, byte[] series, byte[] value, Header schema) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, null, time, series, value);
    if (schema != null) {
      record.headers().add(schema);
    }
    return record;
  }
}
