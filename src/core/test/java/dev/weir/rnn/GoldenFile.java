package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One JSON fixture written by PyTorch; the README beside the fixtures describes its fields. */
public record GoldenFile(Path path, JsonNode json) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final float TOLERANCE = 1e-6f;

  /** The fixtures in this repository. */
  public static final Path OURS = Path.of("src/core/test/resources/golden");

  public static GoldenFile read(Path path) {
    try {
      return new GoldenFile(path, JSON.readTree(Files.readAllBytes(path)));
    } catch (IOException e) {
      throw new UncheckedIOException("fixture: expected readable JSON (" + path + ")", e);
    }
  }

  /** The files under {@code list} ("cases" or "train") of a directory's index. */
  public static List<GoldenFile> listed(Path directory, String list) {
    List<GoldenFile> files = new ArrayList<>();
    for (JsonNode entry : read(directory.resolve("index.json")).json().path(list)) {
      files.add(read(directory.resolve(entry.get("file").asText())));
    }
    return files;
  }

  public RnnConfig config() {
    JsonNode config = json.get("config");
    return new RnnConfig(
        Cell.valueOf(json.get("cell").asText()),
        config.get("input_size").asInt(),
        config.get("hidden_size").asInt(),
        config.get("num_layers").asInt(),
        config.get("bidirectional").asBoolean(),
        config.get("bias").asBoolean());
  }

  public int size(String name) {
    return json.get("config").get(name).asInt();
  }

  boolean batchFirst() {
    return json.get("config").get("batch_first").asBoolean();
  }

  /** The tensor's values, row-major, or null where the fixture has none. */
  float[] tensor(String name) {
    JsonNode tensor = json.get(name);
    return tensor == null || tensor.isNull() ? null : values(tensor);
  }

  /** Tensors of a state_dict, found by torch's names and laid out as our weights. */
  public float[] weights(String dictionary, String prefix) {
    RnnConfig config = config();
    float[] weights = new float[config.parameterCount()];
    for (RnnConfig.Parameter parameter : config.parameters()) {
      float[] values = values(json.get(dictionary).get(prefix + parameter.name()));
      System.arraycopy(values, 0, weights, parameter.offset(), parameter.length());
    }
    return weights;
  }

  public static float[] values(JsonNode tensor) {
    return floats(tensor.get("data"));
  }

  public static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      // by way of its text: a detour over double may round twice
      values[i] = Float.parseFloat(array.get(i).asText());
    }
    return values;
  }

  /** One of so many parts of equal length. */
  public static float[] part(float[] of, int number, int count) {
    int length = of.length / count;
    return Arrays.copyOfRange(of, number * length, (number + 1) * length);
  }

  /** Within 1e-6, of each number where it has no bounds. */
  static void assertClose(String what, float[] actual, float[] expected, boolean unbounded) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      float tolerance = unbounded ? TOLERANCE * Math.max(1f, Math.abs(expected[i])) : TOLERANCE;
      // written so that a NaN fails
      assertThat(Math.abs(actual[i] - expected[i]) <= tolerance)
          .as("%s[%d]: expected %s, got %s", what, i, expected[i], actual[i])
          .isTrue();
    }
  }
}
