package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Gradients and whole trainings against PyTorch's, over every case of the fixtures' index,
 * whichever directory {@code golden.dir} names.
 */
public class GoldenGradientTest {

  private static final float TOLERANCE = 1e-5f;
  private static final int OFFSET = 3; // so that an ignored offset shows

  private static List<GoldenFile> listed(String list) {
    Path directory = Path.of(System.getProperty("golden.dir", GoldenFile.OURS.toString()));
    List<GoldenFile> files = GoldenFile.listed(directory, list);
    assertThat(files).as(list + " in " + directory).isNotEmpty();
    return files;
  }

  @TestFactory
  Stream<DynamicTest> backwardGivesPyTorchsGradients() {
    return listed("cases").stream()
        .map(golden -> dynamicTest(golden.path().getFileName().toString(), () -> check(golden)));
  }

  private static void check(GoldenFile golden) {
    RnnConfig config = golden.config();
    boolean lstm = config.cell() == Cell.LSTM;
    float[] weights = new float[OFFSET + config.parameterCount()];
    System.arraycopy(golden.weights("state_dict", ""), 0, weights, OFFSET, config.parameterCount());
    float[] input = golden.tensor("input");
    RnnOutput result = new RnnOutput();
    TrainableRnn network = new TrainableRnn(config);
    network.load(weights, OFFSET);
    network.forward(
        input,
        golden.size("batch"),
        golden.size("seq_len"),
        golden.batchFirst(),
        golden.tensor("h_0"),
        golden.tensor("c_0"),
        result);
    boolean unbounded = config.cell() == Cell.RNN_RELU;
    GoldenFile.assertClose("out", result.out(), golden.tensor("out"), unbounded);
    GoldenFile.assertClose("h_n", result.hN(), golden.tensor("h_n"), unbounded);
    if (lstm) {
      GoldenFile.assertClose("c_n", result.cN(), golden.tensor("c_n"), unbounded);
    }

    JsonNode loss = golden.json().get("loss");
    float[] gradient = new float[OFFSET + config.parameterCount()];
    float[] dInput = new float[input.length];
    float[] dH0 = new float[result.hN().length];
    float[] dC0 = lstm ? new float[dH0.length] : null;
    network.backward(
        GoldenFile.values(loss.get("R")),
        GoldenFile.values(loss.get("S")),
        lstm ? GoldenFile.values(loss.get("SC")) : null,
        gradient,
        OFFSET,
        dInput,
        dH0,
        dC0);
    float largest = golden.json().get("grad_max_abs").floatValue();
    for (RnnConfig.Parameter parameter : config.parameters()) {
      int from = OFFSET + parameter.offset();
      assertClose(
          golden,
          parameter.name(),
          Arrays.copyOfRange(gradient, from, from + parameter.length()),
          largest);
    }
    assertThat(Arrays.copyOf(gradient, OFFSET)).containsOnly(0f);
    assertClose(golden, "input", dInput, largest);
    assertClose(golden, "h_0", dH0, largest);
    assertClose(golden, "c_0", dC0, largest);
  }

  /** Nothing to compare where the fixture was given no such tensor. */
  private static void assertClose(GoldenFile golden, String name, float[] actual, float largest) {
    JsonNode tensor = golden.json().get("grad").get(name);
    if (tensor == null || tensor.isNull()) {
      assertThat(name).isIn("h_0", "c_0");
      return;
    }
    float[] expected = GoldenFile.values(tensor);
    assertThat(actual).as(name).hasSameSizeAs(expected);
    float scale = Math.max(1f, largest);
    for (int i = 0; i < expected.length; i++) {
      float error = Math.abs(actual[i] - expected[i]);
      // written so that a NaN fails
      assertThat(error <= TOLERANCE * scale)
          .as("%s[%d]: expected %s, got %s", name, i, expected[i], actual[i])
          .isTrue();
    }
  }

  @TestFactory
  Stream<DynamicTest> trainingFollowsPyTorchStepByStep() {
    return listed("train").stream()
        .map(golden -> dynamicTest(golden.path().getFileName().toString(), () -> train(golden)));
  }

