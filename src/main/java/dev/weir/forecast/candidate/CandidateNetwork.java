package dev.weir.forecast.candidate;

import static dev.weir.forecast.candidate.CandidateShape.CONTEXT;
import static dev.weir.forecast.candidate.CandidateShape.FEATURES;
import static dev.weir.forecast.candidate.CandidateShape.GLOBALS;
import static dev.weir.forecast.candidate.CandidateShape.STEP_FEATURES;
import static dev.weir.forecast.candidate.CandidateShape.UNITS;
import static dev.weir.forecast.candidate.CandidateShape.WINDOW;

import dev.weir.rnn.Linear;
import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.cell.Activation;
import java.util.Arrays;

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

  private static final float RESIDUAL = 3; // the residual's largest size

  private final CandidateShape shape;
  private final int candidates;
  private final Rnn encoder;
  private final RnnOutput encoded = new RnnOutput();

  private final float[] context; // (CONTEXT, inputs), bias behind it
  private final float[] horizon; // (UNITS, CONTEXT + STEP_FEATURES), bias behind it
  private final float[] features; // (FEATURES, UNITS), transposed
  private final float[] embedding; // (candidates, UNITS)
  private final float[] second; // (UNITS, UNITS), transposed, bias behind it
  private final float[] mix; // (UNITS, UNITS), transposed, bias behind it
  private final float[] out; // (UNITS), bias behind it
  private final float[] gamma; // (UNITS)
  private final float[] residual; // (UNITS, 2 UNITS), bias, then (UNITS), bias
  private final float[] prior; // (candidates)
  private float sharpness; // k

  private final float[] contextInputs;
  private final float[] stepInputs = new float[CONTEXT + STEP_FEATURES]; // context, then the step's
  private final float[] residualInputs = new float[2 * UNITS]; // p_j, then u_j
  private final float[] hidden = new float[UNITS];
  private final float[] unit = new float[UNITS];
  private final float[] z; // (candidates, UNITS)
  private final float[] base = new float[UNITS]; // mix p_j and both biases
  private final double[] weight; // (candidates)
  private final double[] extra; // (candidates)

  public CandidateNetwork(CandidateShape shape) {
    this.shape = shape;
    this.candidates = shape.candidates();
    this.encoder = new Rnn(shape.encoder());
    this.contextInputs = new float[shape.contextInputs()];
    this.context = new float[CONTEXT * (contextInputs.length + 1)];
    this.horizon = new float[UNITS * (stepInputs.length + 1)];
    this.features = new float[FEATURES * UNITS];
    this.embedding = new float[candidates * UNITS];
    this.second = new float[UNITS * (UNITS + 1)];
    this.mix = new float[UNITS * (UNITS + 1)];
    this.out = new float[UNITS + 1];
    this.gamma = new float[UNITS];
    this.residual = new float[UNITS * (2 * UNITS + 1) + UNITS + 1];
    this.prior = new float[candidates];
    this.z = new float[candidates * UNITS];
    this.weight = new double[candidates];
    this.extra = new double[candidates];
  }

  public CandidateShape shape() {
    return shape;
  }

  /**
   * Takes a copy of the weights.
   *
   * @param weights the encoder's in torch's order, then the head's as in {@link CandidateShape}
   * @throws IllegalArgumentException if the length does not fit the shape
   */
  public void load(float[] weights) {
    if (weights.length != shape.parameterCount()) {
      throw new IllegalArgumentException(
          "weights: expected %d values, got %d".formatted(shape.parameterCount(), weights.length));
    }
    encoder.load(Arrays.copyOf(weights, shape.encoder().parameterCount()));
    copy(weights, "ctx.weight", context, 0, CONTEXT * contextInputs.length);
    copy(weights, "ctx.bias", context, CONTEXT * contextInputs.length, CONTEXT);
    copy(weights, "hor.weight", horizon, 0, UNITS * stepInputs.length);
    copy(weights, "hor.bias", horizon, UNITS * stepInputs.length, UNITS);
    transpose(weights, "f.weight", features, FEATURES);
    copy(weights, "emb", embedding, 0, embedding.length);
    transpose(weights, "h2.weight", second, UNITS);
    copy(weights, "h2.bias", second, UNITS * UNITS, UNITS);
    transpose(weights, "mix.weight", mix, UNITS);
    copy(weights, "mix.bias", mix, UNITS * UNITS, UNITS);
    copy(weights, "out.weight", out, 0, UNITS);
    copy(weights, "out.bias", out, UNITS, 1);
    copy(weights, "gam.weight", gamma, 0, UNITS);
    int at = UNITS * 2 * UNITS;
    copy(weights, "res.0.weight", residual, 0, at);
    copy(weights, "res.0.bias", residual, at, UNITS);
    copy(weights, "res.2.weight", residual, at + UNITS, UNITS);
    copy(weights, "res.2.bias", residual, at + 2 * UNITS, 1);
    copy(weights, "prior", prior, 0, candidates);
    sharpness = weights[shape.offset("k")];
  }

  private void copy(float[] weights, String tensor, float[] to, int at, int count) {
    System.arraycopy(weights, shape.offset(tensor), to, at, count);
  }

  /** From (UNITS, inputs) to (inputs, UNITS). */
  private void transpose(float[] weights, String tensor, float[] to, int inputs) {
    int from = shape.offset(tensor);
    for (int unit = 0; unit < UNITS; unit++) {
      for (int i = 0; i < inputs; i++) {
        to[i * UNITS + unit] = weights[from + unit * inputs + i];
      }
    }
  }

  /**
   * Forecasts all steps.
   *
   * @param window (WINDOW, INPUTS), oldest value first
   * @param globals (GLOBALS)
   * @param ofCandidates (steps, candidates, FEATURES)
   * @param ofSteps (steps, STEP_FEATURES)
   * @param result (steps), how far the forecasts are from the base; overwritten
   */
  public void forward(
      float[] window,
      float[] globals,
      float[] ofCandidates,
      float[] ofSteps,
      int steps,
      float[] result) {
    encode(window, globals);
    for (int j = 0; j < steps; j++) {
      System.arraycopy(ofSteps, j * STEP_FEATURES, stepInputs, CONTEXT, STEP_FEATURES);
      Linear.forward(
          horizon,
          0,
          horizon,
          UNITS * stepInputs.length,
          stepInputs.length,
          UNITS,
          stepInputs,
          0,
          residualInputs,
          UNITS);
      result[j] = step(ofCandidates, j * candidates * FEATURES);
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
        context, 0, context, CONTEXT * inputs, inputs, CONTEXT, contextInputs, 0, stepInputs, 0);
    for (int i = 0; i < CONTEXT; i++) {
      stepInputs[i] = (float) Activation.preciseTanh(stepInputs[i]);
    }
  }

  private float step(float[] f, int from) {
    Arrays.fill(residualInputs, 0, UNITS, 0);
    for (int e = 0; e < candidates; e++) {
      for (int k = 0; k < UNITS; k++) {
        unit[k] = embedding[e * UNITS + k] + residualInputs[UNITS + k];
      }
      for (int i = 0; i < FEATURES; i++) {
        addScaled(features, i * UNITS, f[from + e * FEATURES + i], unit);
      }
      for (int k = 0; k < UNITS; k++) {
        float relu = Math.max(unit[k], 0);
        z[e * UNITS + k] = relu;
        residualInputs[k] += relu;
      }
    }
    for (int k = 0; k < UNITS; k++) {
      residualInputs[k] /= candidates;
      base[k] = mix[UNITS * UNITS + k] + second[UNITS * UNITS + k];
    }
    for (int i = 0; i < UNITS; i++) {
      addScaled(mix, i * UNITS, residualInputs[i], base);
    }
    for (int e = 0; e < candidates; e++) {
      score(e, f[from + e * FEATURES + 1]);
    }
    return combined(f, from) + residual();
  }

  /** Fills the logit and the extra weight of a candidate. */
  private void score(int e, float logError) {
    System.arraycopy(base, 0, unit, 0, UNITS);
    for (int i = 0; i < UNITS; i++) {
      addScaled(second, i * UNITS, z[e * UNITS + i], unit);
    }
    float logit = out[UNITS] + prior[e];
    float gam = 0;
    for (int k = 0; k < UNITS; k++) {
      float relu = Math.max(unit[k], 0);
      logit = Math.fma(out[k], relu, logit);
      gam = Math.fma(gamma[k], relu, gam);
    }
    double behind = Math.expm1(Math.max(-1, Math.min(1, logError)));
    weight[e] = logit - 2 * sharpness * behind;
    extra[e] = Activation.preciseTanh(gam);
  }

  private float combined(float[] f, int from) {
    double most = Double.NEGATIVE_INFINITY;
    for (int e = 0; e < candidates; e++) {
      most = Math.max(most, weight[e]);
    }
    double sum = 0;
    double weighted = 0;
    double added = 0;
    for (int e = 0; e < candidates; e++) {
      double exp = Math.exp(weight[e] - most);
      float apart = f[from + e * FEATURES];
      sum += exp;
      weighted += exp * apart;
      added += extra[e] * apart;
    }
    return (float) (weighted / sum + added);
  }

  private float residual() {
    int at = UNITS * 2 * UNITS;
    Linear.forward(
        residual, 0, residual, at, 2 * UNITS, UNITS, residualInputs, 0, hidden, 0);
    float sum = residual[at + 2 * UNITS];
    for (int k = 0; k < UNITS; k++) {
      sum = Math.fma(residual[at + UNITS + k], Math.max(hidden[k], 0), sum);
    }
    return RESIDUAL * (float) Activation.preciseTanh(sum / RESIDUAL);
  }

  /** sum += scale * row, for UNITS numbers. */
  private static void addScaled(float[] rows, int from, float scale, float[] sum) {
    for (int k = 0; k < UNITS; k++) {
      sum[k] = Math.fma(rows[from + k], scale, sum[k]);
    }
  }
}
