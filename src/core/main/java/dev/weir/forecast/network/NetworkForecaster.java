package dev.weir.forecast.network;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.LocalClock;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Linear;
import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;

/**
 * Forecasts from a window with a model: scales the window by the model's rule, adds the other
 * inputs, runs the network, applies the head, scales back.
 *
 * <p>Holds scratch: one instance for each task and model; not thread-safe. Allocates the forecast
 * and nothing else.
 */
public final class NetworkForecaster {

  private final ForecastModel model;
  private final LocalClock clock;
  private final RnnConfig config;
  private final Rnn rnn;
  private final RnnOutput result = new RnnOutput();
  private final int fingerprint; // of the model, the same in each JVM
  private final double[] read; // (seq_len)
  private float[] input; // (1, rows, input_size), where rows is seq_len or its unread part
  private final float[]
      aheadInputs; // (seq_len - 1 + horizon, ahead), from the second row's time on
  private final float[] answers; // (horizon), on the network's scale

  /** With a calendar in UTC. */
  public NetworkForecaster(ForecastModel model) {
    this(model, ZoneOffset.UTC);
  }

  /**
   * @param zone of the local time that the model's calendar reads
   */
  public NetworkForecaster(ForecastModel model, ZoneId zone) {
    this.model = model;
    this.clock = new LocalClock(zone);
    this.config = model.rnn();
    this.rnn = new Rnn(config);
    rnn.load(model.weights());
    this.fingerprint =
        Objects.hash(
            model,
            config.cell().name(),
            model.scaling().rule().label(),
            model.scaling().center(),
            model.scaling().scale());
    this.read = new double[model.seqLen()];
    this.input = new float[model.seqLen() * config.inputSize()];
    int times = model.seqLen() - 1 + model.horizon();
    this.aheadInputs = new float[model.ahead().count() * times];
    this.answers = new float[model.horizon()];
  }

  public ForecastModel model() {
    return model;
  }

  /** Which code computes the network: {@link Rnn#kernel}. */
  public String kernel() {
    return rnn.kernel();
  }

  /** Compiles the network before the first window: {@link Rnn#warmUp}. */
  public void warmUp() {
    rnn.warmUp(model.seqLen());
  }

  /**
   * The model's forecast of a full window; {@link Status#FALLBACK} with the last value if a result
   * is not finite.
   */
  public Forecast forecast(SequenceWindow window) {
    return forecast(window, (CarriedState) null);
  }

  /**
   * As above, by a network of one direction that starts with its state after the series' last
   * window and reads only the values since: then its forecast depends on the full series. Without a
   * usable state it starts with zeros and reads the full window.
   *
   * @param carried overwritten; null: starts with zeros
   */
  public Forecast forecast(SequenceWindow window, CarriedState carried) {
    double[] values = new double[model.horizon()];
    if (!forecast(window, values, carried)) {
      return LastValueForecast.forecast(window, model.mode(), values.length, Status.FALLBACK);
    }
    return new Forecast(
        window.series(),
        window.origin(),
        window.time(0),
        window.size(),
        model.mode(),
        LastValueForecast.times(window, values.length),
        new Forecast.Steps(values, List.of()),
        model.name(),
        model.version(),
        0,
        Status.OK,
        missing(window),
        null);
  }

  /**
   * The values alone, for a full window. Allocates nothing.
   *
   * @param values (horizon); overwritten
   * @return whether all are finite numbers
   */
  public boolean forecast(SequenceWindow window, double[] values) {
    return forecast(window, values, null);
  }

  private boolean forecast(SequenceWindow window, double[] values, CarriedState carried) {
    int unread = carried == null ? 0 : carried.unread(window, fingerprint, config);
    boolean goesOn = model.mode() == Mode.MANY_TO_MANY ? unread == model.seqLen() : unread > 0;
    int rows = goesOn ? unread : model.seqLen();
    int from = model.seqLen() - rows;
    for (int t = 0; t < window.size(); t++) {
      read[t] = window.value(t);
    }
    double center = model.scaling().center(read, 0, window.size());
    double scale = model.scaling().scale(read, 0, window.size());
    int inputSize = config.inputSize();
    if (input.length != rows * inputSize) {
      input = new float[rows * inputSize];
    }
    for (int t = from; t < window.size(); t++) {
      int row = (t - from) * inputSize;
      input[row] = (float) ((read[t] - center) / scale);
      int features = model.features();
      for (int f = 0; f < features; f++) {
        input[row + 1 + f] = (float) window.feature(t, f);
      }
      Calendar.fill(model.calendar(), clock.local(window.time(t)), input, row + 1 + features);
    }
    fillAhead(window, from);
    float[] h0 = goesOn ? carried.h() : null;
    float[] c0 = goesOn ? carried.c() : null;
    rnn.forward(input, 1, rows, true, h0, c0, result);
    if (carried != null) {
      carried.keep(window, fingerprint, result);
    }
    readOut(rows);
    boolean finite = true;
    for (int i = 0; i < values.length; i++) {
      values[i] = center + scale * answers[i];
      finite &= Double.isFinite(values[i]);
    }
    return finite;
  }

  /** Each step reads the covariates known ahead for the horizon after it. */
  private void fillAhead(SequenceWindow window, int from) {
    int count = model.ahead().count();
    if (count == 0) {
      return;
    }
    int firstStep = 2 - model.seqLen(); // the time of the second row
    for (int i = 0; i < aheadInputs.length; i++) {
      double value = window.covariate(firstStep + i / count, i % count);
      aheadInputs[i] = model.ahead().input(i % count, value);
    }
    int each = model.ahead().inputs(model.horizon());
    int inputSize = config.inputSize();
    for (int t = from; t < model.seqLen(); t++) {
      System.arraycopy(aheadInputs, t * count, input, (t + 1 - from) * inputSize - each, each);
    }
  }

  /** Number of missing covariates of the forecast's steps. */
  private int missing(SequenceWindow window) {
    int missing = 0;
    for (int i = 0; i < model.ahead().inputs(model.horizon()); i++) {
      int count = model.ahead().count();
      missing += Double.isFinite(window.covariate(1 + i / count, i % count)) ? 0 : 1;
    }
    return missing;
  }

  /** Fills {@code answers} from the network's output, on its own scale. */
  private void readOut(int rows) {
    if (model.mode() == Mode.MANY_TO_MANY) {
      for (int i = 0; i < answers.length; i++) {
        head(result.out(), i * config.outputSize(), i, 1);
      }
    } else if (model.readout() == Readout.LAST_STEP) {
      head(result.out(), (rows - 1) * config.outputSize(), 0, answers.length);
    } else {
      // h_n is (num_layers * num_directions, 1, hidden_size): the last layer's directions end it
      head(result.hN(), (config.numLayers() - 1) * config.outputSize(), 0, answers.length);
    }
  }

  private void head(float[] hidden, int offset, int firstAnswer, int count) {
    if (model.head() != null) {
      Linear.forward(
          model.head().weight(),
          0,
          model.head().bias(),
          0,
          config.outputSize(),
          count,
          hidden,
          offset,
          answers,
          firstAnswer);
      return;
    }
    for (int unit = 0; unit < count; unit++) { // the hidden state is the forecast
      float forward = hidden[offset + unit];
      answers[firstAnswer + unit] =
          config.bidirectional()
              ? 0.5f * (forward + hidden[offset + config.hiddenSize() + unit])
              : forward;
    }
  }
}
