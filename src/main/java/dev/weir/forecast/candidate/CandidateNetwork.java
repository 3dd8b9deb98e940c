package dev.weir.forecast.candidate;

import static dev.weir.model.CandidateShape.CONTEXT;
import static dev.weir.model.CandidateShape.FEATURES;
import static dev.weir.model.CandidateShape.GLOBALS;
import static dev.weir.model.CandidateShape.STEP_FEATURES;
import static dev.weir.model.CandidateShape.WINDOW;

import dev.weir.model.CandidateShape;
import dev.weir.model.ForecastModel;
import dev.weir.rnn.Linear;
import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.cell.Activation;
import java.util.Arrays;
import java.util.List;

/**
 * A forecast out of candidate forecasts, by a network that is trained once for all series. A
 * stacked recurrent network reads the window and gives a context c; then, for each step j and
 * candidate e with features f:
 *
 * <pre>
 * u_j  = hor [c, step features]         z_je = relu(F f_je + emb_e + u_j)      p_j = mean_e z_je
 * z2   = relu(h2 z_je + mix p_j)        w = softmax_e(out z2 - 2 k expm1(f_je[1]) + prior_e)
 * y_j  = sum_e (w_e + tanh(gam z2)) f_je[0] + 3 tanh(res[p_j, u_j] / 3)
 * </pre>
 *
 * f_je[0] is how far the candidate is from the base forecast, in units of that one's usual error,
 * and f_je[1] the logarithm of how much larger the candidate's error usually is; y_j is how far the
 * forecast is from the base. All steps have the same weights, so that any number of them can be
 * asked for. In PyTorch: {@code candidate_network.py}.
 *
 * <p>Holds a packed copy of its weights and scratch: one for each thread. {@link #forward}
 * allocates nothing once it was asked for so many steps.
 */
public final class CandidateNetwork {

  private static final int BLOCK = 4; // steps at once
  private static final float RESIDUAL = 3; // the residual's largest size

  private final CandidateShape shape;
  private final int units;
  private final List<String> names;
  private final Rnn encoder;
  private final RnnOutput encoded = new RnnOutput();

  private final float[] context; // (CONTEXT, inputs), bias behind it
  private final float[] fromContext; // (units, CONTEXT), bias behind it
  private final float[] fromStep; // (units, STEP_FEATURES)
  private final float[] features; // (units, FEATURES)
  private final float[] embedding; // (kinds, units)
  private final float[] second; // (units, units), bias behind it
  private final float[] mix; // (units, units), bias behind it
  private final float[] out; // (units), bias behind it
  private final float[] gamma; // (units)
  private final float[] residual; // (units, 2 units), bias, then (units), bias
  private final float[] prior; // (kinds)
  private float sharpness; // k

  private final float[] contextInputs;
  private final float[] contextValues = new float[CONTEXT];
  private final float[] ofContext; // (units), what the context adds to u of each step
  private final float[] hidden;
  private final float[] base; // (steps, units), of the mean

  // of a block of steps; a row has a place for each of its steps and candidates, in that order
  private int candidates;
  private int[] kinds;
  private final float[] pooled; // (steps, 2 units), p_j, then u_j
  private final float[][] embedded; // (units)(row), of the candidates' kinds
  private final float[][] x = new float[FEATURES][]; // rows
  private final float[][] z; // rows
  private float[] row = {};
  private float[] logit = {}; // one row, as the next two
  private float[] extra = {};

  /** The network of a model that combines candidates. */
  public static CandidateNetwork of(ForecastModel model) {
    CandidateNetwork network = new CandidateNetwork(model.candidateShape(), model.candidates());
    network.load(model.weights());
    return network;
  }

