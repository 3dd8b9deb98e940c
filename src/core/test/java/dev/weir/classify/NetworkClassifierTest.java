package dev.weir.classify;

import static dev.weir.rnn.GoldenFile.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.model.ClassifierModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Compares with PyTorch: src/core/test/python/classifier_fixtures.py. */
class NetworkClassifierTest {

  @Test
  void logitsAreThoseOfTorch() throws IOException {
    JsonNode golden;
    try (InputStream in = getClass().getResourceAsStream("/classifier/golden.json")) {
      golden = new ObjectMapper().readTree(in);
    }
    assertThat(golden.get("cases")).hasSize(16);
    for (JsonNode one : golden.get("cases")) {
      check(golden, one, Mode.MANY_TO_ONE, "logits");
      check(golden, one, Mode.MANY_TO_MANY, "last_step_logits");
    }
  }

  private static void check(JsonNode golden, JsonNode one, Mode mode, String expected) {
    RnnConfig rnn =
        new RnnConfig(
            Cell.valueOf(one.get("cell").textValue().toUpperCase(Locale.ROOT)),
            golden.get("input_size").intValue(),
            golden.get("hidden_size").intValue(),
            golden.get("num_layers").intValue(),
            one.get("bidirectional").booleanValue(),
            true);
    ClassifierModel model =
        new ClassifierModel(
            "torch",
            1,
            mode,
            rnn,
            Readout.ofLabel(one.get("readout").textValue()),
            List.of("a", "b", "c", "d"),
            floats(one.get("weights")),
            Map.of());
    NetworkClassifier network = new NetworkClassifier(model);
    int length = golden.get("steps").intValue() * rnn.inputSize();
    float[] input = floats(one.get("input"));
    float[] logits = new float[4];
    for (int window = 0; window < golden.get("batch").intValue(); window++) {
      network.logits(Arrays.copyOfRange(input, window * length, (window + 1) * length), logits);
      for (int k = 0; k < 4; k++) {
        assertThat(logits[k])
            .as("class %d of window %d, %s, %s", k, window, one.get("cell"), expected)
            .isCloseTo(one.get(expected).get(4 * window + k).floatValue(), within(1e-6f));
      }
    }
  }

  @Test
  void softmaxOfLargeScoresIsFinite() {
    double[] probabilities = new double[2];
    Probabilities.softmax(new float[] {1e30f, -1e30f}, probabilities);
    assertThat(probabilities).containsExactly(1, 0);
  }

  /** Four answers, calculated by hand: true classes 0, 0, 1, 2, answers 0, 1, 1, 1. */
  @Test
  void scoresAreThoseOfAHandCalculation() {
    ClassScore score = new ClassScore(3);
    score.add(new double[] {0.7, 0.2, 0.1}, 0);
    score.add(new double[] {0.3, 0.5, 0.2}, 0);
    score.add(new double[] {0.1, 0.8, 0.1}, 1);
    score.add(new double[] {0.2, 0.55, 0.25}, 2);
    assertThat(score.count()).isEqualTo(4);
    assertThat(score.accuracy()).isEqualTo(0.5);
    // F1: 2*1/(2+1), 2*1/(1+3), 0
    assertThat(score.macroF1()).isCloseTo((2 / 3.0 + 0.5 + 0) / 3, within(1e-12));
    double logLoss = -(Math.log(0.7) + Math.log(0.3) + Math.log(0.8) + Math.log(0.25)) / 4;
    assertThat(score.logLoss()).isCloseTo(logLoss, within(1e-12));
    // bins: 0.7 right, 0.5 and 0.55 wrong, 0.8 right
    assertThat(score.calibrationError()).isCloseTo((0.3 + 1.05 + 0.2) / 4, within(1e-12));
    assertThat(score.confusion()).isDeepEqualTo(new long[][] {{1, 1, 0}, {0, 1, 0}, {0, 1, 0}});
  }
}
