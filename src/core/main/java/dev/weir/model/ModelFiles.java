package dev.weir.model;

import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * From a PyTorch {@code state_dict} in a safetensors file to a {@link ForecastModel}, and back.
 *
 * <p>Sizes come from the tensors' shapes. What shapes do not determine (name, mode, window,
 * readout, scaling) comes from the file's metadata, keys {@code weir.*}, and otherwise from {@link
 * Defaults}. So our own files need no defaults.
 *
 * <p>Format 1, as written: tensors {@code rnn.*} in torch's order, then {@code fc.weight} and
 * {@code fc.bias} when there is a head, all F32; metadata {@code weir.format}, {@code name}, {@code
 * version}, {@code cell}, {@code mode}, {@code seq_len}, {@code horizon}, {@code readout}, {@code
 * scaling}, {@code calendar} if there is one, {@code ahead}, {@code ahead_center} and {@code
 * ahead_scale} if it reads covariates known ahead, {@code candidates} where it combines forecasts
 * (the tensors behind the network's are then those of {@link CandidateShape#head}), and {@code
 * center} and {@code scale} where they are not 0 and 1; {@code weir.provenance.*} is free text.
 * Read: any prefix, and any name for the head. Foreign metadata becomes provenance. Such bytes are
 * in Flink's state and on the model topic: a change of format needs a new number and a reader for
 * the old ones.
 */
public final class ModelFiles {

  /** The format that is written, and the newest that is read. */
  public static final int FORMAT = 1;

  private ModelFiles() {}

  /**
   * Values for what a file's metadata lacks. A null part is required in the file. The file always
   * wins; {@link #contradictions} lists where it does.
   *
   * @param name name of the model
   * @param mode needed for a head of one row, which fits both modes
   * @param seqLen values in a window
   * @param readout needed for a bidirectional many-to-one network only; with one direction both are
   *     the same
   * @param scaling how values were scaled in training
   * @param cell needed for {@link Cell#RNN_RELU}, which has the shapes of {@link Cell#RNN_TANH}
   * @param calendar calendar inputs; null: none
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

    /** No defaults: for our own files, the model topic and state. */
    public static final Defaults NONE = new Defaults(null, null, null, null, null, null);

    /**
     * Defaults that the file overrides with other values. Without the name, since callers rename a
     * model, and without the readout if both are the same.
     */
    public List<Contradiction> contradictions(ForecastModel model) {
      List<Contradiction> all = new ArrayList<>();
      boolean oneReadout = model.mode() == Mode.MANY_TO_MANY || !model.rnn().bidirectional();
      add(all, ModelMetadata.MODE, model.mode(), mode, Mode::label);
      add(all, ModelMetadata.SEQ_LEN, model.seqLen(), seqLen, String::valueOf);
      if (!oneReadout) {
        add(all, ModelMetadata.READOUT, model.readout(), readout, Readout::label);
      }
      Scaling.Rule rule = scaling == null ? null : scaling.rule();
      add(all, ModelMetadata.SCALING, model.scaling().rule(), rule, Scaling.Rule::label);
      add(all, ModelMetadata.CELL, model.rnn().cell(), cell, ModelMetadata::label);
      add(
          all,
          ModelMetadata.CALENDAR,
          model.calendar(),
          calendar,
          words -> words.isEmpty() ? "none" : Calendar.labels(words));
      return all;
    }

