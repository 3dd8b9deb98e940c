package dev.weir.model;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * From a PyTorch {@code state_dict} in a safetensors file to a {@link ClassifierModel}, and back.
 *
 * <p>Format 1: tensors {@code rnn.*} in torch's order, {@code fc.weight} and {@code fc.bias}, all
 * F32; metadata {@code weir.task} (classify), {@code weir.format}, {@code name}, {@code version},
 * {@code cell}, {@code mode}, {@code readout}, and {@code classes}, a JSON array of names. What the
 * network sees of a value is {@code weir.blocks} (default: raw), of how many steps at once {@code
 * weir.patch} (default: 1); blocks other than raw need tensors {@code input.mean}, {@code
 * input.deviation} and {@code input.change} of one value for each channel. {@code weir.factor}
 * multiplies the logits (default: 1). A {@link Convolution} has tensors {@code
 * convolution.threshold}, {@code convolution.weight} and {@code convolution.bias}, and {@code
 * weir.convolution_share}, {@code weir.convolution_steps} and {@code weir.convolution_seed}. Read:
 * any prefix, and any name for the head.
 */
public final class ClassifierFiles {

  /** The word for {@code weir.task}. */
  static final String TASK = "classify";

  private static final String MEAN = "input.mean";
  private static final String DEVIATION = "input.deviation";
  private static final String CHANGE = "input.change";
  private static final String THRESHOLD = "convolution.threshold";
  private static final String WEIGHT = "convolution.weight";
  private static final String BIAS = "convolution.bias";
  private static final Set<String> APART = Set.of(MEAN, DEVIATION, CHANGE, THRESHOLD, WEIGHT, BIAS);

  private ClassifierFiles() {}

  /** Whether a file says that it is a classifier. */
  public static boolean isOne(Path file) throws IOException {
    return TASK.equals(Safetensors.read(file).metadata().get(ModelMetadata.TASK));
  }

  /** Whether the bytes of a file say that they are a classifier; {@code where} is for messages. */
  public static boolean isOne(byte[] bytes, String where) throws ModelFormatException {
    return TASK.equals(Safetensors.of(bytes, where).metadata().get(ModelMetadata.TASK));
  }

  /**
   * Reads a model file.
   *
   * @param name of the model if the file does not say it; null: the file must
   * @throws ModelFormatException when the file is not a classifier that we can run
   */
  public static ClassifierModel read(Path file, String name) throws IOException {
    return model(Safetensors.read(file), name, String.valueOf(file.getFileName()));
  }

  /** Reads a model from the bytes of a file; {@code where} goes into messages. */
  public static ClassifierModel fromBytes(byte[] bytes, String name, String where)
      throws ModelFormatException {
    return model(Safetensors.of(bytes, where), name, where);
  }

  private static ClassifierModel model(Safetensors file, String name, String where)
      throws ModelFormatException {
    ModelMetadata metadata = new ModelMetadata(file.metadata(), where, TASK);
    StateDict state = new StateDict(file, where, APART);
    try {
      RnnConfig rnn = state.config(metadata.cell(null));
      ForecastModel.Head head =
          metadata.known("head", state.head(rnn), "a linear layer with the network");
      float[] recurrent = state.weights(rnn);
      int rows = head.bias().length;
      List<String> classes = classes(metadata, rows, where);
      float[] weights = Arrays.copyOf(recurrent, recurrent.length + head.weight().length + rows);
      System.arraycopy(head.weight(), 0, weights, recurrent.length, head.weight().length);
      System.arraycopy(head.bias(), 0, weights, weights.length - rows, rows);
      Mode mode =
          metadata.known(
              ModelMetadata.MODE, metadata.mode(Mode.MANY_TO_ONE), "many-to-one or many-to-many");
      Readout readout = metadata.readout(null);
      if (readout == null && (mode == Mode.MANY_TO_MANY || !rnn.bidirectional())) {
        readout = Readout.FINAL_HIDDEN; // the same as out[:, -1], or of no effect
      }
      return new ClassifierModel(
          metadata.known(ModelMetadata.NAME, metadata.text(ModelMetadata.NAME, name), "a name"),
          metadata.version(),
          mode,
          rnn,
          metadata.known(ModelMetadata.READOUT, readout, "h_n, out[:, -1], mean or max"),
          view(metadata, file, rnn, where),
          classes,
          metadata.decimal(ModelMetadata.FACTOR, 1.0),
          weights,
          convolution(metadata, file, rows, where),
          metadata.provenance());
    } catch (IllegalArgumentException refused) { // by the records: right for a caller
      throw new ModelFormatException(refused.getMessage(), where);
    }
  }

