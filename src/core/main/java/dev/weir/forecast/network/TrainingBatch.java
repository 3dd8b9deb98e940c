package dev.weir.forecast.network;

import dev.weir.model.Scaling;
import dev.weir.rnn.Loss;

/**
 * Windows of a mini-batch on the network's scale, with their targets. Holds scratch: for one thread
 * at a time; a change of the batch's size allocates, nothing else does.
 */
final class TrainingBatch {

  private static final float DELTA = 0.5f;
  private static final float TARGET_LIMIT = 8f; // where the window gives the scale

  private final TrainableModel model;
  private final Scaling scaling;
  private final int seqLen;
  private final int horizon;
  private final int width; // covariates of a value
  private final int ahead; // covariates known ahead
  private final int answersEach;
  private final float limit;
  private int size;
  private float[] input = {}; // (size, seq_len, input_size)
  private float[] targets = {}; // (size, answersEach)
  private float[] dAnswers = {}; // (size, answersEach)
  private float[] answers;

  /**
   * @param width covariates of a value
   * @param ahead covariates known ahead of a value, at each step of the horizon
   */
  TrainingBatch(
      TrainableModel model, Scaling scaling, int seqLen, int horizon, int width, int ahead) {
    this.ahead = ahead;
    this.model = model;
    this.scaling = scaling;
    this.seqLen = seqLen;
    this.horizon = horizon;
    this.width = width;
    this.answersEach = model.answers();
    this.limit = scaling.readsWindow() ? TARGET_LIMIT : Float.MAX_VALUE;
  }

  /** Sets the number of windows, which are then to be filled. */
  void size(int size) {
    if (this.size != size) { // the network wants just the batch's size
      this.size = size;
      input = new float[size * seqLen * inputSize()];
      targets = new float[size * answersEach];
      dAnswers = new float[size * answersEach];
    }
  }

  private int inputSize() {
    return 1 + width + ahead * horizon;
  }

  /**
   * Fills one window and its targets.
   *
   * @param b its number in the batch
   * @param values of the series; {@code horizon} of them follow the window
   * @param rows covariates of the values, (values, width)
   * @param known what is known ahead of the values, (values, ahead); null for nothing
   * @param origin index of the window's newest value
   */
  void fill(int b, double[] values, float[] rows, float[] known, int origin) {
    int first = origin - seqLen + 1;
    double center = scaling.center(values, first, seqLen);
    double scale = scaling.scale(values, first, seqLen);
    for (int t = 0; t < seqLen; t++) {
      int to = (b * seqLen + t) * inputSize();
      input[to] = (float) ((values[first + t] - center) / scale);
      System.arraycopy(rows, (first + t) * width, input, to + 1, width);
      if (ahead > 0) { // the steps after a value lie side by side
        int next = (first + t + 1) * ahead;
        System.arraycopy(known, next, input, to + 1 + width, ahead * horizon);
      }
    }
    int firstOrigin = origin + 1 - answersEach / horizon; // several when all steps answer
    for (int i = 0; i < answersEach; i++) {
      double truth = values[firstOrigin + i / horizon + 1 + i % horizon];
      float target = (float) ((truth - center) / scale);
      targets[b * answersEach + i] = Math.max(-limit, Math.min(limit, target));
    }
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
    double loss =
        share * Loss.pseudoHuber(DELTA, answers, targets, null, size * answersEach, dAnswers);
    for (int i = 0; i < size * answersEach; i++) {
      dAnswers[i] *= (float) share;
    }
    model.backward(dAnswers, gradient);
    return loss;
  }

  /** Sum of the absolute errors of a window's forecast, in the series' unit. */
  double error(int b, double[] values, int origin) {
    double center = scaling.center(values, origin - seqLen + 1, seqLen);
    double scale = scaling.scale(values, origin - seqLen + 1, seqLen);
    double error = 0;
    for (int i = 0; i < horizon; i++) {
      double answer = answers[(b + 1) * answersEach - horizon + i];
      error += Math.abs(values[origin + 1 + i] - center - scale * answer);
    }
    return error;
  }

  /** The same of repeating the last value. */
  double naiveError(double[] values, int origin) {
    double error = 0;
    for (int i = 0; i < horizon; i++) {
      error += Math.abs(values[origin + 1 + i] - values[origin]);
    }
    return error;
  }
}
