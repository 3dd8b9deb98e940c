package dev.weir.lab.train;

import dev.weir.rnn.Adam;
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
 * Trains {@code builtin:weir}. In rounds: some series are drawn, the {@link CandidateTask} takes
 * samples of each, and all are learned in shuffled batches, by Adam with decoupled weight decay and
 * a learning rate that falls as a cosine. The result is the moving average of the weights.
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
final class WeirTrainer implements AutoCloseable {

  private static final int BATCH = 256;
  private static final int SHARDS = 4;
  private static final int SERIES_PER_ROUND = 160;
  private static final int FAMILIES_PER_HELD_OUT = 8;
  private static final int HELD_OUT = 5; // its place among them, by name
  private static final int HELD_OUT_SERIES = 48; // that are scored

  /** Steps ahead of the rounds, in turn. */
  static final int[] HORIZONS = {24, 2, 24, 8, 24, 2, 48};

  /** Steps ahead, at most. */
  static final int LONGEST = 48;

  private static final int WARM_UP = 200; // updates while the learning rate rises
  private static final double LAST_RATE = 0.02; // of the learning rate
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.98;
  private static final double WEIGHT_DECAY = 0.01;
  private static final double MAX_NORM = 1;
  private static final double AVERAGE = 0.998;

  /**
   * @param samples to learn from, about
   */
  record Settings(double learningRate, long samples, long seed, int threads) {

    public Settings {
      if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
        throw new IllegalArgumentException(
            "learning rate: expected a number above 0, got " + learningRate);
      }
      check("samples", samples, 1, 1_000_000_000);
      check("threads", threads, 1, 1_000);
    }

    private static void check(String what, long value, long least, long most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "%s: expected %,d to %,d, got %d".formatted(what, least, most, value));
      }
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
  record Progress(
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
  private final CandidateTask task;
  private final List<TrainingSeries> trained = new ArrayList<>();
  private final List<TrainingSeries> heldOut = new ArrayList<>();
  private final double[] cumulative; // (trained)
  private final ExecutorService threads;
  private final List<CandidateTask.Part> shards = new ArrayList<>();
  private List<CandidateSamples> check; // of what is held out

  WeirTrainer(CandidateTask task, Settings settings, List<TrainingSeries> series) {
    this.task = task;
    this.settings = settings;
    Map<String, Integer> families = new TreeMap<>();
    series.forEach(one -> families.merge(one.family(), 1, Integer::sum));
    List<String> names = List.copyOf(families.keySet());
    for (TrainingSeries one : series) {
      boolean held = names.indexOf(one.family()) % FAMILIES_PER_HELD_OUT == HELD_OUT;
      (held ? heldOut : trained).add(one);
    }
    if (trained.isEmpty()) {
      throw new IllegalArgumentException("series: expected at least one, got none");
    }
    this.cumulative = new double[trained.size()];
    double sum = 0;
    for (int i = 0; i < cumulative.length; i++) {
      sum += 1 / Math.sqrt(families.get(trained.get(i).family()));
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
      shards.add(new CandidateTask.Part(task.shape()));
    }
  }

  /** Series that are learned from. */
  int trainedSeries() {
    return trained.size();
  }

  /** Series that are only scored. */
  int heldOutSeries() {
    return heldOut.size();
  }

  Progress begin() {
    float[] weights = task.initial(settings.seed());
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

  boolean isDone(Progress progress) {
    return progress.updates() >= settings.updates();
  }

  /** How far training is, from 0 to 1. */
  double done(Progress progress) {
    return Math.min(1, (double) progress.updates() / settings.updates());
  }

  /** One round more. */
  Progress train(Progress from) {
    SplittableRandom random = new SplittableRandom(settings.seed() * 31 + from.round());
    int horizon = HORIZONS[from.round() % HORIZONS.length];
    List<CandidateSamples> samples = draw(horizon, random);
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
      moveTowards(average, weights, 1 - kept);
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

  /**
   * Moves an average by a share of its distance from the weights: an exponential moving average,
   * which forecasts better than the weights of the last update do.
   */
  static void moveTowards(float[] average, float[] weights, double share) {
    for (int i = 0; i < average.length; i++) {
      average[i] = Math.fma((float) share, weights[i] - average[i], average[i]);
    }
  }

  private List<CandidateSamples> draw(int horizon, SplittableRandom random) {
    List<Future<CandidateSamples>> made = new ArrayList<>();
    for (int k = 0; k < SERIES_PER_ROUND; k++) {
      sample(pick(random), horizon, random.nextLong(), made);
    }
    return all(made);
  }

  /** Takes samples of a series, unless it is too short. */
  private void sample(
      TrainingSeries series, int horizon, long seed, List<Future<CandidateSamples>> made) {
    if (series.values().length >= horizon + TrainingSeries.LEAST_VALUES / 2) {
      made.add(threads.submit(() -> CandidateSampler.of(series, horizon, seed)));
    }
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
  private long[] shuffled(List<CandidateSamples> samples, SplittableRandom random) {
    long[] order = new long[samples.stream().mapToInt(CandidateSamples::count).sum()];
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

  /** The loss of a batch; leaves its gradient with the first shard. */
  private double gradient(
      float[] weights, List<CandidateSamples> samples, long[] order, int from, long seed) {
    List<Future<Double>> losses = new ArrayList<>(SHARDS);
    for (int s = 0; s < SHARDS; s++) {
      CandidateTask.Part shard = shards.get(s);
      int first = from + BATCH * s / SHARDS;
      int end = from + BATCH * (s + 1) / SHARDS;
      SplittableRandom random = new SplittableRandom(seed + s);
      losses.add(
          threads.submit(() -> shard.learn(weights, samples, order, first, end, BATCH, random)));
    }
    double loss = 0;
    for (double one : all(losses)) {
      loss += one;
    }
    float[] gradient = shards.get(0).gradient();
    for (int s = 1; s < SHARDS; s++) {
      float[] part = shards.get(s).gradient();
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += part[i];
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
    task.decay(weights, (float) (1 - rate * WEIGHT_DECAY));
    new Adam(rate, BETA1, BETA2, Adam.EPSILON, 0, MAX_NORM)
        .step(loss, shards.get(0).gradient(), 0, weights, 0, optimizer, 0, weights.length);
  }

  /**
   * The mean loss on what is held out; NaN where nothing is, so that the newest average is best.
   */
  private double score(float[] weights) {
    if (check == null) {
      check = heldOutSamples();
    }
    List<Future<double[]>> scored = new ArrayList<>();
    for (CandidateSamples samples : check) {
      scored.add(
          threads.submit(() -> new CandidateTask.Part(task.shape()).score(weights, samples)));
    }
    double loss = 0;
    double count = 0;
    for (double[] one : all(scored)) {
      loss += one[0];
      count += one[1];
    }
    return loss / count;
  }

  private List<CandidateSamples> heldOutSamples() {
    SplittableRandom random = new SplittableRandom(settings.seed());
    List<Future<CandidateSamples>> made = new ArrayList<>();
    for (int k = 0; k < HELD_OUT_SERIES && !heldOut.isEmpty(); k++) {
      TrainingSeries series = heldOut.get(random.nextInt(heldOut.size()));
      sample(series, HORIZONS[k % HORIZONS.length], random.nextLong(), made);
    }
    return all(made);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
