package dev.weir.forecast.expert;

import dev.weir.forecast.expert.ForecastParts.Kind;
import dev.weir.forecast.expert.NetworkTraining.LossSteps;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.Linear;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TorchRandom;
import dev.weir.rnn.TrainableRnn;
import java.util.Arrays;

/**
 * A network over the newest window, both ways unless told otherwise, learning while the series
 * comes in, and beside it a linear path straight from the values:
 *
 * <pre>
 * yhat[o+i] = a + s (W_i [h_forward, h_backward] + c_i + V_i phi),   a = y[o],
 * s = max(deviation of the lags, .1 of the slow one),
 * phi = lags, and the values of a season and of a week before the origin and before each target
 * </pre>
 *
 * Many-to-one: h are the final states of both directions. Many-to-many: h are their states at step
 * i of a window that is as long as the horizon, and W and c are the same for all steps. Either way
 * the targets come after the window, and none is learned from before it has come: at step j the
 * backward state has read y[j+1]. Trained on that, the network learns to copy and is worth nothing
 * at the end of the window, where it counts. Only a network of one direction may be trained at all
 * steps, many-to-one: then h at step u, with the phi of that step, answers for u + i, as far as
 * that has come, and {@link WindowInputs#fillSteps} sees to it that no step knows of a later value.
 *
 * <p>Head and path begin as zeros: the first answer is {@link Naive}. Unless {@link
 * NetworkTraining} says otherwise, for each value one step of Adam, two for the first max(200,
 * three seasons), on the newest window whose targets are all known and some drawn ones, which
 * {@link #replay()} keeps.
 *
 * <p>Measured on 23 series, processor time on one shared core and bytes for each series beyond
 * those of {@link Naive}, {@code birnn}: 110 us and 20 KB for a horizon of 2, 140 us and 61 KB (42
 * KB without a season) for 24, nearly all of it four numbers for each weight. When a season is
 * found late, the whole tail is learned again at this price: about .2 s for 1,200 values.
 *
 * <p>Known gaps: a short series with many steps ahead has more weights of the linear path than it
 * can tell apart; over 750 values it may be worse than {@link Naive} at 24 steps. The first week of
 * weekly lags are those of the origin, which the network has to tell from true ones.
 */
final class WindowedNetwork implements Expert {

  private static final int INPUTS = WindowInputs.INPUTS;
  private static final int HIDDEN = 16; // of each direction
  private static final float DELTA = 0.1f;
  private static final double ADAM_RATE = 2e-3;
  private static final double SGD_RATE = 0.05;

  /** Updates for each of the first values. */
  private static final int UPDATES_AT_FIRST = 2;

  private final String name;
  private final boolean manyToMany;
  private final RnnConfig config;
  private final int lags;
  private final int batch;
  private final int reach;
  private final int width; // of all directions' states
  private final NetworkTraining training;
  private final WeightUpdater updates;
  private final boolean allSteps;
  private final TrainableRnn network;
  private final RnnOutput trained = new RnnOutput();
  private final RnnOutput asked = new RnnOutput();
  private final float[] start; // first weights, the same for all series

  // scratch
  private final FloatSlice averaged = new FloatSlice();
  private float[] inputs; // (batch, window, inputs)
  private float[] input; // (1, window, inputs)
  private WindowInputs reader;
  private float[] dOut; // (batch, window, width), unless only the final states are read
  private final float[] dHN; // (directions, batch, hidden_size), where they are
  private final float[] states; // (width)
  private final float[] dStates; // (width)
  private float[] phis; // (batch, origins, path); origins: window where all steps answer, else 1
  private float[] predictions; // (batch, origins, horizon), as the next three
  private float[] targets;
  private boolean[] arrived; // null when all targets have
  private float[] dPredictions;
  private float[] skips; // (horizon)
  private float[] gradient;

  // sizes for the current horizon and season
  private int horizon;
  private int window;
  private int origins; // of each window
  private int path; // length of phi
  private int head; // place of W among the weights
  private int bias; // place of c
  private int skip; // place of V
  private int count; // of weights

