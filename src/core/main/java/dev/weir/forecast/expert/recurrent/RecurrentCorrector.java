package dev.weir.forecast.expert.recurrent;

import dev.weir.forecast.expert.Corrector;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.Seeds;
import dev.weir.forecast.expert.SeriesDimensions;
import dev.weir.forecast.expert.seasonal.Naive;
import dev.weir.forecast.explanation.ForecastParts;
import dev.weir.forecast.explanation.ForecastParts.Kind;
import dev.weir.rnn.Linear;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TorchRandom;
import dev.weir.rnn.cell.Cell;
import dev.weir.rnn.cell.RnnConfig;
import dev.weir.rnn.training.Initialization;
import dev.weir.rnn.training.Loss;
import dev.weir.rnn.training.TrainableRnn;
import java.util.Arrays;

/**
 * A recurrent network that learns, while the series comes in, what the other experts' mean b leaves
 * over. Its state h is carried over the whole stream and never reset:
 *
 * <pre>
 * h[t] = cell(x[t], h[t-1]);   out_i = b_i + q_i clip(W_i h[t] + c_i, -3, 3)
 * </pre>
 *
 * q_i is the running mean |y - b_i|, x[t] are {@value #INPUTS} numbers on the series' own scale:
 * newest step, distance from running means, from a season and a week ago, phases, the last misses
 * of b and its next values. The head begins as zeros, so the first answer is b.
 *
 * <p>With covariates, standardized by {@link Covariates}, x[t] has them, too: those of the value,
 * and those known ahead of the next one. And what is known of step i's own time has a path of its
 * own, the same for all steps, which begins as zeros:
 *
 * <pre>
 * out_i = b_i + q_i clip(W_i h[t] + c_i + V' [ z_k[t+i], |z_k[t+i]| for each k known ahead ], -3, 3)
 * </pre>
 *
 * A target of the past is learned with the covariates as they were known when its value came.
 *
 * <p>For each value one step of Adam on two windows: the newest one, and one drawn from the recent
 * past. Loss at <b>all</b> steps of a window, which is honest only for a network that runs forward:
 * a backward half would have read the targets. Targets are those that have arrived. Forecasts use
 * averaged weights, with a carried state of their own.
 */
public final class RecurrentCorrector implements Corrector {

  private static final int INPUTS = 20;
  private static final int PATH_OF_COVARIATE = 2;
  private static final int PATIENCE = 26;
  private static final int EAGER = 200; // twice as many updates up to this age
  private static final int KEPT_ANYHOW = 200;
  private static final int WINDOWS = 2;
  private static final double MAX_INPUT = 5;
  private static final double MAX_TARGET = 8;
  private static final double MAX_OUTPUT = 3;
  private static final float DELTA = 0.5f;
  private static final double ADAM_RATE = 1e-3;
  private static final double SGD_RATE = 0.05;

  private final String name;
  private final RnnConfig config;
  private final int seqLen;
  private final int reach;
  private final int hidden;
  private final Covariates.Count covariates;
  private final int inputs; // numbers that the network reads of a value
  private final int path; // numbers that step i's own path reads
  private final TrainableRnn network;
  private final NetworkTraining training;
  private final WeightUpdater updates;
  private final CorrectorState state;
  private final RnnOutput result = new RnnOutput();
  private final float[] start; // the network's first weights, the same for all series

  // scratch
  private final float[] x; // (inputs)
  private final float[] input; // (windows, seq_len, inputs)
  private final float[] h0; // (1, windows, hidden_size)
  private final float[] dOut; // (windows, seq_len, hidden_size)
  private float[] paths; // (windows, seq_len, horizon, path), what the paths of all steps read
  private float[] prediction = new float[0]; // (windows, seq_len, horizon), as the next three
  private float[] target;
  private float[] dPrediction;
  private boolean[] arrived;
  private float[] gradient;
  private float[] answer; // (horizon)
  private double[] naive;

  private int horizon; // of the series that was bound last

