package dev.weir.kafka.mapping;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.RecordParts;
import dev.weir.kafka.wire.UnknownSchemaException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/**
 * Turns a record into observations as a mapping says, and what can't be used into one dead letter
 * beside them; of a record with several lines, into one for each bad line. Not thread-safe; {@link
 * #open} comes first.
 */
public final class MappedRecords implements Serializable {

  private static final long serialVersionUID = 1L;

  /** What {@link #open} takes outside of a job. */
  public static final DeserializationSchema.InitializationContext ALONE =
      new DeserializationSchema.InitializationContext() {
        @Override
        public MetricGroup getMetricGroup() {
          return new UnregisteredMetricsGroup();
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
          return SimpleUserCodeClassLoader.create(MappedRecords.class.getClassLoader());
        }
      };

  static final int MAX_SHOWN = 80;

  static final long MAX_BYTES = 64L << 20;

  private final ObservationMapping mapping;
  private final DeserializationSchema<RowData> format; // null: records with a schema
  private final RecordSource reader; // null: a table format
  private final boolean hasChanges;
  private transient MappedSchema schema;
  private transient MappedRows rows;
  private transient Collector<RowData> collector;
  private transient RecordParts parts;
  private transient int ignored;

  /**
   * @param registered what reads {@link ObservationMapping#REGISTERED} records; null to find out
   *     whether a mapping is right
   * @throws IllegalArgumentException when the paths contradict each other or the schema, the format
   *     is not there, or an option of it is wrong
   */
  public MappedRecords(ObservationMapping mapping, RecordSource registered) {
    this.mapping = mapping;
    MappedSchema fields = new MappedSchema(mapping);
    if (mapping.format().hasSchema()) {
      if (!mapping.format().options().isEmpty()) {
        throw new IllegalArgumentException(
            "format.options: expected none with %s, got %s"
                .formatted(mapping.format().name(), mapping.format().options().keySet()));
      }
      this.reader = reader(mapping, fields, registered);
      this.format = null;
      this.hasChanges = false;
      return;
    }
    TableFormat table =
        TableFormat.of(mapping.format().name(), mapping.format().options(), fields.type());
    this.reader = null;
    this.format = table.decoder();
    this.hasChanges = table.hasChanges();
  }

  private static RecordSource reader(
      ObservationMapping mapping, MappedSchema fields, RecordSource registered) {
    if (mapping.format().isRegistered()) {
      return registered;
    }
    if (mapping.format().name().equals(ObservationMapping.AVRO)) {
      return new AvroRecords(mapping.format().schema());
    }
    ProtobufRecords records = new ProtobufRecords(mapping.format().schema());
    fields.checkPaths(records::has);
    return records;
  }

  /**
   * @throws IllegalStateException when the format can't start
   */
  public void open(DeserializationSchema.InitializationContext context) {
    try {
      if (reader != null) {
        reader.open();
      } else {
        format.open(context);
      }
    } catch (Exception e) {
      throw new IllegalStateException(
          "format %s: %s".formatted(mapping.format().name(), e.getMessage()), e);
    }
    schema = new MappedSchema(mapping);
    rows = new MappedRows(mapping, schema);
    boolean isDebezium = mapping.format().name().equals(DebeziumRows.FORMAT);
    collector = isDebezium ? new DebeziumRows(rows, schema.type()) : rows;
    parts = TableFormat.parts(mapping.format().name(), mapping.format().options());
  }

  /** Reads a record, of which each observation that the mapping finds is right. */
  public int read(SourceRecord record, Consumer<InputEvent> out) {
    return read(record, observed -> observed, out);
  }

  /**
   * Reads a record; never throws for a record's sake.
   *
   * @param check of an observation: the event of it, or a dead letter
   * @param out takes each event, and at most one dead letter for each line of the record, which has
   *     the bytes of the line alone
   * @return rows that are no observations: what was deleted, is no longer so, or is null
   */
  public <E> int read(SourceRecord record, Function<ObservationEvent, E> check, Consumer<E> out) {
    if (record.value() == null && hasChanges) {
      return 1;
    }
    ignored = 0;
    parts.forEach(record, part -> readPart(part, check, out), out);
    return ignored;
  }

  @SuppressWarnings("unchecked") // a dead letter is an event of any kind
  private <E> E readPart(
      SourceRecord record, Function<ObservationEvent, E> check, Consumer<E> out) {
    DeadLetter letter = observations(record, check, out);
    ignored += rows.ignored();
    return (E) letter;
  }

  /** What can't be used of a part of a record; null if all of it can. */
  private <E> DeadLetter observations(
      SourceRecord record, Function<ObservationEvent, E> check, Consumer<E> out) {
    rows.begin(record);
    if (record.value() == null) {
      return new DeadLetter(Reason.NULL_VALUE, "value: expected a record, got null", record);
    }
    try {
      if (reader != null) {
        rows.collect(schema.row(reader.read(record.value())));
      } else {
        format.deserialize(record.value(), collector);
      }
    } catch (UnknownSchemaException e) {
      return new DeadLetter(Reason.SCHEMA, e.getMessage(), record);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      return new DeadLetter(Reason.MALFORMED, problem(e), record);
    }
    if ((long) rows.observations().size() * record.value().length > MAX_BYTES
        && rows.observations().size() > 1) {
      return new DeadLetter(
          Reason.FIELD,
          "record: expected observations times bytes of at most %,d, got %,d times %,d"
              .formatted(MAX_BYTES, rows.observations().size(), record.value().length),
          record);
    }
    DeadLetter first = null;
    for (Observation observation : rows.observations()) {
      E event = check.apply(new ObservationEvent(observation, record));
      if (!(event instanceof DeadLetter letter)) {
        out.accept(event);
      } else if (first == null) {
        first = letter;
      }
    }
    MappedRows.FieldException problem = rows.problem();
    if (first == null && problem != null) {
      first = new DeadLetter(problem.reason(), problem.getMessage(), record);
    } else if (rows.count() == 0 || rows.observations().isEmpty() && rows.ignored() == 0) {
      first =
          new DeadLetter(
              Reason.FIELD, "%s: expected %s, got none".formatted(place(), rows.what()), record);
    }
    return first;
  }

  private String place() {
    return mapping.each() == null ? "record" : mapping.each().toString();
  }

  /** What a format says, in one line: the outermost says least, the innermost only what. */
  private String problem(Throwable failure) {
    List<String> messages = new ArrayList<>();
    for (Throwable e = failure; e != null && messages.size() < 4; e = e.getCause()) {
      String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      String line = message.lines().findFirst().orElse("");
      messages.add(AvroBounds.quoted(line.substring(0, Math.min(line.length(), 2 * MAX_SHOWN))));
    }
    if (messages.size() > 1) {
      messages.remove(0);
    }
    return "record: expected %s, got: %s"
        .formatted(mapping.format().name(), String.join(": ", messages));
  }
}
