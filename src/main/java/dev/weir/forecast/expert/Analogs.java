package dev.weir.forecast.expert;

import java.util.Arrays;

/**
 * Nearest neighbours: finds the moments of the past whose last {@code window} values looked most
 * like the newest ones, and averages what came after them (Lorenz 1969, "Atmospheric predictability
 * as revealed by naturally occurring analogues"). On transformed values z of {@link History}:
 *
 * <pre>
 * d(u) = sum_j g_j ((z[t-j]-z[t]) - (z[u-j]-z[u]))^2 / (w s^2) + .3 ((z[t]-z[u])/s)^2 + .005 x^2
 * g_j = 2 for j &lt; 6, else 1;  x = 24 / m * circular distance of the phases
 * A_i = sum_u w_u z[u+i],  B = sum_u w_u z[u],  w_u ~ exp(-(d - d_min) / (.15 d_K))
 * zhat_i = A_i + rho_i (z[t] - B)
 * </pre>
 *
 * rho_i, how much of the anchor's difference to bring along, is a running regression in [0, 1].
 *
 * <p>The distances of all candidates are built up two lags at a time. Each pass runs over arrays
 * with the same index in all of them, for which the JIT compiler writes vector code; with an offset
 * in one of them (JDK 17) it does not, so that copying first is several times faster.
 */
public final class Analogs implements Expert {

  private static final int PATIENCE = 20; // candidates, at least
  private static final double ANCHOR = 0.3;
  private static final double PHASE = 0.005;
  private static final double BANDWIDTH = 0.15;
  private static final double FORGETTING = 0.995;
  private static final double SHRINKAGE = 0.02; // of the sums, towards rho = .8
  private static final double START = 0.8;

  // doubles: mean and variance of z, then for each step the two sums of rho
  private static final int MEAN = 0;
  private static final int VARIANCE = 1;
  private static final int SUMS = 2;

  private final int window;
  private final int neighbours;
  private final int reach;
  private final double[] best; // (neighbours), distances, ascending
  private final int[] bestAt; // (neighbours), candidate numbers
  private final double[] weights; // (neighbours)
  private float[] distance = new float[0]; // (candidates), as the next three
  private float[] anchor;
  private float[] lagOne;
  private float[] lagTwo;

  /**
   * @param window values compared
   * @param neighbours candidates averaged
   * @param reach how far back candidates lie, at most
   */
  public Analogs(int window, int neighbours, int reach) {
    this.window = window;
    this.neighbours = neighbours;
    this.reach = reach;
    this.best = new double[neighbours];
    this.bestAt = new int[neighbours];
    this.weights = new double[neighbours];
  }

  @Override
  public String name() {
    return "analogs";
  }

  @Override
  public int doubles(Shape shape) {
    return SUMS + 2 * shape.horizon();
  }

  /** For each step a line of A_i on its way to its truth, and of z[t] - B. */
  @Override
  public int floats(Shape shape) {
    return DelayLine.floats(shape.horizon()) + shape.horizon();
  }

  @Override
  public void observe(History history, ExpertMemory memory) {
    if (history.tailSize() == 0) {
      return;
    }
    double z = history.tailNewest();
    double[] doubles = memory.doubles;
    int d = memory.d;
    double weight = Math.max(0.002, 1.0 / history.age());
    double before = z - doubles[d + MEAN];
    doubles[d + MEAN] += weight * before;
    doubles[d + VARIANCE] += weight * (before * (z - doubles[d + MEAN]) - doubles[d + VARIANCE]);
    long t = history.t();
    int horizon = history.shape().horizon();
    int anchors = memory.f + DelayLine.floats(horizon);
    for (int i = 1; i <= horizon && isReady(history, i); i++) {
      double x = memory.floats[anchors + (int) ((t - i) % horizon)];
      double a = memory.floats[memory.f + DelayLine.at(t, i)];
      int sums = d + SUMS + 2 * (i - 1);
      doubles[sums] = FORGETTING * doubles[sums] + x * (z - a);
      doubles[sums + 1] = FORGETTING * doubles[sums + 1] + x * x;
    }
  }

  /** Whether there were enough candidates {@code ago} steps ago. */
  private boolean isReady(History history, int ago) {
    return history.age() - ago > window + history.shape().horizon() + PATIENCE
        && history.age() - ago >= History.SCALE_AFTER;
  }

