package dev.weir.forecast.network;

import dev.weir.model.Calendar;
import java.util.Arrays;

/**
 * One shard of a mini-batch: a network of its own with its scratch, for one thread at a time. Which
 * thread that is does not matter.
 */
final class TrainingShard {

  private final TrainingData data;
  private final TrainableModel model;
  private final TrainingBatch windows;
  private final float[] gradient;

  TrainingShard(ModelTrainer.Network network, TrainingData data) {
    this.data = data;
    this.model = network.trainable();
    this.windows =
        new TrainingBatch(
            model,
            network.scaling(),
            network.seqLen(),
            network.horizon(),
            network.features() + Calendar.inputs(network.calendar()),
            network.ahead());
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
  synchronized double train(float[] weights, long[] batch, int begin, int end, int batchAll) {
    Arrays.fill(gradient, 0f);
    if (begin == end) {
      return 0;
    }
    model.load(weights, 0);
    windows.size(end - begin);
    for (int i = begin; i < end; i++) {
      fill(i - begin, TrainingData.series(batch[i]), TrainingData.origin(batch[i]));
    }
    windows.forward();
    return windows.backward((double) (end - begin) / batchAll, gradient);
  }

  private void fill(int b, int series, int origin) {
    windows.fill(b, data.values(series), data.covariates(series), data.aheadInputs(series), origin);
  }

  /** Mean absolute error on a part, divided by that of repeating the last value. */
  synchronized double relativeError(float[] weights, TrainingData.Part part) {
    model.load(weights, 0);
    windows.size(1);
    double[] values = data.values(part.series());
    double error = 0;
    double naive = 0;
    for (int origin = part.begin(); origin < part.end(); origin++) {
      fill(0, part.series(), origin);
      windows.forward();
      error += windows.error(0, values, origin);
      naive += windows.naiveError(values, origin);
    }
    return naive > 0 ? error / naive : 1;
  }
}
