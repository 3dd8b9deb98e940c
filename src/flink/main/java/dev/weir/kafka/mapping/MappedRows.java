package dev.weir.kafka.mapping;

import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Observation;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.mapping.ObservationMapping.OnNull;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.TimeText;
import dev.weir.model.ForecastModel;
import dev.weir.option.Numbers;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;

/** The rows of one record as observations: their fields found, read and checked. */
final class MappedRows implements Collector<RowData> {

  private static final String[] NONE = {};

  /** Observations of one record; each carries its record's bytes to where it may be refused. */
  private static final int MAX_OBSERVATIONS = 10_000;

  /** Each of many elements may read the same text again. */
  private static final int MAX_NUMBER = 2_000;

  private final ObservationMapping mapping;
  private final Fields fields;
  private final RowData[] row;
  private final double[] numbers;
  private final String[][] texts; // of each covariate
  private final List<Observation> observations = new ArrayList<>();
  private long numbersAhead;
  private SourceRecord source;
  private int count;
  private int ignored;
  private FieldException first;

  MappedRows(ObservationMapping mapping, MappedSchema schema) {
    this.mapping = mapping;
    this.fields = new Fields(mapping, schema);
    this.row = new RowData[fields.levels];
    this.numbers = new double[mapping.covariates().observed().size()];
    this.texts = new String[mapping.covariates().ahead().size()][];
  }

  void begin(SourceRecord record) {
    source = record;
    count = 0;
    observations.clear();
    numbersAhead = 0;
    ignored = 0;
    first = null;
  }

  /** What was read of this record so far, in the order of its rows. */
  List<Observation> observations() {
    return observations;
  }

  /** Rows, of which some may be changes or have no value. */
  int count() {
    return count;
  }

  /** Rows that are no observations: what was deleted, is no longer so, or has no value. */
  int ignored() {
    return ignored;
  }

  /** A change event of which no row is an observation. */
  void ignore() {
    count++;
    ignored++;
  }

  /** Of the first observation that is refused, the reason; null if none is. */
  FieldException problem() {
    return first;
  }

  @Override
  public void collect(RowData record) {
    if (record == null) {
      return;
    }
    if (record.getRowKind() == RowKind.DELETE || record.getRowKind() == RowKind.UPDATE_BEFORE) {
      ignore();
      return;
    }
    count++;
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
    String label = fields.label == null ? null : text(fields.label);
    if (mapping.isOfCovariates()) {
      add(new Observation(name, time, 0, features, label));
      return;
    }
    double[] ahead = null; // of the first value: an element without one costs nothing
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
              mapping.covariates().areOthers() ? others(features, i) : features,
              label == null || label.isBlank() ? null : label,
              ahead));
    }
    boolean isEmpty = missing == fields.values.size();
    if (missing > 0 && mapping.onNull() == OnNull.DEAD_LETTER
        || isEmpty && fields.levels == 1 && mapping.onNull() == null) {
      throw missing();
    }
    ignored += isEmpty && mapping.onNull() == OnNull.SKIP ? 1 : 0;
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
      checkLength(text.length());
      String shown = i + 1 < mapping.series().size() ? withoutSlashes(text) : text;
      checkLength(name.length() + (name.isEmpty() ? 0 : 1) + shown.length());
      name.append(name.isEmpty() ? "" : "/").append(shown);
    }
    checkUtf8(name);
    return name.toString();
  }

  /** Each element of a record may have its own name: too long ones would fill the memory. */
  private static void checkLength(int length) throws FieldException {
    if (length > Observation.MAX_SERIES_LENGTH) {
      throw new FieldException(
          Reason.SERIES,
          "series: expected a name of 1 to %d characters, got %d"
              .formatted(Observation.MAX_SERIES_LENGTH, length));
    }
  }

  /** A part before others: without its own slashes a/b and c would be a series with a and b/c. */
  private static String withoutSlashes(String part) {
    return part.indexOf('/') < 0 && part.indexOf("%2") < 0
        ? part
        : part.replace("%", "%25").replace("/", "%2F");
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
      String key =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(source.key())).toString();
      for (int i = 0; i < key.length(); i++) {
        if (Character.isISOControl(key.charAt(i))) { // such as a number in Avro
          throw new FieldException(
              Reason.SERIES, "key: expected a text, got bytes " + AvroBounds.quoted(key));
        }
      }
      return key;
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
      return TimeText.millis(
          text == null || text.length() > MAX_NUMBER ? "" : text.strip(), mapping.time().unit());
    } catch (DateTimeException | ArithmeticException e) {
      String why = text == null ? "null or nothing" : shown(text);
      throw new FieldException(
          text == null ? Reason.FIELD : Reason.TIME,
          "%s: expected %s, got %s".formatted(mapping.time().path(), TimeText.EXPECTED, why));
    }
  }

  private double[] features() throws FieldException {
    if (numbers.length == 0) {
      return Observation.NO_FEATURES;
    }
    for (int i = 0; i < numbers.length; i++) {
      FieldPath path = mapping.covariates().observed().get(i);
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

  private static double[] others(double[] values, int value) {
    double[] others = new double[values.length - 1];
    System.arraycopy(values, 0, others, 0, value);
    System.arraycopy(values, value + 1, others, value, others.length - value);
    return others;
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
          known[i * covariates + k] = number(mapping.covariates().ahead().get(k), texts[k][i]);
        }
      }
    }
    return known;
  }

  private void checkNumbersAhead() throws FieldException {
    if (numbersAhead > MappedRecords.MAX_BYTES / Double.BYTES) {
      throw new FieldException(
          Reason.FIELD,
          "record: expected at most %,d numbers known ahead, got more"
              .formatted(MappedRecords.MAX_BYTES / Double.BYTES));
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
      return Numbers.parse(text.length() > MAX_NUMBER ? "" : text);
    } catch (NumberFormatException e) {
      throw new FieldException(
          Reason.FIELD, "%s: expected a number, got %s".formatted(path, shown(text)));
    }
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

  /** What a record has, in words. */
  String what() {
    return mapping.isOfCovariates() ? "covariates" : "observations";
  }

  private static String shown(String text) {
    return "'"
        + AvroBounds.quoted(text.substring(0, Math.min(text.length(), MappedRecords.MAX_SHOWN)))
        + "'";
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
      time = mapping.time().path() == null ? null : schema.places(mapping.time().path());
      values = mapping.values().stream().map(schema::places).toList();
      features = mapping.covariates().observed().stream().map(schema::places).toList();
      ahead = mapping.covariates().ahead().stream().map(schema::places).toList();
      label = mapping.label() == null ? null : schema.places(mapping.label());
      names = mapping.values().stream().map(mapping::nameOf).toList();
    }
  }

  static final class FieldException extends Exception {
    private static final long serialVersionUID = 1L;
    private final Reason reason;

    FieldException(Reason reason, String message) {
      super(message, null, false, false);
      this.reason = reason;
    }

    Reason reason() {
      return reason;
    }
  }
}