    private static <T> void add(
        List<Contradiction> all, String key, T inFile, T given, Function<T, String> label) {
      if (given != null && !given.equals(inFile)) {
        all.add(new Contradiction(key, label.apply(inFile), label.apply(given)));
      }
    }
  }

  /**
   * A default that differs from the file's value.
   *
   * @param key of the file's metadata, such as {@code weir.seq_len}
   * @param inFile the value that is used
   */
  public record Contradiction(String key, String inFile, String given) {
    @Override
    public String toString() {
      return "expected %s, as the file says, got %s".formatted(inFile, given);
    }
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
    return Safetensors.toBytes(tensors(model), ModelMetadata.of(model));
  }

  /** The model's tensors by their names in a file; copies. */
  public static Map<String, Safetensors.Tensor> tensors(ForecastModel model) {
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    RnnConfig rnn = model.rnn();
    for (RnnConfig.Parameter parameter : rnn.parameters()) {
      String name = "rnn." + parameter.name();
      tensors.put(name, tensor(model.weights(), parameter.offset(), parameter.shape()));
    }
    if (model.combines()) {
      CandidateShape shape = model.candidateShape();
      shape
          .head()
          .forEach(
              (name, sizes) ->
                  tensors.put(name, tensor(model.weights(), shape.offset(name), sizes)));
    }
    ForecastModel.Head head = model.head();
    if (head != null) {
      int rows = head.bias().length;
      tensors.put("fc.weight", tensor(head.weight(), 0, List.of(rows, rnn.outputSize())));
      tensors.put("fc.bias", tensor(head.bias(), 0, List.of(rows)));
    }
    return tensors;
  }

  static Safetensors.Tensor tensor(float[] weights, int from, List<Integer> shape) {
    int to = from + CandidateShape.length(shape);
    return new Safetensors.Tensor(shape, Arrays.copyOfRange(weights, from, to));
  }

  /** Writes a model file; readers see the old file or the new one, never a part. */
  public static void write(ForecastModel model, Path file) throws IOException {
    Safetensors.writeAtomically(file, toBytes(model));
  }

  private static ForecastModel model(Safetensors file, Defaults defaults, String where)
      throws ModelFormatException {
    ModelMetadata metadata = new ModelMetadata(file.metadata(), where);
    StateDict state = new StateDict(file, where);
    try {
      RnnConfig rnn = state.config(metadata.cell(defaults.cell()));
      List<String> candidates = metadata.candidates();
      if (!candidates.isEmpty()) {
        return combining(metadata, state, rnn, candidates, defaults);
      }
      float[] weights = state.weights(rnn);
      ForecastModel.Head head = state.head(rnn);

      int outFeatures = head == null ? rnn.hiddenSize() : head.bias().length;
      Mode mode = metadata.mode(defaults.mode());
      if (mode == null && outFeatures > 1) {
        mode = Mode.MANY_TO_ONE; // a many-to-many head has one row
      }
      metadata.required(ModelMetadata.MODE, mode, "many-to-one or many-to-many");
      int seqLen =
          metadata.required(
              ModelMetadata.SEQ_LEN,
              metadata.integer(ModelMetadata.SEQ_LEN, defaults.seqLen()),
              "the length of a window");
      int horizon = mode == Mode.MANY_TO_ONE ? outFeatures : seqLen;
      Integer stated = metadata.integer(ModelMetadata.HORIZON, horizon);
      if (stated != horizon) {
        throw new ModelFormatException(
            ModelMetadata.HORIZON,
            horizon + (mode == Mode.MANY_TO_ONE ? ", the rows of the head" : ", seq_len"),
            stated.toString(),
            where);
      }
      Readout readout = metadata.readout(defaults.readout());
      if (readout == null && (mode == Mode.MANY_TO_MANY || !rnn.bidirectional())) {
        readout = Readout.FINAL_HIDDEN; // no difference
      }
      metadata.required(ModelMetadata.READOUT, readout, "h_n or out[:, -1]");
      return new ForecastModel(
          name(metadata, defaults),
          metadata.version(),
          mode,
          rnn,
          seqLen,
          horizon,
          readout,
          metadata.required(
              ModelMetadata.SCALING,
              metadata.scaling(defaults.scaling()),
              "none, fixed, window or last"),
          weights,
          head,
          metadata.calendar(defaults.calendar()),
          metadata.ahead(),
          candidates,
          metadata.provenance());
    } catch (
        IllegalArgumentException refused) { // by the records: right for a caller, not for a file
      throw new ModelFormatException(refused.getMessage(), where);
    }
  }

  private static ForecastModel combining(
      ModelMetadata metadata,
      StateDict state,
      RnnConfig encoder,
      List<String> candidates,
      Defaults defaults)
      throws ModelFormatException {
    return new ForecastModel(
        name(metadata, defaults),
        metadata.version(),
        metadata.required(ModelMetadata.MODE, metadata.mode(Mode.MANY_TO_ONE), "many-to-one"),
        encoder,
        metadata.integer(ModelMetadata.SEQ_LEN, CandidateShape.WINDOW),
        metadata.integer(ModelMetadata.HORIZON, 1),
        metadata.required(
            ModelMetadata.READOUT, metadata.readout(Readout.FINAL_HIDDEN), "h_n or out[:, -1]"),
        metadata.required(ModelMetadata.SCALING, metadata.scaling(Scaling.NONE), "none"),
        state.weights(candidates.size(), encoder),
        null,
        metadata.calendar(null),
        metadata.ahead(),
        candidates,
        metadata.provenance());
  }

  private static String name(ModelMetadata metadata, Defaults defaults)
      throws ModelFormatException {
    String name = metadata.text(ModelMetadata.NAME, defaults.name());
    return metadata.required(ModelMetadata.NAME, name, "the model's name");
  }
}