  @Override
  public void forecast(History history, ExpertMemory memory, double[] out) {
    double variance = memory.doubles[memory.d + VARIANCE];
    if (!isReady(history, 0)) {
      Arrays.fill(out, history.newest());
      return;
    }
    int size = history.tailSize();
    int newest = history.tailAt() + size - 1;
    int last = newest - out.length; // its truths are all known
    int first = Math.max(history.tailAt() + window - 1, newest - reach);
    int candidates = last - first + 1;
    float[] z = history.tail();
    measure(history, z, newest, first, candidates, Math.max(variance, 1e-12));
    int found = select(candidates);
    if (found == 0) {
      Arrays.fill(out, history.newest());
      return;
    }
    weigh(found);

    double mean = 0;
    for (int k = 0; k < found; k++) {
      mean += weights[k] * z[first + bestAt[k]];
    }
    double difference = z[newest] - mean;
    long t = history.t();
    memory.floats[memory.f + DelayLine.floats(out.length) + (int) (t % out.length)] =
        (float) difference;
    for (int i = 1; i <= out.length; i++) {
      double sum = 0;
      for (int k = 0; k < found; k++) {
        sum += weights[k] * z[first + bestAt[k] + i];
      }
      memory.floats[memory.f + DelayLine.at(t, i)] = (float) sum;
      double rho = rho(memory.doubles, memory.d + SUMS + 2 * (i - 1));
      out[i - 1] = history.clamp(history.untransformed(sum + rho * difference));
    }
  }

  private static double rho(double[] doubles, int sums) {
    double squares = doubles[sums + 1];
    if (!(squares > 1e-30)) {
      return START;
    }
    double rho = (doubles[sums] + SHRINKAGE * START * squares) / ((1 + SHRINKAGE) * squares);
    return Math.max(0, Math.min(1, rho));
  }

  private void measure(
      History history, float[] z, int newest, int first, int candidates, double variance) {
    if (distance.length < candidates) {
      int room = Math.max(candidates, Math.min(reach, 2 * candidates));
      distance = new float[room];
      anchor = new float[room];
      lagOne = new float[room];
      lagTwo = new float[room];
    }
    fillPhasePenalty(history.season(), newest - first, candidates);
    System.arraycopy(z, first, anchor, 0, candidates);
    float now = z[newest];
    addAnchor(distance, anchor, candidates, now, (float) (ANCHOR / variance));
    float unit = (float) (1 / (window * variance));
    for (int j = 1; j < window; j += 2) {
      int next = Math.min(j + 1, window - 1); // the last one alone: twice, once for nothing
      System.arraycopy(z, first - j, lagOne, 0, candidates);
      System.arraycopy(z, first - next, lagTwo, 0, candidates);
      addTwoLags(
          distance,
          anchor,
          lagOne,
          lagTwo,
          candidates,
          z[newest - j] - now,
          z[newest - next] - now,
          unit * gain(j),
          next > j ? unit * gain(next) : 0);
    }
  }

  private static float gain(int lag) {
    return lag < 6 ? 2 : 1;
  }

  private void fillPhasePenalty(int season, int oldest, int candidates) {
    if (season == 1) {
      Arrays.fill(distance, 0, candidates, 0);
      return;
    }
    int filled = Math.min(season, candidates);
    double unit = 24.0 / season;
    for (int i = 0; i < filled; i++) {
      int apart = (oldest - i) % season;
      double x = unit * Math.min(apart, season - apart);
      distance[i] = (float) (PHASE * x * x);
    }
    while (filled < candidates) { // the same again and again: twice as much with each copy
      int more = Math.min(filled / season * season, candidates - filled);
      System.arraycopy(distance, 0, distance, filled, more);
      filled += more;
    }
  }

  private static void addAnchor(
      float[] distance, float[] anchor, int candidates, float now, float unit) {
    for (int i = 0; i < candidates; i++) {
      float apart = anchor[i] - now;
      distance[i] += unit * apart * apart;
    }
  }

  private static void addTwoLags(
      float[] distance,
      float[] anchor,
      float[] lagOne,
      float[] lagTwo,
      int candidates,
      float queryOne,
      float queryTwo,
      float unitOne,
      float unitTwo) {
    for (int i = 0; i < candidates; i++) {
      float apartOne = queryOne - lagOne[i] + anchor[i];
      float apartTwo = queryTwo - lagTwo[i] + anchor[i];
      distance[i] += unitOne * apartOne * apartOne + unitTwo * apartTwo * apartTwo;
    }
  }

  private int select(int candidates) {
    int found = 0;
    double worst = Double.POSITIVE_INFINITY;
    for (int i = 0; i < candidates; i++) {
      float d = distance[i];
      if (d < worst) {
        int k = found < neighbours ? found++ : neighbours - 1;
        for (; k > 0 && best[k - 1] > d; k--) {
          best[k] = best[k - 1];
          bestAt[k] = bestAt[k - 1];
        }
        best[k] = d;
        bestAt[k] = i;
        worst = found < neighbours ? Double.POSITIVE_INFINITY : best[neighbours - 1];
      }
    }
    return found;
  }

  private void weigh(int found) {
    double width = BANDWIDTH * best[found - 1] + 1e-9;
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