  /**
   * @param lags values that the linear path and the scale reach back, and the window of a network
   *     that is many-to-one; that of one that is many-to-many is as long as the horizon
   * @param batch windows in an update, the newest and drawn ones
   * @param reach how far back a drawn one may end, unless the training says it
   */
  public WindowedNetwork(
      String name, boolean manyToMany, int lags, int batch, int reach, NetworkTraining training) {
    this.name = name;
    this.manyToMany = manyToMany;
    this.config = new RnnConfig(Cell.RNN_TANH, INPUTS, HIDDEN, 1, training.bidirectional(), true);
    this.lags = lags;
    this.batch = batch;
    this.reach = training.replayOr(reach);
    this.width = config.outputSize();
    this.training = training;
    this.updates = new WeightUpdater(training, ADAM_RATE, SGD_RATE);
    // many-to-many, each step answers for what follows the window in any case
    this.allSteps = training.lossSteps() == LossSteps.ALL_STEPS && !manyToMany;
    this.network = new TrainableRnn(config);
    this.start = Initialization.recurrent(config, new TorchRandom(0));
    this.dHN = new float[batch * width];
    this.states = new float[width];
    this.dStates = new float[width];
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long skippedUpdates() {
    return updates.skipped();
  }

  @Override
  public int replay() {
    return reach;
  }

  private void resize(SeriesDimensions shape) {
    horizon = shape.horizon();
    window = manyToMany ? horizon : lags;
    origins = allSteps ? window : 1;
    path = WindowInputs.path(shape, lags);
    head = config.parameterCount();
    int rows = manyToMany ? 1 : horizon; // of the head
    bias = head + rows * width;
    skip = bias + rows;
    count = skip + horizon * path;
    int answers = batch * origins * horizon;
    if (predictions == null || predictions.length != answers) {
      int most = WindowInputs.longestPath(horizon, lags); // with and without a season take turns
      reader = new WindowInputs(window, lags);
      inputs = new float[batch * window * INPUTS];
      input = new float[window * INPUTS];
      dOut = new float[manyToMany || allSteps ? batch * window * width : 0];
      phis = new float[batch * origins * most];
      predictions = new float[answers];
      targets = new float[answers];
      arrived = allSteps ? new boolean[answers] : null;
      dPredictions = new float[answers];
      skips = new float[horizon];
      gradient = new float[skip + horizon * most];
    }
  }

  /** Weights, their average, Adam's state. */
  @Override
  public int floats(SeriesDimensions shape) {
    resize(shape);
    return updates.floats(count);
  }

  @Override
  public void reset(SeriesDimensions shape, ExpertState state) {
    resize(shape);
    updates.reset(start, state.floats(), count);
  }

  @Override
  public void observe(History history, ExpertState state) {
    resize(history.shape());
    long newest = history.t() - (allSteps ? 1 : horizon);
    long oldest = Math.max(reader.oldest(history, allSteps), newest - reach + 1);
    if (newest < oldest
        || !training.isDue(history.t(), history.age())
        || !history.isUsable(history.deviation())) {
      return;
    }
    int young = history.age() <= warmUp(history.season()) ? UPDATES_AT_FIRST : 1;
    int most = UPDATES_AT_FIRST * training.steps();
    for (int update = 0; update < young * training.steps(); update++) {
      draw(history, oldest, newest, most * history.t() + update);
      learn(state.floats());
    }
  }

  private static long warmUp(int season) {
    return Math.max(200, 3L * season);
  }

  /** A batch of the newest window and of others before it. */
  private void draw(History history, long oldest, long newest, long number) {
    for (int k = 0; k < batch; k++) {
      long drawn = number * batch + k;
      long origin =
          k == 0
              ? newest
              : newest
                  - Long.remainderUnsigned(
                      Seeds.number(history.seed() + drawn), newest - oldest + 1);
      int at = k * window * INPUTS;
      int phi = k * origins * path;
      double scale =
          allSteps
              ? reader.fillSteps(history, origin, inputs, at, phis, phi, false)
              : reader.fill(history, origin, inputs, at, phis, phi);
      for (int step = 0; step < origins; step++) {
        fillTargets(history, origin - origins + 1 + step, scale, (k * origins + step) * horizon);
      }
    }
  }

  private void fillTargets(History history, long origin, double scale, int to) {
    for (int i = 1; i <= horizon; i++) {
      boolean known = !allSteps || origin + i <= history.t();
      if (allSteps) {
        arrived[to + i - 1] = known;
      }
      if (known) {
        double target = (history.at(origin + i) - history.at(origin)) / scale;
        targets[to + i - 1] = WindowInputs.clip(target);
      }
    }
  }

  private void learn(FloatSlice weights) {
    network.load(weights.array(), weights.from());
    network.forward(inputs, batch, window, true, null, null, trained);
    for (int k = 0; k < batch; k++) {
      answer(weights, trained, k, batch);
    }
    int answers = batch * origins * horizon;
    double loss = Loss.pseudoHuber(DELTA, predictions, targets, arrived, answers, dPredictions);
    Arrays.fill(gradient, 0f);
    if (manyToMany) {
      backwardFromSteps(weights, 1);
    } else if (allSteps) {
      backwardFromSteps(weights, horizon);
    } else {
      backwardFromStates(weights);
    }
    backwardPath(weights);
    updates.step(loss, gradient, weights, count);
  }

  private void backwardPath(FloatSlice weights) {
    for (int k = 0; k < batch * origins; k++) {
      Linear.backward(
          weights.array(),
          weights.from() + skip,
          path,
          horizon,
          phis,
          k * path,
          dPredictions,
          k * horizon,
          gradient,
          skip,
          null,
          0,
          null,
          0);
    }
  }

  private void backwardFromStates(FloatSlice weights) {
    int hidden = config.hiddenSize();
    for (int k = 0; k < batch; k++) {
      read(trained, k, batch);
      Arrays.fill(dStates, 0f);
      backwardHead(weights, horizon, k, states, dStates, 0);
      for (int direction = 0; direction < config.numDirections(); direction++) {
        int to = (direction * batch + k) * hidden;
        System.arraycopy(dStates, direction * hidden, dHN, to, hidden);
      }
    }
    network.backward(null, dHN, null, gradient, 0, null, null, null);
  }

  /**
   * @param rows of the head, each giving one prediction at each step
   */
  private void backwardFromSteps(FloatSlice weights, int rows) {
    Arrays.fill(dOut, 0f);
    for (int step = 0; step < batch * window; step++) {
      backwardHead(weights, rows, step, trained.out(), dOut, step * width);
    }
    network.backward(dOut, null, null, gradient, 0, null, null, null);
  }

  /**
   * From the k-th group of predictions, as many as the head has rows.
   *
   * @param x what the head read, from {@code at} on, as its gradients in {@code dX}
   */
  private void backwardHead(FloatSlice weights, int rows, int k, float[] x, float[] dX, int at) {
    Linear.backward(
        weights.array(),
        weights.from() + head,
        width,
        rows,
        x,
        at,
        dPredictions,
        k * rows,
        gradient,
        head,
        gradient,
        bias,
        dX,
        at);
  }

  /** The final states of all directions of one window, side by side. */
  private void read(RnnOutput result, int k, int windows) {
    int hidden = config.hiddenSize();
    for (int direction = 0; direction < config.numDirections(); direction++) {
      int from = (direction * windows + k) * hidden;
      System.arraycopy(result.hN(), from, states, direction * hidden, hidden);
    }
  }

  private void answer(FloatSlice weights, RnnOutput result, int k, int windows) {
    if (manyToMany) {
      for (int i = 0; i < horizon; i++) {
        int step = k * horizon + i; // its window is as long as the horizon
        answerFrom(weights, 1, result.out(), step * width, step);
      }
    } else if (allSteps) {
      for (int step = k * window; step < (k + 1) * window; step++) {
        answerFrom(weights, horizon, result.out(), step * width, step * horizon);
      }
    } else {
      read(result, k, windows);
      answerFrom(weights, horizon, states, 0, k * horizon);
    }
    for (int origin = k * origins; origin < (k + 1) * origins; origin++) {
      addPath(weights, origin);
    }
  }

  /** The head's answer to the states from {@code at} on. */
  private void answerFrom(FloatSlice weights, int rows, float[] from, int at, int to) {
    float[] floats = weights.array();
    int w = weights.from() + head;
    int c = weights.from() + bias;
    Linear.forward(floats, w, floats, c, width, rows, from, at, predictions, to);
  }

  private void addPath(FloatSlice weights, int origin) {
    float[] floats = weights.array();
    int v = weights.from() + skip;
    Linear.forward(floats, v, null, 0, path, horizon, phis, origin * path, skips, 0);
    for (int i = 0; i < horizon; i++) {
      predictions[origin * horizon + i] += skips[i];
    }
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    resize(history.shape());
    double anchor = history.newest();
    long t = history.t();
    if (t < reader.oldest(history, allSteps) || !history.isUsable(history.deviation())) {
      Arrays.fill(out, anchor);
      return;
    }
    averaged.in(state.floats(), count);
    network.load(averaged.array(), averaged.from());
    double scale;
    if (allSteps) {
      scale = reader.fillSteps(history, t, input, 0, phis, 0, true);
      network.forward(input, 1, window, true, null, null, asked);
      answerFrom(averaged, horizon, asked.out(), (window - 1) * width, 0);
      addPath(averaged, 0);
    } else {
      scale = reader.fill(history, t, input, 0, phis, 0);
      network.forward(input, 1, window, true, null, null, asked);
      answer(averaged, asked, 0, 1);
    }
    for (int i = 0; i < horizon; i++) {
      out[i] = history.clamp(anchor + scale * predictions[i]);
    }
  }

  @Override
  public void explain(History history, ExpertState state, ForecastParts parts) {
    parts.addRest(parts.made() == history.newest() ? Kind.RECENT : Kind.NETWORKS);
  }
}