  private static List<String> classes(ModelMetadata metadata, int rows, String where)
      throws ModelFormatException {
    String text = metadata.text(ModelMetadata.CLASSES, null);
    String expected = "a JSON array of %d names, one for each row of the head".formatted(rows);
    metadata.known(ModelMetadata.CLASSES, text, expected);
    List<String> names = names(text);
    if (names == null) {
      throw new ModelFormatException(
          ModelMetadata.CLASSES, expected, Safetensors.quoted(text), where);
    }
    if (names.size() != rows) {
      throw new ModelFormatException(
          ModelMetadata.CLASSES, expected, names.size() + " names", where);
    }
    return names;
  }

  /** The strings of a JSON array; null for any other text. */
  private static List<String> names(String text) {
    List<String> names = new ArrayList<>();
    try (JsonParser json = SafetensorsHeader.JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_ARRAY) {
        return null;
      }
      while (json.nextToken() == JsonToken.VALUE_STRING) {
        names.add(json.getText());
      }
      return json.currentToken() == JsonToken.END_ARRAY && json.nextToken() == null ? names : null;
    } catch (JsonProcessingException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from a String cannot fail", e);
    }
  }

  private static String json(List<String> names) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = SafetensorsHeader.JSON.createGenerator(text)) {
      json.writeArray(names.toArray(String[]::new), 0, names.size());
    } catch (IOException e) {
      throw new IllegalArgumentException("classes: expected text, got " + e.getMessage(), e);
    }
    return text.toString();
  }

  private static InputView view(
      ModelMetadata metadata, Safetensors file, RnnConfig rnn, String where)
      throws ModelFormatException {
    List<InputView.Block> blocks = new ArrayList<>();
    for (String label : metadata.text(ModelMetadata.BLOCKS, "raw").split(",", -1)) {
      InputView.Block block = InputView.Block.ofLabel(label);
      if (block == null || blocks.contains(block)) {
        throw new ModelFormatException(
            ModelMetadata.BLOCKS,
            "different ones of raw, window, global and difference",
            Safetensors.quoted(metadata.text(ModelMetadata.BLOCKS, "")),
            where);
      }
      blocks.add(block);
    }
    int patch = metadata.integer(ModelMetadata.PATCH, 1);
    if (patch < 1
        || patch > InputView.MAX_PATCH
        || rnn.inputSize() % (patch * blocks.size()) != 0) {
      throw new ModelFormatException(
          ModelMetadata.PATCH,
          "1 to %d, and an input_size of channels * blocks * patch".formatted(InputView.MAX_PATCH),
          "%d, with input_size %d and %d blocks".formatted(patch, rnn.inputSize(), blocks.size()),
          where);
    }
    int channels = rnn.inputSize() / (patch * blocks.size());
    if (blocks.equals(List.of(InputView.Block.RAW)) && !file.names().contains(MEAN)) {
      return InputView.raw(channels).withPatch(patch);
    }
    String expected = "one number for each of %d channels".formatted(channels);
    return new InputView(
        channels,
        blocks,
        patch,
        numbers(file, MEAN, expected, where),
        numbers(file, DEVIATION, expected, where),
        numbers(file, CHANGE, expected, where));
  }

  /** The convolution of a file; null if it has none. */
  private static Convolution convolution(
      ModelMetadata metadata, Safetensors file, int classes, String where)
      throws ModelFormatException {
    String share = metadata.text(ModelMetadata.CONVOLUTION_SHARE, null);
    if (share == null && Collections.disjoint(file.names(), Set.of(THRESHOLD, WEIGHT, BIAS))) {
      return null;
    }
    metadata.known(ModelMetadata.CONVOLUTION_SHARE, share, "a number");
    return new Convolution(
        metadata.decimal(ModelMetadata.CONVOLUTION_SHARE, 0),
        metadata.integer(ModelMetadata.CONVOLUTION_STEPS, 0),
        metadata.whole(ModelMetadata.CONVOLUTION_SEED, "0"),
        numbers(file, THRESHOLD, "one number for each feature", where),
        numbers(file, WEIGHT, "(classes, features)", where),
        numbers(file, BIAS, "one number for each of %d classes".formatted(classes), where));
  }

  private static float[] numbers(Safetensors file, String tensor, String expected, String where)
      throws ModelFormatException {
    if (!file.names().contains(tensor)) {
      throw new ModelFormatException(tensor, expected, "no such tensor", where);
    }
    return file.floats(tensor);
  }

  /** The model as a file's bytes; equal models give equal bytes, and reading them loses no bit. */
  public static byte[] toBytes(ClassifierModel model) {
    return Safetensors.toBytes(tensors(model), metadata(model));
  }

  /** The model's tensors by their names in a file. */
  public static Map<String, Safetensors.Tensor> tensors(ClassifierModel model) {
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    RnnConfig rnn = model.rnn();
    for (RnnConfig.Parameter parameter : rnn.parameters()) {
      tensors.put(
          "rnn." + parameter.name(),
          ModelFiles.tensor(model.weights(), parameter.offset(), parameter.shape()));
    }
    int classes = model.classes().size();
    int headAt = rnn.parameterCount();
    int biasAt = headAt + classes * rnn.outputSize();
    List<Integer> shape = List.of(classes, rnn.outputSize());
    tensors.put("fc.weight", ModelFiles.tensor(model.weights(), headAt, shape));
    tensors.put("fc.bias", ModelFiles.tensor(model.weights(), biasAt, List.of(classes)));
    InputView view = model.view();
    List<Integer> channels = List.of(view.channels());
    tensors.put(MEAN, ModelFiles.tensor(view.mean(), 0, channels));
    tensors.put(DEVIATION, ModelFiles.tensor(view.deviation(), 0, channels));
    tensors.put(CHANGE, ModelFiles.tensor(view.change(), 0, channels));
    Convolution convolution = model.convolution();
    if (convolution != null) {
      int features = convolution.thresholds().length;
      tensors.put(THRESHOLD, ModelFiles.tensor(convolution.thresholds(), 0, List.of(features)));
      tensors.put(WEIGHT, ModelFiles.tensor(convolution.weights(), 0, List.of(classes, features)));
      tensors.put(BIAS, ModelFiles.tensor(convolution.bias(), 0, List.of(classes)));
    }
    return tensors;
  }

  private static Map<String, String> metadata(ClassifierModel model) {
    Map<String, String> metadata = new HashMap<>(ModelMetadata.ofProvenance(model.provenance()));
    metadata.put("format", "pt"); // what safetensors' own loaders look for
    metadata.put(ModelMetadata.TASK, TASK);
    metadata.put(ModelMetadata.FORMAT, Integer.toString(ModelFiles.FORMAT));
    metadata.put(ModelMetadata.NAME, model.name());
    metadata.put(ModelMetadata.VERSION, Long.toString(model.version()));
    metadata.put(ModelMetadata.CELL, ModelMetadata.label(model.rnn().cell()));
    metadata.put(ModelMetadata.MODE, model.mode().label());
    metadata.put(ModelMetadata.READOUT, model.readout().label());
    metadata.put(
        ModelMetadata.BLOCKS,
        String.join(",", model.view().blocks().stream().map(InputView.Block::label).toList()));
    metadata.put(ModelMetadata.PATCH, Integer.toString(model.view().patch()));
    metadata.put(ModelMetadata.FACTOR, Double.toString(model.factor()));
    metadata.put(ModelMetadata.CLASSES, json(model.classes()));
    Convolution convolution = model.convolution();
    if (convolution != null) {
      metadata.put(ModelMetadata.CONVOLUTION_SHARE, Double.toString(convolution.share()));
      metadata.put(ModelMetadata.CONVOLUTION_STEPS, Integer.toString(convolution.steps()));
      metadata.put(ModelMetadata.CONVOLUTION_SEED, Long.toString(convolution.seed()));
    }
    return metadata;
  }
}