  /**
   * @param names of the kinds of candidates, in the order of the weights
   */
  CandidateNetwork(CandidateShape shape, List<String> names) {
    this.shape = shape;
    this.units = shape.units();
    this.z = new float[units][];
    this.pooled = new float[BLOCK * 2 * units];
    this.base = new float[BLOCK * units];
    this.hidden = new float[units];
    this.names = names;
    this.encoder = new Rnn(shape.encoder());
    this.contextInputs = new float[shape.contextInputs()];
    this.context = new float[CONTEXT * (contextInputs.length + 1)];
    this.fromContext = new float[units * (CONTEXT + 1)];
    this.fromStep = new float[units * STEP_FEATURES];
    this.ofContext = new float[units];
    this.embedded = new float[units][];
    this.features = new float[units * FEATURES];
    this.embedding = new float[shape.kinds() * units];
    this.second = new float[units * (units + 1)];
    this.mix = new float[units * (units + 1)];
    this.out = new float[units + 1];
    this.gamma = new float[units];
    this.residual = new float[units * (2 * units + 1) + units + 1];
    this.prior = new float[shape.kinds()];
  }

  /** Of the kinds of candidates, in the order of the weights. */
  public List<String> names() {
    return names;
  }

  /** Has it compiled before the first forecast. */
  public void warmUp() {
    encoder.warmUp(WINDOW);
  }

  /** Which code computes the recurrent part: {@link Rnn#kernel}. */
  public String kernel() {
    return encoder.kernel();
  }

  /**
   * Takes a copy of the weights.
   *
   * @param weights the encoder's in torch's order, then the head's as in {@link CandidateShape}
   * @throws IllegalArgumentException if the length does not fit the shape
   */
  void load(float[] weights) {
    if (weights.length != shape.parameterCount()) {
      throw new IllegalArgumentException(
          "weights: expected %d values, got %d".formatted(shape.parameterCount(), weights.length));
    }
    encoder.load(Arrays.copyOf(weights, shape.encoder().parameterCount()));
    copy(weights, "ctx.weight", context, 0, CONTEXT * contextInputs.length);
    copy(weights, "ctx.bias", context, CONTEXT * contextInputs.length, CONTEXT);
    int width = CONTEXT + STEP_FEATURES;
    for (int k = 0; k < units; k++) {
      int row = shape.offset("hor.weight") + k * width;
      System.arraycopy(weights, row, fromContext, k * CONTEXT, CONTEXT);
      System.arraycopy(weights, row + CONTEXT, fromStep, k * STEP_FEATURES, STEP_FEATURES);
    }
    copy(weights, "hor.bias", fromContext, units * CONTEXT, units);
    kinds = null; // what was made of the embedding is no longer right
    copy(weights, "f.weight", features, 0, features.length);
    copy(weights, "emb", embedding, 0, embedding.length);
    copy(weights, "h2.weight", second, 0, units * units);
    copy(weights, "h2.bias", second, units * units, units);
    copy(weights, "mix.weight", mix, 0, units * units);
    copy(weights, "mix.bias", mix, units * units, units);
    copy(weights, "out.weight", out, 0, units);
    copy(weights, "out.bias", out, units, 1);
    copy(weights, "gam.weight", gamma, 0, units);
    int at = units * 2 * units;
    copy(weights, "res.0.weight", residual, 0, at);
    copy(weights, "res.0.bias", residual, at, units);
    copy(weights, "res.2.weight", residual, at + units, units);
    copy(weights, "res.2.bias", residual, at + 2 * units, 1);
    copy(weights, "prior", prior, 0, prior.length);
    sharpness = weights[shape.offset("k")];
  }

  private void copy(float[] weights, String tensor, float[] to, int at, int count) {
    System.arraycopy(weights, shape.offset(tensor), to, at, count);
  }

