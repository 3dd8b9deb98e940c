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
 * A bidirectional network over the newest window, learning while the series comes in. Many-to-one:
 * the final states of both directions, through a linear head, are the next {@code horizon} values,
 * and beside it a linear path straight from the values:
 *
 * <pre>
 * yhat[o+i] = a + s (W_i [h_forward, h_backward] + c_i + V_i phi),   a = y[o],
 * s = max(deviation of the window, .1 of the slow one)
 * </pre>
 *
 * Head and path begin as zeros: the first answer is {@link Naive}. For each value one step of Adam
 * on the newest window whose targets are all known and some drawn ones.
 *
 * <p>Why never many-to-many: at step j the backward state has read y[j+1], the target. Trained on
 * that, the network learns to copy and is worth nothing at the end of the window, where it counts.
 */
public final class WindowedNetwork implements Expert {

  private static final int INPUTS = 9;
  private static final double MOST = 8; // of inputs and targets
  private static final float DELTA = 0.5f;
  private static final double AVERAGING = 0.99;

  private final String name;
  private final RnnConfig config;
  private final int window;
  private final int batch;
  private final int reach;
  private final int width; // of both final states
  private final TrainableRnn network;
  private final Adam adam = new Adam(1e-3, Adam.BETA1, Adam.BETA2, Adam.EPSILON, 0, 1);
  private final RnnOutput trained = new RnnOutput();
  private final RnnOutput asked = new RnnOutput();
  private final float[] start; // first weights, the same for all series

  // scratch
  private final float[] inputs; // (batch, window, inputs)
  private final float[] input; // (1, window, inputs)
  private final float[] dHN; // (2, batch, hidden_size)
  private final float[] states; // (2 hidden_size)
  private final float[] dStates; // (2 hidden_size)
  private float[] phis = new float[0]; // (batch, path)
  private float[] predictions; // (batch, horizon), as the next two
  private float[] targets;
  private float[] dPredictions;
  private float[] skips; // (horizon)
  private float[] gradient;

  // sizes for the horizon and season at hand
  private int horizon;
  private int path; // length of phi
  private int head; // place of W, c and V among the weights
  private int count; // of weights

  /**
   * @param window values in a window
   * @param batch windows in an update, the newest and drawn ones
   * @param reach how far back a drawn one may end
   */
  public WindowedNetwork(String name, Cell cell, int hiddenSize, int window, int batch, int reach) {
    this.name = name;
    this.config = new RnnConfig(cell, INPUTS, hiddenSize, 1, true, true);
    this.window = window;
    this.batch = batch;
    this.reach = reach;
    this.width = 2 * hiddenSize;
    this.network = new TrainableRnn(config);
    this.start = Initialisation.recurrent(config, new TorchGenerator(0));
    this.inputs = new float[batch * window * INPUTS];
    this.input = new float[window * INPUTS];
    this.dHN = new float[batch * width];
    this.states = new float[width];
    this.dStates = new float[width];
  }

  @Override
  public String name() {
    return name;
  }

