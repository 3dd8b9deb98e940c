package dev.weir.model;

import dev.weir.rnn.Cell;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The metadata of a model file, keys {@code weir.*}, which {@link ModelFiles} describes. Other keys
 * become provenance; an unknown key with our prefix is rejected.
 */
final class ModelMetadata {

  static final String TASK = "weir.task";
  static final String FORMAT = "weir.format";
  static final String NAME = "weir.name";
  static final String VERSION = "weir.version";
  static final String CELL = "weir.cell";
  static final String MODE = "weir.mode";
  static final String SEQ_LEN = "weir.seq_len";
  static final String HORIZON = "weir.horizon";
  static final String READOUT = "weir.readout";
  static final String SCALING = "weir.scaling";
  static final String CALENDAR = "weir.calendar";
  static final String AHEAD = "weir.ahead";
  static final String AHEAD_CENTER = "weir.ahead_center";
  static final String AHEAD_SCALE = "weir.ahead_scale";
  static final String CANDIDATES = "weir.candidates";
  static final String CENTER = "weir.center";
  static final String SCALE = "weir.scale";
  static final String CLASSES = "weir.classes";

  private static final int MAX_CANDIDATES = 256;
  private static final String OURS = "weir.";
  private static final String PROVENANCE = "weir.provenance.";
  private static final Set<String> KEYS =
      Set.of(
          TASK,
          FORMAT,
          NAME,
          VERSION,
          CELL,
          MODE,
          SEQ_LEN,
          HORIZON,
          READOUT,
          SCALING,
          CALENDAR,
          AHEAD,
          AHEAD_CENTER,
          AHEAD_SCALE,
          CANDIDATES,
          CENTER,
          SCALE);

  private static final String FORECAST = "forecast"; // the task of a file without this key

  private static final Set<String> CLASSIFIER_KEYS =
      Set.of(TASK, FORMAT, NAME, VERSION, CELL, MODE, READOUT, CLASSES);

  private final Map<String, String> metadata;
  private final String where;

  ModelMetadata(Map<String, String> metadata, String where) throws ModelFormatException {
    this(metadata, where, FORECAST);
  }

  /**
   * @param task that the model must be for
   */
  ModelMetadata(Map<String, String> metadata, String where, String task)
      throws ModelFormatException {
    this.metadata = metadata;
    this.where = where;
    String stated = metadata.getOrDefault(TASK, FORECAST);
    if (!stated.equals(task)) {
      throw new ModelFormatException(TASK, task, Safetensors.quoted(stated), where);
    }
    Set<String> keys = task.equals(FORECAST) ? KEYS : CLASSIFIER_KEYS;
    Integer format = integer(FORMAT, ModelFiles.FORMAT);
    if (format != ModelFiles.FORMAT) {
      throw new ModelFormatException(FORMAT, ModelFiles.FORMAT + "", format.toString(), where);
    }
    for (String key : metadata.keySet()) {
      if (key.startsWith(OURS) && !key.startsWith(PROVENANCE) && !keys.contains(key)) {
        throw new ModelFormatException( // a typing mistake would otherwise become a default
            "metadata", "keys " + new TreeSet<>(keys), Safetensors.quoted(key), where);
      }
    }
  }

  <T> T required(String key, T value, String expected) throws ModelFormatException {
    if (value == null) {
      throw new ModelFormatException(
          key, expected + ", in the file or from the caller", "nothing", where);
    }
    return value;
  }

  String text(String key, String otherwise) {
    return metadata.getOrDefault(key, otherwise);
  }

  Integer integer(String key, Integer otherwise) throws ModelFormatException {
    Number number = number(key);
    if (number == null) {
      return otherwise;
    }
    if (number.doubleValue() != number.intValue()) {
      throw new ModelFormatException(
          key, "a whole number", Safetensors.quoted(metadata.get(key)), where);
    }
    return number.intValue();
  }

  /** A file without a version is version 0. */
  long version() throws ModelFormatException {
    String text = text(VERSION, "0");
    try {
      return Long.parseLong(text); // not through a double
    } catch (NumberFormatException e) {
      throw new ModelFormatException(VERSION, "a whole number", Safetensors.quoted(text), where);
    }
  }

  private Double number(String key) throws ModelFormatException {
    String text = metadata.get(key);
    if (text == null) {
      return null;
    }
    try {
      return text.length() > 32 ? Double.valueOf("too long") : Double.valueOf(text);
    } catch (NumberFormatException e) {
      throw new ModelFormatException(key, "a number", Safetensors.quoted(text), where);
    }
  }

  Cell cell(Cell otherwise) throws ModelFormatException {
    String text = metadata.get(CELL);
    if (text == null) {
      return otherwise;
    }
    for (Cell cell : Cell.values()) {
      if (label(cell).equals(text)) {
        return cell;
      }
    }
    throw new ModelFormatException(
        CELL, "rnn_tanh, rnn_relu, lstm or gru", Safetensors.quoted(text), where);
  }

  Mode mode(Mode otherwise) throws ModelFormatException {
    String text = metadata.get(MODE);
    return text == null ? otherwise : one(MODE, Mode.ofLabel(text), "many-to-one or many-to-many");
  }

  Readout readout(Readout otherwise) throws ModelFormatException {
    String text = metadata.get(READOUT);
    return text == null
        ? otherwise
        : one(READOUT, Readout.ofLabel(text), "h_n, out[:, -1], mean or max");
  }

