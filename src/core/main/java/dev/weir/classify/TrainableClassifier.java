package dev.weir.classify;

import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Linear;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TrainableRnn;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A recurrent network, what its head reads of it, and the head, with gradients. A many-to-one head
 * reads each window once, a many-to-many head each of its steps: so many rows it gives. Weights lie
 * with the caller:
 *
 * <pre>
 * network as in {@link RnnConfig#parameters()} | head's weight (classes, width) | head's bias
 * </pre>
 *
 * <p>Holds temporary arrays: one instance for each thread. All windows of a batch have the same
 * number of steps.
 */
final class TrainableClassifier {

  private final RnnConfig rnn;
  private final Mode mode;
  private final Readout readout; // of many-to-one
  private final int classes;
  private final int width; // what the head reads
  private final int headAt;
  private final int biasAt;
  private final TrainableRnn network;
  private final RnnOutput result = new RnnOutput();
  private float dropout;
  private SplittableRandom random;
  private float[] weights;
  private int batch;
  private int steps;
  private int rows; // that the head gives

  // scratch
  private float[] read = {}; // (rows, width): what the head reads
  private float[] mask = {}; // (rows, width): dropout
  private int[] largest = {}; // (batch, width): the step of the largest value
  private float[] logits = {}; // (rows, classes)
  private float[] dRead = {}; // (rows, width)
  private float[] dOut = {}; // (batch, steps, width)
  private float[] dHN = {};

  TrainableClassifier(RnnConfig rnn, Mode mode, Readout readout, int classes) {
    this.rnn = rnn;
    this.mode = mode;
    this.readout = readout;
    this.classes = classes;
    this.width = rnn.outputSize();
    this.headAt = rnn.parameterCount();
    this.biasAt = headAt + classes * width;
    this.network = new TrainableRnn(rnn);
  }

  int count() {
    return biasAt + classes;
  }

  /** Where the head's weight starts. */
  int headAt() {
    return headAt;
  }

  /** Drops values between layers and before the head in the next calls of {@link #forward}. */
  void dropout(double probability, SplittableRandom random) {
    this.dropout = (float) probability;
    this.random = random;
    network.dropout(probability, random);
  }

  void load(float[] weights) {
    this.weights = weights;
    network.load(weights, 0);
  }

  /**
   * @param input (batch, steps, input_size), of just that length
   * @return (batch, classes), many-to-many (batch, steps, classes), valid until the next call
   */
  float[] forward(float[] input, int batch, int steps) {
    this.batch = batch;
    this.steps = steps;
    this.rows = mode == Mode.MANY_TO_MANY ? batch * steps : batch;
    grow();
    network.forward(input, batch, steps, true, null, null, result);
    if (mode == Mode.MANY_TO_MANY) {
      System.arraycopy(result.out(), 0, read, 0, rows * width);
    } else {
      for (int b = 0; b < batch; b++) {
        Readouts.read(readout, result, rnn, b, batch, steps, read, largest);
      }
    }
    if (dropout > 0) {
      float kept = 1f / (1f - dropout);
      for (int i = 0; i < rows * width; i++) {
        mask[i] = random.nextDouble() < dropout ? 0f : kept;
        read[i] *= mask[i];
      }
    }
    for (int r = 0; r < rows; r++) {
      Linear.forward(
          weights, headAt, weights, biasAt, width, classes, read, r * width, logits, r * classes);
    }
    return logits;
  }

  private void grow() {
    if (read.length < rows * width) {
      read = new float[rows * width];
      mask = new float[rows * width];
      largest = new int[rows * width];
      dRead = new float[rows * width];
      logits = new float[rows * classes];
    }
    int outs = isFinalHidden() ? 0 : batch * steps * width;
    if (dOut.length != outs) { // the network wants just that length
      dOut = new float[outs];
    }
    int states = rnn.numLayers() * batch * width;
    if (isFinalHidden() && dHN.length != states) {
      dHN = new float[states];
    }
  }

  private boolean isFinalHidden() {
    return mode == Mode.MANY_TO_ONE && readout == Readout.FINAL_HIDDEN;
  }

  /**
   * Goes back through the last {@link #forward}.
   *
   * @param dLogits as the logits
   * @param gradient (count); added to
   */
  void backward(float[] dLogits, float[] gradient) {
    Arrays.fill(dRead, 0, rows * width, 0f);
    for (int r = 0; r < rows; r++) {
      Linear.backward(
          weights,
          headAt,
          width,
          classes,
          read,
          r * width,
          dLogits,
          r * classes,
          gradient,
          headAt,
          gradient,
          biasAt,
          dRead,
          r * width);
    }
    if (dropout > 0) {
      for (int i = 0; i < rows * width; i++) {
        dRead[i] *= mask[i];
      }
    }
    if (isFinalHidden()) {
      int size = rnn.hiddenSize();
      Arrays.fill(dHN, 0f);
      for (int b = 0; b < batch; b++) {
        for (int d = 0; d < rnn.numDirections(); d++) {
          int row = (rnn.numLayers() - 1) * rnn.numDirections() + d;
          System.arraycopy(dRead, b * width + d * size, dHN, (row * batch + b) * size, size);
        }
      }
      network.backward(null, dHN, null, gradient, 0, null, null, null);
      return;
    }
    if (mode == Mode.MANY_TO_MANY) {
      System.arraycopy(dRead, 0, dOut, 0, rows * width);
    } else {
      spread();
    }
    network.backward(dOut, null, null, gradient, 0, null, null, null);
  }

  /** The gradient of what was read, to the steps that it was read of. */
  private void spread() {
    Arrays.fill(dOut, 0f);
    for (int b = 0; b < batch; b++) {
      for (int k = 0; k < width; k++) {
        float d = dRead[b * width + k];
        int first = b * steps * width + k;
        switch (readout) {
          case LAST_STEP -> dOut[first + (steps - 1) * width] = d;
          case MAX -> dOut[first + largest[b * width + k] * width] = d;
          case MEAN -> {
            for (int t = 0; t < steps; t++) {
              dOut[first + t * width] = d / steps;
            }
          }
          case FINAL_HIDDEN -> throw new IllegalStateException("h_n has its own way back");
        }
      }
    }
  }
}
