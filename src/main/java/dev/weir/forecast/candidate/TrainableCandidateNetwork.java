package dev.weir.forecast.candidate;

import static dev.weir.forecast.candidate.CandidateShape.CONTEXT;
import static dev.weir.forecast.candidate.CandidateShape.FEATURES;
import static dev.weir.forecast.candidate.CandidateShape.GLOBALS;
import static dev.weir.forecast.candidate.CandidateShape.STEP_FEATURES;
import static dev.weir.forecast.candidate.CandidateShape.UNITS;
import static dev.weir.forecast.candidate.CandidateShape.WINDOW;

import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.cell.Activation;
import dev.weir.rnn.training.TrainableRnn;
import java.util.Arrays;

/**
 * A {@link CandidateNetwork} that learns: its forward over a batch, and back-propagation. Weights
 * and gradients are laid out as in {@link CandidateShape}.
 *
 * <p>Not thread-safe: one for each thread. What it keeps between {@link #forward} and {@link
 * #backward} is scratch.
 */
final class TrainableCandidateNetwork {

  private static final float RESIDUAL = 3;

  private final CandidateShape shape;
  private final int candidates;
  private final int stateSize; // of the encoder's last layer, both directions
  private final int contextInputs;
  private final TrainableRnn encoder;
  private final RnnOutput encoded = new RnnOutput();

  private final int ctxWeight;
  private final int ctxBias;
  private final int horWeight;
  private final int horBias;
  private final int fWeight;
  private final int emb;
  private final int h2Weight;
  private final int h2Bias;
  private final int mixWeight;
  private final int mixBias;
  private final int outWeight;
  private final int outBias;
  private final int gamWeight;
  private final int res0Weight;
  private final int res0Bias;
  private final int res2Weight;
  private final int res2Bias;
  private final int sharpness;
  private final int prior;

  private float[] weights;

  // kept by forward
  private int batch;
  private int steps;
  private float[] keep; // (batch, stateSize), factors of dropout; null without
  private float[] ofCandidates;
  private float[] context = {}; // (batch, contextInputs)
  private float[] c = {}; // (batch, CONTEXT)
  private float[] stepInputs = {}; // (batch, steps, CONTEXT + STEP_FEATURES)
  private float[] u = {}; // (batch, steps, UNITS)
  private float[] z = {}; // (batch, steps, candidates, UNITS)
  private float[] p = {}; // (batch, steps, UNITS)
  private float[] r = {}; // (batch, steps, candidates, UNITS)
  private float[] share = {}; // (batch, steps, candidates), of the softmax
  private float[] extra = {}; // (batch, steps, candidates), tanh
  private float[] behind = {}; // (batch, steps, candidates), expm1
  private float[] hidden = {}; // (batch, steps, UNITS), of the residual
  private float[] squashed = {}; // (batch, steps), tanh of the residual

  // scratch
  private final float[] pu = new float[2 * UNITS];
  private final float[] m = new float[UNITS];
  private final float[] dm = new float[UNITS];
  private final float[] dp = new float[UNITS];
  private final float[] du = new float[UNITS];
  private final float[] da = new float[UNITS];
  private final float[] dz; // (candidates, UNITS)
  private final float[] dStep = new float[CONTEXT + STEP_FEATURES];
  private final float[] dc = new float[CONTEXT];
  private final float[] dContext;
  private float[] dStates = {};

  TrainableCandidateNetwork(CandidateShape shape) {
    this.shape = shape;
    this.candidates = shape.candidates();
    this.stateSize = shape.encoder().outputSize();
    this.contextInputs = shape.contextInputs();
    this.encoder = new TrainableRnn(shape.encoder());
    this.dz = new float[candidates * UNITS];
    this.dContext = new float[contextInputs];
    ctxWeight = shape.offset("ctx.weight");
    ctxBias = shape.offset("ctx.bias");
    horWeight = shape.offset("hor.weight");
    horBias = shape.offset("hor.bias");
    fWeight = shape.offset("f.weight");
    emb = shape.offset("emb");
    h2Weight = shape.offset("h2.weight");
    h2Bias = shape.offset("h2.bias");
    mixWeight = shape.offset("mix.weight");
    mixBias = shape.offset("mix.bias");
    outWeight = shape.offset("out.weight");
    outBias = shape.offset("out.bias");
    gamWeight = shape.offset("gam.weight");
    res0Weight = shape.offset("res.0.weight");
    res0Bias = shape.offset("res.0.bias");
    res2Weight = shape.offset("res.2.weight");
    res2Bias = shape.offset("res.2.bias");
    sharpness = shape.offset("k");
    prior = shape.offset("prior");
  }