  Scaling scaling(Scaling otherwise) throws ModelFormatException {
    String text = metadata.get(SCALING);
    Double center = number(CENTER);
    Double scale = number(SCALE);
    if (text == null) {
      if (center != null || scale != null) {
        throw new ModelFormatException(
            SCALING, "a rule with " + CENTER + " and " + SCALE, "nothing", where);
      }
      return otherwise;
    }
    Scaling.Rule rule = one(SCALING, Scaling.Rule.ofLabel(text), "none, fixed, window or last");
    return new Scaling(
        rule, Objects.requireNonNullElse(center, 0.0), Objects.requireNonNullElse(scale, 1.0));
  }

  List<Calendar> calendar(List<Calendar> otherwise) throws ModelFormatException {
    String text = metadata.get(CALENDAR);
    if (text == null) {
      return otherwise == null ? List.of() : otherwise;
    }
    List<Calendar> calendar = new ArrayList<>();
    for (String label : text.split(",")) {
      calendar.add(
          one(
              CALENDAR,
              Calendar.ofLabel(label),
              "of " + Calendar.labels(List.of(Calendar.values()))));
    }
    return calendar;
  }

  /** The covariates known ahead; unscaled if the file has no center and scale. */
  AheadInputs ahead() throws ModelFormatException {
    Integer count = integer(AHEAD, 0);
    if (count < 0 || count > AheadInputs.MAX_COUNT) {
      throw new ModelFormatException(
          AHEAD, "0 to " + AheadInputs.MAX_COUNT, count.toString(), where);
    }
    AheadInputs plain = AheadInputs.unscaled(count);
    return new AheadInputs(
        numbers(AHEAD_CENTER, plain.center()), numbers(AHEAD_SCALE, plain.scale()));
  }

  /** Numbers separated by commas, as many as the default has. */
  private List<Double> numbers(String key, List<Double> otherwise) throws ModelFormatException {
    String text = metadata.get(key);
    if (text == null) {
      return otherwise;
    }
    List<Double> numbers = new ArrayList<>();
    try {
      for (String number : text.split(",", otherwise.size() + 1)) {
        numbers.add(Double.valueOf(number));
      }
    } catch (NumberFormatException e) {
      numbers.clear();
    }
    if (numbers.isEmpty() || numbers.size() != otherwise.size()) {
      throw new ModelFormatException(
          key,
          "%d numbers, as %s says, separated by commas".formatted(otherwise.size(), AHEAD),
          Safetensors.quoted(text),
          where);
    }
    return numbers;
  }

  /** Names of the candidates that a network combines; empty for one that reads windows. */
  List<String> candidates() throws ModelFormatException {
    String text = metadata.get(CANDIDATES);
    if (text == null) {
      return List.of();
    }
    List<String> names = List.of(text.split(",", -1));
    if (names.size() > MAX_CANDIDATES
        || Set.copyOf(names).size() < names.size()
        || !names.stream().allMatch(ForecastModel::isName)) {
      throw new ModelFormatException(
          CANDIDATES,
          "at most %d different names, separated by commas".formatted(MAX_CANDIDATES),
          Safetensors.quoted(text),
          where);
    }
    return names;
  }

  private <T> T one(String key, T value, String expected) throws ModelFormatException {
    if (value == null) {
      throw new ModelFormatException(key, expected, Safetensors.quoted(metadata.get(key)), where);
    }
    return value;
  }

  Map<String, String> provenance() {
    Map<String, String> provenance = new HashMap<>();
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith(PROVENANCE)) {
            provenance.put(key.substring(PROVENANCE.length()), value);
          } else if (!key.startsWith(OURS) && !key.equals("format")) {
            provenance.putIfAbsent(key, value);
          }
        });
    return provenance;
  }

  /** Free text as it is written. */
  static Map<String, String> ofProvenance(Map<String, String> provenance) {
    Map<String, String> metadata = new HashMap<>();
    provenance.forEach((key, value) -> metadata.put(PROVENANCE + key, value));
    return metadata;
  }

  static Map<String, String> of(ForecastModel model) {
    Map<String, String> metadata = ofProvenance(model.provenance());
    metadata.put("format", "pt"); // what safetensors' own loaders look for
    metadata.put(FORMAT, Integer.toString(ModelFiles.FORMAT));
    metadata.put(NAME, model.name());
    metadata.put(VERSION, Long.toString(model.version()));
    metadata.put(CELL, label(model.rnn().cell()));
    metadata.put(MODE, model.mode().label());
    metadata.put(SEQ_LEN, Integer.toString(model.seqLen()));
    metadata.put(HORIZON, Integer.toString(model.horizon()));
    metadata.put(READOUT, model.readout().label());
    if (!model.calendar().isEmpty()) { // so that other files stay as they are
      metadata.put(CALENDAR, Calendar.labels(model.calendar()));
    }
    AheadInputs ahead = model.ahead();
    if (ahead.count() > 0) {
      metadata.put(AHEAD, Integer.toString(ahead.count()));
      metadata.put(AHEAD_CENTER, joined(ahead.center()));
      metadata.put(AHEAD_SCALE, joined(ahead.scale()));
    }
    if (!model.candidates().isEmpty()) {
      metadata.put(CANDIDATES, String.join(",", model.candidates()));
    }
    Scaling scaling = model.scaling();
    metadata.put(SCALING, scaling.rule().label());
    if (!scaling.equals(new Scaling(scaling.rule(), 0, 1))) {
      metadata.put(CENTER, Double.toString(scaling.center()));
      metadata.put(SCALE, Double.toString(scaling.scale()));
    }
    return metadata;
  }

  private static String joined(List<Double> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  static String label(Cell cell) {
    return cell.name().toLowerCase(Locale.ROOT);
  }
}
