package dev.weir.forecast.expert;

import dev.weir.rnn.Adam;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialisation;
import dev.weir.rnn.Linear;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TorchGenerator;
import dev.weir.rnn.TrainableRnn;
import dev.weir.rnn.WeightAverage;
import java.util.Arrays;

/**
 * A bidirectional network over the newest window, learning while the series comes in, and beside it
 * a linear path straight from the values:
 *
 * <pre>
 * yhat[o+i] = a + s (W_i [h_forward, h_backward] + c_i + V_i phi),   a = y[o],
 * s = max(deviation of the lags, .1 of the slow one),
 * phi = lags, and the values of a season and of a week before the origin and before each target
 * </pre>
 *
 * Many-to-one: h are the final states of both directions. Many-to-many: h are their states at step
 * i of a window that is as long as the horizon, and W and c are the same for all steps. Either way
 * the targets come after the window, and none is learnt from before it has come: at step j the
 * backward state has read y[j+1]. Trained on that, the network learns to copy and is worth nothing
 * at the end of the window, where it counts.
 *
 * <p>Head and path begin as zeros: the first answer is {@link Naive}. For each value one step of
 * Adam, two for the first max(200, three seasons), on the newest window whose targets are all known
 * and some drawn ones, which {@link #replay()} keeps.
 *
 * <p>Measured on 23 series, processor time on one shared core and bytes for each series beyond
 * those of {@link Naive}, {@code birnn}: 110 us and 20 KB for a horizon of 2, 140 us and 61 KB (42
 * KB without a season) for 24, nearly all of it four numbers for each weight. When a season is
 * found late, the whole tail is learnt again at this price: about .2 s for 1,200 values.
 *
 * <p>Known gaps: a short series with many steps ahead has more weights of the linear path than it
 * can tell apart; over 750 values it may be worse than {@link Naive} at 24 steps. The first week of
 * weekly lags are those of the origin, which the network has to tell from true ones.
 */
public final class WindowedNetwork implements Expert {

  private static final int INPUTS = 10;
  private static final double MOST = 8; // of inputs and targets
  private static final float DELTA = 0.1f;
  private static final double LEARNING_RATE = 2e-3;
  private static final double AVERAGING = 0.99;

  /** Updates for each of the first values. */
  private static final int UPDATES_AT_FIRST = 2;

  private final String name;
  private final boolean manyToMany;
  private final RnnConfig config;
  private final int lags;
  private final int batch;
  private final int reach;
  private final int width; // of both directions' states
  private final TrainableRnn network;
  private final Adam adam = new Adam(LEARNING_RATE, Adam.BETA1, Adam.BETA2, Adam.EPSILON, 0, 1);
  private final RnnOutput trained = new RnnOutput();
  private final RnnOutput asked = new RnnOutput();
  private final float[] start; // first weights, the same for all series

  // scratch
  private float[] inputs; // (batch, window, inputs)
  private float[] input; // (1, window, inputs)
  private float[] dOut; // (batch, window, 2 hidden_size), many-to-many only
  private final float[] dHN; // (2, batch, hidden_size), many-to-one only
  private final float[] states; // (2 hidden_size)
  private final float[] dStates; // (2 hidden_size)
  private float[] phis; // (batch, path)
  private float[] predictions; // (batch, horizon), as the next two
  private float[] targets;
  private float[] dPredictions;
  private float[] skips; // (horizon)
  private float[] gradient;

  // sizes for the horizon and season at hand
  private int horizon;
  private int window;
  private int path; // length of phi
  private int head; // place of W among the weights
  private int bias; // place of c
  private int skip; // place of V
  private int count; // of weights