  /**
   * @param seqLen values in a window of training
   * @param reach how far back the drawn window may end, unless the training says it; farther where
   *     rows are kept anyway for open forecasts
   * @param covariates what comes beside the values
   */
  public RecurrentCorrector(
      String name,
      Cell cell,
      int hiddenSize,
      int seqLen,
      int reach,
      NetworkTraining training,
      Covariates.Count covariates) {
    this.name = name;
    this.covariates = covariates;
    this.inputs = INPUTS + covariates.all() + covariates.ahead();
    this.path = PATH_OF_COVARIATE * covariates.ahead();
    this.config = new RnnConfig(cell, inputs, hiddenSize, 1, false, true);
    if (cell == Cell.LSTM) {
      throw new IllegalArgumentException("cell: expected one without c, got " + cell);
    }
    this.hidden = hiddenSize;
    this.seqLen = seqLen;
    this.reach = training.replayOr(reach);
    this.training = training;
    this.updates = new WeightUpdater(training, ADAM_RATE, SGD_RATE);
    this.state = new CorrectorState(inputs, hidden, this.reach, seqLen);
    this.network = new TrainableRnn(config);
    this.start = Initialization.recurrent(config, new TorchRandom(0));
    this.x = new float[inputs];
    this.input = new float[WINDOWS * seqLen * inputs];
    this.h0 = new float[WINDOWS * hiddenSize];
    this.dOut = new float[WINDOWS * seqLen * hiddenSize];
  }

  @Override
  public String name() {
    return name;
  }

  /** A few values lie within what all experts have; more must be kept for it. */
  @Override
  public int replay() {
    return reach + seqLen > KEPT_ANYHOW ? reach + seqLen : 0;
  }

  @Override
  public long skippedUpdates() {
    return updates.skipped();
  }

  @Override
  public int doubles(SeriesDimensions shape) {
    return CorrectorState.doubles(shape.horizon());
  }

  @Override
  public int floats(SeriesDimensions shape) {
    return state.floats(shape.horizon(), updates.floats(count(shape.horizon())));
  }

  /** Weights of the network, its head and the path. */
  private int count(int horizon) {
    return firstOfPath(horizon) + path;
  }

  private int firstOfPath(int horizon) {
    return config.parameterCount() + horizon * (hidden + 1);
  }

  private void bind(SeriesDimensions shape, ExpertState learned) {
    horizon = shape.horizon();
    int count = count(horizon);
    state.bind(horizon, learned, count, updates.floats(count));
    if (prediction.length != WINDOWS * seqLen * horizon) {
      paths = new float[WINDOWS * seqLen * horizon * path];
      prediction = new float[WINDOWS * seqLen * horizon];
      target = new float[prediction.length];
      dPrediction = new float[prediction.length];
      arrived = new boolean[prediction.length];
      gradient = new float[count];
      answer = new float[horizon];
      naive = new double[horizon];
    }
  }

  @Override
  public void reset(SeriesDimensions shape, ExpertState learned) {
    bind(shape, learned);
    updates.reset(start, state.weights(), count(horizon));
  }

  @Override
  public void observe(History history, ExpertState learned) {
    bind(history.shape(), learned);
    double value = history.newest();
    double weight = Math.max(0.05, 1.0 / history.age());
    double before = value - state.mean();
    state.mean(state.mean() + weight * before);
    double variance = state.variance();
    state.variance(variance + weight * (before * (value - state.mean()) - variance));
    learnSizes(history, value);
    if (path > 0) { // targets that have just come are learned with them
      keepCovariates(history);
    }
    if (history.age() >= PATIENCE + seqLen && training.isDue(history.t(), history.age())) {
      int steps = (history.age() < EAGER ? 2 : 1) * training.steps();
      for (int step = 0; step < steps; step++) {
        learn(history, 2 * training.steps() * history.t() + step);
      }
    }
  }

  private void learnSizes(History history, double value) {
    long t = history.t();
    double least = 0.02 * fastDeviation(history); // after a lull it must not grow from nothing
    for (int i = 1; i <= horizon && i < history.age(); i++) {
      double mean = history.at(t - i) + state.means(t - i).get(i - 1);
      double size = Math.abs(value - mean);
      double usual = state.size(i);
      double bounded = Math.min(size, 5 * Math.max(usual, least));
      state.size(i, usual == 0 ? size : usual + 0.01 * (bounded - usual));
    }
  }

  /** Unit of the errors of step i, from 1; at least a fiftieth of the values' fast deviation. */
  private double unit(int i, double fast) {
    return Math.max(state.size(i), 0.02 * fast);
  }

  private double fastDeviation(History history) {
    double variance = Math.max(0, state.variance());
    return Math.max(Math.sqrt(variance), 0.1 * history.deviation());
  }

