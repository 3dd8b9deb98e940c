package dev.weir.forecast.network;

import dev.weir.forecast.Observation;
import dev.weir.model.AheadInputs;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Adam;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Trains a base model over many series at once: shuffled mini-batches of windows from all of them,
 * pseudo-Huber loss on the scaled targets, Adam, early stopping on held-out time.
 *
 * <p>Each series' time is cut in three: the first {@value TrainingData#TRAINED} of it is learned
 * from, the next {@value TrainingData#VALIDATED} decides when to stop, the rest is looked at once,
 * for the score. A window's targets all lie after it, so a bidirectional network never sees them;
 * and all in the part that the window belongs to. A head starts at zero, so that the untrained
 * forecast is the center of the scaling, with {@link Scaling.Rule#LAST} "the last value again".
 *
 * <p>The same series and settings give the same bits, whatever the number of threads: a mini-batch
 * is always cut into the same {@value #SHARDS} parts, whose gradients are added in order.
 */
public final class ModelTrainer implements AutoCloseable {

  private static final int SHARDS = 4;
  private static final double MAX_NORM = 1.0;

  /** A series with more windows than this gives a new random choice of them in each epoch. */
  private static final int MAX_WINDOWS = 4_000;

  /**
   * What is trained.
   *
   * @param mode which outputs become the forecast
   * @param rnn shape of the network; its input_size is 1, two for each of the calendar and the
   *     horizon for each of {@code ahead}, and the rest are features
   * @param head whether a linear head reads the network; without one hidden_size is the horizon,
   *     many-to-many 1, and the hidden state is the forecast
   * @param scaling how a window is scaled, and its targets with it
   * @param seqLen values in a window
   * @param horizon values in a forecast; many-to-many: equal to seqLen
   * @param calendar what the network reads of the time
   * @param ahead covariates known ahead that the network reads
   */
  public record Network(
      Mode mode,
      RnnConfig rnn,
      boolean head,
      Scaling scaling,
      int seqLen,
      int horizon,
      List<Calendar> calendar,
      int ahead) {

    public Network {
      calendar = List.copyOf(calendar);
      atLeastOne("seq_len", seqLen);
      atLeastOne("horizon", horizon);
      int least = 1 + Calendar.inputs(calendar) + ahead * horizon;
      if (rnn.inputSize() < least) {
        throw new IllegalArgumentException(
            "input_size: expected at least %d for a value, the calendar %s and %d known ahead, got %d"
                .formatted(least, Calendar.labels(calendar), ahead, rnn.inputSize()));
      }
      if (mode == Mode.MANY_TO_MANY && horizon != seqLen) {
        throw new IllegalArgumentException(
            "horizon: expected seq_len (%d) for many-to-many, got %d".formatted(seqLen, horizon));
      }
      int rows = mode == Mode.MANY_TO_ONE ? horizon : 1;
      if (!head && rnn.hiddenSize() != rows) {
        throw new IllegalArgumentException(
            "hidden_size: expected %d for %s without a head, got %d"
                .formatted(rows, mode.label(), rnn.hiddenSize()));
      }
    }

    /** Observed covariates of each observation. */
    public int features() {
      return rnn.inputSize() - 1 - Calendar.inputs(calendar) - ahead * horizon;
    }

    TrainableModel trainable() {
      return new TrainableModel(mode, rnn, seqLen, horizon, Readout.FINAL_HIDDEN, head);
    }
  }

  /**
   * How it is trained.
   *
   * @param batch windows in a mini-batch
   * @param learningRate of Adam
   * @param epochs at most so many
   * @param patience stop after so many epochs without a better validation
   * @param seed of initialisation and shuffling
   * @param threads how many work
   */
  public record Settings(
      Network network,
      int batch,
      double learningRate,
      int epochs,
      int patience,
      long seed,
      int threads) {

    public Settings {
      atLeastOne("batch", batch);
      atLeastOne("epochs", epochs);
      atLeastOne("patience", patience);
      if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
        throw new IllegalArgumentException(
            "learning rate: expected a number above 0, got " + learningRate);
      }
    }
  }

  private static void atLeastOne(String what, int value) {
    if (value < 1 || value > 1_000_000) {
      throw new IllegalArgumentException(
          "%s: expected 1 to 1,000,000, got %d".formatted(what, value));
    }
  }

  /**
   * The state of a training, with everything needed to resume it.
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

  private final Settings settings;
  private final TrainingData data;
  private final List<TrainingShard> shards = new ArrayList<>();
  private final ExecutorService pool;
  private final Adam adam;
  private long skippedUpdates;

  /**
   * @param series only their values are read; oldest first, finite
   */
  public ModelTrainer(Settings settings, List<double[]> series) {
    this(settings, TrainingData.withoutCovariates(settings.network(), series));
  }

  /**
   * @param series observations of each, oldest first, with what is known ahead of their own times
   * @throws IllegalArgumentException when one has another number of covariates than the settings
   */
  public static ModelTrainer of(Settings settings, Collection<List<Observation>> series) {
    return new ModelTrainer(settings, TrainingData.of(settings.network(), series));
  }

  private ModelTrainer(Settings settings, TrainingData data) {
    this.settings = settings;
    this.data = data;
    for (int i = 0; i < SHARDS; i++) {
      shards.add(new TrainingShard(settings.network(), data));
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

  /** Where training starts: torch's initialisation, a head of zeros. */
  public Progress begin() {
    float[] weights = initialWeights(settings);
    return new Progress(
        0,
        Double.NaN,
        weights,
        weights.clone(),
        0,
        Double.POSITIVE_INFINITY,
        new float[adam.stateLength(weights.length)]);
  }

  private static float[] initialWeights(Settings settings) {
    float[] weights = new float[settings.network().trainable().count()];
    float[] network =
        Initialization.recurrent(settings.network().rnn(), new TorchRandom(settings.seed()));
    System.arraycopy(network, 0, weights, 0, network.length);
    return weights;
  }

  /** Where training would start, as a model: it needs no series. */
  public static ForecastModel untrained(
      Settings settings, String name, long version, Map<String, String> provenance) {
    AheadInputs ahead = AheadInputs.asTheyAre(settings.network().ahead());
    return model(settings.network(), ahead, name, version, initialWeights(settings), provenance);
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
    long[] windows = data.shuffled(MAX_WINDOWS, settings.seed() * 31 + epoch);
    float[] gradient = new float[weights.length];
    for (int at = 0; at < windows.length; at += settings.batch()) {
      int count = Math.min(settings.batch(), windows.length - at);
      double loss = gradients(weights, windows, at, count, gradient);
      if (!adam.step(loss, gradient, 0, weights, 0, optimizer, 0, weights.length)) {
        skippedUpdates++;
      }
      listener.trained(epoch, at + count, windows.length);
    }
    double score = relativeError(weights, data.validated());
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

  private double gradients(float[] weights, long[] windows, int from, int count, float[] gradient) {
    List<Future<Double>> losses = new ArrayList<>();
    for (int s = 0; s < SHARDS; s++) {
      int begin = from + count * s / SHARDS;
      int end = from + count * (s + 1) / SHARDS;
      TrainingShard shard = shards.get(s);
      losses.add(pool.submit(() -> shard.train(weights, windows, begin, end, count)));
    }
    double loss = 0;
    Arrays.fill(gradient, 0f);
    for (int s = 0; s < SHARDS; s++) {
      loss += result(losses.get(s));
      float[] part = shards.get(s).gradient();
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
    return relativeError(progress.best(), data.heldOut());
  }

  private double relativeError(float[] weights, List<TrainingData.Part> parts) {
    List<Future<Double>> ratios = new ArrayList<>();
    for (int p = 0; p < parts.size(); p++) {
      TrainingData.Part part = parts.get(p);
      TrainingShard shard = shards.get(p % SHARDS);
      ratios.add(pool.submit(() -> shard.relativeError(weights, part)));
    }
    double logs = 0;
    for (Future<Double> ratio : ratios) {
      logs += Math.log(Math.max(result(ratio), 1e-9));
    }
    return Math.exp(logs / parts.size());
  }

  /** The model with the best weights so far. */
  public ForecastModel model(
      String name, long version, Progress progress, Map<String, String> provenance) {
    return model(settings.network(), data.ahead(), name, version, progress.best(), provenance);
  }

  private static ForecastModel model(
      Network network,
      AheadInputs ahead,
      String name,
      long version,
      float[] weights,
      Map<String, String> provenance) {
    return new ForecastModel(
        name,
        version,
        network.mode(),
        network.rnn(),
        network.seqLen(),
        network.horizon(),
        Readout.FINAL_HIDDEN,
        network.scaling(),
        Arrays.copyOf(weights, network.rnn().parameterCount()),
        network.trainable().head(weights),
        network.calendar(),
        ahead,
        List.of(),
        provenance);
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
