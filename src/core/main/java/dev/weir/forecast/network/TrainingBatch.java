package dev.weir.forecast.network;

import dev.weir.rnn.Loss;

/**
 * Windows of a mini-batch on the network's scale, with their targets. Holds scratch: for one thread
 * at a time; a change of the batch's size allocates, nothing else does.
 */
final class TrainingBatch {

  private static final float DELTA = 0.5f;
  private static final float TARGET_LIMIT = 8f; // where the window gives the scale

  private final TrainableModel model;
  private final TargetInputs read;
  private final int count; // of targets
  private final int seqLen;
  private final int horizon;
  private final int width; // covariates of a value
  private final int ahead; // covariates known ahead
  private final int answersEach;
  private final float limit;
  private int size;
  private float[] input = {}; // (size, seq_len, input_size)
  private float[] targets = {}; // (size, answersEach): of each step all targets
  private boolean[] known = {}; // as targets
  private boolean allKnown;
  private boolean anyKnown;
  private float[] dAnswers = {}; // (size, answersEach)
  private float[] answers;

  /**
   * @param width covariates of a value
   * @param ahead covariates known ahead of a value, at each step of the horizon
   */
  TrainingBatch(
      TrainableModel model, TargetInputs read, int seqLen, int horizon, int width, int ahead) {
    this.ahead = ahead;
    this.model = model;
    this.read = read;
    this.count = read.count();
    this.seqLen = seqLen;
    this.horizon = horizon;
    this.width = width;
    this.answersEach = model.answers();
    this.limit = read.readsWindow() ? TARGET_LIMIT : Float.MAX_VALUE;
  }

  /** Sets the number of windows, which are then to be filled. */
  void size(int size) {
    allKnown = true;
    anyKnown = false;
    if (this.size != size) { // the network wants just the batch's size
      this.size = size;
      input = new float[size * seqLen * inputSize()];
      targets = new float[size * answersEach];
      known = new boolean[targets.length];
      dAnswers = new float[size * answersEach];
    }
  }

  private int inputSize() {
    return count + width + ahead * horizon;
  }

  /**
   * Fills one window and its targets.
   *
   * @param b its number in the batch
   * @param values of each target of the series, NaN where missing; {@code horizon} of them follow
   *     the window
   * @param rows covariates of the values, (values, width)
   * @param ahead what is known ahead of the values, (values, ahead); null for nothing
   * @param origin index of the window's newest values
   */
  void fill(int b, double[][] values, float[] rows, float[] ahead, int origin) {
    int first = origin - seqLen + 1;
    read(values, first);
    for (int t = 0; t < seqLen; t++) {
      int to = (b * seqLen + t) * inputSize();
      read.write(t, input, to);
      System.arraycopy(rows, (first + t) * width, input, to + count, width);
      if (this.ahead > 0) { // the steps after a value lie side by side
        int next = (first + t + 1) * this.ahead;
        System.arraycopy(ahead, next, input, to + count + width, this.ahead * horizon);
      }
    }
    int steps = answersEach / count;
    int firstOrigin = origin + 1 - steps / horizon; // several when all steps answer
    for (int i = 0; i < steps; i++) {
      for (int k = 0; k < count; k++) {
        double truth = values[k][firstOrigin + i / horizon + 1 + i % horizon];
        float target = (float) ((truth - read.center(k)) / read.scale(k));
        int to = b * answersEach + i * count + k;
        targets[to] = Math.max(-limit, Math.min(limit, target));
        known[to] = !Double.isNaN(truth);
        allKnown &= known[to];
        anyKnown |= known[to];
      }
    }
  }

  private void read(double[][] values, int first) {
    for (int k = 0; k < count; k++) {
      System.arraycopy(values[k], first, read.values(k), 0, seqLen);
    }
    read.scale();
  }

  /** Has the filled windows forecast with the weights that the model has loaded. */
  void forward() {
    answers = model.forward(input, size);
  }

  /**
   * Back through the last {@link #forward}.
   *
   * @param share of the mini-batch that these windows are
   * @param gradient added to
   * @return the windows' share of the mini-batch's loss
   */
  double backward(double share, float[] gradient) {
    if (!anyKnown) {
      return 0;
    }
    double loss =
        share
            * Loss.pseudoHuber(
                DELTA, answers, targets, allKnown ? null : known, size * answersEach, dAnswers);
    for (int i = 0; i < size * answersEach; i++) {
      dAnswers[i] *= (float) share;
    }
    model.backward(dAnswers, gradient);
    return loss;
  }

  /**
   * Adds up the absolute errors of a window's forecast, in the series' unit.
   *
   * @param errors (targets); added to
   * @param naive the same of repeating the last value
   */
  void addErrors(int b, double[][] values, int origin, double[] errors, double[] naive) {
    read(values, origin - seqLen + 1);
    for (int k = 0; k < count; k++) {
      double last = read.values(k)[seqLen - 1];
      double error = 0;
      double naiveError = 0;
      for (int i = 0; i < horizon; i++) {
        double answer = answers[(b + 1) * answersEach - (horizon - i) * count + k];
        double truth = values[k][origin + 1 + i];
        if (!Double.isNaN(truth)) {
          error += Math.abs(truth - read.center(k) - read.scale(k) * answer);
          naiveError += Math.abs(truth - last);
        }
      }
      errors[k] += error;
      naive[k] += naiveError;
    }
  }
}