  private void learn(History history, long draw) {
    double fast = fastDeviation(history);
    if (!history.isUsable(fast)) {
      return;
    }
    long t = history.t();
    long room = Math.min(state.reach(), history.age() - 1 - seqLen);
    long drawn = t - 1 - Long.remainderUnsigned(Seeds.number(history.seed() + draw), room + 1);
    fill(history, 0, t - seqLen, fast);
    fill(history, 1, drawn - seqLen + 1, fast);
    FloatSlice weights = state.weights();
    network.load(weights.array(), weights.from());
    network.forward(input, WINDOWS, seqLen, true, h0, null, result);
    int steps = WINDOWS * seqLen;
    for (int k = 0; k < steps; k++) {
      answer(weights, result.out(), k * hidden, prediction, k * horizon);
    }
    if (path > 0) {
      for (int k = 0; k < steps * horizon; k++) {
        prediction[k] += ofPath(weights, k * path);
      }
    }
    double loss =
        Loss.pseudoHuber(DELTA, prediction, target, arrived, steps * horizon, dPrediction);
    Arrays.fill(gradient, 0f);
    Arrays.fill(dOut, 0f);
    int head = config.parameterCount();
    for (int k = 0; k < steps; k++) {
      Linear.backward(
          weights.array(),
          weights.from() + head,
          hidden,
          horizon,
          result.out(),
          k * hidden,
          dPrediction,
          k * horizon,
          gradient,
          head,
          gradient,
          head + horizon * hidden,
          dOut,
          k * hidden);
    }
    network.backward(dOut, null, null, gradient, 0, null, null, null);
    if (path > 0) {
      int first = firstOfPath(horizon);
      for (int k = 0; k < steps * horizon; k++) {
        for (int j = 0; j < path; j++) {
          gradient[first + j] += dPrediction[k] * paths[k * path + j];
        }
      }
    }
    updates.step(loss, gradient, weights, gradient.length);
  }

  /** The head's answer to h, which lies at {@code from}. */
  private void answer(FloatSlice weights, float[] h, int from, float[] to, int at) {
    float[] floats = weights.array();
    int weight = weights.from() + config.parameterCount();
    int bias = weight + horizon * hidden;
    Linear.forward(floats, weight, floats, bias, hidden, horizon, h, from, to, at);
  }

  /** What the path adds to the head's answer, from what it reads at {@code from}. */
  private float ofPath(FloatSlice weights, int from) {
    float[] floats = weights.array();
    int first = weights.from() + firstOfPath(horizon);
    float sum = 0;
    for (int j = 0; j < path; j++) {
      sum += floats[first + j] * paths[from + j];
    }
    return sum;
  }

  /** One window, from the state that was carried to it, and those of its targets that are known. */
  private void fill(History history, int window, long first, double fast) {
    long t = history.t();
    FloatSlice before = state.before(first);
    System.arraycopy(before.array(), before.from(), h0, window * hidden, hidden);
    for (int k = 0; k < seqLen; k++) {
      long u = first + k;
      FloatSlice read = state.read(u);
      FloatSlice means = state.means(u);
      int step = window * seqLen + k;
      System.arraycopy(read.array(), read.from(), input, step * inputs, inputs);
      double anchor = history.at(u);
      for (int i = 1; i <= horizon; i++) {
        int at = step * horizon + i - 1;
        arrived[at] = u + i <= t;
        if (arrived[at]) {
          double left = history.at(u + i) - anchor - means.get(i - 1);
          target[at] = (float) clip(left / unit(i, fast), MAX_TARGET);
          if (path > 0) {
            fillPath(at * path, state.read(u + i));
          }
        }
      }
    }
  }

  /** From the row of a value that has come. */
  private void fillPath(int at, FloatSlice read) {
    for (int k = 0; k < covariates.ahead(); k++) {
      setPath(at, k, read.get(INPUTS + covariates.observed() + k));
    }
  }

  private void setPath(int at, int k, float z) {
    paths[at + PATH_OF_COVARIATE * k] = z;
    paths[at + PATH_OF_COVARIATE * k + 1] = Math.abs(z);
  }

  /** Alone, it corrects {@link Naive}. */
  @Override
  public void forecast(History history, ExpertState learned, double[] out) {
    bind(history.shape(), learned);
    Arrays.fill(naive, history.newest());
    correct(history, learned, naive, out);
  }

  @Override
  public void correct(History history, ExpertState learned, double[] mean, double[] out) {
    bind(history.shape(), learned);
    double fast = fastDeviation(history);
    boolean usable = history.isUsable(fast);
    fillInputs(history, mean, usable ? fast : Double.POSITIVE_INFINITY);
    keep(history, mean);
    step(state.weights(), state.carried());
    step(state.averaged(), state.averagedCarried());
    FloatSlice h = state.averagedCarried();
    answer(state.averaged(), h.array(), h.from(), answer, 0);
    if (path > 0) {
      addPaths(history);
    }
    for (int i = 1; i <= horizon; i++) {
      double correction = usable ? unit(i, fast) * clip(answer[i - 1], MAX_OUTPUT) : 0;
      out[i - 1] = mean[i - 1] + correction;
    }
  }