  /** Uses these weights, which are not copied except for the encoder's. */
  void load(float[] weights) {
    this.weights = weights;
    encoder.load(weights, 0);
  }

  /**
   * Forecasts a batch and keeps what {@link #backward} needs.
   *
   * @param windows (batch, WINDOW, INPUTS)
   * @param globals (batch, GLOBALS)
   * @param ofCandidates (batch, steps, candidates, FEATURES); kept, not copied
   * @param ofSteps (batch, steps, STEP_FEATURES)
   * @param keep (batch, states of the encoder's last layer), factors of dropout; null for none
   * @param result (batch, steps); overwritten
   */
  void forward(
      Batch inputs, float[] keep, float[] result) {
    this.batch = inputs.size();
    this.steps = inputs.steps();
    this.keep = keep;
    this.ofCandidates = inputs.ofCandidates();
    reserve();
    encoder.forward(inputs.windows(), batch, WINDOW, true, null, null, encoded);
    float[] states = encoded.hN(); // (layers * directions, batch, hidden)
    int hiddenSize = shape.encoder().hiddenSize();
    int directions = shape.encoder().numDirections();
    int last = states.length - directions * batch * hiddenSize;
    for (int b = 0; b < batch; b++) {
      int at = b * contextInputs;
      for (int d = 0; d < directions; d++) {
        int from = last + (d * batch + b) * hiddenSize;
        for (int i = 0; i < hiddenSize; i++) {
          float factor = keep == null ? 1 : keep[b * stateSize + d * hiddenSize + i];
          context[at + d * hiddenSize + i] = factor * states[from + i];
        }
      }
      System.arraycopy(inputs.globals(), b * GLOBALS, context, at + stateSize, GLOBALS);
      for (int k = 0; k < CONTEXT; k++) {
        float sum = weights[ctxBias + k];
        int row = ctxWeight + k * contextInputs;
        for (int i = 0; i < contextInputs; i++) {
          sum = Math.fma(weights[row + i], context[at + i], sum);
        }
        c[b * CONTEXT + k] = (float) Activation.preciseTanh(sum);
      }
      for (int j = 0; j < steps; j++) {
        int bj = b * steps + j;
        int width = CONTEXT + STEP_FEATURES;
        System.arraycopy(c, b * CONTEXT, stepInputs, bj * width, CONTEXT);
        System.arraycopy(
            inputs.ofSteps(), bj * STEP_FEATURES, stepInputs, bj * width + CONTEXT, STEP_FEATURES);
        result[bj] = step(bj);
      }
    }
  }

  private void reserve() {
    int bj = batch * steps;
    context = ofLength(context, batch * contextInputs);
    c = ofLength(c, batch * CONTEXT);
    stepInputs = ofLength(stepInputs, bj * (CONTEXT + STEP_FEATURES));
    u = ofLength(u, bj * UNITS);
    p = ofLength(p, bj * UNITS);
    hidden = ofLength(hidden, bj * UNITS);
    squashed = ofLength(squashed, bj);
    z = ofLength(z, bj * candidates * UNITS);
    r = ofLength(r, bj * candidates * UNITS);
    share = ofLength(share, bj * candidates);
    extra = ofLength(extra, bj * candidates);
    behind = ofLength(behind, bj * candidates);
  }

  private static float[] ofLength(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }

  private void affine(int weight, int bias, float[] x, int from, int inputs, float[] y, int to) {
    for (int k = 0; k < UNITS; k++) {
      float sum = weights[bias + k];
      int row = weight + k * inputs;
      for (int i = 0; i < inputs; i++) {
        sum = Math.fma(weights[row + i], x[from + i], sum);
      }
      y[to + k] = sum;
    }
  }

