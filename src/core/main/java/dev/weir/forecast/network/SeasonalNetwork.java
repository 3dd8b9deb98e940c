package dev.weir.forecast.network;

import dev.weir.forecast.expert.History;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.SeasonalWindow;
import dev.weir.rnn.Linear;
import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnOutput;

/**
 * A model that reads a window and what was a season and a week before ({@link
 * ForecastModel#readsSeasons}) at work. With the head's answers a and r for a step ahead, and the
 * candidates X and the unit of {@link SeasonalInputs}:
 *
 * <pre>
 * w = softmax(a)        forecast = newest + sum of w_e X_e + unit 8 tanh(r / 8)
 * </pre>
 *
 * In PyTorch: {@code seasonal_network.py}.
 *
 * <p>Holds scratch: one instance for each task and model; not thread-safe. Allocates nothing for a
 * forecast.
 */
public final class SeasonalNetwork {

  static final double ADDED_LIMIT = 8; // in units of SeasonalInputs.unit

  private static final int ANSWERS = SeasonalWindow.ANSWERS;
  private static final int CANDIDATES = SeasonalWindow.CANDIDATES.size();

  private final ForecastModel model;
  private final int horizon;
  private final Rnn rnn;
  private final RnnOutput result = new RnnOutput();
  private final SeasonalInputs inputs;
  private final float[] answers; // (horizon, ANSWERS)

  /**
   * @param horizon steps ahead, for which {@link #problemWith} is null
   */
  public SeasonalNetwork(ForecastModel model, int horizon) {
    this.model = model;
    this.horizon = horizon;
    this.rnn = new Rnn(model.rnn());
    rnn.load(model.weights());
    this.answers = new float[horizon * ANSWERS];
    this.inputs = new SeasonalInputs(model.mode(), model.seqLen(), horizon);
  }

  /** Why the model can't forecast so far ahead, in one line; null when it can. */
  public static String problemWith(ForecastModel model, int horizon) {
    return model.mode() == Mode.MANY_TO_ONE && horizon > model.horizon()
        ? "horizon: expected at most %d, got %d".formatted(model.horizon(), horizon)
        : null;
  }

  /** Which code computes the network: {@link Rnn#kernel}. */
  public String kernel() {
    return rnn.kernel();
  }

  /** Has the network compiled before the first forecast: {@link Rnn#warmUp}. */
  public void warmUp() {
    rnn.warmUp(steps());
  }

  private int steps() {
    return SeasonalInputs.steps(model.mode(), model.seqLen(), horizon);
  }

  /**
   * Forecasts at the newest value.
   *
   * @param out (horizon); overwritten
   * @return whether all are finite numbers
   */
  boolean forecast(History history, double[] out) {
    inputs.fill(history);
    rnn.forward(inputs.input(), 1, steps(), true, null, null, result);
    answer();
    boolean finite = true;
    for (int i = 1; i <= horizon; i++) {
      out[i - 1] = history.newest() + apart(i, (i - 1) * ANSWERS);
      finite &= Double.isFinite(out[i - 1]);
    }
    return finite;
  }

  private void answer() {
    int width = model.rnn().outputSize();
    float[] weight = model.head().weight();
    float[] bias = model.head().bias();
    if (model.mode() == Mode.MANY_TO_ONE) {
      // h_n is (num_layers * num_directions, 1, hidden_size): the last layer's end it
      int last = (model.rnn().numLayers() - 1) * width;
      Linear.forward(weight, 0, bias, 0, width, ANSWERS * horizon, result.hN(), last, answers, 0);
      return;
    }
    for (int i = 0; i < horizon; i++) {
      int at = (model.seqLen() + i) * width;
      Linear.forward(weight, 0, bias, 0, width, ANSWERS, result.out(), at, answers, i * ANSWERS);
    }
  }

  /** What answers from {@code at} on say of step i, relative to the newest value. */
  private double apart(int i, int at) {
    double most = answers[at];
    for (int e = 1; e < CANDIDATES; e++) {
      most = Math.max(most, answers[at + e]);
    }
    double sum = 0;
    double weights = 0;
    for (int e = 0; e < CANDIDATES; e++) {
      double weight = Math.exp(answers[at + e] - most);
      sum += weight * inputs.candidate(i, e);
      weights += weight;
    }
    double added = ADDED_LIMIT * Math.tanh(answers[at + CANDIDATES] / ADDED_LIMIT);
    return sum / weights + inputs.unit() * added;
  }
}
