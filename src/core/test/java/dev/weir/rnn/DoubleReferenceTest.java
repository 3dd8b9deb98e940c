package dev.weir.rnn;

import static dev.weir.rnn.DoubleNetwork.widened;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A larger shape (hidden 32, seq_len 24), where vector code takes over, against the equations of
 * torch's pages in double precision, one sum at a time.
 */
class DoubleReferenceTest {

  private static final int BATCH = 3;
  private static final int SEQ_LEN = 24;

  @ParameterizedTest
  @EnumSource(Cell.class)
  void largeShapesAgreeWithDoublePrecision(Cell cell) {
    RnnConfig config = new RnnConfig(cell, 4, 32, 2, true, true);
    float[] weights = Initialization.recurrent(config, new TorchRandom(23));
    Random random = new Random(29);
    float[] input = new float[BATCH * SEQ_LEN * config.inputSize()];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextGaussian();
    }
    Rnn rnn = new Rnn(config);
    rnn.load(weights);
    RnnOutput result = new RnnOutput();
    double worst = 0;
    for (int round = 0; round < 200; round++) { // until the compiled code has answered, too
      rnn.forward(input, BATCH, SEQ_LEN, true, null, null, result);
    }
    DoubleNetwork reference = new DoubleNetwork(config, BATCH, SEQ_LEN);
    double[] out = reference.forward(widened(weights), widened(input), null, null);
    for (int b = 0; b < BATCH; b++) {
      for (int t = 0; t < SEQ_LEN; t++) {
        for (int k = 0; k < config.outputSize(); k++) {
          int at = (b * SEQ_LEN + t) * config.outputSize() + k;
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
