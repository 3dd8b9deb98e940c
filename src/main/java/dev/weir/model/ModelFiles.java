package dev.weir.model;

import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From a PyTorch {@code state_dict} in a safetensors file to a {@link ForecastModel}, and back.
 *
 * <p>Sizes come from the tensors' shapes. What shapes cannot tell (name, mode, window, readout,
 * scaling) comes from the file's metadata, keys {@code weir.*}; what that does not tell comes from
 * {@link Defaults}. So our own files need nothing, and a plain export needs a few words.
 *
 * <p>Format 1, as written: tensors {@code rnn.*} in torch's order, then {@code fc.weight} and
 * {@code fc.bias} when there is a head, all F32; metadata {@code weir.format}, {@code name}, {@code
 * version}, {@code cell}, {@code mode}, {@code seq_len}, {@code horizon}, {@code readout}, {@code
 * scaling}, {@code calendar} where there is one, and {@code center} and {@code scale} where they
 * are not 0 and 1; {@code weir.provenance.*} is free text. Read: any prefix, and any name for the
 * head. Foreign metadata becomes provenance. Such bytes are in Flink's state and on the model
 * topic: a change of format needs a new number and a reader for the old ones.
 */
public final class ModelFiles {

  /** The format that is written, and the newest that is read. */
  public static final int FORMAT = 1;

  private static final String OURS = "weir.";
  private static final String PROVENANCE = "weir.provenance.";
  private static final Set<String> KEYS =
      Set.of(
          "weir.format",
          "weir.name",
          "weir.version",
          "weir.cell",
          "weir.mode",
          "weir.seq_len",
          "weir.horizon",
          "weir.readout",
          "weir.scaling",
          "weir.calendar",
          "weir.center",
          "weir.scale");

  /**
   * torch's name of a recurrent tensor behind its prefix; weight_hr is a projection (proj_size).
   */
  private static final Pattern RECURRENT =
      Pattern.compile(
          "(weight_ih|weight_hh|bias_ih|bias_hh|weight_hr)_l(0|[1-9]\\d{0,4})(_reverse)?");

  private ModelFiles() {}

  /**
   * What to assume where a file says nothing. Each part may be null, which means: the file must say
   * it. The file's own words always win.
   *
   * @param name name of the model
   * @param mode needed for a head of one row, which fits both modes
   * @param seqLen values in a window
   * @param readout needed for a bidirectional many-to-one network only; with one direction both are
   *     the same
   * @param scaling how values were scaled in training
   * @param cell needed for {@link Cell#RNN_RELU}, which has the shapes of {@link Cell#RNN_TANH}
   * @param calendar what the network reads of the time; null: nothing
   */
  public record Defaults(
      String name,
      Mode mode,
      Integer seqLen,
      Readout readout,
      Scaling scaling,
      Cell cell,
      List<Calendar> calendar) {

    public Defaults(
        String name, Mode mode, Integer seqLen, Readout readout, Scaling scaling, Cell cell) {
      this(name, mode, seqLen, readout, scaling, cell, null);
    }

    /** The file must say everything: right for our own files, the model topic and state. */
    public static final Defaults NONE = new Defaults(null, null, null, null, null, null);
  }

  /** Reads a model file; see {@link #fromBytes}. */
  public static ForecastModel read(Path file, Defaults defaults) throws IOException {
    return model(Safetensors.read(file), defaults, String.valueOf(file.getFileName()));
  }

  /**
   * Reads a model from the bytes of a file.
   *
   * @param where goes into messages: a file name, or a topic, partition and offset
   * @throws ModelFormatException when the bytes are not a model that we can run
   */
  public static ForecastModel fromBytes(byte[] bytes, Defaults defaults, String where)
      throws ModelFormatException {
    return model(Safetensors.of(bytes, where), defaults, where);
  }

  /** The model as a file's bytes; equal models give equal bytes, and reading them loses no bit. */
  public static byte[] toBytes(ForecastModel model) {
    RnnConfig rnn = model.rnn();
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    for (RnnConfig.Parameter parameter : rnn.parameters()) {
      float[] values = new float[parameter.length()];
      System.arraycopy(model.weights(), parameter.offset(), values, 0, values.length);
      tensors.put("rnn." + parameter.name(), new Safetensors.Tensor(parameter.shape(), values));
    }
    ForecastModel.Head head = model.head();
    if (head != null) {
      int outFeatures = head.bias().length;
      tensors.put(
          "fc.weight",
          new Safetensors.Tensor(List.of(outFeatures, rnn.outputSize()), head.weight()));
      tensors.put("fc.bias", new Safetensors.Tensor(List.of(outFeatures), head.bias()));
    }
    return Safetensors.toBytes(tensors, metadata(model));
  }

