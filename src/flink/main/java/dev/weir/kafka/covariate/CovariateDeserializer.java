package dev.weir.kafka.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.codec.DeadLetterCodec;
import dev.weir.kafka.mapping.MappedRecords;
import dev.weir.kafka.registry.RegisteredRecords;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.RecordParts;
import dev.weir.kafka.wire.UnknownSchemaException;
import java.time.Clock;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns each record of the covariates topic into {@link CovariateEvent}s: one, or several where a
 * mapping says so. What can't be used of a record is one dead letter; never throws for a record's
 * sake.
 */
public final class CovariateDeserializer
    implements KafkaRecordDeserializationSchema<CovariateEvent> {

  private static final long serialVersionUID = 1L;

  private final TypeInformation<CovariateEvent> type;
  private final CovariateTopic topic;
  private final RegistrySettings registry;
  private final MappedRecords mapped; // null: records are our own
  private transient CovariateCodec codec;
  private transient RecordParts parts; // of our own records
  private transient Clock clock;

  /**
   * @param type Flink's type of an event; null outside of a job
   * @param registry where the records' schemas are; null: plain Avro
   * @throws IllegalArgumentException if the mapping is wrong
   */
  public CovariateDeserializer(
      TypeInformation<CovariateEvent> type, CovariateTopic topic, RegistrySettings registry) {
    this.type = type;
    this.topic = topic;
    this.registry = registry;
    this.mapped =
        topic.mapping() == null
            ? null
            : new MappedRecords(topic.mapping(), new RegisteredRecords(registry));
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    clock = Clock.systemUTC();
    if (mapped == null) {
      codec = new CovariateCodec(registry);
      parts = RecordParts.ofOwn();
    } else {
      mapped.open(context);
    }
  }

  /** For use outside of a job. */
  public void openAlone() {
    open(MappedRecords.ALONE);
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<CovariateEvent> out) {
    read(record, out::collect);
  }

  /** Reads a record. */
  public void read(ConsumerRecord<byte[], byte[]> record, Consumer<CovariateEvent> out) {
    SourceRecord source = DeadLetterCodec.source(record);
    if (mapped != null) {
      mapped.read(source, this::checked, out);
    } else {
      parts.forEach(source, this::own, out);
    }
  }

  private CovariateEvent checked(ObservationEvent mapped) {
    Observation o = mapped.observation();
    return checked(new CovariateUpdate(o.series(), o.time(), o.features()), mapped.source());
  }

  private CovariateEvent own(SourceRecord source) {
    if (source.value() == null) {
      return new DeadLetter(Reason.NULL_VALUE, "value: expected covariates, got null", source);
    }
    try {
      return checked(codec.decode(source.value()), source);
    } catch (UnknownSchemaException e) {
      return new DeadLetter(Reason.SCHEMA, e.getMessage(), source);
    } catch (MalformedRecordException e) {
      String message = "%s (%s)".formatted(e.getMessage(), AvroBounds.describe(source.value()));
      return new DeadLetter(Reason.MALFORMED, message, source);
    }
  }

  private CovariateEvent checked(CovariateUpdate update, SourceRecord source) {
    int length = update.group().length();
    if (length == 0 || length > Observation.MAX_SERIES_LENGTH) {
      String message =
          "group: expected a name of 1 to %d characters, got %d"
              .formatted(Observation.MAX_SERIES_LENGTH, length);
      return new DeadLetter(Reason.SERIES, message, source);
    }
    int count = update.features().length;
    if (count != topic.features()) {
      String message = "features: expected %d, got %d".formatted(topic.features(), count);
      return new DeadLetter(Reason.FEATURES, message, source);
    }
    for (int i = 0; i < count; i++) {
      if (Double.isInfinite(update.features()[i])) {
        String message =
            "features[%d]: expected a finite number or none, got %s"
                .formatted(i, update.features()[i]);
        return new DeadLetter(Reason.NOT_FINITE, message, source);
      }
    }
    long latest = clock.millis() + topic.maxFuture().toMillis();
    if (update.time() < 0 || update.time() > latest) {
      String message =
          "time: expected 1970 to %s from now, got %s"
              .formatted(topic.maxFuture(), Instant.ofEpochMilli(update.time()));
      return new DeadLetter(Reason.TIME, message, source);
    }
    return update;
  }

  @Override
  public TypeInformation<CovariateEvent> getProducedType() {
    return type;
  }
}
