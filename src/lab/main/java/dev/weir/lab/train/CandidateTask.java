package dev.weir.lab.train;

import dev.weir.forecast.learn.CandidateKinds;
import dev.weir.model.AheadInputs;
import dev.weir.model.CandidateShape;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Trains the network that combines candidate forecasts: a learner goes through each series, and the
 * network learns to make better forecasts of its candidates.
 */
final class CandidateTask {

  private static final double FLIPPED = 0.3;
  private static final double DROPPED = 0.2; // of the encoder's outputs
  private static final double SMOOTH = 0.1; // errors below are squared
  private static final int SCORED = 256; // at once

  private final CandidateShape shape;

  /**
   * @param cell of the recurrent network that reads the window
   * @param units of each candidate and of each step
   */
  CandidateTask(Cell cell, int hiddenSize, int layers, boolean bidirectional, int units) {
    this.shape =
        new CandidateShape(
            CandidateKinds.NAMES.size(),
            units,
            new RnnConfig(cell, CandidateShape.INPUTS, hiddenSize, layers, bidirectional, true));
  }

  int parameterCount() {
    return shape.parameterCount();
  }

  /** Weights to begin with. */
  float[] initial(long seed) {
    return CandidateWeights.initial(shape, seed);
  }

  /** Multiplies the matrices by a factor: decoupled weight decay. */
  void decay(float[] weights, float factor) {
    CandidateWeights.decay(shape, weights, factor);
  }

  /**
   * Samples of one series; the same ones for the same seed.
   *
   * @param horizon steps ahead of those that are asked for
   */
  CandidateSamples samples(TrainingSeries series, int horizon, long seed) {
    return CandidateSampler.of(series, horizon, seed);
  }

  /** What one thread at a time computes a part of a batch with. */
  Part part() {
    return new Part(shape);
  }

  /** A model of these weights. */
  ForecastModel model(String name, long version, float[] weights, Map<String, String> provenance) {
    return new ForecastModel(
        name,
        version,
        Mode.MANY_TO_ONE,
        shape.encoder(),
        CandidateShape.WINDOW,
        WeirTrainer.LONGEST,
        Readout.FINAL_HIDDEN,
        Scaling.NONE,
        weights,
        null,
        List.of(),
        AheadInputs.NONE,
        CandidateKinds.NAMES,
        provenance);
  }

  /** What training must have in common with a saved state to go on from it. */
  @Override
  public String toString() {
    return shape.toString();
  }

  /** One part of a batch. */
  static final class Part {

    private final float[] gradient;
    private final CandidateShape shape;
    private final TrainableCandidateNetwork network;

    Part(CandidateShape shape) {
      this.shape = shape;
      this.network = new TrainableCandidateNetwork(shape);
      this.gradient = new float[shape.parameterCount()];
    }

    public float[] gradient() {
      return gradient;
    }

    public synchronized double learn(
        float[] weights,
        List<CandidateSamples> samples,
        long[] order,
        int from,
        int end,
        int all,
        SplittableRandom random) {
      CandidateSamples.Batch batch = batch(samples, order, from, end);
      float[] keep = kept(batch.size * shape.encoder().outputSize(), random);
      for (int i = 0; i < batch.size; i++) {
        if (random.nextDouble() < FLIPPED) {
          batch.flip(i);
        }
      }
      Arrays.fill(gradient, 0);
      network.load(weights);
      float[] results = new float[batch.targets.length];
      network.forward(batch.inputs(), keep, results);
      float[] dResults = new float[results.length];
      double loss = loss(batch, results, dResults, all * CandidateSamples.STEPS);
      network.backward(dResults, gradient);
      CandidateWeights.freeze(shape, gradient);
      return loss;
    }

    public synchronized double[] score(float[] weights, CandidateSamples samples) {
      network.load(weights);
      double loss = 0;
      for (int from = 0; from < samples.count(); from += SCORED) {
        int size = Math.min(SCORED, samples.count() - from);
        CandidateSamples.Batch batch = new CandidateSamples.Batch(size, samples.candidates());
        for (int i = 0; i < size; i++) {
          samples.copy(from + i, batch, i, batch.candidates);
        }
        float[] results = new float[batch.targets.length];
        network.forward(batch.inputs(), null, results);
        loss += loss(batch, results, new float[results.length], 1);
      }
      return new double[] {loss, (double) samples.count() * CandidateSamples.STEPS};
    }

    /** Which outputs of the encoder count in training, and how much; the others are dropped. */
    private static float[] kept(int outputs, SplittableRandom random) {
      float[] kept = new float[outputs];
      for (int i = 0; i < outputs; i++) {
        kept[i] = random.nextDouble() < DROPPED ? 0 : (float) (1 / (1 - DROPPED));
      }
      return kept;
    }

    private static CandidateSamples.Batch batch(
        List<CandidateSamples> samples, long[] order, int from, int end) {
      int most = 0;
      for (int i = from; i < end; i++) {
        most = Math.max(most, samples.get((int) (order[i] >> 32)).candidates());
      }
      CandidateSamples.Batch batch = new CandidateSamples.Batch(end - from, most);
      for (int i = from; i < end; i++) {
        samples.get((int) (order[i] >> 32)).copy((int) order[i], batch, i - from, most);
      }
      return batch;
    }

    /** Weighted absolute errors, smooth near 0. */
    private static double loss(
        CandidateSamples.Batch batch, float[] results, float[] dResults, int all) {
      double loss = 0;
      for (int i = 0; i < results.length; i++) {
        double error = results[i] - batch.targets[i];
        double size = Math.sqrt(error * error + SMOOTH * SMOOTH);
        loss += batch.weights[i] * (size - SMOOTH) / all;
        dResults[i] = (float) (batch.weights[i] * error / size / all);
      }
      return loss;
    }
  }
}