  /**
   * Forecasts all steps.
   *
   * @param window (WINDOW, INPUTS), oldest value first
   * @param globals (GLOBALS)
   * @param kinds (candidates), what each is: its place among the names of the model; kept, so the
   *     same array must not be changed
   * @param ofCandidates (steps, candidates, FEATURES)
   * @param ofSteps (steps, STEP_FEATURES)
   * @param weights (steps, candidates), how much of each candidate's distance from the base goes
   *     into the forecast; overwritten
   * @param residuals (steps), what is added to that; overwritten
   */
  void forward(
      float[] window,
      float[] globals,
      int[] kinds,
      float[] ofCandidates,
      float[] ofSteps,
      int steps,
      float[] weights,
      float[] residuals) {
    reserve(kinds);
    encode(window, globals);
    for (int first = 0; first < steps; first += BLOCK) {
      int count = Math.min(BLOCK, steps - first);
      forward(ofCandidates, ofSteps, first, count, weights, residuals);
    }
  }

  private void reserve(int[] kinds) {
    if (this.kinds == kinds) {
      return;
    }
    this.kinds = kinds;
    candidates = kinds.length;
    int length = BLOCK * candidates;
    if (row.length < length) {
      for (int i = 0; i < FEATURES; i++) {
        x[i] = new float[length];
      }
      for (int k = 0; k < units; k++) {
        z[k] = new float[length];
      }
      row = new float[length];
      logit = new float[length];
      extra = new float[length];
    }
    for (int k = 0; k < units; k++) {
      embedded[k] = new float[length];
      for (int n = 0; n < length; n++) {
        embedded[k][n] = embedding[kinds[n % candidates] * units + k];
      }
    }
  }

  /** Sets the context at the beginning of the inputs of each step. */
  private void encode(float[] window, float[] globals) {
    encoder.forward(window, 1, WINDOW, true, null, null, encoded);
    float[] states = encoded.hN(); // those of the last layer come last, forward before backward
    int size = shape.encoder().outputSize();
    System.arraycopy(states, states.length - size, contextInputs, 0, size);
    System.arraycopy(globals, 0, contextInputs, size, GLOBALS);
    int inputs = contextInputs.length;
    Linear.forward(
        context, 0, context, CONTEXT * inputs, inputs, CONTEXT, contextInputs, 0, contextValues, 0);
    for (int i = 0; i < CONTEXT; i++) {
      contextValues[i] = (float) Activation.preciseTanh(contextValues[i]);
    }
    Linear.forward(
        fromContext,
        0,
        fromContext,
        units * CONTEXT,
        CONTEXT,
        units,
        contextValues,
        0,
        ofContext,
        0);
  }

  /** Forecasts a block of steps, with loops over all its steps and candidates. */
  private void forward(
      float[] ofCandidates,
      float[] ofSteps,
      int first,
      int steps,
      float[] weights,
      float[] residuals) {
    int length = steps * candidates;
    for (int j = 0; j < steps; j++) {
      int at = (2 * j + 1) * units;
      Linear.forward(
          fromStep,
          0,
          ofContext,
          0,
          STEP_FEATURES,
          units,
          ofSteps,
          (first + j) * STEP_FEATURES,
          pooled,
          at);
    }
    transpose(ofCandidates, first * candidates * FEATURES, length);
    firstLayer(steps, length);
    secondLayer(steps, length);
    for (int j = 0; j < steps; j++) {
      weigh(j * candidates, weights, (first + j) * candidates);
      residuals[first + j] = residual(j);
    }
  }

  private void transpose(float[] ofCandidates, int from, int length) {
    for (int n = 0; n < length; n++) {
      for (int i = 0; i < FEATURES; i++) {
        x[i][n] = ofCandidates[from + n * FEATURES + i];
      }
    }
  }

  /** Fills z and its means. */
  private void firstLayer(int steps, int length) {
    for (int k = 0; k < units; k++) {
      for (int j = 0; j < steps; j++) {
        float u = pooled[(2 * j + 1) * units + k];
        int at = j * candidates;
        for (int n = at; n < at + candidates; n++) {
          row[n] = u + embedded[k][n];
        }
      }
      addProducts(features, k * FEATURES, FEATURES, x, length);
      float[] of = z[k];
      for (int n = 0; n < length; n++) {
        of[n] = Math.max(row[n], 0);
      }
      for (int j = 0; j < steps; j++) {
        float sum = 0;
        for (int e = 0; e < candidates; e++) {
          sum += of[j * candidates + e];
        }
        pooled[2 * j * units + k] = sum / candidates;
      }
    }
  }

