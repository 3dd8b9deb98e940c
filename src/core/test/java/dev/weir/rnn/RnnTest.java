package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sizes all differ, so that a swapped axis or a wrong offset shows. */
class RnnTest {

  private static final int BATCH = 4;
  private static final int SEQ_LEN = 5;
  private static final int INPUT = 3;
  private static final int HIDDEN = 2;
  private static final int LAYERS = 3;

  private static Stream<Arguments> cellsAndDirections() {
    return Arrays.stream(Cell.values())
        .flatMap(cell -> Stream.of(Arguments.of(cell, false), Arguments.of(cell, true)));
  }

  private static RnnConfig config(Cell cell, boolean bidirectional) {
    return new RnnConfig(cell, INPUT, HIDDEN, LAYERS, bidirectional, true);
  }

  private static float[] weights(RnnConfig config) {
    return Initialization.recurrent(config, new TorchRandom(17));
  }

  private static float[] random(int length, int seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static int stateLength(RnnConfig config, int batch) {
    return config.numLayers() * batch * config.outputSize();
  }

  private static RnnOutput forward(
      RnnConfig config,
      float[] weights,
      float[] input,
      int batch,
      int seqLen,
      boolean batchFirst,
      float[] h0,
      float[] c0) {
    Rnn rnn = new Rnn(config);
    rnn.load(weights);
    RnnOutput result = new RnnOutput();
    rnn.forward(input, batch, seqLen, batchFirst, h0, c0, result);
    return result;
  }

  /** (batch, seq_len, width) to (seq_len, batch, width). */
  private static float[] transposed(float[] values, int batch, int seqLen, int width) {
    float[] transposed = new float[values.length];
    for (int b = 0; b < batch; b++) {
      for (int t = 0; t < seqLen; t++) {
        System.arraycopy(
            values, (b * seqLen + t) * width, transposed, (t * batch + b) * width, width);
      }
    }
    return transposed;
  }

  /** Each sequence of (batch, seq_len, width) from its end to its start. */
  private static float[] reversed(float[] values, int batch, int seqLen, int width) {
    float[] reversed = new float[values.length];
    for (int b = 0; b < batch; b++) {
      for (int t = 0; t < seqLen; t++) {
        int to = (b * seqLen + seqLen - 1 - t) * width;
        System.arraycopy(values, (b * seqLen + t) * width, reversed, to, width);
      }
    }
    return reversed;
  }

  @Test
  void everyTensorOfAnElmanLayerStartsAtItsOwnOffset() {
    RnnConfig config = new RnnConfig(Cell.RNN_RELU, 3, 2, 1, true, true);
    float[] weights = {
      1,
      2,
      3,
      4,
      5,
      6, // weight_ih_l0 (2, 3)
      1,
      0,
      2,
      1, // weight_hh_l0 (2, 2)
      10,
      20, // bias_ih_l0
      100,
      200, // bias_hh_l0
      6,
      5,
      4,
      3,
      2,
      1, // weight_ih_l0_reverse
      0,
      1,
      1,
      0, // weight_hh_l0_reverse
      1000,
      2000, // bias_ih_l0_reverse
      10000,
      20000 // bias_hh_l0_reverse
    };
    float[] input = {1, 0, 2, 0, 1, 0}; // (1, 2, 3)
    RnnOutput result = forward(config, weights, input, 1, 2, true, null, null);
    // forward, t = 0: 1 + 6 + 110 = 117, 4 + 12 + 220 = 236
    // forward, t = 1: 2 + 117 + 110 = 229, 5 + 2 * 117 + 236 + 220 = 695
    // backward, t = 1: 5 + 11000 = 11005, 2 + 22000 = 22002
    // backward, t = 0: 6 + 8 + 22002 + 11000 = 33016, 3 + 2 + 11005 + 22000 = 33010
    assertThat(result.out()).containsExactly(117, 236, 33016, 33010, 229, 695, 11005, 22002);
    assertThat(result.hN()).containsExactly(229, 695, 33016, 33010);
  }

  @Test
  void anUpperLayerReadsBothDirectionsOfTheLowerOne() {
    RnnConfig config = new RnnConfig(Cell.RNN_RELU, 1, 1, 2, true, false);
    float[] weights = {
      1,
      0, // weight_ih_l0, weight_hh_l0
      2,
      0, // the same, reverse
      10,
      100,
      0, // weight_ih_l1 (1, 2), weight_hh_l1
      100,
      10,
      0 // the same, reverse
    };
    RnnOutput result = forward(config, weights, new float[] {3}, 1, 1, true, null, null);
    assertThat(result.out()).containsExactly(10 * 3 + 100 * 6, 100 * 3 + 10 * 6);
    assertThat(result.hN()).containsExactly(3, 6, 630, 360);
  }

  @Test
  void lstmGatesComeInTheOrderInputForgetCellOutput() {
    RnnConfig config = new RnnConfig(Cell.LSTM, 1, 1, 1, false, true);
    float[] weights = {0.3f, -0.7f, 1.1f, 0.9f, 0.2f, 0.4f, -0.5f, 0.6f, 0, 0, 0, 0, 0, 0, 0, 0};
    float h0 = 0.25f;
    float c0 = -1.5f;
    RnnOutput result =
        forward(config, weights, new float[] {2f}, 1, 1, true, new float[] {h0}, new float[] {c0});
    double i = 1 / (1 + Math.exp(-(0.3 * 2 + 0.2 * h0)));
    double f = 1 / (1 + Math.exp(-(-0.7 * 2 + 0.4 * h0)));
    double g = Math.tanh(1.1 * 2 - 0.5 * h0);
    double o = 1 / (1 + Math.exp(-(0.9 * 2 + 0.6 * h0)));
    double c = f * c0 + i * g;
    assertThat(result.cN()).containsExactly(new float[] {(float) c}, within(1e-6f));
    assertThat(result.hN())
        .containsExactly(new float[] {(float) (o * Math.tanh(c))}, within(1e-6f));
  }

  @Test
  void gruGatesComeInTheOrderResetUpdateNewAndResetSeesTheHiddenBias() {
    RnnConfig config = new RnnConfig(Cell.GRU, 1, 1, 1, false, true);
    float[] weights = {0.3f, -0.7f, 1.1f, 0.2f, 0.4f, -0.5f, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f};
    float h0 = 0.25f;
    RnnOutput result =
        forward(config, weights, new float[] {2f}, 1, 1, true, new float[] {h0}, null);
    double r = 1 / (1 + Math.exp(-(0.3 * 2 + 0.2 * h0 + 0.1 + 0.4)));
    double z = 1 / (1 + Math.exp(-(-0.7 * 2 + 0.4 * h0 + 0.2 + 0.5)));
    double n = Math.tanh(1.1 * 2 + 0.3 + r * (-0.5 * h0 + 0.6));
    assertThat(result.hN())
        .containsExactly(new float[] {(float) ((1 - z) * n + z * h0)}, within(1e-6f));
  }

  @ParameterizedTest
  @MethodSource("cellsAndDirections")
  void aBatchOfFourIsFourBatchesOfOne(Cell cell, boolean bidirectional) {
    RnnConfig config = config(cell, bidirectional);
    float[] weights = weights(config);
    float[] input = random(BATCH * SEQ_LEN * INPUT, 1);
    RnnOutput together = forward(config, weights, input, BATCH, SEQ_LEN, true, null, null);
    int rowLength = SEQ_LEN * INPUT;
    for (int b = 0; b < BATCH; b++) {
      float[] row = Arrays.copyOfRange(input, b * rowLength, (b + 1) * rowLength);
      RnnOutput alone = forward(config, weights, row, 1, SEQ_LEN, true, null, null);
      int outLength = SEQ_LEN * config.outputSize();
      assertThat(Arrays.copyOfRange(together.out(), b * outLength, (b + 1) * outLength))
          .containsExactly(alone.out());
      for (int layer = 0; layer < LAYERS; layer++) {
        for (int direction = 0; direction < config.numDirections(); direction++) {
          for (int unit = 0; unit < HIDDEN; unit++) {
            int state = layer * config.numDirections() + direction;
            assertThat(together.hN()[(state * BATCH + b) * HIDDEN + unit])
                .isEqualTo(alone.hN()[state * HIDDEN + unit]);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cellsAndDirections")
  void sequenceFirstIsBatchFirstTransposed(Cell cell, boolean bidirectional) {
    RnnConfig config = config(cell, bidirectional);
    float[] weights = weights(config);
    float[] input = random(BATCH * SEQ_LEN * INPUT, 2);
    float[] h0 = random(stateLength(config, BATCH), 3);
    RnnOutput batchFirst = forward(config, weights, input, BATCH, SEQ_LEN, true, h0, null);
    RnnOutput seqFirst =
        forward(
            config,
            weights,
            transposed(input, BATCH, SEQ_LEN, INPUT),
            BATCH,
            SEQ_LEN,
            false,
            h0,
            null);
    assertThat(seqFirst.out())
        .containsExactly(transposed(batchFirst.out(), BATCH, SEQ_LEN, config.outputSize()));
    assertThat(seqFirst.hN()).containsExactly(batchFirst.hN());
    assertThat(batchFirst.outShape()).containsExactly(BATCH, SEQ_LEN, config.outputSize());
    assertThat(seqFirst.outShape()).containsExactly(SEQ_LEN, BATCH, config.outputSize());
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void aSequenceMayBeReadInTwoPartsByHandingTheStateOn(Cell cell) {
    RnnConfig config = config(cell, false);
    float[] weights = weights(config);
    float[] input = random(SEQ_LEN * BATCH * INPUT, 4); // sequence first: parts are contiguous
    RnnOutput whole = forward(config, weights, input, BATCH, SEQ_LEN, false, null, null);
    int cut = 2 * BATCH * INPUT;
    RnnOutput first =
        forward(config, weights, Arrays.copyOf(input, cut), BATCH, 2, false, null, null);
    RnnOutput second =
        forward(
            config,
            weights,
            Arrays.copyOfRange(input, cut, input.length),
            BATCH,
            SEQ_LEN - 2,
            false,
            first.hN(),
            first.cN());
    assertThat(second.hN()).containsExactly(whole.hN());
    int firstOut = first.out().length;
    assertThat(second.out())
        .containsExactly(Arrays.copyOfRange(whole.out(), firstOut, whole.out().length));
    if (cell == Cell.LSTM) {
      assertThat(second.cN()).containsExactly(whole.cN());
    }
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void theBackwardDirectionIsAForwardNetworkOnTheReversedInput(Cell cell) {
    RnnConfig both = new RnnConfig(cell, INPUT, HIDDEN, 1, true, true);
    RnnConfig single = new RnnConfig(cell, INPUT, HIDDEN, 1, false, true);
    float[] weights = weights(both);
    float[] input = random(BATCH * SEQ_LEN * INPUT, 5);
    RnnOutput result = forward(both, weights, input, BATCH, SEQ_LEN, true, null, null);
    float[] backwardWeights =
        Arrays.copyOfRange(weights, single.parameterCount(), both.parameterCount());
    RnnOutput mirrored =
        forward(
            single,
            backwardWeights,
            reversed(input, BATCH, SEQ_LEN, INPUT),
            BATCH,
            SEQ_LEN,
            true,
            null,
            null);
    float[] backward = new float[BATCH * SEQ_LEN * HIDDEN];
    for (int row = 0; row < BATCH * SEQ_LEN; row++) {
      System.arraycopy(result.out(), (2 * row + 1) * HIDDEN, backward, row * HIDDEN, HIDDEN);
    }
    assertThat(backward).containsExactly(reversed(mirrored.out(), BATCH, SEQ_LEN, HIDDEN));
    assertThat(Arrays.copyOfRange(result.hN(), BATCH * HIDDEN, 2 * BATCH * HIDDEN))
        .containsExactly(mirrored.hN());
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void finalStatesAreTheLastForwardRowAndTheFirstBackwardRow(Cell cell) {
    RnnConfig config = config(cell, true);
    float[] input = random(BATCH * SEQ_LEN * INPUT, 6);
    RnnOutput result = forward(config, weights(config), input, BATCH, SEQ_LEN, true, null, null);
    for (int b = 0; b < BATCH; b++) {
      for (int unit = 0; unit < HIDDEN; unit++) {
        int forward = ((LAYERS - 1) * 2 * BATCH + b) * HIDDEN + unit;
        assertThat(result.hN()[forward])
            .isEqualTo(result.out()[((b + 1) * SEQ_LEN - 1) * 2 * HIDDEN + unit]);
        assertThat(result.hN()[forward + BATCH * HIDDEN])
            .isEqualTo(result.out()[(2 * b * SEQ_LEN + 1) * HIDDEN + unit]);
      }
    }
    assertThat(result.hNShape()).containsExactly(LAYERS * 2, BATCH, HIDDEN);
  }

  @ParameterizedTest
  @MethodSource("cellsAndDirections")
  void aNetworkForgetsWhatItRanBefore(Cell cell, boolean bidirectional) {
    RnnConfig config = config(cell, bidirectional);
    float[] weights = weights(config);
    float[] input = random(BATCH * SEQ_LEN * INPUT, 7);
    RnnOutput fresh = forward(config, weights, input, BATCH, SEQ_LEN, true, null, null);
    Rnn used = new Rnn(config);
    used.load(random(config.parameterCount(), 8));
    RnnOutput result = new RnnOutput();
    float[] h0 = random(stateLength(config, 1), 9);
    used.forward(random(9 * INPUT, 10), 1, 9, false, h0, null, result); // longer, and with a state
    used.load(weights);
    used.forward(input, BATCH, SEQ_LEN, true, null, null, result);
    assertThat(result.out()).containsExactly(fresh.out());
    assertThat(result.hN()).containsExactly(fresh.hN());
    float[] reused = result.out();
    used.forward(input, BATCH, SEQ_LEN, true, null, null, result);
    assertThat(result.out()).isSameAs(reused);
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

  @Test
  void shapesNeedAResult() {
    assertThatThrownBy(() -> new RnnOutput().outShape()).isInstanceOf(IllegalStateException.class);
  }
}
