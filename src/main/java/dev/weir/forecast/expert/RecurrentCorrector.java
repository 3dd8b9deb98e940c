package dev.weir.forecast.expert;

import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialisation;
import dev.weir.rnn.Linear;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TorchGenerator;
import dev.weir.rnn.TrainableRnn;
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
 * <p>For each value one step of Adam on two windows: the newest one, and one drawn from the recent
 * past. Loss at <b>all</b> steps of a window, which is honest only for a network that runs forward:
 * a backward half would have read the targets. Targets are those that have arrived. Forecasts use
 * averaged weights, with a carried state of their own.
 */
public final class RecurrentCorrector implements Corrector {

  private static final int INPUTS = 20;
  private static final int PATIENCE = 26;
  private static final int EAGER = 200; // twice as many updates up to this age
  private static final int KEPT_ANYHOW = 200;
  private static final int WINDOWS = 2;
  private static final double MOST_INPUT = 5;
  private static final double MOST_TARGET = 8;
  private static final double MOST_OUTPUT = 3;
  private static final float DELTA = 0.5f;
  private static final double ADAM_RATE = 1e-3;
  private static final double SGD_RATE = 0.05;

  private static final int MEAN = 0; // doubles: fast running mean and variance of the values
  private static final int VARIANCE = 1;
  private static final int SIZES = 2; // q for each step

  private final String name;
  private final RnnConfig config;
  private final int seqLen;
  private final int reach;
  private final int hidden;
  private final TrainableRnn network;
  private final NetworkTraining training;
  private final Updates updates;
  private final RnnOutput result = new RnnOutput();
  private final float[] start; // the network's first weights, the same for all series

  // scratch
  private final float[] x = new float[INPUTS];
  private final float[] input; // (windows, seq_len, inputs)
  private final float[] h0; // (1, windows, hidden_size)
  private final float[] dOut; // (windows, seq_len, hidden_size)
  private float[] prediction = new float[0]; // (windows, seq_len, horizon), as the next three
  private float[] target;
  private float[] dPrediction;
  private boolean[] arrived;
  private float[] gradient;
  private float[] answer; // (horizon)
  private double[] naive;

  // places in the slice, for the horizon at hand
  private int horizon;
  private int weights;
  private int averaged;
  private int state;
  private int averagedState;
  private int rows;

