package dev.weir.lab.train;

import static dev.weir.model.CandidateShape.CONTEXT;
import static dev.weir.model.CandidateShape.FEATURES;
import static dev.weir.model.CandidateShape.GLOBALS;
import static dev.weir.model.CandidateShape.STEP_FEATURES;
import static dev.weir.model.CandidateShape.WINDOW;

import dev.weir.model.CandidateShape;
import dev.weir.rnn.Activation;
import dev.weir.rnn.Linear;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TrainableRnn;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A {@code CandidateNetwork} that learns: its forward over a batch, and back-propagation. Weights
 * and gradients are laid out as in {@link CandidateShape}.
 *
 * <p>Not thread-safe: one for each thread. What it keeps between {@link #forward} and {@link
 * #backward} is scratch.
 */
public final class TrainableCandidateNetwork {

  private static final float RESIDUAL = 3;

  private final CandidateShape shape;
  private final int units;
  private int candidates; // in the batch, those that are absent included
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
  private final float[] features; // f, transposed
  private final float[] second; // h2, transposed

  // kept by forward
  private int batch;
  private int steps;
  private float[] keep; // (batch, stateSize), factors of dropout; null without
  private float[] ofCandidates;
  private int[] kinds;
  private float[] context = {}; // (batch, contextInputs)
  private float[] c = {}; // (batch, CONTEXT)
  private float[] stepInputs = {}; // (batch, steps, CONTEXT + STEP_FEATURES)
  private float[] u = {}; // (batch, steps, units)
  private float[] z = {}; // (batch, steps, candidates, units)
  private float[] p = {}; // (batch, steps, units)
  private float[] r = {}; // (batch, steps, candidates, units)
  private float[] share = {}; // (batch, steps, candidates), of the softmax
  private float[] extra = {}; // (batch, steps, candidates), tanh
  private float[] behind = {}; // (batch, steps, candidates), expm1
  private float[] hidden = {}; // (batch, steps, units), of the residual
  private float[] squashed = {}; // (batch, steps), tanh of the residual

  // scratch
  private final float[] pu;
  private final float[] dPu;
  private final float[] m;
  private final float[] dm;
  private final float[] dp;
  private final float[] du;
  private final float[] da;
  private float[] dz = {}; // (candidates, units)
  private final float[] dStep = new float[CONTEXT + STEP_FEATURES];
  private final float[] dc = new float[CONTEXT];
  private final float[] dContext;
  private float[] dStates = {};

  public TrainableCandidateNetwork(CandidateShape shape) {
    this.shape = shape;
    this.units = shape.units();
    this.da = new float[units];
    this.du = new float[units];
    this.dp = new float[units];
    this.dm = new float[units];
    this.m = new float[units];
    this.pu = new float[2 * units];
    this.dPu = new float[2 * units];
    this.second = new float[units * units];
    this.features = new float[FEATURES * units];
    this.stateSize = shape.encoder().outputSize();
    this.contextInputs = shape.contextInputs();
    this.encoder = new TrainableRnn(shape.encoder());
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
  public void load(float[] weights) {
    this.weights = weights;
    encoder.load(weights, 0);
    transpose(fWeight, features, FEATURES);
    transpose(h2Weight, second, units);
  }

  /** From (units, inputs) to (inputs, units), whose rows can be added as a whole. */
  private void transpose(int from, float[] to, int inputs) {
    for (int k = 0; k < units; k++) {
      for (int i = 0; i < inputs; i++) {
        to[i * units + k] = weights[from + k * inputs + i];
      }
    }
  }

  /** sum += scale * row, for units numbers. */
  private void addScaled(float[] rows, int from, float scale, float[] sum, int to) {
    for (int k = 0; k < units; k++) {
      sum[to + k] = Math.fma(rows[from + k], scale, sum[to + k]);
    }
  }

  /**
   * Forecasts a batch and keeps what {@link #backward} needs.
   *
   * @param inputs kept, not copied
   * @param keep (batch, states of the encoder's last layer), factors of dropout; null for none
   * @param result (batch, steps); overwritten
   */
  public void forward(Batch inputs, float[] keep, float[] result) {
    this.batch = inputs.size();
    this.steps = inputs.steps();
    this.keep = keep;
    this.ofCandidates = inputs.ofCandidates();
    this.kinds = inputs.kinds();
    this.candidates = kinds.length / batch;
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
      int toC = b * CONTEXT;
      Linear.forward(
          weights, ctxWeight, weights, ctxBias, contextInputs, CONTEXT, context, at, c, toC);
      for (int k = toC; k < toC + CONTEXT; k++) {
        c[k] = (float) Activation.preciseTanh(c[k]);
      }
      for (int j = 0; j < steps; j++) {
        int bj = b * steps + j;
        int width = CONTEXT + STEP_FEATURES;
        System.arraycopy(c, b * CONTEXT, stepInputs, bj * width, CONTEXT);
        System.arraycopy(
            inputs.ofSteps(), bj * STEP_FEATURES, stepInputs, bj * width + CONTEXT, STEP_FEATURES);
        result[bj] = step(bj, b);
      }
    }
  }

  private void reserve() {
    int bj = batch * steps;
    context = ofLength(context, batch * contextInputs);
    c = ofLength(c, batch * CONTEXT);
    stepInputs = ofLength(stepInputs, bj * (CONTEXT + STEP_FEATURES));
    u = ofLength(u, bj * units);
    p = ofLength(p, bj * units);
    hidden = ofLength(hidden, bj * units);
    squashed = ofLength(squashed, bj);
    dz = ofLength(dz, candidates * units);
    z = ofLength(z, bj * candidates * units);
    r = ofLength(r, bj * candidates * units);
    share = ofLength(share, bj * candidates);
    extra = ofLength(extra, bj * candidates);
    behind = ofLength(behind, bj * candidates);
  }

  private static float[] ofLength(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }

  /** The candidates that are not absent. */
  private int[] present(int b) {
    return IntStream.range(0, candidates).filter(e -> kinds[b * candidates + e] >= 0).toArray();
  }

  private float step(int bj, int b) {
    int[] present = present(b);
    int width = CONTEXT + STEP_FEATURES;
    int at0 = bj * units;
    Linear.forward(
        weights, horWeight, weights, horBias, width, units, stepInputs, bj * width, u, at0);
    Arrays.fill(p, bj * units, (bj + 1) * units, 0);
    for (int e : present) {
      int kind = kinds[b * candidates + e];
      int f = (bj * candidates + e) * FEATURES;
      int at = (bj * candidates + e) * units;
      for (int k = 0; k < units; k++) {
        z[at + k] = weights[emb + kind * units + k] + u[bj * units + k];
      }
      for (int i = 0; i < FEATURES; i++) {
        addScaled(features, i * units, ofCandidates[f + i], z, at);
      }
      for (int k = 0; k < units; k++) {
        z[at + k] = Math.max(z[at + k], 0);
        p[bj * units + k] += z[at + k] / present.length;
      }
    }
    Linear.forward(weights, mixWeight, weights, mixBias, units, units, p, at0, m, 0);
    float most = Float.NEGATIVE_INFINITY;
    float y = 0;
    for (int e : present) {
      int kind = kinds[b * candidates + e];
      int f = (bj * candidates + e) * FEATURES;
      int at = (bj * candidates + e) * units;
      System.arraycopy(weights, h2Bias, r, at, units);
      for (int i = 0; i < units; i++) {
        addScaled(second, i * units, z[at + i], r, at);
      }
      float logit = weights[outBias] + weights[prior + kind];
      float gam = 0;
      for (int k = 0; k < units; k++) {
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
    for (int e : present) {
      int of = bj * candidates + e;
      share[of] = (float) Math.exp(share[of] - most);
      sum += share[of];
    }
    for (int e : present) {
      int of = bj * candidates + e;
      share[of] /= sum;
      y += share[of] * ofCandidates[of * FEATURES];
    }
    System.arraycopy(p, bj * units, pu, 0, units);
    System.arraycopy(u, bj * units, pu, units, units);
    Linear.forward(weights, res0Weight, weights, res0Bias, 2 * units, units, pu, 0, hidden, at0);
    float residual = weights[res2Bias];
    for (int k = 0; k < units; k++) {
      int at = bj * units + k;
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
  public void backward(float[] dResult, float[] gradient) {
    int hiddenSize = shape.encoder().hiddenSize();
    int directions = shape.encoder().numDirections();
    dStates = ofExactLength(dStates, encoded.hN().length);
    Arrays.fill(dStates, 0);
    int last = dStates.length - directions * batch * hiddenSize;
    for (int b = 0; b < batch; b++) {
      Arrays.fill(dc, 0);
      for (int j = 0; j < steps; j++) {
        backStep(b * steps + j, b, dResult[b * steps + j], gradient);
      }
      Arrays.fill(dContext, 0);
      for (int k = 0; k < CONTEXT; k++) {
        float value = c[b * CONTEXT + k];
        dc[k] *= 1 - value * value;
      }
      backAffine(
          ctxWeight, ctxBias, contextInputs, context, b * contextInputs, dc, gradient, dContext);
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

  /** Adds the gradients of y = W x + b, given those of y; as many as y has values. */
  private void backAffine(
      int weight,
      int bias,
      int inputs,
      float[] x,
      int from,
      float[] dy,
      float[] gradient,
      float[] dx) {
    Linear.backward(
        weights, weight, inputs, dy.length, x, from, dy, 0, gradient, weight, gradient, bias, dx,
        0);
  }

  private void backStep(int bj, int b, float dy, float[] gradient) {
    int[] present = present(b);
    Arrays.fill(du, 0);
    Arrays.fill(dp, 0);
    backResidual(bj, dy, gradient);
    float mean = 0;
    for (int e : present) {
      int of = bj * candidates + e;
      mean += share[of] * dy * ofCandidates[of * FEATURES];
    }
    Arrays.fill(dm, 0);
    for (int e : present) {
      int of = bj * candidates + e;
      int at = of * units;
      float apart = ofCandidates[of * FEATURES];
      float dLogit = share[of] * (dy * apart - mean);
      float dGam = dy * apart * (1 - extra[of] * extra[of]);
      gradient[outBias] += dLogit;
      gradient[sharpness] -= 2 * behind[of] * dLogit;
      for (int k = 0; k < units; k++) {
        gradient[outWeight + k] = Math.fma(dLogit, r[at + k], gradient[outWeight + k]);
        gradient[gamWeight + k] = Math.fma(dGam, r[at + k], gradient[gamWeight + k]);
        float d = dLogit * weights[outWeight + k] + dGam * weights[gamWeight + k];
        da[k] = r[at + k] > 0 ? d : 0;
        dm[k] += da[k];
      }
      Arrays.fill(dz, e * units, (e + 1) * units, 0);
      Linear.backward(
          weights, h2Weight, units, units, z, at, da, 0, gradient, h2Weight, gradient, h2Bias, dz,
          e * units);
    }
    backAffine(mixWeight, mixBias, units, p, bj * units, dm, gradient, dp);
    for (int e : present) {
      int kind = kinds[b * candidates + e];
      int of = bj * candidates + e;
      for (int k = 0; k < units; k++) {
        da[k] = z[of * units + k] > 0 ? dz[e * units + k] + dp[k] / present.length : 0;
        gradient[emb + kind * units + k] += da[k];
        du[k] += da[k];
      }
      Linear.backward(
          weights,
          fWeight,
          FEATURES,
          units,
          ofCandidates,
          of * FEATURES,
          da,
          0,
          gradient,
          fWeight,
          null,
          0,
          null,
          0);
    }
    Arrays.fill(dStep, 0);
    int width = CONTEXT + STEP_FEATURES;
    backAffine(horWeight, horBias, width, stepInputs, bj * width, du, gradient, dStep);
    for (int k = 0; k < CONTEXT; k++) {
      dc[k] += dStep[k];
    }
  }

  private void backResidual(int bj, float dy, float[] gradient) {
    float d = dy * (1 - squashed[bj] * squashed[bj]);
    gradient[res2Bias] += d;
    System.arraycopy(p, bj * units, pu, 0, units);
    System.arraycopy(u, bj * units, pu, units, units);
    for (int k = 0; k < units; k++) {
      float value = hidden[bj * units + k];
      gradient[res2Weight + k] = Math.fma(d, value, gradient[res2Weight + k]);
      da[k] = value > 0 ? d * weights[res2Weight + k] : 0;
    }
    Arrays.fill(dPu, 0);
    backAffine(res0Weight, res0Bias, 2 * units, pu, 0, da, gradient, dPu);
    for (int k = 0; k < units; k++) {
      dp[k] += dPu[k];
      du[k] += dPu[units + k];
    }
  }

  /**
   * Inputs of a batch.
   *
   * @param windows (size, WINDOW, INPUTS)
   * @param globals (size, GLOBALS)
   * @param kinds (size, candidates), -1 for an absent one
   * @param ofCandidates (size, steps, candidates, FEATURES)
   * @param ofSteps (size, steps, STEP_FEATURES)
   */
  public record Batch(
      int size,
      int steps,
      float[] windows,
      float[] globals,
      int[] kinds,
      float[] ofCandidates,
      float[] ofSteps) {}
}