  private void look(Shape shape) {
    horizon = shape.horizon();
    path = window + (shape.season() > 1 ? 1 + horizon : 0);
    head = config.parameterCount();
    count = head + horizon * (width + 1 + path);
    int longest = window + 1 + horizon; // with a season; series with and without one take turns
    if (phis.length < batch * longest) {
      phis = new float[batch * longest];
      predictions = new float[batch * horizon];
      targets = new float[batch * horizon];
      dPredictions = new float[batch * horizon];
      skips = new float[horizon];
      gradient = new float[head + horizon * (width + 1 + longest)];
    }
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
    for (int k = 0; k < batch; k++) {
      long drawn = history.t() * batch + k;
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
    learn(memory.floats, memory.f);
  }

  /** The first origin whose window, and whose values of two seasons ago, are still kept. */
  private long oldest(History history) {
    int season = history.season() > 1 ? 2 * history.season() : 0;
    int needed = Math.max(window - 1, season);
    return history.oldest() + needed;
  }

  private void learn(float[] floats, int weights) {
    network.load(floats, weights);
    network.forward(inputs, batch, window, true, null, null, trained);
    for (int k = 0; k < batch; k++) {
      answer(floats, weights, trained, k, batch, k * path, predictions, k * horizon);
    }
    double loss =
        Loss.pseudoHuber(DELTA, predictions, targets, null, batch * horizon, dPredictions);
    Arrays.fill(gradient, 0f);
    int bias = head + horizon * width;
    int hidden = width / 2;
    for (int k = 0; k < batch; k++) {
      read(trained, k, batch);
      Arrays.fill(dStates, 0f);
      Linear.backward(
          floats,
          weights + head,
          width,
          horizon,
          states,
          0,
          dPredictions,
          k * horizon,
          gradient,
          head,
          gradient,
          bias,
          dStates,
          0);
      Linear.backward(
          floats,
          weights + bias + horizon,
          path,
          horizon,
          phis,
          k * path,
          dPredictions,
          k * horizon,
          gradient,
          bias + horizon,
          null,
          0,
          null,
          0);
      System.arraycopy(dStates, 0, dHN, k * hidden, hidden);
      System.arraycopy(dStates, hidden, dHN, (batch + k) * hidden, hidden);
    }
    network.backward(null, dHN, null, gradient, 0, null, null, null);
    int optimizer = weights + 2 * count;
    adam.step(loss, gradient, 0, floats, weights, floats, optimizer, count);
    double updates = floats[optimizer + 2 * count];
    double decay = Math.min(AVERAGING, (1 + updates) / (10 + updates));
    WeightAverage.update(floats, weights + count, floats, weights, count, decay);
  }

  /** Both directions' final states of one window, side by side. */
  private void read(RnnOutput result, int k, int windows) {
    int hidden = width / 2;
    System.arraycopy(result.hN(), k * hidden, states, 0, hidden);
    System.arraycopy(result.hN(), (windows + k) * hidden, states, hidden, hidden);
  }

  private void answer(
      float[] floats,
      int weights,
      RnnOutput result,
      int k,
      int windows,
      int phi,
      float[] to,
      int at) {
    read(result, k, windows);
    int bias = weights + head + horizon * width;
    Linear.forward(floats, weights + head, floats, bias, width, horizon, states, 0, to, at);
    Linear.forward(floats, bias + horizon, null, 0, path, horizon, phis, phi, skips, 0);
    for (int i = 0; i < horizon; i++) {
      to[at + i] += skips[i];
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
    answer(memory.floats, memory.f + count, asked, 0, 1, 0, predictions, 0);
    for (int i = 0; i < horizon; i++) {
      out[i] = history.clamp(anchor + scale * predictions[i]);
    }
  }

  /** Inputs and linear path of the window that ends at an origin; returns its scale. */
  private double fill(History history, long origin, float[] to, int at, int phi) {
    double anchor = history.at(origin);
    double scale = scale(history, origin);
    int season = history.season();
    int far = Math.min(horizon, season);
    for (int k = 0; k < window; k++) {
      long u = origin - window + 1 + k;
      int x = at + k * INPUTS;
      Arrays.fill(to, x, x + INPUTS, 0f);
      to[x] = clip((history.at(u) - anchor) / scale);
      if (season > 1) {
        to[x + 1] = clip((before(history, origin, u + far, season) - anchor) / scale);
        to[x + 2] = clip((before(history, origin, u + 1, season) - anchor) / scale);
        phase(to, x + 3, (double) (u % season) / season);
        phase(to, x + 5, (double) (u % (7L * season)) / (7L * season));
        phase(to, x + 7, 2.0 * (u % (7L * season)) / (7L * season));
      }
      phis[phi + k] = to[x];
    }
    phis[phi + window - 1] =
        1; // the newest value is 0 here by its anchor: its place is the constant
    if (season > 1) {
      phis[phi + window] = clip((history.at(origin - season) - anchor) / scale);
      for (int i = 1; i <= horizon; i++) {
        phis[phi + window + i] =
            clip((before(history, origin, origin + i, season) - anchor) / scale);
      }
    }
    return scale;
  }

  /** The last value at the phase of an index that was known at the origin. */
  private static double before(History history, long origin, long index, int season) {
    long steps = Math.max(1, (index - origin + season - 1) / season);
    long at = index - steps * season;
    return history.at(history.has(at) ? at : origin);
  }

  private static void phase(float[] to, int at, double turns) {
    to[at] = (float) Math.sin(2 * Math.PI * turns);
    to[at + 1] = (float) Math.cos(2 * Math.PI * turns);
  }

  private double scale(History history, long origin) {
    double anchor = history.at(origin);
    double sum = 0;
    double squares = 0;
    for (int k = 0; k < window; k++) {
      double apart = history.at(origin - k) - anchor;
      sum += apart;
      squares += apart * apart;
    }
    double variance = squares / window - sum / window * (sum / window);
    return Math.max(Math.sqrt(Math.max(0, variance)), 0.1 * history.deviation());
  }

  private static float clip(double value) {
    return (float) Math.max(-MOST, Math.min(MOST, value));
  }
}
