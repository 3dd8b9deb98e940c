package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AllocationTest {

  private static final int CALLS = 1_000;
  private static final int BATCH = 4;
  private static final int SEQ_LEN = 5;

  @ParameterizedTest
  @EnumSource(Cell.class)
  void onceWarmLoadAndForwardAllocateNothing(Cell cell) {
    RnnConfig config = new RnnConfig(cell, 3, 7, 3, true, true);
    float[] weights = Initialisation.recurrent(config, new TorchGenerator(1));
    float[] input = new float[BATCH * SEQ_LEN * config.inputSize()];
    float[] state = new float[config.numLayers() * BATCH * config.outputSize()];
    float[] c0 = cell == Cell.LSTM ? state : null;
    Rnn rnn = new Rnn(config);
    RnnOutput result = new RnnOutput();

    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    // the first rounds warm up, the meter included; a vector is an object until all is compiled
    for (int round = 0; round < 60 && least >= CALLS; round++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int call = 0; call < CALLS; call++) {
        rnn.load(weights);
        rnn.forward(input, BATCH, SEQ_LEN, call % 2 == 0, state, c0, result);
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    assertThat(least)
        .as("bytes in %d calls", CALLS)
        .isLessThan(CALLS); // the meter itself takes some
  }
}
