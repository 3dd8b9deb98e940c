package dev.weir.forecast.network;

import dev.weir.model.Scaling;
import dev.weir.rnn.training.Loss;
import java.util.Arrays;

/**
 * One shard of a mini-batch: a network of its own with its scratch, for one thread at a time. Which
 * thread that is does not matter.
 */
final class TrainingShard {

  private static final float DELTA = 0.5f;
  private static final float TARGET_LIMIT = 8f;

  private final TrainingData data;
  private final Scaling scaling;
  private final int seqLen;
  private final int horizon;
  private final TrainableModel model;
  private final int answersEach;
  private final int width; // covariates of a value
  private final float[] gradient;
  private float[] input = {};
  private float[] targets = {};
  private float[] dAnswers = {};

  TrainingShard(ModelTrainer.Settings settings, TrainingData data) {
    this.data = data;
    this.scaling = settings.scaling();
    this.seqLen = settings.seqLen();
    this.horizon = settings.horizon();
    this.model = settings.trainable();
    this.answersEach = model.answers();
    this.width = settings.rnn().inputSize() - 1;
    this.gradient = new float[model.count()];
  }

  /** What {@link #train} filled last, in the order of the weights. */
  float[] gradient() {
    return gradient;
  }

  /**
   * Fills the gradient of a shard of a mini-batch.
   *
   * @param batchAll windows in the mini-batch
   * @return the shard's share of the mini-batch's loss
   */
  synchronized double train(float[] weights, long[] windows, int begin, int end, int batchAll) {
    Arrays.fill(gradient, 0f);
    int batch = end - begin;
    if (batch == 0) {
      return 0;
    }
    double share = (double) batch / batchAll;
    model.load(weights, 0);
    float[] answers = forward(windows, begin, batch);
    double loss =
        share * Loss.pseudoHuber(DELTA, answers, targets, null, batch * answersEach, dAnswers);
    for (int i = 0; i < batch * answersEach; i++) {
      dAnswers[i] *= (float) share;
    }
    model.backward(dAnswers, gradient);
    return loss;
  }

  private float[] forward(long[] windows, int begin, int batch) {
    if (targets.length != batch * answersEach) { // the network wants just the batch's size
      input = new float[batch * seqLen * (1 + width)];
      targets = new float[batch * answersEach];
      dAnswers = new float[batch * answersEach];
    }
    for (int b = 0; b < batch; b++) {
      fill(TrainingData.series(windows[begin + b]), TrainingData.origin(windows[begin + b]), b);
    }
    return model.forward(input, batch);
  }

  /** Input and targets of the window that ends at {@code origin}. */
  private void fill(int index, int origin, int b) {
    double[] values = data.values(index);
    float[] rows = data.covariates(index);
    int first = origin - seqLen + 1;
    double center = scaling.center(values, first, seqLen);
    double scale = scaling.scale(values, first, seqLen);
    float limit = scaling.readsWindow() ? TARGET_LIMIT : Float.MAX_VALUE;
    for (int t = 0; t < seqLen; t++) {
      int to = (b * seqLen + t) * (1 + width);
      input[to] = (float) ((values[first + t] - center) / scale);
      System.arraycopy(rows, (first + t) * width, input, to + 1, width);
    }
    int firstOrigin = origin + 1 - answersEach / horizon; // several when all steps answer
    for (int i = 0; i < answersEach; i++) {
      double truth = values[firstOrigin + i / horizon + 1 + i % horizon];
      float target = (float) ((truth - center) / scale);
      targets[b * answersEach + i] = Math.max(-limit, Math.min(limit, target));
    }
  }

  /** Mean absolute error on a part, divided by that of repeating the last value. */
  synchronized double relativeError(float[] weights, TrainingData.Part part) {
    model.load(weights, 0);
    double[] values = data.values(part.series());
    double error = 0;
    double naive = 0;
    long[] window = new long[1];
    for (int origin = part.begin(); origin < part.end(); origin++) {
      window[0] = TrainingData.window(part.series(), origin);
      float[] answers = forward(window, 0, 1);
      double center = scaling.center(values, origin - seqLen + 1, seqLen);
      double scale = scaling.scale(values, origin - seqLen + 1, seqLen);
      for (int i = 0; i < horizon; i++) {
        double truth = values[origin + 1 + i];
        error += Math.abs(truth - center - scale * answers[answersEach - horizon + i]);
        naive += Math.abs(truth - values[origin]);
      }
    }
    return naive > 0 ? error / naive : 1;
  }
}
