package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.Allocations;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values against PyTorch's are in KernelTest, gradients in GoldenGradientTest. */
class RnnTest {

  private static final int BATCH = 4;
  private static final int SEQ_LEN = 5;
  private static final int INPUT = 3;
  private static final int HIDDEN = 2;
  private static final int LAYERS = 3;
  private static final float DELTA = 0.5f;

  private static RnnConfig config(Cell cell, boolean bidirectional) {
    return new RnnConfig(cell, INPUT, HIDDEN, LAYERS, bidirectional, true);
  }

  private static float[] random(int length, int seed) {
    return KernelTest.ForwardOfEachCell.values(new Random(seed), length, 1);
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
    used.backward(dOut, null, null, gradients[1], 0, null, null, null); // is added
    for (i = 0; i < weights.length; i++) {
      assertThat(gradients[1][i]).isCloseTo(2 * gradients[0][i], within(1e-5f));
    }
  }

  @Test
  void wrongCallsInTrainingAreNamedWithWhatWasExpectedAndGot() {
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

  @Test
  void wrongLengthsAreNamedWithWhatWasExpectedAndGot() {
    Rnn rnn = new Rnn(config(Cell.GRU, true));
    RnnOutput result = new RnnOutput();
    float[] input = new float[BATCH * SEQ_LEN * INPUT];
    assertThatThrownBy(() -> rnn.forward(input, BATCH, SEQ_LEN, true, null, null, result))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("weights: expected load() before forward(), got none yet");
    assertThatThrownBy(() -> rnn.load(new float[7]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("weights: expected 276 values, got 7 (RnnConfig[cell=GRU");
    rnn.load(new float[276]);
    assertThatThrownBy(() -> rnn.forward(new float[59], BATCH, SEQ_LEN, true, null, null, result))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input: expected shape (batch 4, seq_len 5, input_size 3) = 60 values, got 59");
    assertThatThrownBy(() -> rnn.forward(new float[59], BATCH, SEQ_LEN, false, null, null, result))
        .hasMessage("input: expected shape (seq_len 5, batch 4, input_size 3) = 60 values, got 59");
    // 72 = 6 * 4 * 3 would be right if h_0 ended with input_size
    assertThatThrownBy(() -> rnn.forward(input, BATCH, SEQ_LEN, true, new float[72], null, result))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "h_0: expected shape (num_layers * num_directions 6, batch 4, hidden_size 2)"
                + " = 48 values, got 72");
    assertThatThrownBy(() -> rnn.forward(input, BATCH, SEQ_LEN, true, null, new float[48], result))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("c_0: expected none, since only an LSTM has it, got 48 values for GRU");
    assertThatThrownBy(() -> rnn.forward(input, 0, SEQ_LEN, true, null, null, result))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batch: expected at least 1, got 0");
    assertThatThrownBy(() -> rnn.forward(input, BATCH, 0, true, null, null, result))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("seq_len: expected at least 1, got 0");
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
