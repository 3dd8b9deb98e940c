package dev.weir.rnn;

import dev.weir.Allocations;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AllocationTest {

  private static final int CALLS = 300;
  private static final int BATCH = 4;
  private static final int SEQ_LEN = 5;

  @ParameterizedTest
  @EnumSource(Cell.class)
  void onceWarmLoadAndForwardAllocateNothing(Cell cell) {
    RnnConfig config = new RnnConfig(cell, 3, 7, 3, true, true);
    float[] weights = Initialization.recurrent(config, new TorchRandom(1));
    float[] input = new float[BATCH * SEQ_LEN * config.inputSize()];
    float[] state = new float[config.numLayers() * BATCH * config.outputSize()];
    float[] c0 = cell == Cell.LSTM ? state : null;
    Rnn rnn = new Rnn(config);
    RnnOutput result = new RnnOutput();

    Allocations.assertNoneOnceWarm(
        CALLS,
        () -> {
          for (int call = 0; call < CALLS; call++) {
            rnn.load(weights);
            rnn.forward(input, BATCH, SEQ_LEN, call % 2 == 0, state, c0, result);
          }
        });
  }
}