  /** Fills the logits and the extra weights. */
  private void secondLayer(int steps, int length) {
    for (int j = 0; j < steps; j++) {
      for (int e = 0; e < candidates; e++) {
        logit[j * candidates + e] = out[units] + prior[kinds[e]];
      }
    }
    Arrays.fill(extra, 0, length, 0);
    for (int j = 0; j < steps; j++) {
      Linear.forward(
          mix, 0, mix, units * units, units, units, pooled, 2 * j * units, base, j * units);
    }
    for (int k = 0; k < units; k++) {
      for (int j = 0; j < steps; j++) {
        float sum = second[units * units + k] + base[j * units + k];
        Arrays.fill(row, j * candidates, (j + 1) * candidates, sum);
      }
      addProducts(second, k * units, units, z, length);
      float toLogit = out[k];
      float toExtra = gamma[k];
      for (int n = 0; n < length; n++) {
        float relu = Math.max(row[n], 0);
        logit[n] = Math.fma(toLogit, relu, logit[n]);
        extra[n] = Math.fma(toExtra, relu, extra[n]);
      }
    }
    Activation.tanh(extra, length);
    for (int n = 0; n < length; n++) {
      float logError = Math.max(-1, Math.min(1, x[1][n]));
      logit[n] -= 2 * sharpness * (FastMath.exp(logError) - 1);
    }
  }

  /** row += one row of weights times the rows of inputs; four at a time, which compiles best. */
  private void addProducts(float[] weights, int from, int inputs, float[][] rows, int length) {
    int i = 0;
    for (; i + 4 <= inputs; i += 4) {
      addFour(
          weights[from + i],
          rows[i],
          weights[from + i + 1],
          rows[i + 1],
          weights[from + i + 2],
          rows[i + 2],
          weights[from + i + 3],
          rows[i + 3],
          length,
          row);
    }
    for (; i < inputs; i++) {
      addOne(weights[from + i], rows[i], length, row);
    }
  }

  private static void addFour(
      float w0,
      float[] x0,
      float w1,
      float[] x1,
      float w2,
      float[] x2,
      float w3,
      float[] x3,
      int length,
      float[] sum) {
    for (int n = 0; n < length; n++) {
      float more = Math.fma(w1, x1[n], Math.fma(w0, x0[n], sum[n]));
      sum[n] = Math.fma(w3, x3[n], Math.fma(w2, x2[n], more));
    }
  }

  private static void addOne(float w, float[] x, int length, float[] sum) {
    for (int n = 0; n < length; n++) {
      sum[n] = Math.fma(w, x[n], sum[n]);
    }
  }

  private void weigh(int from, float[] weights, int to) {
    float most = Float.NEGATIVE_INFINITY;
    for (int n = from; n < from + candidates; n++) {
      most = Math.max(most, logit[n]);
    }
    float sum = 0;
    for (int e = 0; e < candidates; e++) {
      float share = FastMath.exp(logit[from + e] - most);
      weights[to + e] = share;
      sum += share;
    }
    for (int e = 0; e < candidates; e++) {
      weights[to + e] = weights[to + e] / sum + extra[from + e];
    }
  }

  private float residual(int j) {
    int at = units * 2 * units;
    Linear.forward(residual, 0, residual, at, 2 * units, units, pooled, j * 2 * units, hidden, 0);
    float sum = residual[at + 2 * units];
    for (int k = 0; k < units; k++) {
      sum = Math.fma(residual[at + units + k], Math.max(hidden[k], 0), sum);
    }
    return RESIDUAL * (float) Activation.preciseTanh(sum / RESIDUAL);
  }
}
