package dev.weir.forecast.network;

import dev.weir.model.AheadInputs;
import dev.weir.model.ForecastModel;
import dev.weir.rnn.Adam;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Trains copies of one base model on windows that arrive one by one, and measures their errors:
 * pseudo-Huber loss on the scaled targets and Adam, as {@link ModelTrainer} trains from files.
 * Weights and optimizer state are the caller's; the same calls give the same bits.
 *
 * <p>Holds scratch: not thread-safe.
 */
public final class WindowTrainer {

  /** More would not fit into a record of Kafka's default size, 1 MiB. */
  public static final int MAX_WEIGHTS = 200_000;

  private static final double MAX_NORM = 1.0;

  /**
   * A window and the values after it.
   *
   * @param values seq_len of the window, then horizon that followed
   * @param rows what the network reads beside each value of the window, (seq_len, input_size - 1)
   */
  public record Window(double[] values, float[] rows) {}

  private final ForecastModel shape;
  private final TrainableModel model;
  private final TrainingBatch batch;
  private Adam adam; // of the learning rate used last
  private double learningRate;
  private final float[] gradient;
  private final double[][] values = new double[1][]; // of the one target
  private final double[] error = new double[1];
  private final double[] naive = new double[1]; // not read

  /**
   * @param shape all but its weights is that of each copy
   * @throws IllegalArgumentException if {@link #problemWith} has something to say
   */
  public WindowTrainer(ForecastModel shape) {
    String problem = problemWith(shape);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    this.shape = shape;
    this.model = TrainableModel.of(shape);
    this.batch =
        new TrainingBatch(
            model,
            new TargetInputs(shape),
            shape.seqLen(),
            shape.horizon(),
            shape.rnn().inputSize() - 1,
            0);
    this.adam = adam(0);
    this.gradient = new float[model.count()];
  }

  private static Adam adam(double learningRate) {
    return new Adam(learningRate, Adam.BETA1, Adam.BETA2, Adam.EPSILON, 0.0, MAX_NORM);
  }

  /** Why copies of a model can't be trained on windows, in one line; null if they can. */
  public static String problemWith(ForecastModel model) {
    if (model.combines() || model.readsSeasons()) {
      return "kind: expected a network that reads windows, got one that %s (model %s version %d)"
          .formatted(
              model.combines() ? "combines forecasts" : "reads windows and seasons",
              model.name(),
              model.version());
    }
    if (model.targets().areSeveral()) {
      return "targets: expected a network of one target, got %s (model %s version %d)"
          .formatted(model.targets().label(), model.name(), model.version());
    }
    if (model.ahead().count() > 0) {
      return "ahead: expected a network that reads nothing known ahead, got %d (model %s version %d)"
          .formatted(model.ahead().count(), model.name(), model.version());
    }
    int count = TrainableModel.count(model);
    return count <= MAX_WEIGHTS
        ? null
        : "weights: expected at most %,d, got %,d (model %s version %d)"
            .formatted(MAX_WEIGHTS, count, model.name(), model.version());
  }

  /** How many weights a copy has. */
  public int count() {
    return model.count();
  }

  /** Floats of the optimizer's state; all 0 at the start. */
  public int optimizerLength() {
    return adam.stateLength(model.count());
  }

  /** A model's weights: network, head's weight, head's bias; a new array. */
  public static float[] weights(ForecastModel model) {
    return TrainableModel.weights(model);
  }

  /** A model with these weights. */
  public ForecastModel model(float[] weights, long version, Map<String, String> provenance) {
    return new ForecastModel(
        shape.name(),
        version,
        shape.mode(),
        shape.rnn(),
        shape.seqLen(),
        shape.horizon(),
        shape.readout(),
        shape.scaling(),
        Arrays.copyOf(weights, shape.rnn().parameterCount()),
        model.head(weights),
        shape.targets(),
        shape.calendar(),
        AheadInputs.NONE,
        List.of(),
        provenance);
  }

  /**
   * One step of the optimizer on a mini-batch.
   *
   * @param rate of learning
   * @param weights updated
   * @param optimizer updated
   * @return false if loss or gradient are not finite; then nothing is updated
   */
  public boolean step(List<Window> windows, double rate, float[] weights, float[] optimizer) {
    if (rate != learningRate) {
      learningRate = rate;
      adam = adam(rate);
    }
    forward(windows, weights);
    Arrays.fill(gradient, 0f);
    double loss = batch.backward(1, gradient);
    return adam.step(loss, gradient, 0, weights, 0, optimizer, 0, weights.length);
  }

  private void forward(List<Window> windows, float[] weights) {
    model.load(weights, 0);
    batch.size(windows.size());
    for (int b = 0; b < windows.size(); b++) {
      Window window = windows.get(b);
      values[0] = window.values();
      batch.fill(b, values, window.rows(), null, shape.seqLen() - 1);
    }
    batch.forward();
  }

  /** Sum of the absolute errors of the forecasts of some windows, in the series' unit. */
  public double error(List<Window> windows, float[] weights) {
    forward(windows, weights);
    error[0] = 0;
    for (int b = 0; b < windows.size(); b++) {
      values[0] = windows.get(b).values();
      batch.addErrors(b, values, shape.seqLen() - 1, error, naive);
    }
    return error[0];
  }

  /** The same of repeating the last value. */
  public double naiveError(List<Window> windows) {
    double error = 0;
    for (Window window : windows) {
      double ofWindow = 0;
      for (int i = 0; i < shape.horizon(); i++) {
        ofWindow +=
            Math.abs(window.values()[shape.seqLen() + i] - window.values()[shape.seqLen() - 1]);
      }
      error += ofWindow;
    }
    return error;
  }
}
