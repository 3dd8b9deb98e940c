package dev.weir.rnn;

import static dev.weir.rnn.DoubleNetwork.widened;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  private static final int LARGE_BATCH = 3;
  private static final int LARGE_SEQ_LEN = 24;

  /**
   * Where vector code takes over, against the equations of torch's pages in double precision, one
   * sum at a time.
   */
  @ParameterizedTest
  @EnumSource(Cell.class)
  void largeShapesAgreeWithDoublePrecision(Cell cell) {
    RnnConfig config = new RnnConfig(cell, 4, 32, 2, true, true);
    float[] weights = Initialization.recurrent(config, new TorchRandom(23));
    Random random = new Random(29);
    float[] input = new float[LARGE_BATCH * LARGE_SEQ_LEN * config.inputSize()];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextGaussian();
    }
    Rnn rnn = new Rnn(config);
    rnn.load(weights);
    RnnOutput result = new RnnOutput();
    double worst = 0;
    for (int round = 0; round < 200; round++) { // until the compiled code has answered, too
      rnn.forward(input, LARGE_BATCH, LARGE_SEQ_LEN, true, null, null, result);
    }
    DoubleNetwork reference = new DoubleNetwork(config, LARGE_BATCH, LARGE_SEQ_LEN);
    double[] out = reference.forward(widened(weights), widened(input), null, null);
    for (int b = 0; b < LARGE_BATCH; b++) {
      for (int t = 0; t < LARGE_SEQ_LEN; t++) {
        for (int k = 0; k < config.outputSize(); k++) {
          int at = (b * LARGE_SEQ_LEN + t) * config.outputSize() + k;
          float actual = result.out()[at];
          double error = Math.abs(actual - out[at]);
          worst = Math.max(worst, error / Math.max(1.0, Math.abs(out[at])));
          assertThat(actual).isFinite();
        }
      }
    }
    System.out.println(cell + ": worst error against double precision " + worst);
    assertThat(worst).isLessThanOrEqualTo(1e-6);
  }
}
