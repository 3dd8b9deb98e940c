package dev.weir.lab.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.model.BuiltInModels;
import dev.weir.model.CandidateShape;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against PyTorch: answers and gradients of {@code candidate_fixtures.py}. */
class TrainableCandidateNetworkTest {

  private static final Path FOLDER = Path.of("src/core/test/resources/candidates");

  private static float[] floats(JsonNode json) throws IOException {
    return new ObjectMapper().treeToValue(json, float[].class);
  }

  private static int[] kinds(JsonNode json) throws IOException {
    int[][] kinds = new ObjectMapper().treeToValue(json, int[][].class);
    return Arrays.stream(kinds).flatMapToInt(Arrays::stream).toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gru", "lstm", "rnn", "weir"})
  void gradientsAreThoseOfTorch(String name) throws IOException {
    ForecastModel model =
        name.equals(BuiltInModels.WEIR)
            ? BuiltInModels.weir()
            : ModelFiles.read(FOLDER.resolve(name + ".safetensors"), ModelFiles.Defaults.NONE);
    JsonNode json = new ObjectMapper().readTree(FOLDER.resolve(name + ".json").toFile());
    CandidateShape shape = model.candidateShape();
    TrainableCandidateNetwork network = new TrainableCandidateNetwork(shape);
    network.load(model.weights());
    float[] expected = floats(json.get("y"));
    float[] result = new float[expected.length];
    network.forward(
        new TrainableCandidateNetwork.Batch(
            json.get("kinds").size(),
            json.get("steps").intValue(),
            floats(json.get("window")),
            floats(json.get("of_series")),
            kinds(json.get("kinds")),
            floats(json.get("of_candidates")),
            floats(json.get("of_steps"))),
        null,
        result);
    assertThat(result).containsExactly(expected, within(3e-6f));
    float[] gradient = new float[shape.parameterCount()];
    network.backward(floats(json.get("d")), gradient);
    JsonNode gradients = json.get("gradient");
    for (RnnConfig.Parameter tensor : shape.encoder().parameters()) {
      check(floats(gradients.get("rnn." + tensor.name())), gradient, tensor.offset());
    }
    for (String tensor : shape.head().keySet()) {
      if (!tensor.equals("prior")) { // is not learned
        check(floats(gradients.get(tensor)), gradient, shape.offset(tensor));
      }
    }
  }

  private static void check(float[] expected, float[] gradient, int at) {
    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(Arrays.copyOfRange(gradient, at, at + expected.length))
        .containsExactly(expected, within(1e-4f * largest + 1e-6f));
  }
}
