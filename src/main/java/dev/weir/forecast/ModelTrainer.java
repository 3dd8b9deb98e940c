package dev.weir.forecast;

import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Adam;
import dev.weir.rnn.Initialisation;
import dev.weir.rnn.Linear;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TorchGenerator;
import dev.weir.rnn.TrainableRnn;
import java.util.ArrayList;
import java.util.Arrays;
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
 * the window belongs to. Windows are scaled by {@link Scaling.Rule#LAST}; the head starts at zero,
 * so that the untrained forecast is "the last value again".
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
   * @param rnn shape of the network; its input_size must be 1
   * @param seqLen values in a window
   * @param horizon values in a forecast; many-to-many: equal to seqLen
   * @param batch windows in a mini-batch
   * @param learningRate of Adam
   * @param epochs at most so many
   * @param patience stop after so many epochs without a better validation
   * @param seed of initialisation and shuffling
   * @param threads how many work
   */
  public record Settings(
      Mode mode,
      RnnConfig rnn,
      int seqLen,
      int horizon,
      int batch,
      double learningRate,
      int epochs,
      int patience,
      long seed,
      int threads) {
    public Settings {
      atLeastOne("seq_len", seqLen);
      atLeastOne("horizon", horizon);
      atLeastOne("batch", batch);
      atLeastOne("epochs", epochs);
      atLeastOne("patience", patience);
      if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
        throw new IllegalArgumentException(
            "learning rate: expected a number above 0, got " + learningRate);
      }
      if (rnn.inputSize() != 1) {
        throw new IllegalArgumentException(
            "input_size: expected 1, got %d: training has no covariates yet"
                .formatted(rnn.inputSize()));
      }
      if (mode == Mode.MANY_TO_MANY && horizon != seqLen) {
        throw new IllegalArgumentException(
            "horizon: expected seq_len (%d) for many-to-many, got %d".formatted(seqLen, horizon));
      }
    }

    private static void atLeastOne(String what, int value) {
      if (value < 1 || value > 1_000_000) {
        throw new IllegalArgumentException(
            "%s: expected 1 to 1,000,000, got %d".formatted(what, value));
      }
    }

    int headRows() {
      return mode == Mode.MANY_TO_ONE ? horizon : 1;
    }

    int parameters() {
      return rnn.parameterCount() + headRows() * (rnn.outputSize() + 1);
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
  private final List<Part> trained = new ArrayList<>();
  private final List<Part> validated = new ArrayList<>();
  private final List<Part> heldOut = new ArrayList<>();
  private final List<Worker> shards = new ArrayList<>();
  private final ExecutorService pool;
  private final Adam adam;

  /**
   * @param series values of each, oldest first, finite
   */
  public ModelTrainer(Settings settings, List<double[]> series) {
    this.settings = settings;
    this.series = List.copyOf(series);
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
    float[] weights = new float[settings.parameters()];
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
      adam.step(loss, gradient, 0, weights, 0, optimizer, 0, weights.length);
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
    int network = settings.rnn().parameterCount();
    int headWeights = settings.headRows() * settings.rnn().outputSize();
    float[] best = progress.best();
    return new ForecastModel(
        name,
        version,
        settings.mode(),
        settings.rnn(),
        settings.seqLen(),
        settings.horizon(),
        Readout.FINAL_HIDDEN,
        Scaling.LAST,
        Arrays.copyOf(best, network),
        new ForecastModel.Head(
            Arrays.copyOfRange(best, network, network + headWeights),
            Arrays.copyOfRange(best, network + headWeights, best.length)),
        provenance);
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }

  /** One shard's network and scratch. */
  private final class Worker {
    private final RnnConfig rnn = settings.rnn();
    private final int seqLen = settings.seqLen();
    private final int horizon = settings.horizon();
    private final int width = rnn.outputSize();
    private final int headRows = settings.headRows();
    private final int headAt = rnn.parameterCount();
    private final int biasAt = headAt + headRows * width;
    private final TrainableRnn network = new TrainableRnn(rnn);
    private final RnnOutput result = new RnnOutput();
    private final float[] gradient = new float[settings.parameters()];
    private final float[] hidden = new float[width];
    private final float[] dHidden = new float[width];
    private float[] input = {};
    private float[] targets = {};
    private float[] answers = {};
    private float[] dAnswers = {};
    private float[] dHN = {};
    private float[] dOut = {};

    synchronized double train(float[] weights, long[] windows, int begin, int end, int batchAll) {
      Arrays.fill(gradient, 0f);
      int batch = end - begin;
      if (batch == 0) {
        return 0;
      }
      double share = (double) batch / batchAll;
      network.load(weights, 0);
      forward(weights, windows, begin, batch);
      double loss =
          share * Loss.pseudoHuber(DELTA, answers, targets, null, batch * horizon, dAnswers);
      for (int i = 0; i < batch * horizon; i++) {
        dAnswers[i] *= (float) share;
      }
      backward(weights, batch);
      return loss;
    }

    private void forward(float[] weights, long[] windows, int begin, int batch) {
      grow(batch);
      for (int b = 0; b < batch; b++) {
        fill(series.get((int) (windows[begin + b] >>> 32)), (int) windows[begin + b], b);
      }
      network.forward(input, batch, seqLen, true, null, null, result);
      for (int b = 0; b < batch; b++) {
        if (settings.mode() == Mode.MANY_TO_ONE) {
          gather(batch, b);
          Linear.forward(
              weights, headAt, weights, biasAt, width, headRows, hidden, 0, answers, b * horizon);
        } else {
          for (int t = 0; t < seqLen; t++) {
            Linear.forward(
                weights,
                headAt,
                weights,
                biasAt,
                width,
                1,
                result.out(),
                (b * seqLen + t) * width,
                answers,
                b * horizon + t);
          }
        }
      }
    }

    /** Input and targets of the window that ends at {@code origin}, scaled by the rule LAST. */
    private void fill(double[] values, int origin, int b) {
      double last = values[origin];
      double scale = deviation(values, origin);
      for (int t = 0; t < seqLen; t++) {
        input[b * seqLen + t] = (float) ((values[origin - seqLen + 1 + t] - last) / scale);
      }
      for (int i = 0; i < horizon; i++) {
        float target = (float) ((values[origin + 1 + i] - last) / scale);
        targets[b * horizon + i] = Math.max(-TARGET_LIMIT, Math.min(TARGET_LIMIT, target));
      }
    }

    private double deviation(double[] values, int origin) {
      double mean = 0;
      for (int t = origin - seqLen + 1; t <= origin; t++) {
        mean += values[t];
      }
      mean /= seqLen;
      double sum = 0;
      for (int t = origin - seqLen + 1; t <= origin; t++) {
        sum += (values[t] - mean) * (values[t] - mean);
      }
      double deviation = Math.sqrt(sum / seqLen);
      return deviation > 0 ? deviation : 1;
    }

    /** The last layer's final hidden states of both directions, side by side. */
    private void gather(int batch, int b) {
      int size = rnn.hiddenSize();
      for (int d = 0; d < rnn.numDirections(); d++) {
        System.arraycopy(result.hN(), hN(batch, b, d), hidden, d * size, size);
      }
    }

    private int hN(int batch, int b, int direction) {
      int row = (rnn.numLayers() - 1) * rnn.numDirections() + direction;
      return (row * batch + b) * rnn.hiddenSize();
    }

    private void backward(float[] weights, int batch) {
      int size = rnn.hiddenSize();
      boolean manyToOne = settings.mode() == Mode.MANY_TO_ONE;
      Arrays.fill(dHN, 0f);
      Arrays.fill(dOut, 0f);
      for (int b = 0; b < batch; b++) {
        if (manyToOne) {
          gather(batch, b);
          Arrays.fill(dHidden, 0f);
          headBackward(weights, headRows, hidden, 0, b * horizon, dHidden, 0);
          for (int d = 0; d < rnn.numDirections(); d++) {
            System.arraycopy(dHidden, d * size, dHN, hN(batch, b, d), size);
          }
        } else {
          for (int t = 0; t < seqLen; t++) {
            int row = (b * seqLen + t) * width;
            headBackward(weights, 1, result.out(), row, b * horizon + t, dOut, row);
          }
        }
      }
      network.backward(
          manyToOne ? null : dOut, manyToOne ? dHN : null, null, gradient, 0, null, null, null);
    }

    private void headBackward(
        float[] weights, int rows, float[] x, int xAt, int answer, float[] dX, int dXAt) {
      Linear.backward(
          weights, headAt, width, rows, x, xAt, dAnswers, answer, gradient, headAt, gradient,
          biasAt, dX, dXAt);
    }

    private void grow(int batch) {
      if (input.length == batch * seqLen) {
        return; // the network wants arrays of just the batch's size
      }
      input = new float[batch * seqLen];
      targets = new float[batch * horizon];
      answers = new float[batch * horizon];
      dAnswers = new float[batch * horizon];
      dHN = new float[rnn.numLayers() * rnn.numDirections() * batch * rnn.hiddenSize()];
      dOut = new float[batch * seqLen * width];
    }

    synchronized double relativeError(float[] weights, Part part) {
      network.load(weights, 0);
      double[] values = series.get(part.series);
      double error = 0;
      double naive = 0;
      long[] window = new long[1];
      for (int origin = part.begin; origin < part.end; origin++) {
        window[0] = (long) part.series << 32 | origin;
        forward(weights, window, 0, 1);
        double scale = deviation(values, origin);
        for (int i = 0; i < horizon; i++) {
          double truth = values[origin + 1 + i];
          error += Math.abs(truth - values[origin] - scale * answers[i]);
          naive += Math.abs(truth - values[origin]);
        }
      }
      return naive > 0 ? error / naive : 1;
    }
  }
}
