package dev.weir.forecast.pretraining;

import dev.weir.forecast.candidate.CandidateKinds;
import dev.weir.forecast.candidate.CandidateWeights;
import dev.weir.forecast.candidate.TrainableCandidateNetwork;
import dev.weir.model.CandidateShape;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.cell.Cell;
import dev.weir.rnn.cell.RnnConfig;
import dev.weir.rnn.training.Adam;
import dev.weir.rnn.training.WeightAverage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Trains the network that combines candidate forecasts, on real and {@link SyntheticSeries}. In
 * rounds: some series are drawn, a learner goes through each of them, and the samples of all are
 * learned in shuffled batches, by Adam with decoupled weight decay and a learning rate that falls
 * as a cosine. The result is the moving average of the weights.
 *
 * <p>A family's series count with one over the root of their number, so that no family rules. One
 * family in {@value #FAMILIES_PER_HELD_OUT} is held out and only scored.
 *
 * <p>The same series and settings give the same bits whatever the number of threads, also when
 * training was interrupted: each round follows from the seed and its number, and a batch is always
 * cut into {@value #SHARDS} parts, whose gradients are added in order.
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter, Decoupled weight decay
 *     regularization, 2019</a>
 */
public final class CandidateTrainer implements AutoCloseable {

  private static final int BATCH = 256;
  private static final int SHARDS = 4;
  private static final int SERIES_PER_ROUND = 64;
  private static final int FAMILIES_PER_HELD_OUT = 8;
  private static final int HELD_OUT = 5; // its place among them, by name
  private static final int HELD_OUT_SERIES = 48; // that are scored
  private static final int[] HORIZONS = {24, 2, 24, 8, 24, 2, 48};

  private static final int WARM_UP = 200; // updates while the learning rate rises
  private static final double LAST_RATE = 0.02; // of the learning rate
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.98;
  private static final double WEIGHT_DECAY = 0.01;
  private static final double MAX_NORM = 1;
  private static final double AVERAGE = 0.998;
  private static final double FLIPPED = 0.3;
  private static final double DROPPED = 0.2; // of the encoder's outputs
  private static final double SMOOTH = 0.1; // errors below are squared
  private static final double SYNTHETIC_WEIGHT = 3;

  /**
   * @param cell of the recurrent network that reads the window
   * @param units of each candidate and of each step
   * @param samples to learn from, about
   * @param synthetic series that are made beside the given ones
   */
  public record Settings(
      Cell cell,
      int hiddenSize,
      int layers,
      boolean bidirectional,
      int units,
      double learningRate,
      long samples,
      int synthetic,
      long seed,
      int threads) {

    public Settings {
      if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
        throw new IllegalArgumentException(
            "learning rate: expected a number above 0, got " + learningRate);
      }
      check("samples", samples, 1, 1_000_000_000);
      check("synthetic", synthetic, 0, 1_000_000);
      check("threads", threads, 1, 1_000);
    }

    private static void check(String what, long value, long least, long most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "%s: expected %,d to %,d, got %d".formatted(what, least, most, value));
      }
    }

    public CandidateShape shape() {
      return new CandidateShape(
          CandidateKinds.NAMES.size(),
          units,
          new RnnConfig(cell, CandidateShape.INPUTS, hiddenSize, layers, bidirectional, true));
    }

    long updates() {
      return Math.max(1, samples / BATCH);
    }
  }

  /**
   * The state of the training: what is needed to continue it.
   *
   * @param average the weights to use
   * @param best the average when it was best on what is held out
   */
  public record Progress(
      int round,
      long updates,
      float[] weights,
      float[] average,
      float[] optimizer,
      float[] best,
      double bestScore,
      double score,
      double loss) {}

  private final Settings settings;
  private final CandidateShape shape;
  private final List<TrainingSeries> trained = new ArrayList<>();
  private final List<TrainingSeries> heldOut = new ArrayList<>();
  private final double[] cumulative; // (trained)
  private final ExecutorService threads;
  private final Worker[] workers = new Worker[SHARDS];
  private List<Samples> check; // of what is held out

  public CandidateTrainer(Settings settings, List<TrainingSeries> series) {
    this.settings = settings;
    this.shape = settings.shape();
    Map<String, Integer> families = new TreeMap<>();
    series.forEach(one -> families.merge(one.family(), 1, Integer::sum));
    List<String> names = List.copyOf(families.keySet());
    for (TrainingSeries one : series) {
      boolean held = names.indexOf(one.family()) % FAMILIES_PER_HELD_OUT == HELD_OUT;
      (held ? heldOut : trained).add(one);
    }
    for (int i = 0; i < settings.synthetic(); i++) {
      trained.add(SyntheticSeries.of(settings.seed() * 1_000_003 + i));
    }
    if (trained.isEmpty()) {
      throw new IllegalArgumentException("series: expected at least one, got none");
    }
    families.put(SyntheticSeries.FAMILY, settings.synthetic());
    this.cumulative = new double[trained.size()];
    double sum = 0;
    for (int i = 0; i < cumulative.length; i++) {
      String family = trained.get(i).family();
      double weight = family.equals(SyntheticSeries.FAMILY) ? SYNTHETIC_WEIGHT : 1;
      sum += weight / Math.sqrt(families.get(family));
      cumulative[i] = sum;
    }
    this.threads =
        Executors.newFixedThreadPool(
            settings.threads(),
            work -> {
              Thread thread = new Thread(work, "train");
              thread.setDaemon(true);
              return thread;
            });
    for (int i = 0; i < SHARDS; i++) {
      workers[i] = new Worker(shape);
    }
  }

  /** Series that are learned from, made ones included. */
  public int trainedSeries() {
    return trained.size();
  }

  /** Series that are only scored. */
  public int heldOutSeries() {
    return heldOut.size();
  }

  public Progress begin() {
    float[] weights = CandidateWeights.initial(shape, settings.seed());
    int count = weights.length;
    return new Progress(
        0,
        0,
        weights,
        weights.clone(),
        new float[2 * count + 1],
        weights.clone(),
        Double.POSITIVE_INFINITY,
        Double.NaN,
        Double.NaN);
  }

  public boolean isDone(Progress progress) {
    return progress.updates() >= settings.updates();
  }

  /** How far training is, from 0 to 1. */
  public double done(Progress progress) {
    return Math.min(1, (double) progress.updates() / settings.updates());
  }

  /** One round more. */
  public Progress train(Progress from) {
    SplittableRandom random = new SplittableRandom(settings.seed() * 31 + from.round());
    int horizon = HORIZONS[from.round() % HORIZONS.length];
    List<Samples> samples = draw(horizon, random);
    long[] order = shuffled(samples, random);
    float[] weights = from.weights().clone();
    float[] average = from.average().clone();
    float[] optimizer = from.optimizer().clone();
    long updates = from.updates();
    double sum = 0;
    int batches = 0;
    for (int at = 0; at + BATCH <= order.length && updates < settings.updates(); at += BATCH) {
      double loss = gradient(weights, samples, order, at, random.nextLong());
      update(loss, weights, optimizer, updates);
      double kept = Math.min(AVERAGE, (updates + 1.0) / (updates + 10));
      WeightAverage.update(average, 0, weights, 0, weights.length, kept);
      updates++;
      sum += loss;
      batches++;
    }
    double score = score(average);
    boolean better = !(score >= from.bestScore());
    return new Progress(
        from.round() + 1,
        updates,
        weights,
        average,
        optimizer,
        better ? average.clone() : from.best(),
        better ? score : from.bestScore(),
        score,
        sum / Math.max(1, batches));
  }

  private List<Samples> draw(int horizon, SplittableRandom random) {
    List<Future<Samples>> made = new ArrayList<>();
    for (int k = 0; k < SERIES_PER_ROUND; k++) {
      TrainingSeries series = pick(random);
      long seed = random.nextLong();
      if (series.values().length >= horizon + TrainingSeries.LEAST_VALUES / 2) {
        made.add(threads.submit(() -> SampleSource.of(series, horizon, seed)));
      }
    }
    return all(made);
  }

  private TrainingSeries pick(SplittableRandom random) {
    double x = random.nextDouble() * cumulative[cumulative.length - 1];
    int place = Arrays.binarySearch(cumulative, x);
    return trained.get(Math.min(place < 0 ? -place - 1 : place, trained.size() - 1));
  }

  private static <T> List<T> all(List<Future<T>> made) {
    List<T> results = new ArrayList<>(made.size());
    try {
      for (Future<T> one : made) {
        results.add(one.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("training failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("training was interrupted", e);
    }
    return results;
  }

  /** Each sample once: the number of its series, then its own. */
  private static long[] shuffled(List<Samples> samples, SplittableRandom random) {
    long[] order = new long[samples.stream().mapToInt(Samples::count).sum()];
    int next = 0;
    for (int s = 0; s < samples.size(); s++) {
      for (int i = 0; i < samples.get(s).count(); i++) {
        order[next++] = (long) s << 32 | i;
      }
    }
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      long kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    return order;
  }

  /** The loss of a batch; leaves its gradient with the first worker. */
  private double gradient(
      float[] weights, List<Samples> samples, long[] order, int from, long seed) {
    List<Future<Double>> losses = new ArrayList<>(SHARDS);
    for (int s = 0; s < SHARDS; s++) {
      Worker worker = workers[s];
      int first = from + BATCH * s / SHARDS;
      int end = from + BATCH * (s + 1) / SHARDS;
      SplittableRandom random = new SplittableRandom(seed + s);
      losses.add(threads.submit(() -> worker.learn(weights, samples, order, first, end, random)));
    }
    double loss = 0;
    for (double one : all(losses)) {
      loss += one;
    }
    float[] gradient = workers[0].gradient;
    for (int s = 1; s < SHARDS; s++) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += workers[s].gradient[i];
      }
    }
    return loss;
  }

  private void update(double loss, float[] weights, float[] optimizer, long updates) {
    double progress = (double) updates / settings.updates();
    double rate =
        settings.learningRate()
            * (LAST_RATE + (1 - LAST_RATE) * (1 + Math.cos(Math.PI * progress)) / 2)
            * Math.min(1, (updates + 1.0) / WARM_UP);
    CandidateWeights.decay(shape, weights, (float) (1 - rate * WEIGHT_DECAY));
    new Adam(rate, BETA1, BETA2, Adam.EPSILON, 0, MAX_NORM)
        .step(loss, workers[0].gradient, 0, weights, 0, optimizer, 0, weights.length);
  }

  /**
   * The mean loss on what is held out; NaN where nothing is, so that the newest average is best.
   */
  private double score(float[] weights) {
    if (check == null) {
      check = heldOutSamples();
    }
    List<Future<double[]>> scored = new ArrayList<>();
    for (Samples samples : check) {
      scored.add(threads.submit(() -> new Worker(shape).score(weights, samples)));
    }
    double loss = 0;
    double count = 0;
    for (double[] one : all(scored)) {
      loss += one[0];
      count += one[1];
    }
    return loss / count;
  }

  private List<Samples> heldOutSamples() {
    SplittableRandom random = new SplittableRandom(settings.seed());
    List<Future<Samples>> made = new ArrayList<>();
    for (int k = 0; k < HELD_OUT_SERIES && !heldOut.isEmpty(); k++) {
      TrainingSeries series = heldOut.get(random.nextInt(heldOut.size()));
      int horizon = HORIZONS[k % HORIZONS.length];
      long seed = random.nextLong();
      if (series.values().length >= horizon + TrainingSeries.LEAST_VALUES / 2) {
        made.add(threads.submit(() -> SampleSource.of(series, horizon, seed)));
      }
    }
    return all(made);
  }

  /**
   * A model of these weights.
   *
   * @param provenance what is known of its training
   */
  public ForecastModel model(
      String name, long version, float[] weights, Map<String, String> provenance) {
    return new ForecastModel(
        name,
        version,
        Mode.MANY_TO_ONE,
        shape.encoder(),
        CandidateShape.WINDOW,
        HORIZONS[HORIZONS.length - 1],
        Readout.FINAL_HIDDEN,
        Scaling.NONE,
        weights,
        null,
        List.of(),
        CandidateKinds.NAMES,
        provenance);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  /** One part of a batch. */
  private static final class Worker {

    final float[] gradient;
    private final CandidateShape shape;
    private final TrainableCandidateNetwork network;

    Worker(CandidateShape shape) {
      this.shape = shape;
      this.network = new TrainableCandidateNetwork(shape);
      this.gradient = new float[shape.parameterCount()];
    }

    synchronized double learn(
        float[] weights,
        List<Samples> samples,
        long[] order,
        int from,
        int end,
        SplittableRandom random) {
      Batch batch = batch(samples, order, from, end);
      float[] keep = new float[batch.size * shape.encoder().outputSize()];
      for (int i = 0; i < keep.length; i++) {
        keep[i] = random.nextDouble() < DROPPED ? 0 : (float) (1 / (1 - DROPPED));
      }
      for (int i = 0; i < batch.size; i++) {
        if (random.nextDouble() < FLIPPED) {
          batch.flip(i);
        }
      }
      Arrays.fill(gradient, 0);
      network.load(weights);
      float[] results = new float[batch.targets.length];
      network.forward(batch.inputs(), keep, results);
      float[] dResults = new float[results.length];
      double loss = loss(batch, results, dResults, BATCH * Samples.STEPS);
      network.backward(dResults, gradient);
      CandidateWeights.freeze(shape, gradient);
      return loss;
    }

    /** Sum of the losses, and how many. */
    double[] score(float[] weights, Samples samples) {
      network.load(weights);
      double loss = 0;
      for (int from = 0; from < samples.count(); from += BATCH) {
        int size = Math.min(BATCH, samples.count() - from);
        Batch batch = new Batch(size, samples.candidates());
        for (int i = 0; i < size; i++) {
          samples.copy(from + i, batch, i, batch.candidates);
        }
        float[] results = new float[batch.targets.length];
        network.forward(batch.inputs(), null, results);
        loss += loss(batch, results, new float[results.length], 1);
      }
      return new double[] {loss, (double) samples.count() * Samples.STEPS};
    }

    private static Batch batch(List<Samples> samples, long[] order, int from, int end) {
      int most = 0;
      for (int i = from; i < end; i++) {
        most = Math.max(most, samples.get((int) (order[i] >> 32)).candidates());
      }
      Batch batch = new Batch(end - from, most);
      for (int i = from; i < end; i++) {
        samples.get((int) (order[i] >> 32)).copy((int) order[i], batch, i - from, most);
      }
      return batch;
    }

    /** Weighted absolute errors, smooth near 0. */
    private static double loss(Batch batch, float[] results, float[] dResults, int all) {
      double loss = 0;
      for (int i = 0; i < results.length; i++) {
        double error = results[i] - batch.targets[i];
        double size = Math.sqrt(error * error + SMOOTH * SMOOTH);
        loss += batch.weights[i] * (size - SMOOTH) / all;
        dResults[i] = (float) (batch.weights[i] * error / size / all);
      }
      return loss;
    }
  }
}
