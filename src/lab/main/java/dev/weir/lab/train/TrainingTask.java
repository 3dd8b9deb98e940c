package dev.weir.lab.train;

import dev.weir.model.ForecastModel;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What {@link BaseTrainer} trains: a network, and what it learns from.
 *
 * @param <S> samples of one series
 */
interface TrainingTask<S> {

  int parameterCount();

  /** Weights to begin with. */
  float[] initial(long seed);

  /** Multiplies the matrices by a factor: decoupled weight decay. */
  void decay(float[] weights, float factor);

  /**
   * Samples of one series; the same ones for the same seed.
   *
   * @param horizon steps ahead of those that are asked for
   */
  S samples(TrainingSeries series, int horizon, long seed);

  int count(S samples);

  /** What one thread at a time computes a part of a batch with. */
  Shard<S> shard();

  /** A model of these weights. */
  ForecastModel model(String name, long version, float[] weights, Map<String, String> provenance);

  /**
   * Scratch for a part of a batch.
   *
   * @param <S> samples of one series
   */
  interface Shard<S> {

    /** What {@link #learn} filled last. */
    float[] gradient();

    /**
     * Fills the gradient.
     *
     * @param order the batch: the number of a series in the upper, of its sample in the lower half
     * @param from the first of the part in {@code order}
     * @param all samples in the whole batch
     * @return the part's share of the batch's mean loss
     */
    double learn(
        float[] weights,
        List<S> samples,
        long[] order,
        int from,
        int end,
        int all,
        SplittableRandom random);

    /** The sum of the losses of all samples, and how many losses. */
    double[] score(float[] weights, S samples);

    /** Which outputs of a network count in training, and how much; the others are dropped. */
    static float[] kept(int outputs, double dropped, SplittableRandom random) {
      float[] kept = new float[outputs];
      for (int i = 0; i < outputs; i++) {
        kept[i] = random.nextDouble() < dropped ? 0 : (float) (1 / (1 - dropped));
      }
      return kept;
    }
  }
}
