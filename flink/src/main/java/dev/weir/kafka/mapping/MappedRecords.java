package dev.weir.kafka.mapping;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.mapping.ObservationMapping.OnNull;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.UnknownSchemaException;
import dev.weir.model.ForecastModel;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/**
 * Turns a record into observations as a mapping says, and what can't be used into one dead letter
 * beside them. Not thread-safe; {@link #open} comes first.
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

  private static final int MAX_SHOWN = 80;
  private static final String[] NONE = {};

  /** Observations of one record; each carries its record's bytes to where it may be refused. */
  private static final int MAX_OBSERVATIONS = 10_000;

  private static final long MAX_BYTES = 64L << 20;

  private final ObservationMapping mapping;
  private final DeserializationSchema<RowData> format; // null: records with a schema
  private final RecordSource reader; // null: a table format
  private final boolean hasChanges;
  private transient MappedSchema schema;
  private transient Fields fields;
  private transient Rows rows;

  /**
   * @param registered what reads {@link ObservationMapping#REGISTERED} records; null to find out
   *     whether a mapping is right
   * @throws IllegalArgumentException when the paths contradict each other or the schema, the format
   *     is not there, or an option of it is wrong
   */
  public MappedRecords(ObservationMapping mapping, RecordSource registered) {
    this.mapping = mapping;
    MappedSchema fields = new MappedSchema(mapping);
    if (mapping.hasSchema()) {
      if (!mapping.options().isEmpty()) {
        throw new IllegalArgumentException(
            "format.options: expected none with %s, got %s"
                .formatted(mapping.format(), mapping.options().keySet()));
      }
      this.reader = reader(mapping, fields, registered);
      this.format = null;
      this.hasChanges = false;
      return;
    }
    TableFormat table = TableFormat.of(mapping.format(), mapping.options(), fields.type());
    this.reader = null;
    this.format = table.decoder();
    this.hasChanges = table.hasChanges();
  }

  private static RecordSource reader(
      ObservationMapping mapping, MappedSchema fields, RecordSource registered) {
    if (mapping.isRegistered()) {
      return registered;
    }
    if (mapping.format().equals(ObservationMapping.AVRO)) {
      return new AvroRecords(mapping.schema());
    }
    ProtobufRecords records = new ProtobufRecords(mapping.schema());
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
          "format %s: %s".formatted(mapping.format(), e.getMessage()), e);
    }
    schema = new MappedSchema(mapping);
    fields = new Fields(mapping, schema);
    rows = new Rows();
  }

  /** Where the fields are. */
  private static final class Fields {
    private final int levels;
    private final RowPath[] arrays; // of each level after the first
    private final List<List<RowPath>> series = new ArrayList<>(); // null for what is no field
    private final List<RowPath> time;
    private final List<List<RowPath>> values;
    private final List<List<RowPath>> features;
    private final List<List<ArrayPlace>> ahead;
    private final List<RowPath> label;
    private final List<RowPath> endsWindow;
    private final List<String> names;

    Fields(ObservationMapping mapping, MappedSchema schema) {
      levels = schema.levels();
      arrays = new RowPath[levels];
      for (int level = 1; level < levels; level++) {
        arrays[level] = schema.array(level);
      }
      for (NamePart part : mapping.series()) {
        series.add(part.path() == null ? null : schema.places(part.path()));
      }
      time = mapping.time() == null ? null : schema.places(mapping.time());
      values = mapping.values().stream().map(schema::places).toList();
      features = mapping.features().stream().map(schema::places).toList();
      ahead = mapping.ahead().stream().map(schema::places).toList();
      label = mapping.label() == null ? null : schema.places(mapping.label());
      endsWindow = mapping.endsWindow() == null ? null : schema.places(mapping.endsWindow());
      names = mapping.values().stream().map(mapping::nameOf).toList();
    }
  }

  /** What is wrong with an observation. */
  private static final class FieldException extends Exception {
    private static final long serialVersionUID = 1L;
    private final Reason reason;

    FieldException(Reason reason, String message) {
      super(message, null, false, false);
      this.reason = reason;
    }
  }

  /** The rows of one record. */
  private final class Rows implements Collector<RowData> {
    private final RowData[] row = new RowData[fields.levels];
    private final double[] numbers = new double[mapping.features().size()];
    private final String[][] texts = new String[mapping.ahead().size()][]; // of each covariate
    private final List<Observation> observations = new ArrayList<>();
    private long numbersAhead;
    private SourceRecord source;
    private int count;
    private int changes;
    private FieldException first;

    void begin(SourceRecord record) {
      source = record;
      count = 0;
      observations.clear();
      numbersAhead = 0;
      changes = 0;
      first = null;
    }

    @Override
    public void collect(RowData record) {
      if (record == null) {
        return;
      }
      count++;
      if (record.getRowKind() == RowKind.DELETE || record.getRowKind() == RowKind.UPDATE_BEFORE) {
        changes++;
        return;
      }
      row[0] = record;
      walk(1);
    }

    private void walk(int level) {
      if (level == fields.levels) {
        try {
          observe();
        } catch (FieldException e) {
          note(e);
        }
        return;
      }
      ArrayData elements = fields.arrays[level].array(row);
      for (int i = 0; elements != null && i < elements.size(); i++) {
        if (!elements.isNullAt(i)) {
          row[level] = elements.getRow(i, fields.arrays[level].width());
          walk(level + 1);
        }
      }
    }

    private void note(FieldException problem) {
      first = first == null ? problem : first;
    }

    private void observe() throws FieldException {
      String name = name();
      long time = time();
      double[] features = features();
      if (mapping.isOfCovariates()) {
        add(new Observation(name, time, 0, features));
        return;
      }
      double[] ahead = null; // of the first value: an element without one costs nothing
      String label = fields.label == null ? null : text(fields.label);
      boolean endsWindow = fields.endsWindow != null && isTrue(text(fields.endsWindow));
      int missing = 0;
      for (int i = 0; i < fields.values.size(); i++) {
        String text = valueText(i);
        if (text == null) {
          missing++;
          continue;
        }
        double value;
        try {
          value = number(mapping.values().get(i), text);
        } catch (FieldException e) { // of this value alone
          note(e);
          continue;
        }
        if (ahead == null) {
          checkRoom();
          ahead = ahead();
        }
        String own = fields.names.get(i);
        String series = own.isEmpty() ? name : name.isEmpty() ? own : name + "/" + own;
        add(
            new Observation(
                series,
                time,
                value,
                features,
                label == null || label.isBlank() ? null : label,
                endsWindow,
                ahead));
      }
      if (missing > 0 && mapping.onNull() == OnNull.DEAD_LETTER
          || missing == fields.values.size() && fields.levels == 1) {
        throw missing();
      }
    }

    private void add(Observation observation) throws FieldException {
      checkRoom();
      observations.add(observation);
    }

    private void checkRoom() throws FieldException {
      if (observations.size() == MAX_OBSERVATIONS) {
        throw new FieldException(
            Reason.FIELD,
            "record: expected at most %,d %s, got more".formatted(MAX_OBSERVATIONS, what()));
      }
    }

    private FieldException missing() {
      List<FieldPath> absent = new ArrayList<>();
      for (int i = 0; i < fields.values.size(); i++) {
        if (valueText(i) == null) {
          absent.add(mapping.values().get(i));
        }
      }
      return new FieldException(
          Reason.FIELD,
          "%s: expected a number, got null or nothing"
              .formatted(String.join(", ", absent.stream().map(FieldPath::toString).toList())));
    }

    private String name() throws FieldException {
      StringBuilder name = new StringBuilder();
      for (int i = 0; i < mapping.series().size(); i++) {
        NamePart part = mapping.series().get(i);
        String text =
            switch (part.kind()) {
              case TEXT -> part.text();
              case TOPIC -> source.topic();
              case KEY -> key();
              case FIELD -> text(fields.series.get(i));
            };
        if (text == null || text.isEmpty()) {
          if (part.isOptional()) {
            continue;
          }
          throw new FieldException(
              Reason.FIELD, "%s: expected a text, got null or nothing".formatted(part));
        }
        name.append(name.isEmpty() ? "" : "/").append(text);
      }
      checkUtf8(name);
      return name.toString();
    }

    private static void checkUtf8(CharSequence name) throws FieldException {
      for (int i = 0; i < name.length(); i++) {
        if (Character.isSurrogate(name.charAt(i))) { // rare: an encoder for each name costs
          if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new FieldException(Reason.SERIES, "series: expected UTF-8, got half a character");
          }
          return;
        }
      }
    }

    private String key() throws FieldException {
      if (source.key() == null) {
        return null;
      }
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(source.key())).toString();
      } catch (CharacterCodingException e) {
        throw new FieldException(Reason.SERIES, "key: expected UTF-8, got other bytes");
      }
    }

    private long time() throws FieldException {
      if (fields.time == null) {
        return source.timestamp();
      }
      String text = text(fields.time);
      try {
        return TimeText.millis(text == null ? "" : text.strip(), mapping.unit());
      } catch (DateTimeException | ArithmeticException e) {
        String why = text == null ? "null or nothing" : shown(text);
        throw new FieldException(
            text == null ? Reason.FIELD : Reason.TIME,
            "%s: expected %s, got %s".formatted(mapping.time(), TimeText.EXPECTED, why));
      }
    }

    private double[] features() throws FieldException {
      if (numbers.length == 0) {
        return Observation.NO_FEATURES;
      }
      for (int i = 0; i < numbers.length; i++) {
        FieldPath path = mapping.features().get(i);
        String text = text(fields.features.get(i));
        if (mapping.isOfCovariates() && (text == null || text.isBlank())) {
          numbers[i] = Double.NaN;
          continue;
        }
        if (text == null) {
          throw new FieldException(Reason.FIELD, path + ": expected a number, got null or nothing");
        }
        numbers[i] = number(path, text);
      }
      return numbers.clone();
    }

    /** Of each step, what is known of each covariate: (steps, covariates), row-major. */
    private double[] ahead() throws FieldException {
      checkNumbersAhead(); // reading those of another element costs
      int covariates = fields.ahead.size();
      int steps = 0;
      for (int k = 0; k < covariates; k++) {
        texts[k] = texts(fields.ahead.get(k));
        steps = Math.max(steps, texts[k].length);
      }
      if (steps == 0) {
        return Observation.NO_FEATURES;
      }
      numbersAhead += (long) steps * covariates;
      checkNumbersAhead();
      double[] known = new double[steps * covariates];
      Arrays.fill(known, Double.NaN);
      for (int k = 0; k < covariates; k++) {
        for (int i = 0; i < texts[k].length; i++) {
          if (texts[k][i] != null && !texts[k][i].isBlank()) {
            known[i * covariates + k] = number(mapping.ahead().get(k), texts[k][i]);
          }
        }
      }
      return known;
    }

    private void checkNumbersAhead() throws FieldException {
      if (numbersAhead > MAX_BYTES / Double.BYTES) {
        throw new FieldException(
            Reason.FIELD,
            "record: expected at most %,d numbers known ahead, got more"
                .formatted(MAX_BYTES / Double.BYTES));
      }
    }

    private String[] texts(List<ArrayPlace> places) {
      for (ArrayPlace place : places) {
        String[] texts = place.texts(row, ForecastModel.MAX_HORIZON); // more are never used
        if (texts != null) {
          return texts;
        }
      }
      return NONE;
    }

    private double number(Object path, String text) throws FieldException {
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException e) {
        throw new FieldException(
            Reason.FIELD, "%s: expected a number, got %s".formatted(path, shown(text)));
      }
    }

    private static boolean isTrue(String text) {
      return text != null && (text.equalsIgnoreCase("true") || text.equals("1"));
    }

    /** A number's text; an empty field of a line is missing, too. */
    private String valueText(int value) {
      String text = text(fields.values.get(value));
      return text == null || text.isBlank() ? null : text;
    }

    private String text(List<RowPath> places) {
      for (int i = 0; i < places.size(); i++) {
        String text = places.get(i).text(row);
        if (text != null) {
          return text;
        }
      }
      return null;
    }

    @Override
    public void close() {
      // nothing is held
    }
  }

  private static String shown(String text) {
    return "'" + AvroBounds.quoted(text.substring(0, Math.min(text.length(), MAX_SHOWN))) + "'";
  }

  /**
   * Reads a record; never throws for a record's sake.
   *
   * @param out takes each observation, and at most one dead letter after them
   * @return changes that are no observations: what was deleted, or is no longer so
   */
  public int read(SourceRecord record, Consumer<InputEvent> out) {
    if (record.value() == null) {
      if (!hasChanges) {
        out.accept(new DeadLetter(Reason.NULL_VALUE, "value: expected a record, got null", record));
      }
      return hasChanges ? 1 : 0;
    }
    rows.begin(record);
    try {
      if (reader != null) {
        rows.collect(schema.row(reader.read(record.value())));
      } else {
        format.deserialize(record.value(), rows);
      }
    } catch (UnknownSchemaException e) {
      out.accept(new DeadLetter(Reason.SCHEMA, e.getMessage(), record));
      return 0;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      out.accept(new DeadLetter(Reason.MALFORMED, problem(e), record));
      return rows.changes;
    }
    if ((long) rows.observations.size() * record.value().length > MAX_BYTES
        && rows.observations.size() > 1) {
      out.accept(
          new DeadLetter(
              Reason.FIELD,
              "record: expected observations times bytes of at most %,d, got %,d times %,d"
                  .formatted(MAX_BYTES, rows.observations.size(), record.value().length),
              record));
      return rows.changes;
    }
    rows.observations.forEach(o -> out.accept(new ObservationEvent(o, record)));
    if (rows.first != null) {
      out.accept(new DeadLetter(rows.first.reason, rows.first.getMessage(), record));
    } else if (rows.count == 0 || rows.observations.isEmpty() && rows.changes == 0) {
      out.accept(
          new DeadLetter(
              Reason.FIELD, "%s: expected %s, got none".formatted(place(), what()), record));
    }
    return rows.changes;
  }

  private String what() {
    return mapping.isOfCovariates() ? "covariates" : "observations";
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
    return "record: expected %s, got: %s".formatted(mapping.format(), String.join(": ", messages));
  }
}