  /** Writes a model file; readers see the old file or the new one, never a part. */
  public static void write(ForecastModel model, Path file) throws IOException {
    Safetensors.writeAtomically(file, toBytes(model));
  }

  private static Map<String, String> metadata(ForecastModel model) {
    Map<String, String> metadata = new HashMap<>();
    model.provenance().forEach((key, value) -> metadata.put(PROVENANCE + key, value));
    metadata.put("format", "pt"); // what safetensors' own loaders look for
    metadata.put("weir.format", Integer.toString(FORMAT));
    metadata.put("weir.name", model.name());
    metadata.put("weir.version", Long.toString(model.version()));
    metadata.put("weir.cell", label(model.rnn().cell()));
    metadata.put("weir.mode", model.mode().label());
    metadata.put("weir.seq_len", Integer.toString(model.seqLen()));
    metadata.put("weir.horizon", Integer.toString(model.horizon()));
    metadata.put("weir.readout", model.readout().label());
    if (!model.calendar().isEmpty()) { // so that other files stay as they are
      metadata.put("weir.calendar", Calendar.labels(model.calendar()));
    }
    Scaling scaling = model.scaling();
    metadata.put("weir.scaling", scaling.rule().label());
    if (!scaling.equals(new Scaling(scaling.rule(), 0, 1))) {
      metadata.put("weir.center", Double.toString(scaling.center()));
      metadata.put("weir.scale", Double.toString(scaling.scale()));
    }
    return metadata;
  }

  private static ForecastModel model(Safetensors file, Defaults defaults, String where)
      throws ModelFormatException {
    Metadata metadata = new Metadata(file.metadata(), where);
    StateDict state = new StateDict(file, where);
    try {
      RnnConfig rnn = state.config(metadata.cell(defaults.cell()));
      float[] weights = state.weights(rnn);
      ForecastModel.Head head = state.head(rnn);

      int outFeatures = head == null ? rnn.hiddenSize() : head.bias().length;
      Mode mode = metadata.mode(defaults.mode());
      if (mode == null && outFeatures > 1) {
        mode = Mode.MANY_TO_ONE; // a many-to-many head has one row
      }
      metadata.known("weir.mode", mode, "many-to-one or many-to-many");
      int seqLen =
          metadata.known(
              "weir.seq_len",
              metadata.integer("weir.seq_len", defaults.seqLen()),
              "the length of a window");
      int horizon = mode == Mode.MANY_TO_ONE ? outFeatures : seqLen;
      Integer stated = metadata.integer("weir.horizon", horizon);
      if (stated != horizon) {
        throw new ModelFormatException(
            "weir.horizon",
            horizon + (mode == Mode.MANY_TO_ONE ? ", the rows of the head" : ", seq_len"),
            stated.toString(),
            where);
      }
      Readout readout = metadata.readout(defaults.readout());
      if (readout == null && (mode == Mode.MANY_TO_MANY || !rnn.bidirectional())) {
        readout = Readout.FINAL_HIDDEN; // no difference
      }
      metadata.known("weir.readout", readout, "h_n or out[:, -1]");
      return new ForecastModel(
          metadata.known(
              "weir.name", metadata.text("weir.name", defaults.name()), "the model's name"),
          metadata.version(),
          mode,
          rnn,
          seqLen,
          horizon,
          readout,
          metadata.known(
              "weir.scaling", metadata.scaling(defaults.scaling()), "none, fixed, window or last"),
          weights,
          head,
          metadata.calendar(defaults.calendar()),
          metadata.provenance());
    } catch (
        IllegalArgumentException refused) { // by the records: right for a caller, not for a file
      throw new ModelFormatException(refused.getMessage(), where);
    }
  }

  private static String label(Cell cell) {
    return cell.name().toLowerCase(Locale.ROOT);
  }

  /** The {@code weir.*} words of a file. */
  private static final class Metadata {
    private final Map<String, String> metadata;
    private final String where;