  /**
   * @param lags values that the linear path and the scale reach back, and the window of a network
   *     that is many-to-one; that of one that is many-to-many is as long as the horizon
   * @param batch windows in an update, the newest and drawn ones
   * @param reach how far back a drawn one may end
   */
  public WindowedNetwork(
      String name, boolean manyToMany, Cell cell, int hiddenSize, int lags, int batch, int reach) {
    this.name = name;
    this.manyToMany = manyToMany;
    this.config = new RnnConfig(cell, INPUTS, hiddenSize, 1, true, true);
    this.lags = lags;
    this.batch = batch;
    this.reach = reach;
    this.width = 2 * hiddenSize;
    this.network = new TrainableRnn(config);
    this.start = Initialisation.recurrent(config, new TorchGenerator(0));
    this.dHN = new float[batch * width];
    this.states = new float[width];
    this.dStates = new float[width];
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int replay() {
    return reach;
  }

  private void look(Shape shape) {
    horizon = shape.horizon();
    window = manyToMany ? horizon : lags;
    path = lags + periods(shape) * (1 + horizon);
    head = config.parameterCount();
    int rows = manyToMany ? 1 : horizon; // of the head
    bias = head + rows * width;
    skip = bias + rows;
    count = skip + horizon * path;
    if (predictions == null || predictions.length != batch * horizon) {
      int most = lags + 2 * (1 + horizon); // series with and without a season take turns
      inputs = new float[batch * window * INPUTS];
      input = new float[window * INPUTS];
      dOut = new float[manyToMany ? batch * window * width : 0];
      phis = new float[batch * most];
      predictions = new float[batch * horizon];
      targets = new float[batch * horizon];
      dPredictions = new float[batch * horizon];
      skips = new float[horizon];
      gradient = new float[skip + horizon * most];
    }
  }

  /** How many of season and week there are. */
  private static int periods(Shape shape) {
    return (shape.season() > 1 ? 1 : 0) + (shape.week() > 1 ? 1 : 0);
  }

  /** Weights, their average, Adam's state. */
  @Override
  public int floats(Shape shape) {
    look(shape);
    return 2 * count + adam.stateLength(count);
  }

  @Override
  public void begin(Shape shape, ExpertMemory memory) {
    look(shape);
    System.arraycopy(start, 0, memory.floats, memory.f, start.length);
    System.arraycopy(start, 0, memory.floats, memory.f + count, start.length);
  }

  @Override
  public void observe(History history, ExpertMemory memory) {
    look(history.shape());
    long newest = history.t() - horizon;
    long oldest = Math.max(oldest(history), newest - reach + 1);
    if (newest < oldest || !history.isUsable(history.deviation())) {
      return;
    }
    int updates = history.age() <= warmUp(history.season()) ? UPDATES_AT_FIRST : 1;
    for (int update = 0; update < updates; update++) {
      draw(history, oldest, newest, UPDATES_AT_FIRST * history.t() + update);
      learn(memory.floats, memory.f);
    }
  }

  private static long warmUp(int season) {
    return Math.max(200, 3L * season);
  }

  /** A batch of the newest window and of others with all their targets known. */
  private void draw(History history, long oldest, long newest, long number) {
    for (int k = 0; k < batch; k++) {
      long drawn = number * batch + k;
      long origin =
          k == 0
              ? newest
              : newest
                  - Long.remainderUnsigned(
                      Draw.number(history.seed() + drawn), newest - oldest + 1);
      double scale = fill(history, origin, inputs, k * window * INPUTS, k * path);
      for (int i = 1; i <= horizon; i++) {
        double target = (history.at(origin + i) - history.at(origin)) / scale;
        targets[k * horizon + i - 1] = clip(target);
      }
    }
  }

  /**
   * The first origin whose window and season are known. A week is asked for only where the past was
   * forgotten, since a young series has to be learnt before its first week is over.
   */
  private long oldest(History history) {
    int season = history.season() > 1 ? history.season() : 0;
    int needed = Math.max(Math.max(window, lags) - 1, season);
    if (history.oldest() > history.start()) {
      needed = Math.max(needed, history.shape().week());
    }
    return history.oldest() + needed;
  }

  private void learn(float[] floats, int weights) {
    network.load(floats, weights);
    network.forward(inputs, batch, window, true, null, null, trained);
    for (int k = 0; k < batch; k++) {
      answer(floats, weights, trained, k, batch);
    }
    double loss =
        Loss.pseudoHuber(DELTA, predictions, targets, null, batch * horizon, dPredictions);
    Arrays.fill(gradient, 0f);
    if (manyToMany) {
      backwardFromSteps(floats, weights);
    } else {
      backwardFromStates(floats, weights);
    }
    for (int k = 0; k < batch; k++) {
      int d = k * horizon;
      backward(floats, weights + skip, path, horizon, phis, k * path, d, skip, -1, null, 0);
    }
    int optimizer = weights + 2 * count;
    adam.step(loss, gradient, 0, floats, weights, floats, optimizer, count);
    double updates = floats[optimizer + 2 * count];
    double decay = Math.min(AVERAGING, (1 + updates) / (10 + updates));
    WeightAverage.update(floats, weights + count, floats, weights, count, decay);
  }

  private void backwardFromStates(float[] floats, int weights) {
    int hidden = width / 2;
    for (int k = 0; k < batch; k++) {
      read(trained, k, batch);
      Arrays.fill(dStates, 0f);
      int d = k * horizon;
      backward(floats, weights + head, width, horizon, states, 0, d, head, bias, dStates, 0);
      System.arraycopy(dStates, 0, dHN, k * hidden, hidden);
      System.arraycopy(dStates, hidden, dHN, (batch + k) * hidden, hidden);
    }
    network.backward(null, dHN, null, gradient, 0, null, null, null);
  }

  private void backwardFromSteps(float[] floats, int weights) {
    Arrays.fill(dOut, 0f);
    for (int row = 0; row < batch * horizon; row++) {
      int x = row * width;
      backward(floats, weights + head, width, 1, trained.out(), x, row, head, bias, dOut, x);
    }
    network.backward(dOut, null, null, gradient, 0, null, null, null);
  }

  /** One linear layer, from the predictions' gradients from d on; no bias when its place is -1. */
  private void backward(
      float[] floats,
      int weight,
      int in,
      int out,
      float[] x,
      int xAt,
      int d,
      int dWeight,
      int dBias,
      float[] dX,
      int dXAt) {
    float[] biases = dBias < 0 ? null : gradient;
    Linear.backward(
        floats,
        weight,
        in,
        out,
        x,
        xAt,
        dPredictions,
        d,
        gradient,
        dWeight,
        biases,
        dBias,
        dX,
        dXAt);
  }

  /** Both directions' final states of one window, side by side. */
  private void read(RnnOutput result, int k, int windows) {
    int hidden = width / 2;
    System.arraycopy(result.hN(), k * hidden, states, 0, hidden);
    System.arraycopy(result.hN(), (windows + k) * hidden, states, hidden, hidden);
  }

  /** The prediction of window k. */
  private void answer(float[] floats, int weights, RnnOutput result, int k, int windows) {
    int w = weights + head;
    int c = weights + bias;
    int to = k * horizon;
    if (manyToMany) {
      for (int i = to; i < to + horizon; i++) {
        Linear.forward(floats, w, floats, c, width, 1, result.out(), i * width, predictions, i);
      }
    } else {
      read(result, k, windows);
      Linear.forward(floats, w, floats, c, width, horizon, states, 0, predictions, to);
    }
    Linear.forward(floats, weights + skip, null, 0, path, horizon, phis, k * path, skips, 0);
    for (int i = 0; i < horizon; i++) {
      predictions[to + i] += skips[i];
    }
  }

  @Override
  public void forecast(History history, ExpertMemory memory, double[] out) {
    look(history.shape());
    double anchor = history.newest();
    if (history.t() < oldest(history) || !history.isUsable(history.deviation())) {
      Arrays.fill(out, anchor);
      return;
    }
    double scale = fill(history, history.t(), input, 0, 0);
    network.load(memory.floats, memory.f + count);
    network.forward(input, 1, window, true, null, null, asked);
    answer(memory.floats, memory.f + count, asked, 0, 1);
    for (int i = 0; i < horizon; i++) {
      out[i] = history.clamp(anchor + scale * predictions[i]);
    }
  }

  /** Inputs and linear path of the window that ends at an origin; returns its scale. */
  private double fill(History history, long origin, float[] to, int at, int phi) {
    double anchor = history.at(origin);
    double scale = scale(history, origin);
    Arrays.fill(to, at, at + window * INPUTS, 0f);
    for (int k = 0; k < window; k++) {
      to[at + k * INPUTS] = clip((history.at(origin - window + 1 + k) - anchor) / scale);
    }
    for (int k = 1; k < lags; k++) {
      phis[phi + k] = clip((history.at(origin - k) - anchor) / scale);
    }
    phis[phi] = 1; // the newest value would be 0 by its anchor
    int season = history.season();
    if (season > 1) {
      int week = history.shape().week();
      long first = origin - window + 1;
      fillLag(history, origin, Math.min(horizon, season), season, anchor, scale, to, at + 1);
      fillLag(history, origin, 1, season, anchor, scale, to, at + 2);
      fillPhase(first, season, 1, to, at + 3);
      fillPhase(first, Shape.WEEK * (long) season, 1, to, at + 5);
      fillPhase(first, Shape.WEEK * (long) season, 2, to, at + 7);
      fillPath(history, origin, season, anchor, scale, phi + lags);
      if (week > 1) {
        fillLag(history, origin, Math.min(horizon, season), week, anchor, scale, to, at + 9);
        fillPath(history, origin, week, anchor, scale, phi + lags + 1 + horizon);
      }
    }
    return scale;
  }

  /** For each step of a window, the value a period before the one {@code ahead} of it. */
  private void fillLag(
      History history,
      long origin,
      int ahead,
      int period,
      double anchor,
      double scale,
      float[] to,
      int at) {
    for (int k = 0; k < window; k++) {
      long u = origin - window + 1 + k;
      double value = before(history, origin, u + ahead, period);
      to[at + k * INPUTS] = clip((value - anchor) / scale);
    }
  }

  /** The value a period before the origin, then those before each target. */
  private void fillPath(
      History history, long origin, int period, double anchor, double scale, int phi) {
    for (int i = 0; i <= horizon; i++) {
      double value = before(history, origin, origin + i, period);
      phis[phi + i] = clip((value - anchor) / scale);
    }
  }

  /** The last value at the phase of an index that was known at the origin; else the origin's. */
  private static double before(History history, long origin, long index, int period) {
    long steps = Math.max(1, (index - origin + period - 1) / period);
    long at = index - steps * period;
    return history.at(history.has(at) ? at : origin);
  }

  /** Sine and cosine for each step of a window, by rotation: only the first ones are computed. */
  private void fillPhase(long first, long period, int harmonic, float[] to, int at) {
    double step = 2 * Math.PI * harmonic / period;
    double sin = Math.sin(step * (first % period));
    double cos = Math.cos(step * (first % period));
    double sinStep = Math.sin(step);
    double cosStep = Math.cos(step);
    for (int k = 0; k < window; k++) {
      to[at + k * INPUTS] = (float) sin;
      to[at + k * INPUTS + 1] = (float) cos;
      double next = sin * cosStep + cos * sinStep;
      cos = cos * cosStep - sin * sinStep;
      sin = next;
    }
  }

  private double scale(History history, long origin) {
    double anchor = history.at(origin);
    double sum = 0;
    double squares = 0;
    for (int k = 0; k < lags; k++) {
      double apart = history.at(origin - k) - anchor;
      sum += apart;
      squares += apart * apart;
    }
    double variance = squares / lags - sum / lags * (sum / lags);
    return Math.max(Math.sqrt(Math.max(0, variance)), 0.1 * history.deviation());
  }

  private static float clip(double value) {
    return (float) Math.max(-MOST, Math.min(MOST, value));
  }
}
