package dev.weir.classify;

import static dev.weir.rnn.GoldenFile.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.model.ClassifierModel;
import dev.weir.model.InputView;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with PyTorch: src/core/test/python/classifier_fixtures.py. */
class TrainableClassifierTest {

  private static final JsonNode GOLDEN = golden();
  private static final int BATCH = GOLDEN.get("batch").intValue();
  private static final int STEPS = GOLDEN.get("steps").intValue();
  private static final int CLASSES = GOLDEN.get("classes").intValue();

  private static JsonNode golden() {
    try (InputStream in =
        TrainableClassifierTest.class.getResourceAsStream("/classifier/golden.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<JsonNode> cases() {
    assertThat(GOLDEN.get("cases")).hasSize(16);
    return StreamSupport.stream(GOLDEN.get("cases").spliterator(), false);
  }

  private static RnnConfig config(JsonNode one) {
    return new RnnConfig(
        Cell.valueOf(one.get("cell").textValue().toUpperCase(Locale.ROOT)),
        GOLDEN.get("input_size").intValue(),
        GOLDEN.get("hidden_size").intValue(),
        GOLDEN.get("num_layers").intValue(),
        one.get("bidirectional").booleanValue(),
        true);
  }

  private static void assertClose(float[] values, float[] expected, double tolerance) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) values[i])
          .as("value %d", i)
          .isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsAndGradientsAreThoseOfTorch(JsonNode one) {
    Readout readout = Readout.ofLabel(one.get("readout").textValue());
    TrainableClassifier network =
        new TrainableClassifier(config(one), Mode.MANY_TO_ONE, readout, CLASSES);
    float[] weights = floats(one.get("weights"));
    assertThat(network.count()).isEqualTo(weights.length);
    network.load(weights);
    float[] logits = network.forward(floats(one.get("input")), BATCH, STEPS);
    assertClose(logits, floats(one.get("logits")), 1e-6);
    float[] dLogits = new float[BATCH * CLASSES];
    double loss = 0;
    for (int b = 0; b < BATCH; b++) {
      int label = one.get("labels").get(b).intValue();
      float smoothing = GOLDEN.get("smoothing").floatValue();
      loss +=
          Loss.crossEntropy(logits, b * CLASSES, CLASSES, label, smoothing, 1.0 / BATCH, dLogits);
    }
    assertThat(loss).isCloseTo(one.get("loss").doubleValue(), within(1e-6));
    float[] gradient = new float[weights.length];
    network.backward(dLogits, gradient);
    assertClose(gradient, floats(one.get("gradient")), 1e-6);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsOfAllStepsAreThoseOfTorch(JsonNode one) {
    Readout unread = Readout.ofLabel(one.get("readout").textValue());
    TrainableClassifier network =
        new TrainableClassifier(config(one), Mode.MANY_TO_MANY, unread, CLASSES);
    float[] weights = floats(one.get("weights"));
    network.load(weights);
    float[] logits = network.forward(floats(one.get("input")), BATCH, STEPS);
    assertClose(logits, floats(one.get("step_logits")), 1e-6);
    int rows = BATCH * STEPS;
    float[] dLogits = new float[rows * CLASSES];
    double loss = 0;
    for (int r = 0; r < rows; r++) {
      int label = one.get("step_labels").get(r).intValue();
      float smoothing = GOLDEN.get("smoothing").floatValue();
      loss +=
          Loss.crossEntropy(logits, r * CLASSES, CLASSES, label, smoothing, 1.0 / rows, dLogits);
    }
    assertThat(loss).isCloseTo(one.get("step_loss").doubleValue(), within(1e-6));
    float[] gradient = new float[weights.length];
    network.backward(dLogits, gradient);
    assertClose(gradient, floats(one.get("step_gradient")), 1e-6);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void probabilitiesOfEachWindowAreThoseOfTorch(JsonNode one) {
    RnnConfig config = config(one);
    int channels = config.inputSize();
    InputView view = InputView.raw(channels);
    NetworkClassifier network =
        new NetworkClassifier(
            view,
            config,
            Readout.ofLabel(one.get("readout").textValue()),
            CLASSES,
            floats(one.get("weights")));
    float[] input = floats(one.get("input"));
    float[] expected = floats(one.get("probabilities"));
    float[] logits = new float[CLASSES];
    double[] probabilities = new double[CLASSES];
    int length = STEPS * channels;
    for (int b = 0; b < BATCH; b++) {
      network.logits(Arrays.copyOfRange(input, b * length, (b + 1) * length), logits);
      Probabilities.softmax(logits, 1, probabilities);
      for (int k = 0; k < CLASSES; k++) {
        assertThat(probabilities[k]).isCloseTo(expected[b * CLASSES + k], within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsOfEachStepAreThoseOfTorch(JsonNode one) {
    RnnConfig config = config(one);
    ClassifierModel model =
        new ClassifierModel(
            "steps",
            1,
            Mode.MANY_TO_MANY,
            config,
            Readout.FINAL_HIDDEN,
            InputView.raw(config.inputSize()),
            List.of("a", "b", "c", "d"),
            1,
            floats(one.get("weights")),
            null,
            Map.of());
    NetworkClassifier network = NetworkClassifier.of(model);
    float[] input = floats(one.get("input"));
    float[] expected = floats(one.get("step_logits"));
    float[] logits = new float[STEPS * CLASSES];
    int length = STEPS * config.inputSize();
    for (int b = 0; b < BATCH; b++) {
      network.stepLogits(Arrays.copyOfRange(input, b * length, (b + 1) * length), logits);
      int from = b * logits.length;
      assertClose(logits, Arrays.copyOfRange(expected, from, from + logits.length), 1e-6);
    }
  }

  /** With the same values dropped, the gradient is that of finite differences. */
  @Test
  void gradientsWithDropoutAreThoseOfFiniteDifferences() {
    RnnConfig config = new RnnConfig(Cell.GRU, 2, 3, 3, true, true);
    TrainableClassifier network =
        new TrainableClassifier(config, Mode.MANY_TO_ONE, Readout.MEAN, 2);
    SplittableRandom random = new SplittableRandom(11);
    float[] weights = random(network.count(), random);
    float[] input = random(4 * 5 * 2, random);
    float[] gradient = new float[weights.length];
    loss(network, weights, input, gradient);
    assertThat(gradient).doesNotContain(Float.NaN);
    for (int i = 0; i < weights.length; i += 7) {
      float kept = weights[i];
      float step = 2e-2f;
      weights[i] = kept + step;
      double above = loss(network, weights, input, null);
      weights[i] = kept - step;
      double below = loss(network, weights, input, null);
      weights[i] = kept;
      assertThat((above - below) / (2 * step))
          .as("weight %d", i)
          .isCloseTo(gradient[i], within(2e-3));
    }
  }

  private static float[] random(int count, SplittableRandom random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  private static double loss(
      TrainableClassifier network, float[] weights, float[] input, float[] gradient) {
    network.dropout(0.4, new SplittableRandom(3)); // the same values each time
    network.load(weights);
    float[] logits = network.forward(input, 4, 5);
    float[] dLogits = new float[8];
    double loss = 0;
    for (int b = 0; b < 4; b++) {
      loss += Loss.crossEntropy(logits, 2 * b, 2, b % 2, 0f, 0.25, dLogits);
    }
    if (gradient != null) {
      network.backward(dLogits, gradient);
    }
    return loss;
  }
}
