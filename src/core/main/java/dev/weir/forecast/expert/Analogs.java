package dev.weir.forecast.expert;

import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.SeriesDimensions;
import dev.weir.forecast.step.HorizonGroups;
import dev.weir.rnn.Kernels;
import java.util.Arrays;

/**
 * Nearest neighbors: finds the past times whose last {@code window} values were most like the
 * newest ones, and averages the values after them (Lorenz 1969, "Atmospheric predictability as
 * revealed by naturally occurring analogues"). On transformed values z of {@link History}, with d
 * of {@link Distances}:
 *
 * <pre>
 * x = z, or z - G[phase], G a running mean of each phase
 * A_i = G[phase of t+i] + sum_u w_u x[u+i],  B = sum_u w_u x[u],  w_u ~ exp(-(d - d_min) / (b d_K))
 * zhat_i = A_i + rho_i (x[t] - B)
 * </pre>
 *
 * rho_i, the share of the anchor's difference that is added, is a running regression in [0, 1].
 *
 * <p>Three of them together improve the mixture, since their errors differ: {@link #near} takes few
 * neighbors, of any hour, for series that repeat closely; {@link #wide} takes many, of about the
 * same hour, for noisy series; {@link #ofDeviations} compares deviations from the season.
 *
 * <p>rho is learned at the first step of each of the {@link HorizonGroups}.
 */
final class Analogs implements Expert {

  private static final int PATIENCE = 20; // candidates, at least
  private static final double ANCHOR = 0.3;
  private static final double LOOSE =
      0.005; // weight of the phase: decides among likes; more ruins a wrong season
  private static final double STRICT = 0.2; // an hour off a day is half a deviation off the shape
  private static final double FORGETTING = 0.995;
  private static final double SHRINKAGE = 0.02; // of the sums, towards rho = .8
  private static final double START = 0.8;
  private static final int MAX_PHASES = 96; // in G: of a longer season neighbors are one
  private static final double WEIGHT = 0.1; // of the newest value in G at its phase, at least

  private static final int BLOCK = 16; // candidates that are passed over at once

  // doubles: running mean and variance of x, then for each group of steps the two sums of rho
  private static final int MEAN = 0;
  private static final int VARIANCE = 1;
  private static final int SUMS = 2;

  /**
   * The settings of a search.
   *
   * @param window values compared
   * @param neighbors candidates averaged
   * @param reach how far back candidates lie, at most
   * @param bandwidth b
   * @param phaseWeight weight of the time of the season
   * @param deviations whether x is z - G
   */
  private record Search(
      int window,
      int neighbors,
      int reach,
      double bandwidth,
      double phaseWeight,
      boolean deviations) {}

  private final String name;
  private final int window;
  private final int neighbors;
  private final int reach;
  private final double bandwidth;
  private final boolean deviations;
  private final Distances distances;
  private final Distances.Weighting weighting;
  private final double[] best; // (neighbors), distances, ascending
  private final int[] bestAt; // (neighbors), candidate numbers
  private final double[] weights; // (neighbors)
  private final VectorNearest nearest; // null without the Vector API
  private float[] least = new float[0]; // (blocks), the least distance of each
  private float[] apart = new float[0]; // (tail), z - G
  private float[] usual = new float[0]; // (tail), G
  private int[] phases = new int[0]; // (season), of the current season

  private Analogs(String name, Search search, Distances distances) {
    this.name = name;
    this.window = search.window;
    this.neighbors = search.neighbors;
    this.reach = search.reach;
    this.bandwidth = search.bandwidth;
    this.deviations = search.deviations;
    this.distances = distances;
    this.weighting = new Distances.Weighting(window, deviations ? 0 : ANCHOR, search.phaseWeight);
    this.best = new double[neighbors];
    this.bestAt = new int[neighbors];
    this.weights = new double[neighbors];
    this.nearest = Kernels.vectors() ? new VectorNearest(neighbors) : null;
  }

  /**
   * Few neighbors, weighted steeply by distance.
   *
   * @param window values compared
   * @param neighbors candidates averaged
   * @param reach how far back candidates lie, at most
   */
  public static Analogs near(int window, int neighbors, int reach, Distances distances) {
    Search search = new Search(window, neighbors, reach, 0.15, LOOSE, false);
    return new Analogs("analogs", search, distances);
  }

  /** Two and a half times as many, weighted more evenly; shares the distances of {@link #near}. */
  public static Analogs wide(int window, int neighbors, int reach, Distances distances) {
    Search search = new Search(window, 5 * neighbors / 2, reach, 0.3, STRICT, false);
    return new Analogs("analogs-wide", search, distances);
  }

