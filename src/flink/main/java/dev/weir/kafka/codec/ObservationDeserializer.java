package dev.weir.kafka.codec;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.mapping.MappedRecords;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.kafka.registry.RegisteredRecords;
import dev.weir.kafka.wire.AheadVectors;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns each record of the observations topic into an {@link InputEvent}, or several where a
 * mapping says so; never throws for a record's sake. Runs inside the source, so that watermarks are
 * those of each partition.
 */
public final class ObservationDeserializer implements KafkaRecordDeserializationSchema<InputEvent> {

  private static final long serialVersionUID = 1L;

  private static final String REGISTERED =
      ", as with a schema registry; is it kafka.format: avro-confluent?";

  private final TypeInformation<InputEvent> type;
  private final Duration maxFuture;
  private final RegistrySettings registry;
  private final MappedRecords mapped; // null: records are our own
  private final int ahead;
  private transient ObservationCodec codec;
  private transient ObservationCheck check;
  private transient Counter ignored;

  /**
   * @param type Flink's type of an input event
   * @param maxFuture how far ahead of the clock an observation may be
   * @param registry where the records' schemas are; null: plain Avro
   * @param mapping what other records hold; null: they are our own
   * @param ahead covariates known ahead, or {@link AheadVectors#ANY_LENGTH}; of our own records
   * @throws IllegalArgumentException when the mapping is wrong
   */
  public ObservationDeserializer(
      TypeInformation<InputEvent> type,
      Duration maxFuture,
      RegistrySettings registry,
      ObservationMapping mapping,
      int ahead) {
    this.ahead = ahead;
    this.type = type;
    this.maxFuture = maxFuture;
    this.registry = registry;
    this.mapped =
        mapping == null ? null : new MappedRecords(mapping, new RegisteredRecords(registry));
  }

  /** With covariates known ahead of any number. */
  public ObservationDeserializer(
      TypeInformation<InputEvent> type,
      Duration maxFuture,
      RegistrySettings registry,
      ObservationMapping mapping) {
    this(type, maxFuture, registry, mapping, AheadVectors.ANY_LENGTH);
  }

  /** Of our own records. */
  public ObservationDeserializer(
      TypeInformation<InputEvent> type, Duration maxFuture, RegistrySettings registry) {
    this(type, maxFuture, registry, null);
  }

  /**
   * Of a job's observations.
   *
   * @param ahead covariates known ahead, or {@link AheadVectors#ANY_LENGTH}
   */
  public static ObservationDeserializer of(
      TypeInformation<InputEvent> type, KafkaSettings settings, int ahead) {
    return new ObservationDeserializer(
        type,
        settings.source().maxFuture(),
        settings.registry(),
        settings.source().mapping(),
        ahead);
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    check = new ObservationCheck(maxFuture);
    if (mapped == null) {
      codec =
          registry == null ? new ObservationCodec(ahead) : new ObservationCodec(registry, ahead);
    } else {
      mapped.open(context);
      ignored = context.getMetricGroup().addGroup("weir").counter("ignoredChanges");
    }
  }

  /** For use outside of a job. */
  public void openAlone() {
    open(MappedRecords.ALONE);
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<InputEvent> out) {
    if (mapped == null) {
      out.collect(event(record));
    } else {
      ignored.inc(read(record, out::collect));
    }
  }

  /**
   * Reads a record of any kind.
   *
   * @return changes that are no observations
   */
  public int read(ConsumerRecord<byte[], byte[]> record, Consumer<InputEvent> out) {
    if (mapped == null) {
      out.accept(event(record));
      return 0;
    }
    return mapped.read(
        DeadLetterCodec.source(record),
        observed -> check.event(observed.observation(), observed.source()),
        out);
  }

  InputEvent event(ConsumerRecord<byte[], byte[]> record) {
    SourceRecord source = DeadLetterCodec.source(record);
    if (record.value() == null) {
      return new DeadLetter(Reason.NULL_VALUE, "value: expected an observation, got null", source);
    }
    Observation observation;
    try {
      observation = codec.decode(record.value(), record.headers());
    } catch (MalformedRecordException e) {
      DeadLetter letter = RecordDeserializer.unreadable(e, source);
      boolean hasSchemaId =
          registry == null
              && letter.reason() == Reason.MALFORMED
              && record.value().length > 0
              && record.value()[0] == ConfluentWireFormat.MAGIC;
      return hasSchemaId
          ? new DeadLetter(letter.reason(), letter.message() + REGISTERED, source)
          : letter;
    }
    return check.event(observation, source);
  }

  @Override
  public TypeInformation<InputEvent> getProducedType() {
    return type;
  }
}