    Metadata(Map<String, String> metadata, String where) throws ModelFormatException {
      this.metadata = metadata;
      this.where = where;
      Integer format = integer("weir.format", FORMAT);
      if (format != FORMAT) {
        throw new ModelFormatException("weir.format", FORMAT + "", format.toString(), where);
      }
      for (String key : metadata.keySet()) {
        if (key.startsWith(OURS) && !key.startsWith(PROVENANCE) && !KEYS.contains(key)) {
          throw new ModelFormatException( // a typing mistake would otherwise become a default
              "metadata", "keys " + new TreeSet<>(KEYS), Safetensors.quoted(key), where);
        }
      }
    }

    <T> T known(String key, T value, String expected) throws ModelFormatException {
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

    /** Versions are longs, so not through a double; a file without one is version 0. */
    long version() throws ModelFormatException {
      String text = text("weir.version", "0");
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw new ModelFormatException(
            "weir.version", "a whole number", Safetensors.quoted(text), where);
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
      String text = metadata.get("weir.cell");
      if (text == null) {
        return otherwise;
      }
      for (Cell cell : Cell.values()) {
        if (label(cell).equals(text)) {
          return cell;
        }
      }
      throw new ModelFormatException(
          "weir.cell", "rnn_tanh, rnn_relu, lstm or gru", Safetensors.quoted(text), where);
    }

    Mode mode(Mode otherwise) throws ModelFormatException {
      String text = metadata.get("weir.mode");
      return text == null
          ? otherwise
          : one("weir.mode", Mode.ofLabel(text), "many-to-one or many-to-many");
    }

    Readout readout(Readout otherwise) throws ModelFormatException {
      String text = metadata.get("weir.readout");
      return text == null
          ? otherwise
          : one("weir.readout", Readout.ofLabel(text), "h_n or out[:, -1]");
    }

    Scaling scaling(Scaling otherwise) throws ModelFormatException {
      String text = metadata.get("weir.scaling");
      Double center = number("weir.center");
      Double scale = number("weir.scale");
      if (text == null) {
        if (center != null || scale != null) {
          throw new ModelFormatException(
              "weir.scaling", "a rule beside weir.center and weir.scale", "nothing", where);
        }
        return otherwise;
      }
      Scaling.Rule rule =
          one("weir.scaling", Scaling.Rule.ofLabel(text), "none, fixed, window or last");
      return new Scaling(
          rule, Objects.requireNonNullElse(center, 0.0), Objects.requireNonNullElse(scale, 1.0));
    }

    List<Calendar> calendar(List<Calendar> otherwise) throws ModelFormatException {
      String text = metadata.get("weir.calendar");
      if (text == null) {
        return otherwise == null ? List.of() : otherwise;
      }
      List<Calendar> calendar = new ArrayList<>();
      for (String label : text.split(",")) {
        calendar.add(
            one(
                "weir.calendar",
                Calendar.ofLabel(label),
                "of " + Calendar.labels(List.of(Calendar.values()))));
      }
      return calendar;
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
  }

  /** The tensors of a file, told apart into the recurrent network and its head. */
  private static final class StateDict {
    private final Safetensors file;
    private final String where;

    /** torch's name without prefix -> name in the file */
    private final Map<String, String> recurrent = new LinkedHashMap<>();

    private final List<String> others = new ArrayList<>();
    private int numLayers;
    private boolean bidirectional;
    private boolean bias;

    StateDict(Safetensors file, String where) throws ModelFormatException {
      this.file = file;
      this.where = where;
      Set<String> prefixes = new TreeSet<>();
      for (String name : file.names()) {
        int start = name.lastIndexOf('.') + 1;
        Matcher matcher = RECURRENT.matcher(name.substring(start));
        if (!matcher.matches()) {
          if (file.isFloating(name)) { // counters such as num_batches_tracked are nobody's weights
            others.add(name);
          }
          continue;
        }
        if (matcher.group(1).equals("weight_hr")) {
          throw new ModelFormatException(
              Safetensors.quoted(name), "no projection (proj_size 0)", "one", where);
        }
        prefixes.add(name.substring(0, start));
        recurrent.put(matcher.group(), name);
        numLayers = Math.max(numLayers, 1 + Integer.parseInt(matcher.group(2)));
        bidirectional |= matcher.group(3) != null;
        bias |= matcher.group(1).startsWith("bias");
      }
      if (prefixes.size() > 1) {
        throw new ModelFormatException(
            "tensors",
            "one recurrent network",
            "several: " + Safetensors.quoted(prefixes.toString()),
            where);
      }
      if (!recurrent.containsKey("weight_ih_l0") || !recurrent.containsKey("weight_hh_l0")) {
        throw new ModelFormatException(
            "tensors",
            "torch's weight_ih_l0 and weight_hh_l0, with or without a prefix",
            Safetensors.quoted(file.names().toString()),
            where);
      }
    }

    /** Sizes from the shapes of the first layer; {@link #weights} checks the rest against them. */
    RnnConfig config(Cell stated) throws ModelFormatException {
      List<Integer> ih = file.shape(recurrent.get("weight_ih_l0"));
      List<Integer> hh = file.shape(recurrent.get("weight_hh_l0"));
      if (hh.size() != 2 || hh.get(1) == 0 || hh.get(0) % hh.get(1) != 0) {
        throw new ModelFormatException(
            name("weight_hh_l0"), "shape [gates * hidden_size, hidden_size]", hh.toString(), where);
      }
      if (ih.size() != 2) {
        throw new ModelFormatException(
            name("weight_ih_l0"), "shape [gates * hidden_size, input_size]", ih.toString(), where);
      }
      int gates = hh.get(0) / hh.get(1);
      Cell cell = stated;
      if (cell == null) {
        cell = gates == 4 ? Cell.LSTM : gates == 3 ? Cell.GRU : Cell.RNN_TANH;
      }
      if (cell.gates() != gates) {
        String expected =
            stated == null ? "1, 3 or 4 blocks" : cell.gates() + " blocks (" + label(cell) + ")";
        throw new ModelFormatException(
            name("weight_hh_l0"),
            expected + " of hidden_size rows",
            gates + ", shape " + hh,
            where);
      }
      return new RnnConfig(cell, ih.get(1), hh.get(1), numLayers, bidirectional, bias);
    }

    float[] weights(RnnConfig rnn) throws ModelFormatException {
      int count = ForecastModel.parameterCount(rnn);
      List<RnnConfig.Parameter> parameters = rnn.parameters();
      for (RnnConfig.Parameter parameter : parameters) { // all of them before anything is allocated
        if (!recurrent.containsKey(parameter.name())) {
          throw new ModelFormatException(
              parameter.name(), "shape " + parameter.shape(), "no such tensor", where);
        }
        shape(recurrent.get(parameter.name()), parameter.shape());
      }
      float[] weights = new float[count];
      for (RnnConfig.Parameter parameter : parameters) {
        float[] values = file.floats(recurrent.get(parameter.name()));
        System.arraycopy(values, 0, weights, parameter.offset(), values.length);
      }
      return weights;
    }

    /** The one linear layer beside the network, whatever its name; null when there is none. */
    ForecastModel.Head head(RnnConfig rnn) throws ModelFormatException {
      if (others.isEmpty()) {
        return null;
      }
      String weight = null;
      for (String name : others) {
        if (file.shape(name).size() == 2 && (name.endsWith(".weight") || name.equals("weight"))) {
          if (weight != null) {
            throw new ModelFormatException(
                "head",
                "one linear layer",
                Safetensors.quoted(weight) + " and " + Safetensors.quoted(name),
                where);
          }
          weight = name;
        }
      }
      String bias = weight == null ? null : weight.substring(0, weight.length() - 6) + "bias";
      for (String name : others) {
        if (!name.equals(weight) && !name.equals(bias)) {
          throw new ModelFormatException(
              Safetensors.quoted(name),
              "a tensor of the network or of one linear head",
              "shape " + file.shape(name),
              where);
        }
      }
      int outFeatures = file.shape(weight).get(0);
      shape(weight, List.of(outFeatures, rnn.outputSize()));
      float[] biases = new float[outFeatures]; // Linear(bias=False): zeros are the same layer
      if (others.contains(bias)) {
        shape(bias, List.of(outFeatures));
        biases = file.floats(bias);
      }
      return new ForecastModel.Head(file.floats(weight), biases);
    }

    private String name(String parameter) {
      return Safetensors.quoted(recurrent.get(parameter));
    }

    private void shape(String name, List<Integer> expected) throws ModelFormatException {
      List<Integer> actual = file.shape(name);
      if (!actual.equals(expected)) {
        throw new ModelFormatException(
            Safetensors.quoted(name), "shape " + expected, actual.toString(), where);
      }
    }
  }
}