  private static void train(GoldenFile golden) {
    RnnConfig config = golden.config();
    int batch = golden.size("batch");
    int seqLen = golden.size("seq_len");
    int width = config.outputSize();
    int outFeatures = golden.size("output_size");
    float[] weights = withHead(golden, "initial");
    int head = config.parameterCount();
    int headBias = head + outFeatures * width;
    float[] inputs = golden.tensor("inputs");
    float[] targets = golden.tensor("targets");
    Adam adam = adam(golden.json().get("optimizer"));
    float[] state = new float[adam.stateLength(weights.length)];
    float[] gradient = new float[weights.length];
    float[] prediction = new float[batch * outFeatures];
    float[] dPrediction = new float[prediction.length];
    TrainableRnn network = new TrainableRnn(config);
    RnnOutput result = new RnnOutput();
    JsonNode losses = golden.json().get("losses");
    for (int step = 0; step < losses.size(); step++) {
      int inputLength = inputs.length / losses.size();
      float[] input = Arrays.copyOfRange(inputs, step * inputLength, (step + 1) * inputLength);
      int from = step * prediction.length;
      float[] target = Arrays.copyOfRange(targets, from, from + prediction.length);
      network.load(weights, 0);
      network.forward(input, batch, seqLen, true, null, null, result);
      for (int b = 0; b < batch; b++) {
        int last = (b * seqLen + seqLen - 1) * width;
        int to = b * outFeatures;
        Linear.forward(
            weights,
            head,
            weights,
            headBias,
            width,
            outFeatures,
            result.out(),
            last,
            prediction,
            to);
      }
      double loss = Loss.meanSquared(prediction, target, null, prediction.length, dPrediction);
      assertThat(relative(loss, losses.get(step).asDouble()))
          .as("loss of step %d: expected %s, got %s", step, losses.get(step), loss)
          .isLessThanOrEqualTo(TOLERANCE);
      Arrays.fill(gradient, 0f);
      float[] dOut = new float[batch * seqLen * width];
      for (int b = 0; b < batch; b++) {
        int last = (b * seqLen + seqLen - 1) * width;
        int at = b * outFeatures;
        Linear.backward(
            weights,
            head,
            width,
            outFeatures,
            result.out(),
            last,
            dPrediction,
            at,
            gradient,
            head,
            gradient,
            headBias,
            dOut,
            last);
      }
      network.backward(dOut, null, null, gradient, 0, null, null, null);
      assertThat(adam.step(loss, gradient, 0, weights, 0, state, 0, weights.length)).isTrue();
    }
    float[] expected = withHead(golden, "final");
    float worstWeight = 0f;
    for (int i = 0; i < expected.length; i++) {
      worstWeight = Math.max(worstWeight, relative(weights[i], expected[i]));
    }
    System.out.println(golden.path().getFileName() + ": worst weight " + worstWeight);
    assertThat(worstWeight).isLessThanOrEqualTo(TOLERANCE);
  }

  private static float relative(double actual, double expected) {
    // of the value, but not of less than a hundredth: near zero the rounding of 20 updates is all
    return (float) (Math.abs(actual - expected) / Math.max(0.01, Math.abs(expected)));
  }

  private static Adam adam(JsonNode optimizer) {
    JsonNode clip = optimizer.get("clip_grad_norm");
    return new Adam(
        optimizer.get("lr").asDouble(),
        optimizer.get("betas").get(0).asDouble(),
        optimizer.get("betas").get(1).asDouble(),
        optimizer.get("eps").asDouble(),
        optimizer.get("weight_decay").asDouble(),
        clip.isNull() ? Double.POSITIVE_INFINITY : clip.asDouble());
  }

  /** The network's weights, then the head's, as one array: the order of the state_dict. */
  private static float[] withHead(GoldenFile golden, String dictionary) {
    float[] network = golden.weights(dictionary, "rnn.");
    float[] weight = GoldenFile.values(golden.json().get(dictionary).get("fc.weight"));
    float[] bias = GoldenFile.values(golden.json().get(dictionary).get("fc.bias"));
    float[] all = Arrays.copyOf(network, network.length + weight.length + bias.length);
    System.arraycopy(weight, 0, all, network.length, weight.length);
    System.arraycopy(bias, 0, all, network.length + weight.length, bias.length);
    return all;
  }
}