  /**
   * Compares deviations from the seasonal course, over half as many values, independent of the
   * level.
   */
  public static Analogs ofDeviations(int window, int neighbors, int reach) {
    int half = Math.max(2, window / 2);
    Search search = new Search(half, 5 * neighbors / 3, reach, 0.3, STRICT, true);
    return new Analogs("analogs-of-deviations", search, new Distances(false));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int doubles(SeriesDimensions shape) {
    return SUMS + 2 * HorizonGroups.count(shape.horizon());
  }

  /** A_i of each group's first step until its value is observed; x[t] - B; then G. */
  @Override
  public int floats(SeriesDimensions shape) {
    return usualAt(shape.horizon()) + (isSeasonal(shape) ? phases(shape.season()) : 0);
  }

  private static int phases(int season) {
    return Math.min(season, MAX_PHASES);
  }

  private static int phase(long index, int season) {
    return (int) (index % season * phases(season) / season);
  }

  private boolean isSeasonal(SeriesDimensions shape) {
    return deviations && shape.season() > 1;
  }

  @Override
  public void observe(History history, ExpertState state) {
    if (history.tailSize() == 0) {
      return;
    }
    double z = history.tailNewest();
    double x = z;
    if (isSeasonal(history.shape())) {
      x -= usual(history, state, history.t());
      learnUsual(history, state);
    }
    DoubleSlice doubles = state.doubles();
    double weight = Math.max(0.002, 1.0 / history.age());
    double before = x - doubles.get(MEAN);
    doubles.add(MEAN, weight * before);
    double variance = doubles.get(VARIANCE);
    doubles.add(VARIANCE, weight * (before * (x - doubles.get(MEAN)) - variance));
    long t = history.t();
    int horizon = history.shape().horizon();
    for (int i = 1; i <= horizon && isReady(history, i); i++) {
      if (HorizonGroups.isFirst(i)) {
        double difference = state.floats().get(differenceAt(horizon, t - i));
        double a = state.floats().get(place(t, i));
        int products = SUMS + 2 * HorizonGroups.group(i);
        int squares = products + 1;
        doubles.set(products, FORGETTING * doubles.get(products) + difference * (z - a));
        doubles.set(squares, FORGETTING * doubles.get(squares) + difference * difference);
      }
    }
  }

  /** Index of A_i of the forecast with origin t, and with origin t - i. */
  private static int place(long t, int i) {
    return HorizonGroups.place(i) + (int) (t % i);
  }

  /** Index of x[t] - B of the forecast with origin t. */
  private static int differenceAt(int horizon, long t) {
    return HorizonGroups.places(horizon) + (int) (t % horizon);
  }

  /** First index of G. */
  private static int usualAt(int horizon) {
    return HorizonGroups.places(horizon) + horizon;
  }

  private static float usual(History history, ExpertState state, long index) {
    int phase = phase(index, history.season());
    return state.floats().get(usualAt(history.shape().horizon()) + phase);
  }

  private static void learnUsual(History history, ExpertState state) {
    FloatSlice floats = state.floats();
    // the first values arrive together
    int size = history.age() == History.SCALE_AFTER ? history.tailSize() : 1;
    for (int back = size - 1; back >= 0; back--) {
      long index = history.t() - back;
      long before = (index - history.start()) / history.season(); // values at this phase so far
      int phase = usualAt(history.shape().horizon()) + phase(index, history.season());
      double z = back == 0 ? history.tailNewest() : history.tail()[history.tailSize() - 1 - back];
      double weight = Math.max(WEIGHT, 1.0 / (before + 1));
      floats.add(phase, (float) (weight * (z - floats.get(phase))));
    }
  }

  /** Whether there were enough candidates {@code ago} steps ago. */
  private boolean isReady(History history, int ago) {
    SeriesDimensions shape = history.shape();
    int patience = PATIENCE + (isSeasonal(shape) ? shape.season() : 0);
    return history.age() - ago > window + shape.horizon() + patience
        && history.age() - ago >= History.SCALE_AFTER;
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    if (!isReady(history, 0)) {
      Arrays.fill(out, history.newest());
      return;
    }
    boolean seasonal = isSeasonal(history.shape());
    int size = history.tailSize();
    float[] x = seasonal ? apart(history, state, size) : history.tail();
    int newest = size - 1;
    int last = newest - out.length; // all later values are observed
    int first = Math.max(window - 1, newest - reach);
    int candidates = last - first + 1;
    double variance = Math.max(state.doubles().get(VARIANCE), 1e-12);
    distances.measure(history, x, first, candidates, weighting, variance);
    int found = select(distances.distance(), candidates);
    if (found == 0) {
      Arrays.fill(out, history.newest());
      return;
    }
    weigh(found);

    double mean = 0;
    for (int n = 0; n < found; n++) {
      mean += weights[n] * x[first + bestAt[n]];
    }
    double difference = x[newest] - mean;
    long t = history.t();
    state.floats().set(differenceAt(out.length, t), (float) difference);
    for (int i = 1; i <= out.length; i++) {
      out[i - 1] = seasonal ? usual(history, state, t + i) : 0;
    }
    int k = 0;
    for (; k + 3 < found; k += 4) {
      addFour(k, x, first + 1, out);
    }
    for (; k < found; k++) {
      add(weights[k], x, first + bestAt[k] + 1, out);
    }
    for (int i = 1; i <= out.length; i++) {
      double sum = out[i - 1];
      if (HorizonGroups.isFirst(i)) {
        state.floats().set(place(t, i), (float) sum);
      }
      double rho = rho(state, HorizonGroups.group(i));
      out[i - 1] = history.clamp(history.untransformed(sum + rho * difference));
    }
  }

  private static void add(double weight, float[] x, int from, double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * x[from + i];
    }
  }

