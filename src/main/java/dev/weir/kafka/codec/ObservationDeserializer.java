package dev.weir.kafka.codec;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.UnknownSchemaException;
import dev.weir.model.ClassifierModel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns each record of the observations topic into one {@link InputEvent}; never throws for a
 * record's sake. Runs inside the source, so that watermarks are those of each partition.
 */
public final class ObservationDeserializer implements KafkaRecordDeserializationSchema<InputEvent> {

  private static final long serialVersionUID = 1L;

  private final TypeInformation<InputEvent> type;
  private final Duration maxFuture;
  private final RegistrySettings registry;
  private transient ObservationCodec codec;
  private transient Clock clock;

  /**
   * @param type Flink's type of an input event
   * @param maxFuture how far ahead of the clock an observation may be; one far ahead would carry
   *     event time with it and make all others late
   * @param registry where the records' schemas are; null: plain Avro
   */
  public ObservationDeserializer(
      TypeInformation<InputEvent> type, Duration maxFuture, RegistrySettings registry) {
    this.type = type;
    this.maxFuture = maxFuture;
    this.registry = registry;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    codec = registry == null ? new ObservationCodec() : new ObservationCodec(registry);
    clock = Clock.systemUTC();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<InputEvent> out) {
    out.collect(event(record));
  }

  InputEvent event(ConsumerRecord<byte[], byte[]> record) {
    SourceRecord source = DeadLetterCodec.source(record);
    if (record.value() == null) {
      return new DeadLetter(Reason.NULL_VALUE, "value: expected an observation, got null", source);
    }
    Observation observation;
    try {
      observation = codec.decode(record.value(), record.headers());
    } catch (UnknownSchemaException e) {
      return new DeadLetter(Reason.SCHEMA, e.getMessage(), source);
    } catch (MalformedRecordException e) {
      String message = "%s (%s)".formatted(e.getMessage(), AvroBounds.describe(record.value()));
      if (registry == null
          && record.value().length > 0
          && record.value()[0] == ConfluentWireFormat.MAGIC) {
        message += ", as with a schema registry; is it kafka.format: avro-confluent?";
      }
      return new DeadLetter(Reason.MALFORMED, message, source);
    }
    int length = observation.series().length();
    if (length == 0 || length > Observation.MAX_SERIES_LENGTH) {
      String message =
          "series: expected a name of 1 to %d characters, got %d"
              .formatted(Observation.MAX_SERIES_LENGTH, length);
      return new DeadLetter(Reason.SERIES, message, source);
    }
    if (!Double.isFinite(observation.value())) {
      String message = "value: expected a finite number, got " + observation.value();
      return new DeadLetter(Reason.NOT_FINITE, message, source);
    }
    for (int i = 0; i < observation.features().length; i++) {
      if (!Double.isFinite(observation.features()[i])) {
        String message =
            "features[%d]: expected a finite number, got %s"
                .formatted(i, observation.features()[i]);
        return new DeadLetter(Reason.NOT_FINITE, message, source);
      }
    }
    String label = observation.label();
    if (label != null && LabelDeserializer.isWrong(label, ClassifierModel.MAX_CLASS_LENGTH)) {
      String message = LabelDeserializer.wrong("label", label, ClassifierModel.MAX_CLASS_LENGTH);
      return new DeadLetter(Reason.LABEL, message, source);
    }
    long latest = clock.millis() + maxFuture.toMillis();
    if (observation.time() < 0 || observation.time() > latest) {
      String message =
          "time: expected 1970 to %s from now, got %s"
              .formatted(maxFuture, readable(observation.time()));
      return new DeadLetter(Reason.TIME, message, source);
    }
    return new ObservationEvent(observation, source);
  }

  private static String readable(long time) {
    return Instant.ofEpochMilli(time).toString();
  }

  @Override
  public TypeInformation<InputEvent> getProducedType() {
    return type;
  }
}
