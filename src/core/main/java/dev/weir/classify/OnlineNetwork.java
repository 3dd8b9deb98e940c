package dev.weir.classify;

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
 * back-propagation through some rows at a time. Its head reads the hidden state and the row.
 *
 * <p>A step divides the gradient by its running size in each row of a matrix: one number for many
 * weights, where Adam has two for each, and as good here.
 *
 * <p>State: weights (network, head's bias, head's weight), number of passes, running squares of the
 * gradients' rows, the hidden state, and the one before the next pass.
 *
 * @see <a href="https://arxiv.org/abs/2406.16793">Zhang et al., Adam-mini: use fewer learning rates
 *     to gain more, 2024</a>
 */
final class OnlineNetwork {

  /** In place of the class of a row that has none. */
  static final int NONE = -1;

  private static final double MAX_NORM = 1;
  private static final float FRESH = 0.01f; // weight of a gradient in the running squares
  private static final float EPSILON = 1e-8f;

  private final RnnConfig rnn;
  private final int classes;
  private final int kept; // rows of one pass
  private final int fresh; // new rows until the next pass, fewer than the kept ones
  private final float rate;
  private final TrainableRnn network;
  private final RnnOutput result = new RnnOutput();
  private final int inputs;
  private final int size;
  private final int width; // of what the head reads
  private final int count; // of weights
  private final int head; // among the weights
  private final int bias;
  private final int[] rowEnds; // among the weights

  // places in the state
  private final int at;
  private final int passesAt;
  private final int squaresAt;
  private final int hiddenAt;
  private final int firstAt; // hidden state before the first row of the next pass

  // scratch
  private final float[] read;
  private final float[] h0;
  private final float[] logits;
  private final float[] dLogits;
  private final float[] dOut;
  private final float[] dRead;
  private final float[] gradient;

  OnlineNetwork(RnnConfig rnn, int classes, int kept, int fresh, double rate, Parts parts) {
    this.rnn = rnn;
    this.classes = classes;
    this.kept = kept;
    this.fresh = fresh;
    this.rate = (float) rate;
    this.network = new TrainableRnn(rnn);
    this.inputs = rnn.inputSize();
    this.size = rnn.hiddenSize();
    this.width = size + inputs;
    int gates = rnn.cell().gates() * size;
    this.at = recurrent(rnn, parts);
    this.bias = parts.add(classes) - at;
    this.head = parts.add(classes, width) - at;
    this.count = head + classes * width;
    this.rowEnds = new int[2 * gates + 3 + classes];
    Arrays.fill(rowEnds, 0, gates, inputs);
    Arrays.fill(rowEnds, gates, 2 * gates, size);
    Arrays.fill(rowEnds, 2 * gates, 2 * gates + 2, gates);
    rowEnds[2 * gates + 2] = classes;
    Arrays.fill(rowEnds, 2 * gates + 3, rowEnds.length, width);
    Arrays.parallelPrefix(rowEnds, Integer::sum);
    this.passesAt = parts.add(1);
    this.squaresAt = parts.add(rowEnds.length);
    this.hiddenAt = parts.add(size);
    this.firstAt = parts.add(size);
    this.read = new float[width];
    this.h0 = new float[size];
    this.logits = new float[classes];
    this.dLogits = new float[classes];
    this.dOut = new float[kept * size];
    this.dRead = new float[width];
    this.gradient = new float[count];
  }

  /** Appends a network's weights, of one layer and direction; returns where they begin. */
  static int recurrent(RnnConfig rnn, Parts parts) {
    int gates = rnn.cell().gates() * rnn.hiddenSize();
    int first = parts.add(gates, rnn.inputSize());
    parts.add(gates, rnn.hiddenSize());
    parts.add(2 * gates);
    return first;
  }

  void start(float[] state, long seed) {
    float[] recurrent = Initialization.recurrent(rnn, new TorchRandom(seed));
    System.arraycopy(recurrent, 0, state, at, recurrent.length);
  }

  /** Reads a row, of (inputs) from {@code from} on: moves the hidden state on. */
  void logits(float[] state, float[] row, int from, float[] logits) {
    network.step(state, at, row, from, state, hiddenAt, null, 0);
    System.arraycopy(state, hiddenAt, read, 0, size);
    System.arraycopy(row, from, read, size, inputs);
    head(state, logits);
  }

  private void head(float[] state, float[] logits) {
    Linear.forward(state, at + head, state, at + bias, width, classes, read, 0, logits, 0);
  }

  /**
   * Learns some rows; the next pass begins with those that are not the oldest fresh ones.
   *
   * @param rows (kept, inputs)
   * @param labels (kept)
   */
  void learn(float[] state, float[] rows, int[] labels, int classCount) {
    System.arraycopy(state, firstAt, h0, 0, size);
    network.load(state, at);
    network.forward(rows, 1, kept, true, h0, null, result);
    System.arraycopy(result.out(), (fresh - 1) * size, state, firstAt, size);
    Arrays.fill(gradient, 0f);
    Arrays.fill(dOut, 0f);
    double loss = 0;
    for (int t = 0; t < kept; t++) {
      if (labels[t] == NONE) {
        continue;
      }
      System.arraycopy(result.out(), t * size, read, 0, size);
      System.arraycopy(rows, t * inputs, read, size, inputs);
      head(state, logits);
      Arrays.fill(dLogits, 0f);
      loss += Loss.crossEntropy(logits, 0, classCount, labels[t], 1.0 / kept, dLogits);
      Arrays.fill(dRead, 0f);
      Linear.backward(
          state, at + head, width, classes, read, 0, dLogits, 0, gradient, head, gradient, bias,
          dRead, 0);
      System.arraycopy(dRead, 0, dOut, t * size, size);
    }
    network.backward(dOut, null, null, gradient, 0, null, null, null);
    if (Double.isFinite(loss)) {
      step(state);
    }
  }

  private void step(float[] state) {
    double sum = 0;
    for (float each : gradient) {
      sum += each * each;
    }
    if (!Double.isFinite(sum)) {
      return;
    }
    float scale = (float) Math.min(1, MAX_NORM / (Math.sqrt(sum) + 1e-6));
    float passes = state[passesAt] + 1f;
    state[passesAt] = passes;
    float correction = (float) (1 - Math.pow(1 - FRESH, passes));
    int from = 0;
    for (int r = 0; r < rowEnds.length; r++) {
      float squares = 0f;
      for (int i = from; i < rowEnds[r]; i++) {
        float each = scale * gradient[i];
        squares = Math.fma(each, each, squares);
      }
      int running = squaresAt + r;
      state[running] += FRESH * (squares / (rowEnds[r] - from) - state[running]);
      float step = rate * scale / ((float) Math.sqrt(state[running] / correction) + EPSILON);
      for (int i = from; i < rowEnds[r]; i++) {
        state[at + i] -= step * gradient[i];
      }
      from = rowEnds[r];
    }
  }
}
