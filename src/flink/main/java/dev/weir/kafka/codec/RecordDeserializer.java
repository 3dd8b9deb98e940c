package dev.weir.kafka.codec;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.mapping.MappedRecords;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.kafka.registry.RegisteredRecords;
import dev.weir.kafka.wire.AheadVectors;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.RecordParts;
import dev.weir.kafka.wire.UnknownSchemaException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Turns each record of a topic into events: one, or several where a mapping says so. What can't be
 * used of a record is one dead letter; never throws for a record's sake.
 *
 * @param <E> the events, of which a dead letter is one
 */
public abstract class RecordDeserializer<E> implements KafkaRecordDeserializationSchema<E> {

  private static final long serialVersionUID = 1L;

  private final String what;
  private final TypeInformation<E> type;
  private final MappedRecords mapped; // null: records are our own
  private transient RecordParts parts; // of our own records
  private transient Function<SourceRecord, E> ownReader; // a lambda for each record is an object
  private transient Clock clock;
  private transient Counter ignored; // changes that a mapping skips

  /** Those of the record that is read. */
  protected transient Headers headers;

  /**
   * @param what a record has, in words
   * @param type Flink's type of an event; null outside of a job
   * @param mapping what records are that are not our own; null: they are
   * @param registry where the records' schemas are; null: plain Avro
   * @throws IllegalArgumentException if the mapping is wrong
   */
  protected RecordDeserializer(
      String what, TypeInformation<E> type, ObservationMapping mapping, RegistrySettings registry) {
    this.what = what;
    this.type = type;
    this.mapped =
        mapping == null ? null : new MappedRecords(mapping, new RegisteredRecords(registry));
  }

  /** Prepares to read records of our own. */
  protected abstract void open();

  /** Reads and checks a record of our own; its value is not null. */
  protected abstract E read(SourceRecord source) throws MalformedRecordException;

  /** Checks what a mapping made of a record; overridden where there are mappings. */
  protected E check(ObservationEvent mapped) {
    throw new UnsupportedOperationException("expected no mapping of " + what);
  }

  /** What a record of our own consists of. */
  protected RecordParts parts() {
    return RecordParts.ofOwn();
  }

  @Override
  public final void open(DeserializationSchema.InitializationContext context) {
    clock = Clock.systemUTC();
    if (mapped == null) {
      open();
      parts = parts();
      ownReader = this::own;
    } else {
      mapped.open(context);
      ignored = context.getMetricGroup().addGroup("weir").counter("ignoredChanges");
    }
  }

  /** For use outside of a job. */
  public final void openAlone() {
    open(MappedRecords.ALONE);
  }

  @Override
  public final void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<E> out) {
    read(record, out::collect);
  }

  /** Reads a record. */
  public final void read(ConsumerRecord<byte[], byte[]> record, Consumer<E> out) {
    SourceRecord source = DeadLetterCodec.source(record);
    headers = record.headers();
    if (mapped != null) {
      ignored.inc(mapped.read(source, this::check, out));
    } else {
      parts.forEach(source, ownReader, out);
    }
  }

  /** Why a record has a dead letter; null if it has none. */
  public final String problem(ConsumerRecord<byte[], byte[]> record) {
    List<String> problems = new ArrayList<>(1);
    read(
        record,
        event -> {
          if (event instanceof DeadLetter letter) {
            problems.add("%s: %s".formatted(letter.reason(), letter.message()));
          }
        });
    return problems.isEmpty() ? null : problems.get(0);
  }

  @SuppressWarnings("unchecked") // each kind of event has dead letters
  private E own(SourceRecord source) {
    if (source.value() == null) {
      String message = "value: expected %s, got null".formatted(what);
      return (E) new DeadLetter(Reason.NULL_VALUE, message, source);
    }
    try {
      return read(source);
    } catch (MalformedRecordException e) {
      return (E) unreadable(e, source);
    }
  }

  /** The dead letter of a record that can't be read. */
  static DeadLetter unreadable(MalformedRecordException problem, SourceRecord source) {
    if (problem instanceof UnknownSchemaException) {
      return new DeadLetter(Reason.SCHEMA, problem.getMessage(), source);
    }
    if (problem instanceof AheadVectors.LengthException) {
      return new DeadLetter(Reason.FEATURES, problem.getMessage(), source);
    }
    String message = "%s (%s)".formatted(problem.getMessage(), AvroBounds.describe(source.value()));
    return new DeadLetter(Reason.MALFORMED, message, source);
  }

  /** What is wrong with the length of a name; null if nothing is. */
  protected static DeadLetter badName(String field, String name, SourceRecord source) {
    int length = name.length();
    if (length > 0 && length <= Observation.MAX_SERIES_LENGTH) {
      return null;
    }
    String message =
        "%s: expected a name of 1 to %d characters, got %d"
            .formatted(field, Observation.MAX_SERIES_LENGTH, length);
    return new DeadLetter(Reason.SERIES, message, source);
  }

  /** The first number that is infinite; null if none is. */
  protected static DeadLetter infinite(String field, double[] numbers, SourceRecord source) {
    for (int i = 0; i < numbers.length; i++) {
      if (Double.isInfinite(numbers[i])) {
        String message =
            "%s[%d]: expected a finite number or none, got %s".formatted(field, i, numbers[i]);
        return new DeadLetter(Reason.NOT_FINITE, message, source);
      }
    }
    return null;
  }

  /** What is wrong with a time; null if nothing is. */
  protected final DeadLetter badTime(
      String field, long time, Duration maxFuture, SourceRecord source) {
    if (time >= 0 && time <= clock.millis() + maxFuture.toMillis()) {
      return null;
    }
    String message =
        "%s: expected 1970 to %s from now, got %s"
            .formatted(field, maxFuture, Instant.ofEpochMilli(time));
    return new DeadLetter(Reason.TIME, message, source);
  }

  @Override
  public final TypeInformation<E> getProducedType() {
    return type;
  }
}
