package dev.weir.forecast;

import dev.weir.forecast.Forecast.Status;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Linear;
import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;

/**
 * A model at work: turns a window into a forecast. Scales the window by the model's rule, runs the
 * network, applies the head, scales back.
 *
 * <p>Holds scratch: one instance for each task and model; not thread-safe. Allocates the forecast
 * and nothing else.
 */
public final class NetworkForecaster {

  private final ForecastModel model;
  private final RnnConfig config;
  private final Rnn rnn;
  private final RnnOutput result = new RnnOutput();
  private final double[] values; // (seq_len), the window's, unscaled
  private final float[] input; // (1, seq_len, input_size)
  private final float[] answers; // (horizon), on the network's scale

  public NetworkForecaster(ForecastModel model) {
    this.model = model;
    this.config = model.rnn();
    this.rnn = new Rnn(config);
    rnn.load(model.weights());
    this.values = new double[model.seqLen()];
    this.input = new float[model.seqLen() * config.inputSize()];
    this.answers = new float[model.horizon()];
  }

  public ForecastModel model() {
    return model;
  }

  /**
   * The model's forecast of a full window; {@link Status#FALLBACK} with the last value when the
   * arithmetic leaves the finite numbers.
   */
  public Forecast forecast(SequenceWindow window) {
    for (int t = 0; t < window.size(); t++) {
      values[t] = window.value(t);
      for (int f = 1; f < config.inputSize(); f++) {
        input[t * config.inputSize() + f] = (float) window.feature(t, f - 1);
      }
    }
    double[] forecast = new double[model.horizon()];
    if (!forecast(forecast)) {
      return Fallback.forecast(window, model.mode(), forecast.length, Status.FALLBACK);
    }
    return new Forecast(
        window.series(),
        window.origin(),
        window.time(0),
        window.size(),
        model.mode(),
        Fallback.times(window, forecast.length),
        forecast,
        null,
        null,
        Double.NaN,
        model.name(),
        model.version(),
        0,
        Status.OK);
  }

  /** Where {@link #forecast(double[])} reads its window: (seq_len), to be filled by the caller. */
  double[] window() {
    return values;
  }

  /**
   * The forecast of a window of values without features. Allocates nothing.
   *
   * @param forecast (horizon); overwritten
   * @return false when the arithmetic left the finite numbers
   */
  boolean forecast(double[] forecast) {
    double center = center();
    double scale = scale();
    for (int t = 0; t < values.length; t++) {
      input[t * config.inputSize()] = (float) ((values[t] - center) / scale);
    }
    rnn.forward(input, 1, model.seqLen(), true, null, null, result);
    readOut();
    boolean finite = true;
    for (int i = 0; i < answers.length; i++) {
      forecast[i] = center + scale * answers[i];
      finite &= Double.isFinite(forecast[i]);
    }
    return finite;
  }

  /** Fills {@code answers} from the network's output, on its own scale. */
  private void readOut() {
    if (model.mode() == Mode.MANY_TO_MANY) {
      for (int i = 0; i < answers.length; i++) {
        head(result.out(), i * config.outputSize(), i, 1);
      }
    } else if (model.readout() == Readout.LAST_STEP) {
      head(result.out(), (model.seqLen() - 1) * config.outputSize(), 0, answers.length);
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

  private double center() {
    Scaling scaling = model.scaling();
    return switch (scaling.rule()) {
      case NONE -> 0;
      case FIXED -> scaling.center();
      case WINDOW -> mean();
      case LAST -> values[values.length - 1];
    };
  }

  private double scale() {
    Scaling scaling = model.scaling();
    return switch (scaling.rule()) {
      case NONE -> 1;
      case FIXED -> scaling.scale();
      case WINDOW, LAST -> deviation();
    };
  }

  private double mean() {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i];
    }
    return sum / values.length;
  }

  private double deviation() {
    double mean = mean();
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      double d = values[i] - mean;
      sum += d * d;
    }
    double deviation = Math.sqrt(sum / values.length);
    return deviation > 0 ? deviation : 1;
  }
}
