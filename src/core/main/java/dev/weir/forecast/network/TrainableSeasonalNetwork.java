package dev.weir.forecast.network;

import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.SeasonalWindow;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.Linear;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TorchRandom;
import dev.weir.rnn.TrainableRnn;
import java.util.Arrays;

/**
 * What {@link SeasonalNetwork} computes, for a batch of windows, with gradients. Weights lie as:
 *
 * <pre>
 * network as in {@link RnnConfig#parameters()} | head's weight | head's bias
 * </pre>
 *
 * Holds scratch: one instance for each thread.
 */
public final class TrainableSeasonalNetwork {

  private static final int ANSWERS = SeasonalWindow.ANSWERS;
  private static final int CANDIDATES = SeasonalWindow.CANDIDATES.size();
  private static final double ADDED_LIMIT = SeasonalNetwork.ADDED_LIMIT;

  private final RnnConfig rnn;
  private final boolean manyToMany;
  private final int seqLen;
  private final int rows; // of the head
  private final int width;
  private final int headAt;
  private final int biasAt;
  private final TrainableRnn network;
  private final RnnOutput result = new RnnOutput();
  private final double[] shares = new double[CANDIDATES];
  private float[] weights;

  // of the last forward
  private int batch;
  private int horizon;
  private float[] candidates; // (batch, horizon, CANDIDATES)
  private float[] units; // (batch)
  private float[] keep;
  private float[] read; // (batch, places, width), what the head reads
  private float[] answers; // (batch, horizon, ANSWERS)
  private float[] results; // (batch, horizon)

  /**
   * @param longest steps ahead that the head of a many-to-one network answers for
   */
  public TrainableSeasonalNetwork(Mode mode, RnnConfig rnn, int seqLen, int longest) {
    this.rnn = rnn;
    this.manyToMany = mode == Mode.MANY_TO_MANY;
    this.seqLen = seqLen;
    this.rows = manyToMany ? ANSWERS : ANSWERS * longest;
    this.width = rnn.outputSize();
    this.headAt = rnn.parameterCount();
    this.biasAt = headAt + rows * width;
    this.network = new TrainableRnn(rnn);
  }

  public int count() {
    return biasAt + rows;
  }

  /** Weights to begin with: torch's; the head starts at zero, as the candidates' plain mean. */
  public float[] initial(long seed) {
    return Arrays.copyOf(Initialization.recurrent(rnn, new TorchRandom(seed)), count());
  }

  /** Multiplies all but the head's bias by a factor: decoupled weight decay. */
  public void decay(float[] weights, float factor) {
    for (int i = 0; i < biasAt; i++) {
      weights[i] *= factor;
    }
  }

  public ForecastModel.Head head(float[] weights) {
    return new ForecastModel.Head(
        Arrays.copyOfRange(weights, headAt, biasAt), Arrays.copyOfRange(weights, biasAt, count()));
  }

  /** Takes the weights; the head's are read where they are. */
  public void load(float[] weights) {
    this.weights = weights;
    network.load(weights, 0);
  }

  /** Values that the head reads, of so many windows. */
  public int outputs(int batch, int horizon) {
    return batch * places(horizon) * width;
  }

  private int places(int horizon) {
    return manyToMany ? horizon : 1;
  }

  /**
   * Forecasts relative to the newest values, in units of the inputs' scale.
   *
   * @param inputs (batch, steps, INPUTS) as {@link SeasonalInputs} gives them
   * @param candidates (batch, horizon, CANDIDATES), in units of the scale, as the forecasts
   * @param units (batch), {@link SeasonalInputs#unit} in units of the scale
   * @param keep ({@link #outputs}), factors of what the head reads, for dropout; null for ones
   * @return (batch, horizon), valid until the next call
   */
  public float[] forward(
      float[] inputs, int batch, int horizon, float[] candidates, float[] units, float[] keep) {
    this.batch = batch;
    this.horizon = horizon;
    this.candidates = candidates;
    this.units = units;
    this.keep = keep;
    int steps = manyToMany ? seqLen + horizon : seqLen;
    network.forward(inputs, batch, steps, true, null, null, result);
    read();
    answers = new float[batch * horizon * ANSWERS];
    results = new float[batch * horizon];
    int each = ANSWERS * (manyToMany ? 1 : horizon); // answers of a place
    for (int p = 0; p < batch * places(horizon); p++) {
      Linear.forward(
          weights, headAt, weights, biasAt, width, each, read, p * width, answers, p * each);
    }
    for (int j = 0; j < results.length; j++) {
      results[j] = (float) result(j, null);
    }
    return results;
  }

