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

  private final Affine ctx;
  private final Affine hor;
  private final Affine h2;
  private final Affine mix;
  private final Affine res0;
  private final int fWeight;
  private final int emb;
  private final int outWeight;
  private final int outBias;
  private final int gamWeight;
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
  private float[] context; // (batch, contextInputs)
  private float[] c; // (batch, CONTEXT)
  private float[] stepInputs; // (batch, steps, CONTEXT + STEP_FEATURES)
  private float[] u; // (batch, steps, units)
  private float[] z; // (batch, steps, candidates, units)
  private float[] p; // (batch, steps, units)
  private float[] r; // (batch, steps, candidates, units)
  private float[] share; // (batch, steps, candidates), of the softmax
  private float[] extra; // (batch, steps, candidates), tanh
  private float[] behind; // (batch, steps, candidates), expm1
  private float[] hidden; // (batch, steps, units), of the residual
  private float[] squashed; // (batch, steps), tanh of the residual

  public TrainableCandidateNetwork(CandidateShape shape) {
    this.shape = shape;
    this.units = shape.units();
    this.second = new float[units * units];
    this.features = new float[FEATURES * units];
    this.stateSize = shape.encoder().outputSize();
    this.contextInputs = shape.contextInputs();
    this.encoder = new TrainableRnn(shape.encoder());
    ctx = new Affine("ctx", contextInputs, CONTEXT);
    hor = new Affine("hor", CONTEXT + STEP_FEATURES, units);
    h2 = new Affine("h2", units, units);
    mix = new Affine("mix", units, units);
    res0 = new Affine("res.0", 2 * units, units);
    fWeight = shape.offset("f.weight");
    emb = shape.offset("emb");
    outWeight = shape.offset("out.weight");
    outBias = shape.offset("out.bias");
    gamWeight = shape.offset("gam.weight");
    res2Weight = shape.offset("res.2.weight");
    res2Bias = shape.offset("res.2.bias");
    sharpness = shape.offset("k");
    prior = shape.offset("prior");
  }

  /** A map of the head, y = W x + b. */
  private final class Affine {
    private final int weight;
    private final int bias;
    private final int inputs;
    private final int outputs;

    Affine(String name, int inputs, int outputs) {
      this.weight = shape.offset(name + ".weight");
      this.bias = shape.offset(name + ".bias");
      this.inputs = inputs;
      this.outputs = outputs;
    }

    void forward(float[] x, int from, float[] y, int to) {
      Linear.forward(weights, weight, weights, bias, inputs, outputs, x, from, y, to);
    }

    /** Adds the gradients of the weights, and those of x, given those of y. */
    void backward(float[] x, int from, float[] dy, float[] gradient, float[] dx, int to) {
      Linear.backward(
          weights, weight, inputs, outputs, x, from, dy, 0, gradient, weight, gradient, bias, dx,
          to);
    }
  }

  /** Uses these weights, which are not copied except for the encoder's. */
  public void load(float[] weights) {
    this.weights = weights;
    encoder.load(weights, 0);
    transpose(fWeight, features, FEATURES);
    transpose(h2.weight, second, units);
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
      ctx.forward(context, at, c, toC);
      for (int k = toC; k < toC + CONTEXT; k++) {
        c[k] = (float) Activation.preciseTanh(c[k]);
      }
      for (int j = 0; j < steps; j++) {
        int bj = b * steps + j;
        int of = bj * hor.inputs;
        System.arraycopy(c, toC, stepInputs, of, CONTEXT);
        System.arraycopy(
            inputs.ofSteps(), bj * STEP_FEATURES, stepInputs, of + CONTEXT, STEP_FEATURES);
        result[bj] = step(bj, b);
      }
    }
  }

  private void reserve() {
    int bj = batch * steps;
    context = new float[batch * contextInputs];
    c = new float[batch * CONTEXT];
    stepInputs = new float[bj * hor.inputs];
    u = new float[bj * units];
    p = new float[bj * units];
    hidden = new float[bj * units];
    squashed = new float[bj];
    z = new float[bj * candidates * units];
    r = new float[bj * candidates * units];
    share = new float[bj * candidates];
    extra = new float[bj * candidates];
    behind = new float[bj * candidates];
  }

  /** The candidates that are not absent. */
  private int[] present(int b) {
    return IntStream.range(0, candidates).filter(e -> kinds[b * candidates + e] >= 0).toArray();
  }

  private float step(int bj, int b) {
    int[] present = present(b);
    hor.forward(stepInputs, bj * hor.inputs, u, bj * units);
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
    float[] m = new float[units];
    mix.forward(p, bj * units, m, 0);
    float most = Float.NEGATIVE_INFINITY;
    float y = 0;
    for (int e : present) {
      int kind = kinds[b * candidates + e];
      int f = (bj * candidates + e) * FEATURES;
      int at = (bj * candidates + e) * units;
      System.arraycopy(weights, h2.bias, r, at, units);
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
    res0.forward(meanAndStep(bj), 0, hidden, bj * units);
    float residual = weights[res2Bias];
    for (int k = 0; k < units; k++) {
      int at = bj * units + k;
      hidden[at] = Math.max(hidden[at], 0);
      residual = Math.fma(weights[res2Weight + k], hidden[at], residual);
    }
    squashed[bj] = (float) Activation.preciseTanh(residual / RESIDUAL);
    return y + RESIDUAL * squashed[bj];
  }

  /** p and u of one step, the inputs of the residual. */
  private float[] meanAndStep(int bj) {
    float[] pu = new float[2 * units];
    System.arraycopy(p, bj * units, pu, 0, units);
    System.arraycopy(u, bj * units, pu, units, units);
    return pu;
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
    float[] dStates = new float[encoded.hN().length];
    int last = dStates.length - directions * batch * hiddenSize;
    for (int b = 0; b < batch; b++) {
      float[] dc = new float[CONTEXT];
      for (int j = 0; j < steps; j++) {
        backStep(b * steps + j, b, dResult[b * steps + j], gradient, dc);
      }
      float[] dContext = new float[contextInputs];
      for (int k = 0; k < CONTEXT; k++) {
        float value = c[b * CONTEXT + k];
        dc[k] *= 1 - value * value;
      }
      ctx.backward(context, b * contextInputs, dc, gradient, dContext, 0);
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

  private void backStep(int bj, int b, float dy, float[] gradient, float[] dc) {
    int[] present = present(b);
    float[] dpu = backResidual(bj, dy, gradient);
    float[] dp = Arrays.copyOf(dpu, units);
    float[] du = Arrays.copyOfRange(dpu, units, 2 * units);
    float[] da = new float[units];
    float[] dm = new float[units];
    float[] dz = new float[candidates * units];
    float mean = 0;
    for (int e : present) {
      int of = bj * candidates + e;
      mean += share[of] * dy * ofCandidates[of * FEATURES];
    }
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
      h2.backward(z, at, da, gradient, dz, e * units);
    }
    mix.backward(p, bj * units, dm, gradient, dp, 0);
    for (int e : present) {
      int kind = kinds[b * candidates + e];
      int of = bj * candidates + e;
      for (int k = 0; k < units; k++) {
        da[k] = z[of * units + k] > 0 ? dz[e * units + k] + dp[k] / present.length : 0;
        gradient[emb + kind * units + k] += da[k];
        du[k] += da[k];
      }
      int f = of * FEATURES;
      Linear.backward(
          weights,
          fWeight,
          FEATURES,
          units,
          ofCandidates,
          f,
          da,
          0,
          gradient,
          fWeight,
          null,
          0,
          null,
          0);
    }
    float[] dStep = new float[hor.inputs];
    hor.backward(stepInputs, bj * hor.inputs, du, gradient, dStep, 0);
    for (int k = 0; k < CONTEXT; k++) {
      dc[k] += dStep[k];
    }
  }

  /** Gradients of p and u. */
  private float[] backResidual(int bj, float dy, float[] gradient) {
    float d = dy * (1 - squashed[bj] * squashed[bj]);
    gradient[res2Bias] += d;
    float[] da = new float[units];
    for (int k = 0; k < units; k++) {
      float value = hidden[bj * units + k];
      gradient[res2Weight + k] = Math.fma(d, value, gradient[res2Weight + k]);
      da[k] = value > 0 ? d * weights[res2Weight + k] : 0;
    }
    float[] dpu = new float[2 * units];
    res0.backward(meanAndStep(bj), 0, da, gradient, dpu, 0);
    return dpu;
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
