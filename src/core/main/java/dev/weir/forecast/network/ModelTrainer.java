package dev.weir.forecast.network;

import dev.weir.model.AheadInputs;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Adam;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Trains a network of windows on several series: shuffled mini-batches of windows from all of them,
 * scaled as {@link Scaling.Rule#LAST} says, pseudo-Huber loss, Adam, early stopping.
 *
 * <p>Each series' time is cut in three: the first {@value #TRAINED} of it is for training, the next
 * {@value #VALIDATED} for early stopping, the rest for the score. A window's targets all lie after
 * it, so a bidirectional network never sees them; and all in the part that the window belongs to.
 * The head starts at zero: the untrained forecast is the last value again.
 *
 * <p>The same series and settings give the same bits. Not thread-safe.
 */
public final class ModelTrainer {

  private static final double TRAINED = 0.7;
  private static final double VALIDATED = 0.15;
  private static final int BATCH = 32;
  private static final int PATIENCE = 6; // epochs without a better validation

  /** From a series with more windows each epoch takes another random sample of this size. */
  private static final int MAX_WINDOWS = 4_000;

  private static final double MAX_NORM = 1;
  private static final float DELTA = 0.5f;
  private static final float TARGET_LIMIT = 8;
  private static final Scaling SCALING = Scaling.LAST;

  /**
   * The model and how it is trained.
   *
   * @param mode which outputs become the forecast
   * @param rnn shape of the network; its input_size is 1
   * @param seqLen values in a window
   * @param horizon values in a forecast; many-to-many: equal to seqLen
   * @param epochs at most so many
   * @param seed of initialization and shuffling
   */
  public record Settings(
      Mode mode,
      RnnConfig rnn,
      int seqLen,
      int horizon,
      double learningRate,
      int epochs,
      long seed) {

    public Settings {
      atLeastOne("seq_len", seqLen);
      atLeastOne("horizon", horizon);
      atLeastOne("epochs", epochs);
      if (mode == Mode.MANY_TO_MANY && horizon != seqLen) {
        throw new IllegalArgumentException(
            "horizon: expected seq_len (%d) for many-to-many, got %d".formatted(seqLen, horizon));
      }
      if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
        throw new IllegalArgumentException(
            "learning rate: expected a number above 0, got " + learningRate);
      }
    }

    private static void atLeastOne(String what, int value) {
      if (value < 1 || value > 1_000_000) {
        throw new IllegalArgumentException(
            "%s: expected 1 to 1,000,000, got %d".formatted(what, value));
      }
    }
  }

  /** Called after each mini-batch. */
  public interface Listener {
    void trained(int epoch, int windowsDone, int windowsAll);
  }

  /** The windows of a series whose newest values are from {@code begin} to before {@code end}. */
  private record Part(double[] values, int begin, int end) {}

  /** The window of a series whose newest value has the index {@code origin}. */
  private record Window(double[] values, int origin) {}

  private final Settings settings;
  private final List<Part> trained = new ArrayList<>();
  private final List<Part> validated = new ArrayList<>();
  private final List<Part> heldOut = new ArrayList<>();
  private final Adam adam;
  private final TrainableNetwork network;
  private final float[] weights; // as in TrainableNetwork
  private final float[] optimizer;
  private final float[] gradient;
  private float[] best;
  private int epoch;
  private int bestEpoch;
  private double bestError = Double.POSITIVE_INFINITY;

  /**
   * @param series values of each, oldest first, finite
   * @throws IllegalArgumentException if none is long enough
   */
  public ModelTrainer(Settings settings, List<double[]> series) {
    this.settings = settings;
    this.adam =
        new Adam(settings.learningRate(), Adam.BETA1, Adam.BETA2, Adam.EPSILON, 0, MAX_NORM);
    this.network =
        new TrainableNetwork(
            settings.mode(), settings.rnn(), settings.seqLen(), settings.horizon());
    this.weights = new float[network.count()]; // of the head: zeros
    float[] start = Initialization.recurrent(settings.rnn(), new TorchRandom(settings.seed()));
    System.arraycopy(start, 0, weights, 0, start.length);
    this.optimizer = new float[adam.stateLength(weights.length)];
    this.gradient = new float[weights.length];
    this.best = weights.clone();
    for (double[] values : series) {
      int trainedEnd = (int) (values.length * TRAINED);
      int validatedEnd = (int) (values.length * (TRAINED + VALIDATED));
      addPart(trained, values, 0, trainedEnd);
      addPart(validated, values, trainedEnd, validatedEnd);
      addPart(heldOut, values, validatedEnd, values.length);
    }
    if (trained.isEmpty() || validated.isEmpty() || heldOut.isEmpty()) {
      double least = (settings.seqLen() + settings.horizon()) / (1 - TRAINED - VALIDATED);
      throw new IllegalArgumentException(
          "series: expected one at least of %d values or more, got %s"
              .formatted((int) Math.ceil(least), series.isEmpty() ? "none" : "shorter ones"));
    }
  }

  /** All windows that exist and whose targets lie before {@code end}. */
  private void addPart(List<Part> parts, double[] values, int begin, int end) {
    int first = Math.max(begin, settings.seqLen() - 1);
    int last = end - settings.horizon();
    if (first < last) {
      parts.add(new Part(values, first, last));
    }
  }

  /** Whether training should stop. */
  public boolean isDone() {
    return epoch >= settings.epochs() || epoch - bestEpoch >= PATIENCE;
  }

  /**
   * One more epoch.
   *
   * @return the validation error, as {@link #score}
   */
  public double train(Listener listener) {
    epoch++;
    List<Window> windows = shuffled(new SplittableRandom(settings.seed() * 31 + epoch));
    for (int from = 0; from < windows.size(); from += BATCH) {
      int to = Math.min(windows.size(), from + BATCH);
      learn(windows.subList(from, to));
      listener.trained(epoch, to, windows.size());
    }
    double error = relativeError(weights, validated);
    if (error < bestError) {
      bestError = error;
      bestEpoch = epoch;
      best = weights.clone();
    }
    return error;
  }

  private List<Window> shuffled(SplittableRandom random) {
    List<Window> windows = new ArrayList<>();
    for (Part part : trained) {
      int size = part.end - part.begin;
      for (int i = 0; i < Math.min(size, MAX_WINDOWS); i++) {
        int place = size <= MAX_WINDOWS ? i : random.nextInt(size);
        windows.add(new Window(part.values, part.begin + place));
      }
    }
    for (int i = windows.size() - 1; i > 0; i--) { // Fisher and Yates
      int j = random.nextInt(i + 1);
      windows.set(i, windows.set(j, windows.get(i)));
    }
    return windows;
  }

  /** Leaves out a mini-batch whose loss or gradient is not a finite number. */
  private void learn(List<Window> windows) {
    int horizon = settings.horizon();
    float[] targets = new float[windows.size() * horizon];
    float[] slopes = new float[targets.length];
    for (int i = 0; i < targets.length; i++) {
      Window window = windows.get(i / horizon);
      double observed = window.values[window.origin + 1 + i % horizon];
      double target = (observed - center(window)) / scale(window);
      targets[i] = (float) Math.max(-TARGET_LIMIT, Math.min(TARGET_LIMIT, target));
    }
    float[] answers = answers(weights, windows);
    double loss = Loss.pseudoHuber(DELTA, answers, targets, null, targets.length, slopes);
    Arrays.fill(gradient, 0);
    network.backward(slopes, gradient);
    adam.step(loss, gradient, 0, weights, 0, optimizer, 0, weights.length);
  }

  /** The network's forecasts of each window, on the window's scale. */
  private float[] answers(float[] by, List<Window> windows) {
    int seqLen = settings.seqLen();
    float[] input = new float[windows.size() * seqLen];
    for (int i = 0; i < input.length; i++) {
      Window window = windows.get(i / seqLen);
      double value = window.values[window.origin - seqLen + 1 + i % seqLen];
      input[i] = (float) ((value - center(window)) / scale(window));
    }
    network.load(by);
    return network.forward(input, windows.size());
  }

  private double center(Window window) {
    return SCALING.center(window.values, first(window), settings.seqLen());
  }

  private double scale(Window window) {
    return SCALING.scale(window.values, first(window), settings.seqLen());
  }

  private int first(Window window) {
    return window.origin - settings.seqLen() + 1;
  }

  /**
   * Geometric mean over the series of the best weights' mean absolute error divided by that of
   * repeating the last value, on the values that were used neither for training nor for early
   * stopping.
   */
  public double score() {
    return relativeError(best, heldOut);
  }

  private double relativeError(float[] by, List<Part> parts) {
    double logs = 0;
    for (Part part : parts) {
      double error = 0;
      double naive = 0;
      for (int origin = part.begin; origin < part.end; origin++) {
        Window window = new Window(part.values, origin);
        float[] answers = answers(by, List.of(window));
        double last = part.values[origin];
        for (int i = 0; i < settings.horizon(); i++) {
          double observed = part.values[origin + 1 + i];
          error += Math.abs(observed - center(window) - scale(window) * answers[i]);
          naive += Math.abs(observed - last);
        }
      }
      logs += naive > 0 ? Math.log(Math.max(1e-9, error / naive)) : 0;
    }
    return Math.exp(logs / parts.size());
  }

  /** Epochs until the best validation. */
  public int bestEpoch() {
    return bestEpoch;
  }

  /** The model with the weights of the best validation, version 1. */
  public ForecastModel model(String name, Map<String, String> provenance) {
    return new ForecastModel(
        name,
        1,
        settings.mode(),
        settings.rnn(),
        settings.seqLen(),
        settings.horizon(),
        Readout.FINAL_HIDDEN,
        SCALING,
        Arrays.copyOf(best, settings.rnn().parameterCount()),
        network.head(best),
        List.of(),
        AheadInputs.NONE,
        List.of(),
        provenance);
  }
}
