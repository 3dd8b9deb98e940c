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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * From a PyTorch {@code state_dict} in a safetensors file to a {@link ClassifierModel}, and back.
 *
 * <p>Format 1: tensors {@code rnn.*} in torch's order, {@code fc.weight} and {@code fc.bias}, all
 * F32; metadata {@code weir.task} (classify), {@code weir.format}, {@code name}, {@code version},
 * {@code cell}, {@code mode}, {@code readout}, and {@code classes}, a JSON array of names. Read:
 * any prefix, and any name for the head.
 */
public final class ClassifierFiles {

  /** The value of {@code weir.task}. */
  static final String TASK = "classify";

  private ClassifierFiles() {}

  /** Whether a file contains a classifier. */
  public static boolean isOne(Path file) throws IOException {
    return TASK.equals(Safetensors.read(file).metadata().get(ModelMetadata.TASK));
  }

  /** Whether a file's bytes contain a classifier; {@code where} is for messages. */
  public static boolean isOne(byte[] bytes, String where) throws ModelFormatException {
    return TASK.equals(Safetensors.of(bytes, where).metadata().get(ModelMetadata.TASK));
  }

  /**
   * Reads a model file.
   *
   * @param name of the model if the file has none; null: required in the file
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
    StateDict state = new StateDict(file, where);
    try {
      RnnConfig rnn = state.config(metadata.cell(null));
      ForecastModel.Head head =
          metadata.required("head", state.head(rnn), "a linear layer with the network");
      float[] recurrent = state.weights(rnn);
      int rows = head.bias().length;
      List<String> classes = classes(metadata, rows, where);
      float[] weights = Arrays.copyOf(recurrent, recurrent.length + head.weight().length + rows);
      System.arraycopy(head.weight(), 0, weights, recurrent.length, head.weight().length);
      System.arraycopy(head.bias(), 0, weights, weights.length - rows, rows);
      Mode mode =
          metadata.required(
              ModelMetadata.MODE, metadata.mode(Mode.MANY_TO_ONE), "many-to-one or many-to-many");
      Readout readout = metadata.readout(null);
      if (readout == null && (mode == Mode.MANY_TO_MANY || !rnn.bidirectional())) {
        readout = Readout.FINAL_HIDDEN; // the same as out[:, -1], or of no effect
      }
      return new ClassifierModel(
          metadata.required(ModelMetadata.NAME, metadata.text(ModelMetadata.NAME, name), "a name"),
          metadata.version(),
          mode,
          rnn,
          metadata.required(ModelMetadata.READOUT, readout, "h_n, out[:, -1], mean or max"),
          classes,
          weights,
          metadata.provenance());
    } catch (IllegalArgumentException refused) { // by the records: right for a caller
      throw new ModelFormatException(refused.getMessage(), where);
    }
  }

  private static List<String> classes(ModelMetadata metadata, int rows, String where)
      throws ModelFormatException {
    String text = metadata.text(ModelMetadata.CLASSES, null);
    String expected = "a JSON array of %d names, one for each row of the head".formatted(rows);
    metadata.required(ModelMetadata.CLASSES, text, expected);
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
    metadata.put(ModelMetadata.CLASSES, json(model.classes()));
    return metadata;
  }
}