  /** As {@link #add}, for four in their order. */
  private void addFour(int k, float[] x, int first, double[] sums) {
    double weight = weights[k];
    double second = weights[k + 1];
    double third = weights[k + 2];
    double fourth = weights[k + 3];
    int from = first + bestAt[k];
    int fromSecond = first + bestAt[k + 1];
    int fromThird = first + bestAt[k + 2];
    int fromFourth = first + bestAt[k + 3];
    for (int i = 0; i < sums.length; i++) {
      double sum = sums[i] + weight * x[from + i] + second * x[fromSecond + i];
      sums[i] = sum + third * x[fromThird + i] + fourth * x[fromFourth + i];
    }
  }

  /** The tail without the usual value of each phase, from index 0. */
  private float[] apart(History history, ExpertState state, int size) {
    if (apart.length < size) {
      apart = new float[Math.max(size, 2 * apart.length)];
      usual = new float[apart.length];
    }
    int season = history.season();
    if (phases.length != season) {
      phases = new int[season];
      for (int i = 0; i < season; i++) {
        phases[i] = phase(i, season);
      }
    }
    int at = usualAt(history.shape().horizon());
    int index = (int) ((history.t() - size + 1) % season);
    int filled = Math.min(season, size);
    for (int i = 0; i < filled; i++) {
      usual[i] = state.floats().get(at + phases[index]);
      index = index + 1 == season ? 0 : index + 1;
    }
    while (filled < size) { // the same again and again: twice as much with each copy
      int more = Math.min(filled / season * season, size - filled);
      System.arraycopy(usual, 0, usual, filled, more);
      filled += more;
    }
    System.arraycopy(history.tail(), 0, apart, 0, size);
    subtract(apart, usual, size);
    return apart;
  }

  private static void subtract(float[] from, float[] what, int length) {
    for (int i = 0; i < length; i++) {
      from[i] -= what[i];
    }
  }

  private static double rho(ExpertState state, int group) {
    double products = state.doubles().get(SUMS + 2 * group);
    double squares = state.doubles().get(SUMS + 2 * group + 1);
    if (!(squares > 1e-30)) {
      return START;
    }
    double rho = (products + SHRINKAGE * START * squares) / ((1 + SHRINKAGE) * squares);
    return Math.max(0, Math.min(1, rho));
  }

  /** The nearest ones, of equals the older ones. */
  private int select(float[] distance, int candidates) {
    if (nearest != null && nearest.select(distance, candidates, best, bestAt)) {
      return neighbors;
    }
    float limit = limit(distance, candidates);
    int found = 0;
    for (int block = 0; block < candidates; block += BLOCK) {
      if (!(least[block / BLOCK] > limit)) { // or there is a NaN among them
        found = select(distance, block, Math.min(block + BLOCK, candidates), limit, found);
      }
    }
    return found;
  }

  private int select(float[] distance, int from, int to, float limit, int found) {
    double worst = found < neighbors ? Double.POSITIVE_INFINITY : best[neighbors - 1];
    for (int i = from; i < to; i++) {
      float d = distance[i];
      if (d <= limit && d < worst) {
        int k = found < neighbors ? found++ : neighbors - 1;
        for (; k > 0 && best[k - 1] > d; k--) {
          best[k] = best[k - 1];
          bestAt[k] = bestAt[k - 1];
        }
        best[k] = d;
        bestAt[k] = i;
        worst = found < neighbors ? Double.POSITIVE_INFINITY : best[neighbors - 1];
      }
    }
    return found;
  }

  /**
   * A distance that at least {@code neighbors} candidates do not exceed: the least of each of that
   * many blocks is within it. So most candidates need not be sorted.
   */
  private float limit(float[] distance, int candidates) {
    int blocks = (candidates + BLOCK - 1) / BLOCK;
    if (least.length < blocks) {
      least = new float[2 * blocks];
    }
    int found = 0;
    double worst = Double.POSITIVE_INFINITY;
    for (int b = 0; b < blocks; b++) {
      float d = Distances.least(distance, b * BLOCK, Math.min((b + 1) * BLOCK, candidates));
      least[b] = d;
      if (d < worst) {
        int k = found < neighbors ? found++ : neighbors - 1;
        for (; k > 0 && best[k - 1] > d; k--) {
          best[k] = best[k - 1];
        }
        best[k] = d;
        worst = found < neighbors ? Double.POSITIVE_INFINITY : best[neighbors - 1];
      }
    }
    return found < neighbors ? Float.POSITIVE_INFINITY : (float) best[neighbors - 1];
  }

  private void weigh(int found) {
    double width = bandwidth * best[found - 1] + 1e-9;
    double sum = 0;
    for (int k = 0; k < found; k++) {
      weights[k] = Math.exp(-(best[k] - best[0]) / width);
      sum += weights[k];
    }
    for (int k = 0; k < found; k++) {
      weights[k] /= sum;
    }
  }
}
