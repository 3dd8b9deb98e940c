package dev.weir.lab.train;

import static dev.weir.model.CandidateShape.CONTEXT;
import static dev.weir.model.CandidateShape.FEATURES;
import static dev.weir.model.CandidateShape.STEP_FEATURES;

import dev.weir.forecast.candidate.CandidateKinds;
import dev.weir.model.AheadInputs;
import dev.weir.model.CandidateShape;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Trains the network that combines candidate forecasts: a learner goes through each series, and the
 * network learns to make better forecasts of its candidates.
 *
 * @param shape of the network; training must have it in common with a saved state to go on from it
 */
record CandidateTask(CandidateShape shape) {

  private static final double FLIPPED = 0.3;
  private static final double DROPPED = 0.2; // of the encoder's outputs
  private static final double SMOOTH = 0.1; // errors below are squared
  private static final int SCORED = 256; // at once

  private static final float EMBEDDING_BOUND = 0.35f;

  /**
   * @param cell of the recurrent network that reads the window
   * @param units of each candidate and of each step
   */
  CandidateTask(Cell cell, int hiddenSize, int layers, boolean bidirectional, int units) {
    this(
        new CandidateShape(
            CandidateKinds.NAMES.size(),
            units,
            new RnnConfig(cell, CandidateShape.INPUTS, hiddenSize, layers, bidirectional, true)));
  }

  /**
   * Weights to begin with: torch's, but the output starts as what the candidates' errors say, with
   * neither corrections nor a residual.
   */
  float[] initial(long seed) {
    TorchRandom random = new TorchRandom(seed);
    float[] weights = new float[shape.parameterCount()];
    float[] encoder = Initialization.recurrent(shape.encoder(), random);
    System.arraycopy(encoder, 0, weights, 0, encoder.length);
    shape
        .head()
        .forEach(
            (tensor, sizes) -> {
              float bound = bound(tensor);
              int at = shape.offset(tensor);
              for (int i = at; i < at + CandidateShape.length(sizes); i++) {
                weights[i] = bound == 0 ? 0 : random.uniform(-bound, bound);
              }
            });
    weights[shape.offset("k")] = 1;
    return weights;
  }

  private float bound(String tensor) {
    return switch (tensor) {
      case "ctx.weight", "ctx.bias" -> torchBound(shape.contextInputs());
      case "hor.weight", "hor.bias" -> torchBound(CONTEXT + STEP_FEATURES);
      case "f.weight" -> torchBound(FEATURES);
      case "res.0.weight", "res.0.bias" -> torchBound(2 * shape.units());
      case "h2.weight", "h2.bias", "mix.weight", "mix.bias" -> torchBound(shape.units());
      case "emb" -> EMBEDDING_BOUND;
      default -> 0;
    };
  }

  private static float torchBound(int inputs) {
    return (float) (1 / Math.sqrt(inputs));
  }

  /** Multiplies the matrices by a factor: decoupled weight decay. */
  void decay(float[] weights, float factor) {
    scale(weights, 0, shape.encoder().parameterCount(), factor);
    shape
        .head()
        .forEach(
            (tensor, sizes) -> {
              if (tensor.endsWith("weight")) {
                scale(weights, shape.offset(tensor), CandidateShape.length(sizes), factor);
              }
            });
  }

  private static void scale(float[] weights, int at, int count, float factor) {
    for (int i = at; i < at + count; i++) {
      weights[i] *= factor;
    }
  }

  /**
   * A model of these weights.
   *
   * @param provenance what is known of its training
   */
  ForecastModel model(String name, float[] weights, Map<String, String> provenance) {
    return new ForecastModel(
        name,
        1,
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

  /** One part of a batch, computed by one thread at a time. */
  static final class Part {

    private final float[] gradient;
    private final CandidateShape shape;
    private final TrainableCandidateNetwork network;

    Part(CandidateShape shape) {
      this.shape = shape;
      this.network = new TrainableCandidateNetwork(shape);
      this.gradient = new float[shape.parameterCount()];
    }

    float[] gradient() {
      return gradient;
    }

    synchronized double learn(
        float[] weights,
        List<CandidateSamples> samples,
        long[] order,
        int from,
        int end,
        int all,
        SplittableRandom random) {
      CandidateSamples.Batch batch = batch(samples, order, from, end);
      int size = end - from;
      float[] keep = kept(size * shape.encoder().outputSize(), random);
      for (int i = 0; i < size; i++) {
        if (random.nextDouble() < FLIPPED) {
          batch.flip(i);
        }
      }
      Arrays.fill(gradient, 0);
      network.load(weights);
      float[] results = new float[batch.targets.length];
      network.forward(batch.inputs, keep, results);
      float[] dResults = new float[results.length];
      double loss = loss(batch, results, dResults, all * CandidateSamples.STEPS);
      network.backward(dResults, gradient);
      int prior = shape.offset("prior"); // is not learned
      Arrays.fill(gradient, prior, prior + shape.kinds(), 0);
      return loss;
    }

    synchronized double[] score(float[] weights, CandidateSamples samples) {
      network.load(weights);
      double loss = 0;
      for (int from = 0; from < samples.count(); from += SCORED) {
        int size = Math.min(SCORED, samples.count() - from);
        CandidateSamples.Batch batch = new CandidateSamples.Batch(size, samples.candidates());
        for (int i = 0; i < size; i++) {
          samples.copy(from + i, batch, i);
        }
        float[] results = new float[batch.targets.length];
        network.forward(batch.inputs, null, results);
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
        samples.get((int) (order[i] >> 32)).copy((int) order[i], batch, i - from);
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