  private float step(int bj) {
    int width = CONTEXT + STEP_FEATURES;
    affine(horWeight, horBias, stepInputs, bj * width, width, u, bj * UNITS);
    Arrays.fill(p, bj * UNITS, (bj + 1) * UNITS, 0);
    for (int e = 0; e < candidates; e++) {
      int f = (bj * candidates + e) * FEATURES;
      int at = (bj * candidates + e) * UNITS;
      for (int k = 0; k < UNITS; k++) {
        float sum = weights[emb + e * UNITS + k] + u[bj * UNITS + k];
        int row = fWeight + k * FEATURES;
        for (int i = 0; i < FEATURES; i++) {
          sum = Math.fma(weights[row + i], ofCandidates[f + i], sum);
        }
        z[at + k] = Math.max(sum, 0);
        p[bj * UNITS + k] += z[at + k] / candidates;
      }
    }
    affine(mixWeight, mixBias, p, bj * UNITS, UNITS, m, 0);
    float most = Float.NEGATIVE_INFINITY;
    float y = 0;
    for (int e = 0; e < candidates; e++) {
      int f = (bj * candidates + e) * FEATURES;
      int at = (bj * candidates + e) * UNITS;
      affine(h2Weight, h2Bias, z, at, UNITS, r, at);
      float logit = weights[outBias] + weights[prior + e];
      float gam = 0;
      for (int k = 0; k < UNITS; k++) {
        r[at + k] = Math.max(r[at + k] + m[k], 0);
        logit = Math.fma(weights[outWeight + k], r[at + k], logit);
        gam = Math.fma(weights[gamWeight + k], r[at + k], gam);
      }
      int of = bj * candidates + e;
      behind[of] = (float) Math.expm1(Math.max(-1, Math.min(1, ofCandidates[f + 1])));
      share[of] = logit - 2 * weights[sharpness] * behind[of];
      extra[of] = (float) Activation.preciseTanh(gam);
      most = Math.max(most, share[of]);
      y += extra[of] * ofCandidates[f];
    }
    float sum = 0;
    for (int e = 0; e < candidates; e++) {
      int of = bj * candidates + e;
      share[of] = (float) Math.exp(share[of] - most);
      sum += share[of];
    }
    for (int e = 0; e < candidates; e++) {
      int of = bj * candidates + e;
      share[of] /= sum;
      y += share[of] * ofCandidates[of * FEATURES];
    }
    System.arraycopy(p, bj * UNITS, pu, 0, UNITS);
    System.arraycopy(u, bj * UNITS, pu, UNITS, UNITS);
    affine(res0Weight, res0Bias, pu, 0, 2 * UNITS, hidden, bj * UNITS);
    float residual = weights[res2Bias];
    for (int k = 0; k < UNITS; k++) {
      int at = bj * UNITS + k;
      hidden[at] = Math.max(hidden[at], 0);
      residual = Math.fma(weights[res2Weight + k], hidden[at], residual);
    }
    squashed[bj] = (float) Activation.preciseTanh(residual / RESIDUAL);
    return y + RESIDUAL * squashed[bj];
  }

  /**
   * Gradients of a loss of the last {@link #forward}.
   *
   * @param dResult dLoss/dResult, (batch, steps)
   * @param gradient dLoss/dWeights is added here
   */
  void backward(float[] dResult, float[] gradient) {
    int hiddenSize = shape.encoder().hiddenSize();
    int directions = shape.encoder().numDirections();
    dStates = ofExactLength(dStates, encoded.hN().length);
    Arrays.fill(dStates, 0);
    int last = dStates.length - directions * batch * hiddenSize;
    for (int b = 0; b < batch; b++) {
      Arrays.fill(dc, 0);
      for (int j = 0; j < steps; j++) {
        backStep(b * steps + j, dResult[b * steps + j], gradient);
      }
      Arrays.fill(dContext, 0);
      for (int k = 0; k < CONTEXT; k++) {
        float value = c[b * CONTEXT + k];
        float d = dc[k] * (1 - value * value);
        back(d, ctxWeight + k * contextInputs, context, b * contextInputs, contextInputs, gradient,
            dContext);
        gradient[ctxBias + k] += d;
      }
      for (int d = 0; d < directions; d++) {
        int to = last + (d * batch + b) * hiddenSize;
        for (int i = 0; i < hiddenSize; i++) {
          float factor = keep == null ? 1 : keep[b * stateSize + d * hiddenSize + i];
          dStates[to + i] = factor * dContext[d * hiddenSize + i];
        }
      }
    }
    encoder.backward(null, dStates, null, gradient, 0, null, null, null);
  }

  private static float[] ofExactLength(float[] array, int length) {
    return array.length == length ? array : new float[length];
  }

  /** One row y = w x of an affine map: adds d x to the gradient of w, and d w to that of x. */
  private void back(
      float d, int row, float[] x, int from, int inputs, float[] gradient, float[] dx) {
    for (int i = 0; i < inputs; i++) {
      gradient[row + i] = Math.fma(d, x[from + i], gradient[row + i]);
    }
    for (int i = 0; i < inputs; i++) {
      dx[i] = Math.fma(d, weights[row + i], dx[i]);
    }
  }