  /**
   * @param seqLen values in a window of training
   * @param reach how far back the drawn window may end, unless the training says it; farther where
   *     rows are kept anyway for open forecasts
   */
  public RecurrentCorrector(
      String name, Cell cell, int hiddenSize, int seqLen, int reach, NetworkTraining training) {
    this.name = name;
    this.config = new RnnConfig(cell, INPUTS, hiddenSize, 1, false, true);
    if (cell == Cell.LSTM) {
      throw new IllegalArgumentException("cell: expected one without c, got " + cell);
    }
    this.hidden = hiddenSize;
    this.seqLen = seqLen;
    this.reach = training.replayOr(reach);
    this.training = training;
    this.updates = new Updates(training, ADAM_RATE, SGD_RATE);
    this.network = new TrainableRnn(config);
    this.start = Initialisation.recurrent(config, new TorchGenerator(0));
    this.input = new float[WINDOWS * seqLen * INPUTS];
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
  public int doubles(Shape shape) {
    return SIZES + shape.horizon();
  }

  /** Weights, their average, Adam's state, two carried states, and a row for each recent value. */
  @Override
  public int floats(Shape shape) {
    int count = count(shape.horizon());
    return updates.floats(count) + 2 * hidden + kept(shape.horizon()) * row(shape.horizon());
  }

  private int count(int horizon) {
    return config.parameterCount() + horizon * (hidden + 1);
  }

  /** Rows kept: enough for a drawn window, and for the oldest open forecast. */
  private int kept(int horizon) {
    return reach(horizon) + seqLen + 1;
  }

  private int reach(int horizon) {
    return Math.max(reach, horizon - seqLen);
  }

  /** A row: inputs, the state before it, b relative to the value. */
  private int row(int horizon) {
    return INPUTS + hidden + horizon;
  }

  private void look(Shape shape, ExpertState memory) {
    horizon = shape.horizon();
    int count = count(horizon);
    weights = memory.f;
    averaged = weights + count;
    state = weights + updates.floats(count);
    averagedState = state + hidden;
    rows = averagedState + hidden;
    if (prediction.length != WINDOWS * seqLen * horizon) {
      prediction = new float[WINDOWS * seqLen * horizon];
      target = new float[prediction.length];
      dPrediction = new float[prediction.length];
      arrived = new boolean[prediction.length];
      gradient = new float[count];
      answer = new float[horizon];
      naive = new double[horizon];
    }
  }

  private int rowAt(long index) {
    return rows + (int) (index % kept(horizon)) * row(horizon);
  }

  @Override
  public void begin(Shape shape, ExpertState memory) {
    look(shape, memory);
    updates.begin(start, memory.floats, weights, count(horizon));
  }

  @Override
  public void observe(History history, ExpertState memory) {
    look(history.shape(), memory);
    double value = history.newest();
    double weight = Math.max(0.05, 1.0 / history.age());
    double before = value - memory.doubles[memory.d + MEAN];
    memory.doubles[memory.d + MEAN] += weight * before;
    memory.doubles[memory.d + VARIANCE] +=
        weight
            * (before * (value - memory.doubles[memory.d + MEAN])
                - memory.doubles[memory.d + VARIANCE]);
    learnSizes(history, memory, value);
    if (history.age() >= PATIENCE + seqLen && training.isDue(history.t(), history.age())) {
      int steps = (history.age() < EAGER ? 2 : 1) * training.steps();
      for (int step = 0; step < steps; step++) {
        learn(history, memory, 2 * training.steps() * history.t() + step);
      }
    }
  }

  private void learnSizes(History history, ExpertState memory, double value) {
    long t = history.t();
    double least =
        0.02 * fastDeviation(history, memory); // after a lull it must not grow from nothing
    for (int i = 1; i <= horizon && i < history.age(); i++) {
      double mean = history.at(t - i) + memory.floats[rowAt(t - i) + INPUTS + hidden + i - 1];
      double size = Math.abs(value - mean);
      double usual = memory.doubles[memory.d + SIZES + i - 1];
      memory.doubles[memory.d + SIZES + i - 1] =
          usual == 0 ? size : usual + 0.01 * (Math.min(size, 5 * Math.max(usual, least)) - usual);
    }
  }

  /** Unit of the errors of step i, from 1; at least a fiftieth of the values' fast deviation. */
  private double unit(ExpertState memory, int i, double fast) {
    return Math.max(memory.doubles[memory.d + SIZES + i - 1], 0.02 * fast);
  }

  private double fastDeviation(History history, ExpertState memory) {
    double variance = Math.max(0, memory.doubles[memory.d + VARIANCE]);
    return Math.max(Math.sqrt(variance), 0.1 * history.deviation());
  }

  private void learn(History history, ExpertState memory, long draw) {
    double fast = fastDeviation(history, memory);
    if (!history.isUsable(fast)) {
      return;
    }
    long t = history.t();
    long room = Math.min(reach(horizon), history.age() - 1 - seqLen);
    long drawn = t - 1 - Long.remainderUnsigned(Seeds.number(history.seed() + draw), room + 1);
    fill(history, memory, 0, t - seqLen, fast);
    fill(history, memory, 1, drawn - seqLen + 1, fast);
    float[] floats = memory.floats;
    network.load(floats, weights);
    network.forward(input, WINDOWS, seqLen, true, h0, null, result);
    int headWeight = weights + config.parameterCount();
    int headBias = headWeight + horizon * hidden;
    int steps = WINDOWS * seqLen;
    for (int k = 0; k < steps; k++) {
      Linear.forward(
          floats,
          headWeight,
          floats,
          headBias,
          hidden,
          horizon,
          result.out(),
          k * hidden,
          prediction,
          k * horizon);
    }
    double loss =
        Loss.pseudoHuber(DELTA, prediction, target, arrived, steps * horizon, dPrediction);
    Arrays.fill(gradient, 0f);
    Arrays.fill(dOut, 0f);
    int headGradient = config.parameterCount();
    for (int k = 0; k < steps; k++) {
      Linear.backward(
          floats,
          headWeight,
          hidden,
          horizon,
          result.out(),
          k * hidden,
          dPrediction,
          k * horizon,
          gradient,
          headGradient,
          gradient,
          headGradient + horizon * hidden,
          dOut,
          k * hidden);
    }
    network.backward(dOut, null, null, gradient, 0, null, null, null);
    updates.step(loss, gradient, floats, weights, gradient.length);
  }

  /** One window, from the state that was carried to it, and those of its targets that are known. */
  private void fill(History history, ExpertState memory, int window, long first, double fast) {
    float[] floats = memory.floats;
    long t = history.t();
    System.arraycopy(floats, rowAt(first) + INPUTS, h0, window * hidden, hidden);
    for (int k = 0; k < seqLen; k++) {
      long u = first + k;
      int row = rowAt(u);
      int step = window * seqLen + k;
      System.arraycopy(floats, row, input, step * INPUTS, INPUTS);
      double anchor = history.at(u);
      for (int i = 1; i <= horizon; i++) {
        int at = step * horizon + i - 1;
        arrived[at] = u + i <= t;
        if (arrived[at]) {
          double left = history.at(u + i) - anchor - floats[row + INPUTS + hidden + i - 1];
          target[at] = (float) clip(left / unit(memory, i, fast), MOST_TARGET);
        }
      }
    }
  }

  /** Alone, it corrects {@link Naive}. */
  @Override
  public void forecast(History history, ExpertState memory, double[] out) {
    look(history.shape(), memory);
    Arrays.fill(naive, history.newest());
    correct(history, memory, naive, out);
  }

  @Override
  public void correct(History history, ExpertState memory, double[] mean, double[] out) {
    look(history.shape(), memory);
    float[] floats = memory.floats;
    double fast = fastDeviation(history, memory);
    boolean usable = history.isUsable(fast);
    fillInputs(history, memory, mean, usable ? fast : Double.POSITIVE_INFINITY);
    int row = rowAt(history.t());
    double anchor = history.newest();
    System.arraycopy(x, 0, floats, row, INPUTS);
    System.arraycopy(floats, state, floats, row + INPUTS, hidden);
    for (int i = 0; i < horizon; i++) {
      floats[row + INPUTS + hidden + i] = (float) (mean[i] - anchor);
    }
    network.step(floats, weights, x, 0, floats, state, null, 0);
    network.step(floats, averaged, x, 0, floats, averagedState, null, 0);
    int head = averaged + config.parameterCount();
    Linear.forward(
        floats,
        head,
        floats,
        head + horizon * hidden,
        hidden,
        horizon,
        floats,
        averagedState,
        answer,
        0);
    for (int i = 1; i <= horizon; i++) {
      double correction = usable ? unit(memory, i, fast) * clip(answer[i - 1], MOST_OUTPUT) : 0;
      out[i - 1] = mean[i - 1] + correction;
    }
  }

  private void fillInputs(History history, ExpertState memory, double[] mean, double unit) {
    Arrays.fill(x, 0f);
    long t = history.t();
    double value = history.newest();
    int season = history.season();
    int far = season > 1 ? Math.min(horizon, season) : horizon;
    int middle = (far + 1) / 2;
    set(0, history.has(t - 1) ? value - history.at(t - 1) : 0, unit);
    set(1, value - memory.doubles[memory.d + MEAN], unit);
    double slow = history.deviation();
    if (history.isUsable(slow)) {
      set(2, value - history.mean(), slow);
      x[3] = unit < 1e300 ? (float) clip(Math.log(unit / slow), MOST_INPUT) : 0;
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
    set(15, miss(history, memory, 1), unit);
    set(16, miss(history, memory, far), unit);
    set(17, mean[0] - value, unit);
    set(18, mean[far - 1] - value, unit);
    set(19, mean[Math.min(middle, horizon - 1)] - value, unit);
  }

  private void set(int k, double difference, double unit) {
    x[k] = (float) clip(difference / unit, MOST_INPUT);
  }

  /** How far the value was from what b had said i steps before. */
  private double miss(History history, ExpertState memory, int i) {
    long origin = history.t() - i;
    if (origin < history.start()) {
      return 0;
    }
    double mean = history.at(origin) + memory.floats[rowAt(origin) + INPUTS + hidden + i - 1];
    return history.newest() - mean;
  }

  private static double clip(double value, double most) {
    return Math.max(-most, Math.min(most, value));
  }
}
