package dev.weir.classify;

import dev.weir.model.ClassifierModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Linear;
import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import java.util.Arrays;

/**
 * Classifies windows with a trained network, a many-to-many one by the last step of a window.
 * Allocates nothing for windows of the same length. Use one instance per thread.
 */
public final class NetworkClassifier {

  private final RnnConfig config;
  private final Readout readout;
  private final int classes;
  private final float[] weights;
  private final Rnn rnn;
  private final RnnOutput result = new RnnOutput();
  private final float[] read;

  public NetworkClassifier(ClassifierModel model) {
    this.config = model.rnn();
    this.readout = model.mode() == Mode.MANY_TO_MANY ? Readout.LAST_STEP : model.readout();
    this.classes = model.classes().size();
    this.weights = model.weights();
    this.rnn = new Rnn(config);
    this.read = new float[config.outputSize()];
    rnn.load(Arrays.copyOf(weights, config.parameterCount()));
  }

  /** Input of the head for the last window, valid until the next one: {@code (output size)}. */
  public float[] features() {
    return read;
  }

  /**
   * Computes the logits of a window; their softmax are the probabilities.
   *
   * @param window (steps, channels), of just that length
   * @param logits (classes); overwritten
   */
  public void logits(float[] window, float[] logits) {
    int steps = window.length / config.inputSize();
    rnn.forward(window, 1, steps, true, null, null, result);
    read(steps);
    int headAt = config.parameterCount();
    int biasAt = headAt + classes * read.length;
    Linear.forward(weights, headAt, weights, biasAt, read.length, classes, read, 0, logits, 0);
  }

  private void read(int steps) {
    int width = read.length;
    float[] out = result.out();
    switch (readout) {
      case FINAL_HIDDEN -> // of the last layer, both directions
          System.arraycopy(result.hN(), (config.numLayers() - 1) * width, read, 0, width);
      case LAST_STEP -> System.arraycopy(out, (steps - 1) * width, read, 0, width);
      case MEAN -> {
        for (int k = 0; k < width; k++) {
          float sum = 0f;
          for (int t = 0; t < steps; t++) {
            sum += out[t * width + k];
          }
          read[k] = sum / steps;
        }
      }
      case MAX -> {
        System.arraycopy(out, 0, read, 0, width);
        for (int at = width; at < steps * width; at++) {
          read[at % width] = Math.max(read[at % width], out[at]);
        }
      }
    }
  }
}
