package dev.weir.forecast;

import dev.weir.forecast.expert.NetworkTraining.Targets;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Adam;
import dev.weir.rnn.Initialisation;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Trains a base model over many series at once: shuffled mini-batches of windows from all of them,
 * pseudo-Huber loss on the scaled targets, Adam, early stopping on held-out time.
 *
 * <p>Each series' time is cut in three: the first {@value #TRAINED} of it is learned from, the next
 * {@value #VALIDATED} decides when to stop, the rest is looked at once, for the score. A window's
 * targets all lie after it, so a bidirectional network never sees them; and all in the part that
 * the window belongs to. (A network of one direction may be asked for targets at each step, see
 * {@link Targets#ALL_STEPS}.) A head starts at zero, so that the untrained forecast is the center
 * of the scaling, with {@link Scaling.Rule#LAST} "the last value again".
 *
 * <p>The same series and settings give the same bits, whatever the number of threads: a mini-batch
 * is always cut into the same {@value #SHARDS} parts, whose gradients are added in order.
 */
public final class ModelTrainer implements AutoCloseable {

  private static final double TRAINED = 0.7;
  private static final double VALIDATED = 0.15;
  private static final int SHARDS = 4;
  private static final float DELTA = 0.5f;
  private static final float TARGET_LIMIT = 8f;
  private static final double MAX_NORM = 1.0;

  /** A series with more windows than this gives a new random choice of them in each epoch. */
  private static final int MAX_WINDOWS = 4_000;

  /**
   * @param mode which outputs become the forecast
   * @param rnn shape of the network; its input_size is 1 and two for each of the calendar, and the
   *     rest are features
   * @param head whether a linear head reads the network; without one hidden_size is the horizon,
   *     many-to-many 1, and the hidden state is the forecast
   * @param scaling how a window is scaled, and its targets with it
   * @param targets the values after the window, or at each step of it those after that step
   * @param seqLen values in a window
   * @param horizon values in a forecast; many-to-many: equal to seqLen
   * @param batch windows in a mini-batch
   * @param learningRate of Adam
   * @param epochs at most so many
   * @param patience stop after so many epochs without a better validation
   * @param seed of initialisation and shuffling
   * @param threads how many work
   * @param calendar what the network reads of the time
   */
  public record Settings(
      Mode mode,
      RnnConfig rnn,
      boolean head,
      Scaling scaling,
      Targets targets,
      int seqLen,
      int horizon,
      int batch,
      double learningRate,
      int epochs,
      int patience,
      long seed,
      int threads,
      List<Calendar> calendar) {

    /** Nothing is read of the time. */
    public Settings(
        Mode mode,
        RnnConfig rnn,
        boolean head,
        Scaling scaling,
        Targets targets,
        int seqLen,
        int horizon,
        int batch,
        double learningRate,
        int epochs,
        int patience,
        long seed,
        int threads) {
      this(
          mode,
          rnn,
          head,
          scaling,
          targets,
          seqLen,
          horizon,
          batch,
          learningRate,
          epochs,
          patience,
          seed,
          threads,
          List.of());
    }

    public Settings {
      calendar = List.copyOf(calendar);
      atLeastOne("seq_len", seqLen);
      atLeastOne("horizon", horizon);
      atLeastOne("batch", batch);
      atLeastOne("epochs", epochs);
      atLeastOne("patience", patience);
      if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
        throw new IllegalArgumentException(
            "learning rate: expected a number above 0, got " + learningRate);
      }
      if (rnn.inputSize() < 1 + Calendar.inputs(calendar)) {
        throw new IllegalArgumentException(
            "input_size: expected at least %d for a value and the calendar %s, got %d"
                .formatted(
                    1 + Calendar.inputs(calendar), Calendar.labels(calendar), rnn.inputSize()));
      }
      if (mode == Mode.MANY_TO_MANY && horizon != seqLen) {
        throw new IllegalArgumentException(
            "horizon: expected seq_len (%d) for many-to-many, got %d".formatted(seqLen, horizon));
      }
      checkTargets(mode, rnn.bidirectional(), scaling, targets);
      int rows = mode == Mode.MANY_TO_ONE ? horizon : 1;
      if (!head && rnn.hiddenSize() != rows) {
        throw new IllegalArgumentException(
            "hidden_size: expected %d for %s without a head, got %d"
                .formatted(rows, mode.label(), rnn.hiddenSize()));
      }
    }

    private static void atLeastOne(String what, int value) {
      if (value < 1 || value > 1_000_000) {
        throw new IllegalArgumentException(
            "%s: expected 1 to 1,000,000, got %d".formatted(what, value));
      }
    }

    private static void checkTargets(
        Mode mode, boolean bidirectional, Scaling scaling, Targets targets) {
      String problem = targets.problemWith(bidirectional);
      if (problem == null && targets == Targets.ALL_STEPS && mode == Mode.MANY_TO_MANY) {
        problem =
            "expected after-window for many-to-many, whose steps all answer for what follows the"
                + " window, got all-steps";
      }
      if (problem == null && targets == Targets.ALL_STEPS && scaling.readsWindow()) {
        problem =
            ("expected after-window with scaling %s, which tells each step of the values after it,"
                    + " got all-steps")
                .formatted(scaling.rule().label());
      }
      if (problem != null) {
        throw new IllegalArgumentException("targets: " + problem);
      }
    }

    /** Covariates of each observation. */
    public int features() {
      return rnn.inputSize() - 1 - Calendar.inputs(calendar);
    }

    private TrainableModel trainable() {
      return new TrainableModel(
          mode, rnn, seqLen, horizon, Readout.FINAL_HIDDEN, head, targets == Targets.ALL_STEPS);
    }
  }

  /**
   * Where training stands; everything that is needed to go on.
   *
   * @param epoch epochs done
   * @param score validation of the newest epoch
   * @param weights network, head's weight, head's bias
   * @param best those of the best validation so far
   * @param bestEpoch the epoch that gave them
   * @param bestScore its validation
   * @param optimizer state of Adam
   */
  public record Progress(
      int epoch,
      double score,
      float[] weights,
      float[] best,
      int bestEpoch,
      double bestScore,
      float[] optimizer) {}

  /** Told after each mini-batch. */
  public interface Listener {
    void trained(int epoch, int windowsDone, int windowsAll);
  }

  private record Part(int series, int begin, int end) {} // origins, end exclusive

  private final Settings settings;
  private final List<double[]> series;
  private final List<float[]> covariates; // (values, input_size - 1) for each series
  private final List<Part> trained = new ArrayList<>();
  private final List<Part> validated = new ArrayList<>();
  private final List<Part> heldOut = new ArrayList<>();
  private final List<Worker> shards = new ArrayList<>();
  private final ExecutorService pool;
  private final Adam adam;
  private long skippedUpdates;

  /**
   * @param series of which only the values are read, oldest first, finite
   */
  public ModelTrainer(Settings settings, List<double[]> series) {
    this(settings, series, withoutCovariates(settings, series.size()));
  }

  private static List<float[]> withoutCovariates(Settings settings, int series) {
    if (settings.rnn().inputSize() > 1) {
      throw new IllegalArgumentException(
          "input_size: expected 1 without times and features, got " + settings.rnn().inputSize());
    }
    return Collections.nCopies(series, new float[0]);
  }

  /**
   * @param series observations of each, oldest first
   * @throws IllegalArgumentException when one has another number of features than the settings
   */
  public static ModelTrainer of(Settings settings, Collection<List<Observation>> series) {
    List<double[]> values = new ArrayList<>();
    List<float[]> covariates = new ArrayList<>();
    int width = settings.rnn().inputSize() - 1;
    int features = settings.features();
    for (List<Observation> observations : series) {
      double[] value = new double[observations.size()];
      float[] rows = new float[width * value.length];
      for (int t = 0; t < value.length; t++) {
        Observation observation = observations.get(t);
        if (features > 0 && observation.features().length != features) {
          throw new IllegalArgumentException(
              "features: expected %d, got %d (%s)"
                  .formatted(features, observation.features().length, observation.series()));
        }
        value[t] = observation.value();
        for (int f = 0; f < features; f++) {
          rows[t * width + f] = (float) observation.features()[f];
        }
        Calendar.fill(settings.calendar(), observation.time(), rows, t * width + features);
      }
      values.add(value);
      covariates.add(rows);
    }
    return new ModelTrainer(settings, values, covariates);
  }

  private ModelTrainer(Settings settings, List<double[]> series, List<float[]> covariates) {
    this.settings = settings;
    this.series = List.copyOf(series);
    this.covariates = List.copyOf(covariates);
    for (int i = 0; i < series.size(); i++) {
      int n = series.get(i).length;
      int trainedEnd = (int) (n * TRAINED);
      int validatedEnd = (int) (n * (TRAINED + VALIDATED));
      addPart(trained, i, settings.seqLen() - 1, trainedEnd);
      addPart(validated, i, Math.max(trainedEnd, settings.seqLen() - 1), validatedEnd);
      addPart(heldOut, i, Math.max(validatedEnd, settings.seqLen() - 1), n);
    }
    if (trained.isEmpty() || validated.isEmpty() || heldOut.isEmpty()) {
      throw new IllegalArgumentException(
          "series: expected one at least of %d values or more, got %s"
              .formatted(
                  (int)
                      Math.ceil(
                          (settings.seqLen() + settings.horizon()) / (1 - TRAINED - VALIDATED)),
                  series.isEmpty() ? "none" : "shorter ones"));
    }
    for (int i = 0; i < SHARDS; i++) {
      shards.add(new Worker());
    }
    this.pool =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(SHARDS, settings.threads())),
            task -> {
              Thread thread = new Thread(task, "trainer");
              thread.setDaemon(true);
              return thread;
            });
    this.adam =
        new Adam(settings.learningRate(), Adam.BETA1, Adam.BETA2, Adam.EPSILON, 0.0, MAX_NORM);
  }

  /** All origins whose window and targets exist and whose targets lie before {@code end}. */
  private void addPart(List<Part> parts, int index, int begin, int end) {
    int last = end - settings.horizon();
    if (begin < last) {
      parts.add(new Part(index, begin, last));
    }
  }

  /** Where training starts: torch's initialisation, a head of zeros. */
  public Progress begin() {
    float[] weights = new float[settings.trainable().count()];
    float[] network = Initialisation.recurrent(settings.rnn(), new TorchGenerator(settings.seed()));
    System.arraycopy(network, 0, weights, 0, network.length);
    return new Progress(
        0,
        Double.NaN,
        weights,
        weights.clone(),
        0,
        Double.POSITIVE_INFINITY,
        new float[adam.stateLength(weights.length)]);
  }

  /** Whether another epoch is worth its time. */
  public boolean isDone(Progress progress) {
    return progress.epoch() >= settings.epochs()
        || progress.epoch() - progress.bestEpoch() >= settings.patience();
  }

  /** One more epoch; the given progress is not changed. */
  public Progress train(Progress before, Listener listener) {
    float[] weights = before.weights().clone();
    float[] optimizer = before.optimizer().clone();
    int epoch = before.epoch() + 1;
    long[] windows = shuffled(trained, MAX_WINDOWS, settings.seed() * 31 + epoch);
    float[] gradient = new float[weights.length];
    for (int at = 0; at < windows.length; at += settings.batch()) {
      int count = Math.min(settings.batch(), windows.length - at);
      double loss = gradients(weights, windows, at, count, gradient);
      if (!adam.step(loss, gradient, 0, weights, 0, optimizer, 0, weights.length)) {
        skippedUpdates++;
      }
      listener.trained(epoch, at + count, windows.length);
    }
    double score = relativeError(weights, validated);
    boolean better = score < before.bestScore();
    return new Progress(
        epoch,
        score,
        weights,
        better ? weights.clone() : before.best(),
        better ? epoch : before.bestEpoch(),
        better ? score : before.bestScore(),
        optimizer);
  }

  /** Mini-batches left out so far, because their loss or gradient was not a finite number. */
  public long skippedUpdates() {
    return skippedUpdates;
  }

  /** Windows as (part's series << 32 | origin), in random order. */
  private static long[] shuffled(List<Part> parts, int most, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Long> all = new ArrayList<>();
    for (Part part : parts) {
      int size = part.end - part.begin;
      for (int i = 0; i < Math.min(size, most); i++) {
        int origin = part.begin + (size <= most ? i : random.nextInt(size));
        all.add((long) part.series << 32 | origin);
      }
    }
    long[] windows = all.stream().mapToLong(Long::longValue).toArray();
    for (int i = windows.length - 1; i > 0; i--) { // Fisher and Yates
      int j = random.nextInt(i + 1);
      long swapped = windows[i];
      windows[i] = windows[j];
      windows[j] = swapped;
    }
    return windows;
  }

  private double gradients(float[] weights, long[] windows, int from, int count, float[] gradient) {
    List<Future<Double>> losses = new ArrayList<>();
    for (int s = 0; s < SHARDS; s++) {
      int begin = from + count * s / SHARDS;
      int end = from + count * (s + 1) / SHARDS;
      Worker worker = shards.get(s);
      losses.add(pool.submit(() -> worker.train(weights, windows, begin, end, count)));
    }
    double loss = 0;
    Arrays.fill(gradient, 0f);
    for (int s = 0; s < SHARDS; s++) {
      loss += result(losses.get(s));
      float[] part = shards.get(s).gradient;
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += part[i];
      }
    }
    return loss;
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("training failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while training", e);
    }
  }

  /**
   * Geometric mean over series of the mean absolute error divided by that of repeating the last
   * value, on time that was neither learned from nor used to stop.
   */
  public double score(Progress progress) {
    return relativeError(progress.best(), heldOut);
  }

  private double relativeError(float[] weights, List<Part> parts) {
    List<Future<Double>> ratios = new ArrayList<>();
    for (int p = 0; p < parts.size(); p++) {
      Part part = parts.get(p);
      Worker worker = shards.get(p % SHARDS);
      ratios.add(pool.submit(() -> worker.relativeError(weights, part)));
    }
    double logs = 0;
    for (Future<Double> ratio : ratios) {
      logs += Math.log(Math.max(result(ratio), 1e-9));
    }
    return Math.exp(logs / parts.size());
  }

  /** The model with the best weights so far. */
  public ForecastModel model(
      String name, long version, Progress progress, java.util.Map<String, String> provenance) {
    float[] best = progress.best();
    return new ForecastModel(
        name,
        version,
        settings.mode(),
        settings.rnn(),
        settings.seqLen(),
        settings.horizon(),
        Readout.FINAL_HIDDEN,
        settings.scaling(),
        Arrays.copyOf(best, settings.rnn().parameterCount()),
        settings.trainable().head(best),
        settings.calendar(),
        provenance);
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }

  /** One shard's network and scratch. */
  private final class Worker {
    private final int seqLen = settings.seqLen();
    private final int horizon = settings.horizon();
    private final TrainableModel model = settings.trainable();
    private final int answersEach = model.answers();
    private final int width = settings.rnn().inputSize() - 1; // covariates of a value
    private final float[] gradient = new float[model.count()];
    private float[] input = {};
    private float[] targets = {};
    private float[] dAnswers = {};

    synchronized double train(float[] weights, long[] windows, int begin, int end, int batchAll) {
      Arrays.fill(gradient, 0f);
      int batch = end - begin;
      if (batch == 0) {
        return 0;
      }
      double share = (double) batch / batchAll;
      model.load(weights, 0);
      float[] answers = forward(windows, begin, batch);
      double loss =
          share * Loss.pseudoHuber(DELTA, answers, targets, null, batch * answersEach, dAnswers);
      for (int i = 0; i < batch * answersEach; i++) {
        dAnswers[i] *= (float) share;
      }
      model.backward(dAnswers, gradient);
      return loss;
    }

    private float[] forward(long[] windows, int begin, int batch) {
      if (targets.length != batch * answersEach) { // the network wants just the batch's size
        input = new float[batch * seqLen * (1 + width)];
        targets = new float[batch * answersEach];
        dAnswers = new float[batch * answersEach];
      }
      for (int b = 0; b < batch; b++) {
        fill((int) (windows[begin + b] >>> 32), (int) windows[begin + b], b);
      }
      return model.forward(input, batch);
    }

    /** Input and targets of the window that ends at {@code origin}. */
    private void fill(int index, int origin, int b) {
      double[] values = series.get(index);
      float[] rows = covariates.get(index);
      int first = origin - seqLen + 1;
      double center = settings.scaling().center(values, first, seqLen);
      double scale = settings.scaling().scale(values, first, seqLen);
      float limit = settings.scaling().readsWindow() ? TARGET_LIMIT : Float.MAX_VALUE;
      for (int t = 0; t < seqLen; t++) {
        int to = (b * seqLen + t) * (1 + width);
        input[to] = (float) ((values[first + t] - center) / scale);
        System.arraycopy(rows, (first + t) * width, input, to + 1, width);
      }
      int firstOrigin = origin + 1 - answersEach / horizon; // several when all steps answer
      for (int i = 0; i < answersEach; i++) {
        double truth = values[firstOrigin + i / horizon + 1 + i % horizon];
        float target = (float) ((truth - center) / scale);
        targets[b * answersEach + i] = Math.max(-limit, Math.min(limit, target));
      }
    }

    synchronized double relativeError(float[] weights, Part part) {
      model.load(weights, 0);
      double[] values = series.get(part.series);
      double error = 0;
      double naive = 0;
      long[] window = new long[1];
      for (int origin = part.begin; origin < part.end; origin++) {
        window[0] = (long) part.series << 32 | origin;
        float[] answers = forward(window, 0, 1);
        double center = settings.scaling().center(values, origin - seqLen + 1, seqLen);
        double scale = settings.scaling().scale(values, origin - seqLen + 1, seqLen);
        for (int i = 0; i < horizon; i++) {
          double truth = values[origin + 1 + i];
          error += Math.abs(truth - center - scale * answers[answersEach - horizon + i]);
          naive += Math.abs(truth - values[origin]);
        }
      }
      return naive > 0 ? error / naive : 1;
    }
  }
}
