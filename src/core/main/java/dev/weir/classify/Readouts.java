package dev.weir.classify;

import dev.weir.model.Readout;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;

/** What a head reads of a network's output: {@link Readout} as arithmetic. */
final class Readouts {

  private Readouts() {}

  /**
   * @param result of a forward of {@code batch} windows, batch_first
   * @param b the window
   * @param read (batch, width): row b is overwritten
   * @param largest (batch, width): for {@link Readout#MAX} the step of each value; null if not
   *     wanted
   */
  static void read(
      Readout readout,
      RnnOutput result,
      RnnConfig rnn,
      int b,
      int batch,
      int steps,
      float[] read,
      int[] largest) {
    int width = rnn.outputSize();
    int to = b * width;
    int first = b * steps * width;
    float[] out = result.out();
    switch (readout) {
      case FINAL_HIDDEN -> {
        int size = rnn.hiddenSize();
        for (int d = 0; d < rnn.numDirections(); d++) {
          int row = (rnn.numLayers() - 1) * rnn.numDirections() + d;
          System.arraycopy(result.hN(), (row * batch + b) * size, read, to + d * size, size);
        }
      }
      case LAST_STEP -> System.arraycopy(out, first + (steps - 1) * width, read, to, width);
      case MEAN -> {
        for (int k = 0; k < width; k++) {
          float sum = 0f;
          for (int t = 0; t < steps; t++) {
            sum += out[first + t * width + k];
          }
          read[to + k] = sum / steps;
        }
      }
      case MAX -> {
        for (int k = 0; k < width; k++) {
          int step = 0;
          for (int t = 1; t < steps; t++) {
            if (out[first + t * width + k] > out[first + step * width + k]) {
              step = t;
            }
          }
          read[to + k] = out[first + step * width + k];
          if (largest != null) {
            largest[to + k] = step;
          }
        }
      }
    }
  }
}
