package dev.weir.classify;

import dev.weir.rnn.Adam;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.Linear;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TorchRandom;
import dev.weir.rnn.TrainableRnn;
import java.util.Arrays;

/**
 * A recurrent network of one direction that reads row after row with a carried state, and learns by
 * back-propagation through some rows whenever it is settled for some more of them which label they
 * have. Its head reads the hidden state and the row.
 *
 * <p>State: weights (network, head's weight, head's bias), those of Adam, the hidden state, the
 * hidden state before each row in store, the number of such rows, the rows, their labels.
 */
final class OnlineNetwork {

  private static final double MAX_NORM = 1;

  /** In place of a label that has not come. */
  private static final int OPEN = -2;

  /** In place of a label that will not come. */
  private static final int NONE = -1;

  private final RnnConfig rnn;
  private final int classes;
  private final int kept; // rows of one pass
  private final int stored; // rows at most, those of a pass and those that wait for a label
  private final int fresh; // new rows until the next pass, fewer than the kept ones
  private final long seed;
  private final TrainableRnn network;
  private final RnnOutput result = new RnnOutput();
  private final Adam adam;
  private final int inputs;
  private final int size;
  private final int width; // of what the head reads
  private final int count; // of weights
  private final int headAt;
  private final int biasAt;

  // places in the state
  private final int at;
  private final int optimizerAt;
  private final int hiddenAt;
  private final int firstAt; // hidden states before each kept row
  private final int countAt; // kept rows
  private final int rowsAt;
  private final int labelsAt;

  // scratch
  private final float[] read;
  private final float[] input;
  private final float[] h0;
  private final float[] logits;
  private final float[] dLogits;
  private final float[] dOut;
  private final float[] dRead;
  private final float[] gradient;

  OnlineNetwork(
      RnnConfig rnn,
      int classes,
      int kept,
      int fresh,
      int waiting,
      double learningRate,
      long seed,
      int at) {
    this.rnn = rnn;
    this.classes = classes;
    this.kept = kept;
    this.stored = kept + waiting;
    this.fresh = fresh;
    this.seed = seed;
    this.network = new TrainableRnn(rnn);
    this.adam = new Adam(learningRate, Adam.BETA1, Adam.BETA2, Adam.EPSILON, 0, MAX_NORM);
    this.inputs = rnn.inputSize();
    this.size = rnn.hiddenSize();
    this.width = size + inputs;
    this.headAt = rnn.parameterCount();
    this.biasAt = headAt + classes * width;
    this.count = biasAt + classes;
    this.at = at;
    this.optimizerAt = this.at + count;
    this.hiddenAt = optimizerAt + adam.stateLength(count);
    this.firstAt = hiddenAt + size;
    this.countAt = firstAt + stored * size;
    this.rowsAt = countAt + 1;
    this.labelsAt = rowsAt + stored * inputs;
    this.read = new float[width];
    this.input = new float[kept * inputs];
    this.h0 = new float[size];
    this.logits = new float[classes];
    this.dLogits = new float[classes];
    this.dOut = new float[kept * size];
    this.dRead = new float[width];
    this.gradient = new float[count];
  }

  int length() {
    return labelsAt + stored - at;
  }

  void start(float[] state) {
    float[] recurrent = Initialization.recurrent(rnn, new TorchRandom(seed));
    System.arraycopy(recurrent, 0, state, at, recurrent.length);
  }

  /** Reads a row: moves the hidden state on. */
  void logits(float[] state, float[] row, float[] logits) {
    int n = (int) state[countAt];
    System.arraycopy(state, hiddenAt, state, firstAt + n * size, size);
    System.arraycopy(row, 0, state, rowsAt + n * inputs, inputs);
    state[labelsAt + n] = OPEN;
    state[countAt] = n + 1;
    network.step(state, at, row, 0, state, hiddenAt, null, 0);
    System.arraycopy(state, hiddenAt, read, 0, size);
    System.arraycopy(row, 0, read, size, inputs);
    Linear.forward(state, at + headAt, state, at + biasAt, width, classes, read, 0, logits, 0);
  }

  /**
   * The label of a row.
   *
   * @param age rows after it
   */
  void learn(float[] state, int age, int known, int label) {
    settle(state, age, label);
    learnSettled(state, known);
  }

  /** The label of a row will not come. */
  void giveUp(float[] state, int age, int known) {
    settle(state, age, NONE);
    learnSettled(state, known);
  }

  private void settle(float[] state, int age, int label) {
    state[labelsAt + (int) state[countAt] - 1 - age] = label;
  }

  private void learnSettled(float[] state, int known) {
    while (isSettled(state)) {
      pass(state, known);
      drop(state, fresh);
    }
  }

  private boolean isSettled(float[] state) {
    if (state[countAt] < kept) {
      return false;
    }
    for (int t = 0; t < kept; t++) {
      if (state[labelsAt + t] == OPEN) {
        return false;
      }
    }
    return true;
  }

  private void pass(float[] state, int known) {
    System.arraycopy(state, firstAt, h0, 0, size);
    System.arraycopy(state, rowsAt, input, 0, input.length);
    network.load(state, at);
    network.forward(input, 1, kept, true, h0, null, result);
    Arrays.fill(gradient, 0f);
    Arrays.fill(dOut, 0f);
    double loss = 0;
    int labels = 0;
    for (int t = 0; t < kept; t++) {
      int label = (int) state[labelsAt + t];
      if (label == NONE) {
        continue;
      }
      labels++;
      System.arraycopy(result.out(), t * size, read, 0, size);
      System.arraycopy(input, t * inputs, read, size, inputs);
      Linear.forward(state, at + headAt, state, at + biasAt, width, classes, read, 0, logits, 0);
      Arrays.fill(dLogits, 0f);
      loss += Loss.crossEntropy(logits, 0, known, label, 0f, 1.0 / kept, dLogits);
      Arrays.fill(dRead, 0f);
      Linear.backward(
          state,
          at + headAt,
          width,
          classes,
          read,
          0,
          dLogits,
          0,
          gradient,
          headAt,
          gradient,
          biasAt,
          dRead,
          0);
      System.arraycopy(dRead, 0, dOut, t * size, size);
    }
    if (labels > 0) {
      network.backward(dOut, null, null, gradient, 0, null, null, null);
      adam.step(loss, gradient, 0, state, at, state, optimizerAt, count);
    }
  }

  private void drop(float[] state, int rows) {
    int left = (int) state[countAt] - rows;
    System.arraycopy(state, firstAt + rows * size, state, firstAt, left * size);
    System.arraycopy(state, rowsAt + rows * inputs, state, rowsAt, left * inputs);
    System.arraycopy(state, labelsAt + rows, state, labelsAt, left);
    state[countAt] = left;
  }
}
