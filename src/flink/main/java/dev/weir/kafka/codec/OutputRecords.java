package dev.weir.kafka.codec;

import dev.weir.forecast.Classification;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.WriterSchemas;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.SimpleRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Picks topic, key and timestamp of each output, so that one sink and one transaction hold all. */
public final class OutputRecords implements KafkaRecordSerializationSchema<Output> {

  /** The header that names the job that wrote a record. */
  static final String JOB = "__weir.job";

  /** For headers, lengths and a batch around a record. */
  private static final int ROOM = 1 << 10;

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(OutputRecords.class);

  private final Topics topics;
  private final int maxDeadLetterBytes;
  private final Map<String, Integer> maxBytes; // of a record, by topic
  private final int maxRequest; // of the producer
  private final String compression;
  private final RegistrySettings registry; // null: plain Avro, its schema named in a header
  private transient Kind<Forecast> forecasts;
  private transient Kind<Score> scores;
  private transient Kind<Incident> incidents;
  private transient Kind<Classification> classifications; // null for a job that does not classify
  private transient Header job; // null: not known
  private transient Clock clock;
  private transient boolean hasWarned;

  /** How outputs of one kind are written; null as schema: without a header. */
  private record Kind<T>(String topic, RecordCodec<T, ?> codec, boolean isJson, Header schema) {
    ProducerRecord<byte[], byte[]> record(T output, long time) {
      byte[] series = AvroBytes.utf8(codec.series(output)); // once, for the key and the value
      byte[] value = isJson ? codec.toJson(output) : codec.encode(output, series);
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, null, time, series, value);
      if (schema != null) {
        record.headers().add(schema);
      }
      return record;
    }
  }

  public OutputRecords(KafkaSettings kafka) {
    this.topics = kafka.topics();
    this.maxDeadLetterBytes =
        Math.min(kafka.maxDeadLetterBytes(), Math.max(0, kafka.maxRequest() - 16 * ROOM));
    this.registry = kafka.registry();
    this.maxBytes = Map.copyOf(kafka.maxBytes());
    this.maxRequest = kafka.maxRequest();
    this.compression = kafka.compression();
  }

  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    forecasts = kind(topics.forecasts(), new ForecastCodec(registry), ForecastCodec.SCHEMA);
    scores = kind(topics.scores(), new ScoreCodec(registry), ScoreCodec.SCHEMA);
    incidents = kind(topics.alarms(), new IncidentCodec(registry), IncidentCodec.SCHEMA);
    KafkaSettings.ClassTopics of = topics.ofClasses();
    if (of != null) {
      Header plain = of.isJson() ? null : schema(ClassificationCodec.SCHEMA);
      classifications = new Kind<>(of.classes(), new ClassificationCodec(), of.isJson(), plain);
    }
    job = topics.job() == null ? null : new RecordHeader(JOB, AvroBytes.utf8(topics.job()));
    clock = Clock.systemUTC();
  }

  private <T> Kind<T> kind(String topic, RecordCodec<T, ?> codec, Schema schema) {
    boolean isPlain = registry == null && !topics.isJson();
    return new Kind<>(topic, codec, topics.isJson(), isPlain ? schema(schema) : null);
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
    ProducerRecord<byte[], byte[]> record = record(output, now);
    if (!(output instanceof DeadLetter)) {
      DeadLetter letter = tooLarge(record);
      record = letter == null ? record : record(letter, now);
    }
    if (job != null) {
      record.headers().add(job);
    }
    return record;
  }

  private ProducerRecord<byte[], byte[]> record(Output output, long now) {
    if (output instanceof Forecast forecast) {
      return forecasts.record(forecast, Math.min(forecast.origin(), now));
    }
    if (output instanceof Score score) {
      return scores.record(score, Math.min(score.time(), now));
    }
    if (output instanceof Classification said) {
      return classifications.record(said, Math.min(said.windowEnd(), now));
    }
    if (output instanceof Incident incident) {
      return incidents.record(incident, Math.min(incident.time(), now));
    }
    return DeadLetterCodec.record(
        topics.deadLetters(), (DeadLetter) output, maxDeadLetterBytes, now);
  }

  /**
   * What becomes of a record that its topic or the producer does not take, which would fail the job
   * again and again; null of any other.
   */
  private DeadLetter tooLarge(ProducerRecord<byte[], byte[]> record) {
    int most = Math.min(maxRequest, maxBytes.getOrDefault(record.topic(), Integer.MAX_VALUE));
    if (most - ROOM >= record.key().length + record.value().length) {
      return null;
    }
    Header[] headers = record.headers().toArray();
    int bytes =
        AbstractRecords.estimateSizeInBytesUpperBound(
            RecordBatch.CURRENT_MAGIC_VALUE,
            CompressionType.NONE,
            record.key(),
            record.value(),
            headers);
    if (bytes <= maxRequest && !compression.equals("none")) { // brokers count what they get
      SimpleRecord one =
          new SimpleRecord(record.timestamp(), record.key(), record.value(), headers);
      bytes = MemoryRecords.withRecords(Compression.of(compression).build(), one).sizeInBytes();
    }
    if (bytes <= most) {
      return null;
    }
    String message =
        "record: expected at most %,d bytes, got %,d: raise max.message.bytes of topic %s and"
            + " max.request.size, or lower the horizon";
    message = message.formatted(most, bytes, record.topic());
    if (!hasWarned) {
      hasWarned = true;
      LOG.warn("{}; it becomes a dead letter, as those that follow", message);
    }
    List<SourceRecord.Header> originals = DeadLetterCodec.originals(record.headers());
    return new DeadLetter(
        DeadLetter.Reason.TOO_LARGE,
        message,
        new SourceRecord(
            record.topic(),
            -1,
            -1,
            record.timestamp(),
            originals,
            0,
            record.key(),
            record.value()));
  }

  /**
   * The job that a record says it is of, if that is another one; else null.
   *
   * @param job whose records are wanted; null for all
   */
  public static String foreign(ConsumerRecord<byte[], byte[]> record, String job) {
    Header said = job == null ? null : record.headers().lastHeader(JOB);
    boolean isNamed = said != null && said.value() != null;
    String name = isNamed ? new String(said.value(), StandardCharsets.UTF_8) : job;
    return Objects.equals(name, job) ? null : name;
  }
}
