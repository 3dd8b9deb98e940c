package dev.weir.forecast.candidate;

import static dev.weir.model.CandidateShape.CONTEXT;
import static dev.weir.model.CandidateShape.FEATURES;
import static dev.weir.model.CandidateShape.GLOBALS;
import static dev.weir.model.CandidateShape.STEP_FEATURES;
import static dev.weir.model.CandidateShape.WINDOW;
import static dev.weir.rnn.LinearColumns.TILE;

import dev.weir.forecast.math.FastMath;
import dev.weir.model.CandidateShape;
import dev.weir.model.ForecastModel;
import dev.weir.rnn.Activation;
import dev.weir.rnn.Linear;
import dev.weir.rnn.LinearColumns;
import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnOutput;
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

  private static final float RESIDUAL = 3; // the residual's largest size
  private static final float ANY = Float.NEGATIVE_INFINITY;
  private static final int ANSWERS = 4; // logit and extra weight of a column; two are not used

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
  private final float[] second; // (units, units)
  private final float[] mix; // (units, units)
  private final float[] secondBias; // (units), that of mix included: the two are added up
  private final float[] answer; // (ANSWERS, units), out and gam
  private final float[] residualOfMean; // (units, units), of res.0.weight
  private final float[] residualOfStep; // (units, units), the same
  private final float[] residualBias; // (units)
  private final float[] residual; // (units), bias behind it
  private final float[] prior; // (kinds)
  private float outBias;
  private float sharpness; // k

  private final float[] contextInputs;
  private final float[] contextValues = new float[CONTEXT];
  private final float[] ofContext; // (units), what the context adds to u of each step

  // of at most TILE steps; where they are few, a tile has several candidates, each at all of them
  private int candidates;
  private int slots; // of a candidate, for so many steps
  private int groups; // of slots in a tile, as a power of two
  private int tiles;
  private int[] kinds;
  private final float[] step = new float[STEP_FEATURES * TILE];
  private final float[] u; // (units, TILE), as the next
  private final float[] mean; // p
  private final float[] mixed;
  private final float[] hidden;
  private float[] x = {}; // (tiles, FEATURES, TILE)
  private float[] z = {}; // (tiles, units, TILE), as the next
  private float[] z2 = {};
  private float[] embedded = {}; // of the candidates' kinds
  private float[] answers = {}; // (tiles, ANSWERS, TILE), as the next
  private float[] answerBias = {};
  private float[] logits = {}; // (tiles, TILE), as the next
  private float[] extras = {}; // what is added to the candidates' weights

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
    this.names = names;
    this.encoder = new Rnn(shape.encoder());
    this.contextInputs = new float[shape.contextInputs()];
    this.context = new float[CONTEXT * (contextInputs.length + 1)];
    this.fromContext = new float[units * (CONTEXT + 1)];
    this.fromStep = new float[units * STEP_FEATURES];
    this.ofContext = new float[units];
    this.features = new float[units * FEATURES];
    this.embedding = new float[shape.kinds() * units];
    this.second = new float[units * units];
    this.secondBias = new float[units];
    this.mix = new float[units * units];
    this.answer = new float[ANSWERS * units];
    this.residualOfMean = new float[units * units];
    this.residualOfStep = new float[units * units];
    this.residualBias = new float[units];
    this.residual = new float[units + 1];
    this.prior = new float[shape.kinds()];
    this.u = new float[units * TILE];
    this.mean = new float[units * TILE];
    this.mixed = new float[units * TILE];
    this.hidden = new float[units * TILE];
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
    copy(weights, "h2.weight", second, 0, second.length);
    copy(weights, "h2.bias", secondBias, 0, units);
    copy(weights, "mix.weight", mix, 0, mix.length);
    copy(weights, "out.weight", answer, 0, units);
    copy(weights, "gam.weight", answer, units, units);
    for (int k = 0; k < units; k++) {
      secondBias[k] += weights[shape.offset("mix.bias") + k];
      int row = shape.offset("res.0.weight") + k * 2 * units;
      System.arraycopy(weights, row, residualOfMean, k * units, units);
      System.arraycopy(weights, row + units, residualOfStep, k * units, units);
    }
    copy(weights, "res.0.bias", residualBias, 0, units);
    copy(weights, "res.2.weight", residual, 0, units);
    copy(weights, "res.2.bias", residual, units, 1);
    copy(weights, "prior", prior, 0, prior.length);
    outBias = weights[shape.offset("out.bias")];
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
    reserve(kinds, Math.min(TILE, steps));
    encode(window, globals);
    for (int first = 0; first < steps; first += TILE) {
      int count = Math.min(TILE, steps - first);
      forward(ofCandidates, ofSteps, first, count, weights, residuals);
    }
  }

  private void reserve(int[] kinds, int steps) {
    int needed = steps == 1 ? 1 : 2 * Integer.highestOneBit(steps - 1);
    if (this.kinds == kinds && slots == needed) {
      return;
    }
    this.kinds = kinds;
    candidates = kinds.length;
    slots = needed;
    groups = Integer.numberOfTrailingZeros(TILE / slots);
    tiles = (candidates - 1 >> groups) + 1;
    x = new float[tiles * FEATURES * TILE];
    z = new float[tiles * units * TILE];
    z2 = new float[z.length];
    embedded = new float[z.length];
    Arrays.fill(embedded, ANY); // what no candidate fills adds nothing to their mean
    answers = new float[tiles * ANSWERS * TILE];
    answerBias = new float[answers.length];
    logits = new float[tiles * TILE];
    extras = new float[logits.length];
    for (int e = 0; e < candidates; e++) {
      int at = place(e, ANSWERS, 0);
      Arrays.fill(answerBias, at, at + slots, outBias + prior[kinds[e]]);
      for (int k = 0; k < units; k++) {
        at = place(e, units, k);
        Arrays.fill(embedded, at, at + slots, embedding[kinds[e] * units + k]);
      }
    }
  }

  /** Where a candidate's part of one of so many rows begins. */
  private int place(int e, int rows, int row) {
    return ((e >> groups) * rows + row) * TILE + (e & (1 << groups) - 1) * slots;
  }

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

  /** Forecasts at most TILE steps from {@code first} on. */
  private void forward(
      float[] ofCandidates,
      float[] ofSteps,
      int first,
      int steps,
      float[] weights,
      float[] residuals) {
    transpose(ofCandidates, ofSteps, first, steps);
    fill(u, ofContext);
    LinearColumns.add(fromStep, STEP_FEATURES, units, step, 1, ANY, u);
    for (int from = 0; from < z.length; from += u.length) {
      for (int n = 0; n < u.length; n++) {
        z[from + n] = embedded[from + n] + u[n];
      }
    }
    LinearColumns.add(features, FEATURES, units, x, tiles, 0, z);
    average();
    fill(mixed, secondBias);
    LinearColumns.add(mix, units, units, mean, 1, ANY, mixed);
    for (int from = 0; from < z2.length; from += mixed.length) {
      System.arraycopy(mixed, 0, z2, from, mixed.length);
    }
    LinearColumns.add(second, units, units, z, tiles, 0, z2);
    System.arraycopy(answerBias, 0, answers, 0, answers.length);
    LinearColumns.add(answer, units, ANSWERS, z2, tiles, ANY, answers);
    weigh(first, steps, weights);
    fill(hidden, residualBias);
    LinearColumns.add(residualOfMean, units, units, mean, 1, ANY, hidden);
    LinearColumns.add(residualOfStep, units, units, u, 1, 0, hidden);
    for (int j = 0; j < steps; j++) {
      residuals[first + j] = residual(j);
    }
  }

  private static void fill(float[] rows, float[] values) {
    for (int k = 0; k < values.length; k++) {
      Arrays.fill(rows, k * TILE, (k + 1) * TILE, values[k]);
    }
  }

  private void transpose(float[] ofCandidates, float[] ofSteps, int first, int steps) {
    for (int j = 0; j < steps; j++) {
      int from = (first + j) * candidates * FEATURES;
      for (int e = 0; e < candidates; e++) {
        int to = place(e, FEATURES, 0) + j;
        for (int i = 0; i < FEATURES; i++) {
          x[to + i * TILE] = ofCandidates[from++];
        }
      }
      for (int i = 0; i < STEP_FEATURES; i++) {
        for (int n = j; n < TILE; n += slots) {
          step[i * TILE + n] = ofSteps[(first + j) * STEP_FEATURES + i];
        }
      }
    }
  }

  /** The mean over the candidates, at each slot of a tile; those that pad the last tile are 0. */
  private void average() {
    System.arraycopy(z, 0, mean, 0, mean.length);
    for (int from = mean.length; from < z.length; from += mean.length) {
      for (int n = 0; n < mean.length; n++) {
        mean[n] += z[from + n];
      }
    }
    for (int half = TILE / 2; half >= slots; half /= 2) { // in whole loops; rows end as one slot
      for (int n = 0; n < mean.length - half; n++) {
        mean[n] += mean[n + half];
      }
    }
    System.arraycopy(mean, 0, hidden, 0, mean.length);
    float perCandidate = 1f / candidates;
    for (int n = 0; n < mean.length; n++) {
      mean[n] = hidden[n & -TILE | n & slots - 1] * perCandidate;
    }
  }

  private void weigh(int first, int steps, float[] weights) {
    for (int tile = 0; tile < tiles; tile++) {
      int errors = (tile * FEATURES + 1) * TILE;
      int answer = (tile * ANSWERS + 1) * TILE;
      for (int n = 0; n < TILE; n++) {
        logits[tile * TILE + n] = Math.max(-1, Math.min(1, x[errors + n]));
        extras[tile * TILE + n] = answers[answer + n];
      }
    }
    FastMath.exps(logits, logits.length);
    FastMath.tanhs(extras, extras.length);
    for (int tile = 0; tile < tiles; tile++) {
      for (int n = 0; n < TILE; n++) {
        float behind = 2 * sharpness * (logits[tile * TILE + n] - 1);
        logits[tile * TILE + n] = answers[tile * ANSWERS * TILE + n] - behind;
      }
    }
    for (int j = 0; j < steps; j++) {
      float most = Float.NEGATIVE_INFINITY;
      for (int e = 0; e < candidates; e++) {
        most = Math.max(most, logits[place(e, 1, 0) + j]);
      }
      for (int e = 0; e < candidates; e++) {
        logits[place(e, 1, 0) + j] -= most;
      }
    }
    FastMath.exps(logits, logits.length);
    for (int j = 0; j < steps; j++) {
      int to = (first + j) * candidates;
      float sum = 0;
      for (int e = 0; e < candidates; e++) {
        sum += logits[place(e, 1, 0) + j];
      }
      float perSum = 1 / sum;
      for (int e = 0; e < candidates; e++) {
        int at = place(e, 1, 0) + j;
        weights[to + e] = logits[at] * perSum + extras[at];
      }
    }
  }

  private float residual(int j) {
    float sum = residual[units];
    for (int k = 0; k < units; k++) {
      sum = Math.fma(residual[k], hidden[k * TILE + j], sum);
    }
    return RESIDUAL * (float) Activation.preciseTanh(sum / RESIDUAL);
  }
}