  /** Adds to the newest answer what is known of the time of each step. */
  private void addPaths(History history) {
    long t = history.t();
    for (int i = 1; i <= horizon; i++) {
      for (int k = 0; k < covariates.ahead(); k++) {
        int number = covariates.observed() + k;
        setPath(0, k, (float) history.covariates().standardized(number, t, t + i));
      }
      answer[i - 1] += ofPath(state.averaged(), 0);
    }
  }

  /** The part of the newest value's row that says what its covariates are. */
  private void keepCovariates(History history) {
    long t = history.t();
    FloatSlice read = state.read(t);
    for (int k = 0; k < covariates.all(); k++) {
      read.set(INPUTS + k, (float) history.covariates().standardized(k, t, t));
    }
  }

  /** Writes the newest value's row, for the windows that it will be part of. */
  private void keep(History history, double[] mean) {
    long t = history.t();
    FloatSlice carried = state.carried();
    FloatSlice read = state.read(t);
    System.arraycopy(x, 0, read.array(), read.from(), inputs);
    FloatSlice before = state.before(t);
    System.arraycopy(carried.array(), carried.from(), before.array(), before.from(), hidden);
    FloatSlice means = state.means(t);
    for (int i = 0; i < horizon; i++) {
      means.set(i, (float) (mean[i] - history.newest()));
    }
  }

  /** Carries a state over the newest value. */
  private void step(FloatSlice weights, FloatSlice h) {
    network.step(weights.array(), weights.from(), x, 0, h.array(), h.from(), null, 0);
  }

  private void fillInputs(History history, double[] mean, double unit) {
    Arrays.fill(x, 0f);
    long t = history.t();
    double value = history.newest();
    int season = history.season();
    int far = season > 1 ? Math.min(horizon, season) : horizon;
    int middle = (far + 1) / 2;
    set(0, history.has(t - 1) ? value - history.at(t - 1) : 0, unit);
    set(1, value - state.mean(), unit);
    double slow = history.deviation();
    if (history.isUsable(slow)) {
      set(2, value - history.mean(), slow);
      x[3] = unit < 1e300 ? (float) clip(Math.log(unit / slow), MAX_INPUT) : 0;
    }
    if (season > 1) {
      set(4, history.lag(1, season) - value, unit);
      set(5, history.lag(far, season) - value, unit);
      int week = history.shape().week();
      int period = week > 1 ? week : season;
      set(6, history.lag(1, period) - value, unit);
      set(7, history.lag(far, period) - value, unit);
      set(8, history.lag(middle, period) - value, unit);
      double day = 2 * Math.PI * (t % season) / season;
      x[9] = (float) Math.sin(day);
      x[10] = (float) Math.cos(day);
      if (week > 1) {
        double angle = 2 * Math.PI * (t % week) / week;
        float sin = (float) Math.sin(angle);
        float cos = (float) Math.cos(angle);
        x[11] = sin;
        x[12] = cos;
        x[13] = 2 * sin * cos;
        x[14] = cos * cos - sin * sin;
      }
    }
    set(15, miss(history, 1), unit);
    set(16, miss(history, far), unit);
    set(17, mean[0] - value, unit);
    set(18, mean[far - 1] - value, unit);
    set(19, mean[Math.min(middle, horizon - 1)] - value, unit);
    for (int k = 0; k < covariates.all(); k++) {
      x[INPUTS + k] = (float) history.covariates().standardized(k, t, t);
    }
    for (int k = 0; k < covariates.ahead(); k++) {
      int number = covariates.observed() + k;
      x[INPUTS + covariates.all() + k] =
          (float) history.covariates().standardized(number, t, t + 1);
    }
  }

  private void set(int k, double difference, double unit) {
    x[k] = (float) clip(difference / unit, MAX_INPUT);
  }

  /** How far the value was from what b had said i steps before. */
  private double miss(History history, int i) {
    long origin = history.t() - i;
    if (origin < history.start()) {
      return 0;
    }
    double mean = history.at(origin) + state.means(origin).get(i - 1);
    return history.newest() - mean;
  }

  private static double clip(double value, double most) {
    return Math.max(-most, Math.min(most, value));
  }

  /** The correction; what it corrects was added before. */
  @Override
  public void explain(History history, ExpertState learned, ForecastParts parts) {
    parts.addRest(Kind.NETWORKS);
  }
}
