package dev.weir.kafka.codec;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.kafka.wire.AheadVectors;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.RecordParts;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Turns each record of the observations topic into an {@link InputEvent}, or several where a
 * mapping says so. Runs inside the source, so that watermarks are those of each partition.
 */
public final class ObservationDeserializer extends RecordDeserializer<InputEvent> {

  private static final long serialVersionUID = 1L;

  private static final String REGISTERED =
      ", as with a schema registry; is it kafka.format: avro-confluent?";

  private final Duration maxFuture;
  private final RegistrySettings registry;
  private final int ahead;
  private transient ObservationCodec codec;

  /**
   * @param type Flink's type of an input event; null outside of a job
   * @param maxFuture how far ahead of the clock an observation may be; one far ahead would carry
   *     event time with it and make all others late
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
    super("an observation", type, mapping, registry);
    this.maxFuture = maxFuture;
    this.registry = registry;
    this.ahead = ahead;
  }

  /** With covariates known ahead of any number. */
  public ObservationDeserializer(
      TypeInformation<InputEvent> type,
      Duration maxFuture,
      RegistrySettings registry,
      ObservationMapping mapping) {
    this(type, maxFuture, registry, mapping, AheadVectors.ANY_LENGTH);
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
  protected void open() {
    codec = registry == null ? new ObservationCodec(ahead) : new ObservationCodec(registry, ahead);
  }

  @Override
  protected RecordParts parts() {
    return RecordParts.whole();
  }

  @Override
  protected InputEvent read(SourceRecord source) throws MalformedRecordException {
    try {
      return check(new ObservationEvent(codec.decode(source.value(), headers), source));
    } catch (MalformedRecordException e) {
      DeadLetter letter = unreadable(e, source);
      boolean hasSchemaId =
          registry == null
              && letter.reason() == Reason.MALFORMED
              && source.value().length > 0
              && source.value()[0] == ConfluentWireFormat.MAGIC;
      return hasSchemaId
          ? new DeadLetter(letter.reason(), letter.message() + REGISTERED, source)
          : letter;
    }
  }

  @Override
  protected InputEvent check(ObservationEvent observed) {
    Observation observation = observed.observation();
    SourceRecord source = observed.source();
    DeadLetter problem = badName("series", observation.series(), source);
    if (problem != null) {
      return problem;
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
    for (int i = 0; i < observation.ahead().length; i++) {
      if (Double.isInfinite(observation.ahead()[i])) { // NaN: not known
        String message =
            "features_ahead: expected finite numbers or null, got %s as number %d"
                .formatted(observation.ahead()[i], i + 1);
        return new DeadLetter(Reason.NOT_FINITE, message, source);
      }
    }
    String label = observation.label();
    problem = label == null ? null : LabelDeserializer.badClass(label, source);
    problem = problem != null ? problem : badTime("time", observation.time(), maxFuture, source);
    return problem != null ? problem : observed;
  }
}