  private void read() {
    read = new float[outputs(batch, horizon)];
    int size = rnn.hiddenSize();
    for (int b = 0; b < batch; b++) {
      if (manyToMany) {
        int from = (b * (seqLen + horizon) + seqLen) * width;
        System.arraycopy(result.out(), from, read, b * horizon * width, horizon * width);
      } else {
        for (int d = 0; d < rnn.numDirections(); d++) {
          System.arraycopy(result.hN(), hN(b, d), read, b * width + d * size, size);
        }
      }
    }
    for (int i = 0; keep != null && i < read.length; i++) {
      read[i] *= keep[i];
    }
  }

  private int hN(int b, int direction) {
    int row = (rnn.numLayers() - 1) * rnn.numDirections() + direction;
    return (row * batch + b) * rnn.hiddenSize();
  }

  /**
   * One forecast.
   *
   * @param dAnswers (ANSWERS), its derivatives by the answers; overwritten; null where not wanted
   */
  private double result(int j, double[] dAnswers) {
    int at = j * ANSWERS;
    double most = answers[at];
    for (int e = 1; e < CANDIDATES; e++) {
      most = Math.max(most, answers[at + e]);
    }
    double weights = 0;
    for (int e = 0; e < CANDIDATES; e++) {
      shares[e] = Math.exp(answers[at + e] - most);
      weights += shares[e];
    }
    double mean = 0;
    for (int e = 0; e < CANDIDATES; e++) {
      shares[e] /= weights;
      mean += shares[e] * candidates[j * CANDIDATES + e];
    }
    double added = Math.tanh(answers[at + CANDIDATES] / ADDED_LIMIT);
    double unit = units[j / horizon];
    if (dAnswers != null) {
      for (int e = 0; e < CANDIDATES; e++) {
        dAnswers[e] = shares[e] * (candidates[j * CANDIDATES + e] - mean);
      }
      dAnswers[CANDIDATES] = unit * (1 - added * added);
    }
    return mean + unit * ADDED_LIMIT * added;
  }

  /**
   * Back through the last {@link #forward}.
   *
   * @param dResults as the results
   * @param gradient (count); added to
   */
  public void backward(float[] dResults, float[] gradient) {
    float[] dAnswers = new float[answers.length];
    double[] derivatives = new double[ANSWERS];
    for (int j = 0; j < dResults.length; j++) {
      result(j, derivatives);
      for (int k = 0; k < ANSWERS; k++) {
        dAnswers[j * ANSWERS + k] = (float) (dResults[j] * derivatives[k]);
      }
    }
    float[] dRead = new float[read.length];
    int each = ANSWERS * (manyToMany ? 1 : horizon);
    for (int p = 0; p < batch * places(horizon); p++) {
      Linear.backward(
          weights, headAt, width, each, read, p * width, dAnswers, p * each, gradient, headAt,
          gradient, biasAt, dRead, p * width);
    }
    for (int i = 0; keep != null && i < dRead.length; i++) {
      dRead[i] *= keep[i];
    }
    float[] dOut = manyToMany ? new float[batch * (seqLen + horizon) * width] : null;
    float[] dHN =
        manyToMany
            ? null
            : new float[rnn.numLayers() * rnn.numDirections() * batch * rnn.hiddenSize()];
    int size = rnn.hiddenSize();
    for (int b = 0; b < batch; b++) {
      if (manyToMany) {
        int to = (b * (seqLen + horizon) + seqLen) * width;
        System.arraycopy(dRead, b * horizon * width, dOut, to, horizon * width);
      } else {
        for (int d = 0; d < rnn.numDirections(); d++) {
          System.arraycopy(dRead, b * width + d * size, dHN, hN(b, d), size);
        }
      }
    }
    network.backward(dOut, dHN, null, gradient, 0, null, null, null);
  }
}
