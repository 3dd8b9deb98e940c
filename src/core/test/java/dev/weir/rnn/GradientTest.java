package dev.weir.rnn;

import static dev.weir.rnn.DoubleNetwork.widened;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Allocations;
import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sizes all differ, so that a swapped axis or a wrong offset shows. */
class GradientTest {

  private static final int BATCH = 4;
  private static final int SEQ_LEN = 5;
  private static final int INPUT = 3;
  private static final int HIDDEN = 2;
  private static final int LAYERS = 3;
  private static final float DELTA = 0.5f;

  private static Stream<Arguments> cellsDirectionsAndBias() {
    return Arrays.stream(Cell.values())
        .flatMap(
            cell ->
                Stream.of(
                    Arguments.of(cell, false, true),
                    Arguments.of(cell, true, true),
                    Arguments.of(cell, true, false)));
  }

  private static RnnConfig config(Cell cell, boolean bidirectional) {
    return new RnnConfig(cell, INPUT, HIDDEN, LAYERS, bidirectional, true);
  }

  private static float[] random(int length, int seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static boolean[] randomMask(int length, int seed) {
    Random random = new Random(seed);
    boolean[] mask = new boolean[length];
    for (int i = 0; i < length; i++) {
      mask[i] = random.nextInt(3) > 0;
    }
    return mask;
  }

  /** A masked pseudo-Huber loss of out, plus weighted sums of h_n and c_n, all differentiated. */
  @ParameterizedTest
  @MethodSource("cellsDirectionsAndBias")
  void everyGradientIsTheSlopeOfTheLossInDoublePrecision(
      Cell cell, boolean bidirectional, boolean bias) {
    RnnConfig config = new RnnConfig(cell, INPUT, HIDDEN, LAYERS, bidirectional, bias);
    boolean lstm = cell == Cell.LSTM;
    int outLength = BATCH * SEQ_LEN * config.outputSize();
    int stateLength = LAYERS * BATCH * config.outputSize();
    float[] weights = Initialization.recurrent(config, new TorchRandom(31));
    float[] input = random(BATCH * SEQ_LEN * INPUT, 32);
    float[] h0 = random(stateLength, 33);
    float[] c0 = lstm ? random(stateLength, 34) : null;
    float[] target = random(outLength, 35);
    boolean[] mask = randomMask(outLength, 36);
    float[] dHN = random(stateLength, 37);
    float[] dCN = lstm ? random(stateLength, 38) : null;

    TrainableRnn network = new TrainableRnn(config);
    RnnOutput result = new RnnOutput();
    network.load(weights, 0);
    network.forward(input, BATCH, SEQ_LEN, true, h0, c0, result);
    float[] dOut = new float[outLength];
    Loss.pseudoHuber(DELTA, result.out(), target, mask, outLength, dOut);
    float[] gradient = new float[weights.length];
    float[] dInput = new float[input.length];
    float[] dH0 = new float[stateLength];
    float[] dC0 = lstm ? new float[stateLength] : null;
    network.backward(dOut, dHN, dCN, gradient, 0, dInput, dH0, dC0);

    DoubleNetwork reference = new DoubleNetwork(config, BATCH, SEQ_LEN);
    double[] w = widened(weights);
    double[] x = widened(input);
    double[] h = widened(h0);
    double[] c = widened(c0);
    ToDoubleFunction<double[]> loss =
        perturbed -> {
          double[] out = reference.forward(w, x, h, c);
          double sum = maskedPseudoHuber(out, target, mask);
          for (int i = 0; i < stateLength; i++) {
            sum += dHN[i] * reference.hN[i] + (lstm ? dCN[i] * reference.cN[i] : 0);
          }
          return sum;
        };
    assertSlopes("weights", gradient, w, loss);
    assertSlopes("input", dInput, x, loss);
    assertSlopes("h_0", dH0, h, loss);
    if (lstm) {
      assertSlopes("c_0", dC0, c, loss);
    }
  }

  private static double maskedPseudoHuber(double[] out, float[] target, boolean[] mask) {
    double sum = 0;
    int counted = 0;
    for (int i = 0; i < out.length; i++) {
      if (mask[i]) {
        double relative = (out[i] - target[i]) / DELTA;
        sum += DELTA * DELTA * (Math.sqrt(1 + relative * relative) - 1);
        counted++;
      }
    }
    return sum / counted;
  }

  private static void assertSlopes(
      String what, float[] gradient, double[] at, ToDoubleFunction<double[]> loss) {
    double step = 1e-5; // central: error about step², and 1e-16/step from rounding
    double[] slopes = new double[at.length];
    double largest = 1;
    for (int i = 0; i < at.length; i++) {
      double value = at[i];
      at[i] = value + step;
      double above = loss.applyAsDouble(at);
      at[i] = value - step;
      slopes[i] = (above - loss.applyAsDouble(at)) / (2 * step);
      at[i] = value;
      largest = Math.max(largest, Math.abs(slopes[i]));
    }
    for (int i = 0; i < at.length; i++) {
      assertThat(Math.abs(gradient[i] - slopes[i]) <= 2e-6 * largest)
          .as("%s[%d]: expected %s, got %s", what, i, slopes[i], gradient[i])
          .isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void batchesAreSumsOfTheirWindowsInEitherLayout(Cell cell) {
    RnnConfig config = config(cell, true);
    float[] weights = Initialization.recurrent(config, new TorchRandom(41));
    float[] input = random(BATCH * SEQ_LEN * INPUT, 42);
    int row = SEQ_LEN * config.outputSize();
    float[] dOut = random(BATCH * row, 43);
    TrainableRnn network = new TrainableRnn(config);
    RnnOutput result = new RnnOutput();
    network.load(weights, 0);
    network.forward(input, BATCH, SEQ_LEN, true, null, null, result);
    float[] whole = new float[weights.length];
    network.backward(dOut, null, null, whole, 0, null, null, null);

    float[] summed = new float[weights.length]; // seq-first and batch-first are the same for one
    for (int b = 0; b < BATCH; b++) {
      float[] window = Arrays.copyOfRange(input, b * SEQ_LEN * INPUT, (b + 1) * SEQ_LEN * INPUT);
      network.forward(window, 1, SEQ_LEN, b % 2 == 0, null, null, result);
      float[] dWindow = Arrays.copyOfRange(dOut, b * row, (b + 1) * row);
      network.backward(dWindow, null, null, summed, 0, null, null, null);
    }
    for (int i = 0; i < whole.length; i++) {
      assertThat(Math.abs(whole[i] - summed[i])).as("weight %d", i).isLessThan(1e-5f);
    }
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void aCarriedStateIsWhereTheNextWindowGoesOn(Cell cell) {
    RnnConfig config = config(cell, false);
    boolean lstm = cell == Cell.LSTM;
    float[] weights = new float[5 + config.parameterCount()];
    System.arraycopy(
        Initialization.recurrent(config, new TorchRandom(51)),
        0,
        weights,
        5,
        config.parameterCount());
    float[] input = random(SEQ_LEN * INPUT, 52);
    TrainableRnn network = new TrainableRnn(config);
    network.load(weights, 5);
    RnnOutput whole = new RnnOutput();
    network.forward(input, 1, SEQ_LEN, true, null, null, whole);

    float[] h = new float[7 + LAYERS * HIDDEN];
    float[] c = lstm ? new float[9 + LAYERS * HIDDEN] : null;
    for (int t = 0; t < SEQ_LEN; t++) {
      network.step(weights, 5, input, t * INPUT, h, 7, c, 9);
      for (int k = 0; k < HIDDEN; k++) {
        float expected = whole.out()[t * HIDDEN + k];
        float actual = h[7 + (LAYERS - 1) * HIDDEN + k];
        assertThat(Math.abs(actual - expected)).as("step %d unit %d", t, k).isLessThan(1e-6f);
      }
    }
    for (int i = 0; i < LAYERS * HIDDEN; i++) {
      assertThat(Math.abs(h[7 + i] - whole.hN()[i])).isLessThan(1e-6f);
      if (lstm) {
        assertThat(Math.abs(c[9 + i] - whole.cN()[i])).isLessThan(1e-6f);
      }
    }
    assertThat(Arrays.copyOf(h, 7)).containsOnly(0f);
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void onceWarmATrainingStepAllocatesNothing(Cell cell) {
    Trainee trainee = new Trainee(config(cell, true), 61);
    RnnConfig forward = config(cell, false);
    TrainableRnn stepping = new TrainableRnn(forward);
    float[] weights = Initialization.recurrent(forward, new TorchRandom(62));
    float[] h = new float[LAYERS * HIDDEN];
    float[] c = cell == Cell.LSTM ? new float[LAYERS * HIDDEN] : null;
    float[] x = random(INPUT, 63);
    int calls = 500;
    Allocations.assertNoneOnceWarm(
        calls,
        () -> {
          for (int call = 0; call < calls; call++) {
            trainee.train();
            stepping.step(weights, 0, x, 0, h, 0, c, 0);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void theSameSeedGivesTheSameBitsWhateverRanBefore(Cell cell) {
    RnnConfig tiny = new RnnConfig(cell, 1, 2, 1, true, true);
    RnnConfig large = new RnnConfig(cell, 4, 33, 2, true, true);
    float[] largeAtFirst = new Trainee(large, 71).trained(20);
    float[] tinyAfterLarge = new Trainee(tiny, 72).trained(400);
    float[] largeAfterTiny = new Trainee(large, 71).trained(20);
    assertThat(largeAfterTiny).isEqualTo(largeAtFirst);
    assertThat(new Trainee(tiny, 72).trained(400)).isEqualTo(tinyAfterLarge);
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void scratchOfALongerBatchLeavesNoTrace(Cell cell) {
    RnnConfig config = config(cell, true);
    float[] weights = Initialization.recurrent(config, new TorchRandom(81));
    float[] input = random(2 * 3 * INPUT, 82);
    float[] dOut = random(2 * 3 * config.outputSize(), 83);
    TrainableRnn fresh = new TrainableRnn(config);
    TrainableRnn used = new TrainableRnn(config);
    used.load(random(config.parameterCount(), 84), 0);
    RnnOutput result = new RnnOutput();
    for (int[] sizes : new int[][] {{1, 9}, {5, 1}, {4, 7}}) { // longer, wider, both
      used.forward(
          random(sizes[0] * sizes[1] * INPUT, 85), sizes[0], sizes[1], false, null, null, result);
      float[] ones = new float[result.out().length];
      Arrays.fill(ones, 1f);
      used.backward(ones, null, null, new float[weights.length], 0, null, null, null);
    }
    float[][] gradients = new float[2][weights.length];
    int i = 0;
    for (TrainableRnn network : new TrainableRnn[] {fresh, used}) {
      network.load(weights, 0);
      network.forward(input, 2, 3, true, null, null, result);
      network.backward(dOut, null, null, gradients[i++], 0, null, null, null);
    }
    assertThat(gradients[1]).isEqualTo(gradients[0]);
  }

  @Test
  void wrongCallsAreNamedWithWhatWasExpectedAndGot() {
    RnnConfig config = config(Cell.GRU, true);
    TrainableRnn network = new TrainableRnn(config);
    RnnOutput result = new RnnOutput();
    float[] input = new float[BATCH * SEQ_LEN * INPUT];
    float[] gradient = new float[config.parameterCount()];
    assertThatThrownBy(() -> network.forward(input, BATCH, SEQ_LEN, true, null, null, result))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("weights: expected load() before forward(), got none yet");
    assertThatThrownBy(() -> network.load(new float[276], 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    network.load(new float[277], 1);
    assertThatThrownBy(() -> network.backward(null, null, null, gradient, 0, null, null, null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("activations: expected forward() before backward(), got none since load()");
    assertThatThrownBy(
            () -> network.forward(new float[59], BATCH, SEQ_LEN, true, null, null, result))
        .hasMessage("input: expected shape (batch 4, seq_len 5, input_size 3) = 60 values, got 59");
    network.forward(input, BATCH, SEQ_LEN, true, null, null, result);
    assertThatThrownBy(
            () -> network.backward(new float[79], null, null, gradient, 0, null, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gradient of out: expected batch 4 * seq_len 5 * 4 = 80 values, got 79");
    assertThatThrownBy(
            () -> network.backward(null, null, new float[48], gradient, 0, null, null, null))
        .hasMessage(
            "gradient of c_n: expected none, since only an LSTM has it, got 48 values for GRU");
    assertThatThrownBy(
            () -> network.backward(null, null, null, gradient, 0, null, new float[72], null))
        .hasMessageStartingWith("gradient of h_0: expected shape (num_layers * num_directions 6");
    assertThatThrownBy(() -> network.backward(null, null, null, gradient, 1, null, null, null))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> network.step(gradient, 0, input, 0, new float[6], 0, null, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("bidirectional: expected false for a network that runs step by step, got true");
  }

  /** A network under training, on numbers that a seed fixes. */
  private static final class Trainee {
    private final TrainableRnn network;
    private final float[] weights;
    private final float[] input;
    private final float[] target;
    private final float[] dOut;
    private final float[] gradient;
    private final Adam adam = new Adam(1e-2, 0.9, 0.999, 1e-8, 1e-4, 1.0);
    private final float[] state;
    private final RnnOutput result = new RnnOutput();

    Trainee(RnnConfig config, int seed) {
      network = new TrainableRnn(config);
      weights = Initialization.recurrent(config, new TorchRandom(seed));
      input = random(BATCH * SEQ_LEN * config.inputSize(), seed);
      target = random(BATCH * SEQ_LEN * config.outputSize(), seed + 1);
      dOut = new float[target.length];
      gradient = new float[weights.length];
      state = new float[adam.stateLength(weights.length)];
    }

    void train() {
      network.load(weights, 0);
      network.forward(input, BATCH, SEQ_LEN, true, null, null, result);
      double loss = Loss.pseudoHuber(DELTA, result.out(), target, null, target.length, dOut);
      Arrays.fill(gradient, 0f);
      network.backward(dOut, null, null, gradient, 0, null, null, null);
      adam.step(loss, gradient, 0, weights, 0, state, 0, weights.length);
    }

    float[] trained(int steps) {
      for (int step = 0; step < steps; step++) {
        train();
      }
      return weights;
    }
  }
}