  private void backStep(int bj, float dy, float[] gradient) {
    Arrays.fill(du, 0);
    Arrays.fill(dp, 0);
    backResidual(bj, dy, gradient);
    float mean = 0;
    for (int e = 0; e < candidates; e++) {
      int of = bj * candidates + e;
      mean += share[of] * dy * ofCandidates[of * FEATURES];
    }
    Arrays.fill(dm, 0);
    for (int e = 0; e < candidates; e++) {
      int of = bj * candidates + e;
      int at = of * UNITS;
      float apart = ofCandidates[of * FEATURES];
      float dLogit = share[of] * (dy * apart - mean);
      float dGam = dy * apart * (1 - extra[of] * extra[of]);
      gradient[outBias] += dLogit;
      gradient[sharpness] -= 2 * behind[of] * dLogit;
      for (int k = 0; k < UNITS; k++) {
        gradient[outWeight + k] = Math.fma(dLogit, r[at + k], gradient[outWeight + k]);
        gradient[gamWeight + k] = Math.fma(dGam, r[at + k], gradient[gamWeight + k]);
        float d = dLogit * weights[outWeight + k] + dGam * weights[gamWeight + k];
        da[k] = r[at + k] > 0 ? d : 0;
        dm[k] += da[k];
      }
      Arrays.fill(dz, e * UNITS, (e + 1) * UNITS, 0);
      for (int k = 0; k < UNITS; k++) {
        backInto(da[k], h2Weight + k * UNITS, z, at, gradient, dz, e * UNITS);
      }
    }
    for (int k = 0; k < UNITS; k++) {
      gradient[h2Bias + k] += dm[k];
      gradient[mixBias + k] += dm[k];
      back(dm[k], mixWeight + k * UNITS, p, bj * UNITS, UNITS, gradient, dp);
    }
    for (int e = 0; e < candidates; e++) {
      int of = bj * candidates + e;
      for (int k = 0; k < UNITS; k++) {
        float d = z[of * UNITS + k] > 0 ? dz[e * UNITS + k] + dp[k] / candidates : 0;
        gradient[emb + e * UNITS + k] += d;
        du[k] += d;
        int row = fWeight + k * FEATURES;
        for (int i = 0; i < FEATURES; i++) {
          gradient[row + i] = Math.fma(d, ofCandidates[of * FEATURES + i], gradient[row + i]);
        }
      }
    }
    Arrays.fill(dStep, 0);
    int width = CONTEXT + STEP_FEATURES;
    for (int k = 0; k < UNITS; k++) {
      gradient[horBias + k] += du[k];
      back(du[k], horWeight + k * width, stepInputs, bj * width, width, gradient, dStep);
    }
    for (int k = 0; k < CONTEXT; k++) {
      dc[k] += dStep[k];
    }
  }

  private void backInto(
      float d, int row, float[] x, int from, float[] gradient, float[] dx, int to) {
    for (int i = 0; i < UNITS; i++) {
      gradient[row + i] = Math.fma(d, x[from + i], gradient[row + i]);
    }
    for (int i = 0; i < UNITS; i++) {
      dx[to + i] = Math.fma(d, weights[row + i], dx[to + i]);
    }
  }

  private void backResidual(int bj, float dy, float[] gradient) {
    float d = dy * (1 - squashed[bj] * squashed[bj]);
    gradient[res2Bias] += d;
    System.arraycopy(p, bj * UNITS, pu, 0, UNITS);
    System.arraycopy(u, bj * UNITS, pu, UNITS, UNITS);
    float[] dPu = new float[2 * UNITS];
    for (int k = 0; k < UNITS; k++) {
      float value = hidden[bj * UNITS + k];
      gradient[res2Weight + k] = Math.fma(d, value, gradient[res2Weight + k]);
      float dHidden = value > 0 ? d * weights[res2Weight + k] : 0;
      gradient[res0Bias + k] += dHidden;
      back(dHidden, res0Weight + k * 2 * UNITS, pu, 0, 2 * UNITS, gradient, dPu);
    }
    for (int k = 0; k < UNITS; k++) {
      dp[k] += dPu[k];
      du[k] += dPu[UNITS + k];
    }
  }

  /**
   * Inputs of a batch.
   *
   * @param windows (size, WINDOW, INPUTS)
   * @param globals (size, GLOBALS)
   * @param ofCandidates (size, steps, candidates, FEATURES)
   * @param ofSteps (size, steps, STEP_FEATURES)
   */
  record Batch(
      int size,
      int steps,
      float[] windows,
      float[] globals,
      float[] ofCandidates,
      float[] ofSteps) {}
}
