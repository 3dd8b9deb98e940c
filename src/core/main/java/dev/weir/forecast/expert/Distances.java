package dev.weir.forecast.expert;

import dev.weir.rnn.Kernels;
import java.util.Arrays;

/**
 * Distance of the present from each time of a series' past:
 *
 * <pre>
 * d(u) = sum_j g_j ((x[t-j]-x[t]) - (x[u-j]-x[u]))^2 / (w s^2) + a ((x[t]-x[u])/s)^2 + c p^2
 * g_j = 2 for j &lt; 6, else 1;  p = 24 / m * circular distance of the phases of t and u
 * </pre>
 *
 * Where the JVM has the Vector API, {@link VectorDistances} builds up the distances; else the
 * passes here do, four lags at a time. Each pass runs over arrays with the same index in all of
 * them, for which the JIT compiler writes vector code; with an offset in one of them (JDK 17) it
 * does not, so that copying first is several times faster. Both give the same bits.
 *
 * <p>Scratch: nothing outlives a call, except that two successive experts may share the same
 * distances.
 */
final class Distances {

  /**
   * How values are compared.
   *
   * @param window w, values compared
   * @param anchor a, weight of the level beside the shape
   * @param phase c, weight of the time of the season
   */
  record Weighting(int window, double anchor, double phase) {}

  private final VectorDistances vectors; // null without the Vector API

  private float[] distance = new float[0]; // (candidates), as the next ones
  private float[] penalty;
  private float[] anchor;
  private float[] lagOne;
  private float[] lagTwo;
  private float[] lagThree;
  private float[] lagFour;
  private final float[] queries = new float[4]; // x[t-j] - x[t]
  private final float[] units = new float[4]; // g_j / (w s^2)

  private final boolean shared;

  // the last measurement, until it is used again
  private double[] series; // identifies the history
  private int newest;
  private long t;
  private double phaseWeight;

  /**
   * @param shared whether two experts measure the history's tail, with the same window and weights,
   *     once for each value
   */
  public Distances(boolean shared) {
    this.shared = shared;
    this.vectors = Kernels.vectors() ? new VectorDistances() : null;
  }

  /** Distances of the candidates that were measured last, by their number. */
  public float[] distance() {
    return distance;
  }

  /** Penalty of each candidate's phase in the last measurement. */
  public float[] penalty() {
    return penalty;
  }

  /**
   * Measures the distances; if the expert before has measured the same, only adds the difference of
   * the phases' weights.
   *
   * @param x as many values as the history's tail has
   * @param first index of the first candidate, at least {@code window - 1}
   * @param variance s^2
   */
  void measure(
      History history, float[] x, int first, int candidates, Weighting weighting, double variance) {
    int newest = history.tailSize() - 1;
    double phaseWeight = weighting.phase;
    int season = history.season();
    if (shared && history.doubles() == series && newest == this.newest && history.t() == t) {
      series = null; // once: the same array may come again with other values
      if (season > 1) {
        fillPenalty(season, newest - first, candidates, phaseWeight - this.phaseWeight);
        add(distance, penalty, candidates);
      }
      return;
    }
    series = history.doubles();
    this.newest = newest;
    t = history.t();
    this.phaseWeight = phaseWeight;
    if (distance.length < candidates) {
      grow(Math.max(candidates, 2 * distance.length));
    }
    if (season > 1) {
      fillPenalty(season, newest - first, candidates, phaseWeight);
    } else {
      Arrays.fill(penalty, 0, candidates, 0);
    }
    int window = weighting.window;
    float anchorUnit = (float) (weighting.anchor / variance);
    float unit = (float) (1 / (window * variance));
    if (vectors != null && VectorDistances.suits(candidates)) {
      vectors.query(x, newest, window, anchorUnit, unit);
      vectors.measure(distance, penalty, x, first, candidates);
    } else {
      measureInPasses(x, newest, first, candidates, window, anchorUnit, unit);
    }
  }

  public void grow(int room) {
    distance = new float[room];
    penalty = new float[room];
    anchor = new float[room];
    lagOne = new float[room];
    lagTwo = new float[room];
    lagThree = new float[room];
    lagFour = new float[room];
  }

  public void measureInPasses(
      float[] x, int newest, int first, int candidates, int window, float anchorUnit, float unit) {
    System.arraycopy(penalty, 0, distance, 0, candidates);
    System.arraycopy(x, first, anchor, 0, candidates);
    float now = x[newest];
    addAnchor(distance, anchor, candidates, now, anchorUnit);
    int j = 1;
    for (; j + 3 < window; j += 4) {
      System.arraycopy(x, first - j, lagOne, 0, candidates);
      System.arraycopy(x, first - j - 1, lagTwo, 0, candidates);
      System.arraycopy(x, first - j - 2, lagThree, 0, candidates);
      System.arraycopy(x, first - j - 3, lagFour, 0, candidates);
      for (int k = 0; k < 4; k++) {
        queries[k] = x[newest - j - k] - now;
        units[k] = unit * gain(j + k);
      }
      addFourLags(candidates);
    }
    for (; j < window; j += 2) {
      int next = Math.min(j + 1, window - 1); // the last one alone: twice, once for nothing
      System.arraycopy(x, first - j, lagOne, 0, candidates);
      System.arraycopy(x, first - next, lagTwo, 0, candidates);
      float queryOne = x[newest - j] - now;
      float queryTwo = x[newest - next] - now;
      addTwoLags(candidates, queryOne, queryTwo, unit * gain(j), next > j ? unit * gain(next) : 0);
    }
  }

  /** g. */
  static float gain(int lag) {
    return lag < 6 ? 2 : 1;
  }

  private void fillPenalty(int season, int oldest, int candidates, double weight) {
    int filled = Math.min(season, candidates);
    double unit = 24.0 / season;
    int apart = oldest % season;
    for (int i = 0; i < filled; i++) {
      double p = unit * Math.min(apart, season - apart);
      penalty[i] = (float) (weight * p * p);
      apart = apart == 0 ? season - 1 : apart - 1;
    }
    while (filled < candidates) { // the same again and again: twice as much with each copy
      int more = Math.min(filled / season * season, candidates - filled);
      System.arraycopy(penalty, 0, penalty, filled, more);
      filled += more;
    }
  }

  static float least(float[] distance, int from, int to) {
    float least0 = Float.POSITIVE_INFINITY;
    float least1 = Float.POSITIVE_INFINITY;
    float least2 = Float.POSITIVE_INFINITY;
    float least3 = Float.POSITIVE_INFINITY;
    int i = from;
    for (; i + 4 <= to; i += 4) {
      least0 = Math.min(least0, distance[i]);
      least1 = Math.min(least1, distance[i + 1]);
      least2 = Math.min(least2, distance[i + 2]);
      least3 = Math.min(least3, distance[i + 3]);
    }
    for (; i < to; i++) {
      least0 = Math.min(least0, distance[i]);
    }
    return Math.min(Math.min(least0, least1), Math.min(least2, least3));
  }

  private static void add(float[] distance, float[] penalty, int candidates) {
    for (int i = 0; i < candidates; i++) {
      distance[i] += penalty[i];
    }
  }

  private static void addAnchor(
      float[] distance, float[] anchor, int candidates, float now, float unit) {
    for (int i = 0; i < candidates; i++) {
      float apart = anchor[i] - now;
      distance[i] += unit * apart * apart;
    }
  }

  private void addTwoLags(
      int candidates, float queryOne, float queryTwo, float unitOne, float unitTwo) {
    float[] distance = this.distance;
    float[] anchor = this.anchor;
    float[] lagOne = this.lagOne;
    float[] lagTwo = this.lagTwo;
    for (int i = 0; i < candidates; i++) {
      float apartOne = queryOne - lagOne[i] + anchor[i];
      float apartTwo = queryTwo - lagTwo[i] + anchor[i];
      distance[i] += unitOne * apartOne * apartOne + unitTwo * apartTwo * apartTwo;
    }
  }

  /** With the queries and units of the four lags. */
  private void addFourLags(int candidates) {
    float[] distance = this.distance;
    float[] anchor = this.anchor;
    float[] lagOne = this.lagOne;
    float[] lagTwo = this.lagTwo;
    float[] lagThree = this.lagThree;
    float[] lagFour = this.lagFour;
    float queryOne = queries[0];
    float queryTwo = queries[1];
    float queryThree = queries[2];
    float queryFour = queries[3];
    float unitOne = units[0];
    float unitTwo = units[1];
    float unitThree = units[2];
    float unitFour = units[3];
    for (int i = 0; i < candidates; i++) {
      float apartOne = queryOne - lagOne[i] + anchor[i];
      float apartTwo = queryTwo - lagTwo[i] + anchor[i];
      float apartThree = queryThree - lagThree[i] + anchor[i];
      float apartFour = queryFour - lagFour[i] + anchor[i];
      distance[i] =
          distance[i]
              + (unitOne * apartOne * apartOne + unitTwo * apartTwo * apartTwo)
              + (unitThree * apartThree * apartThree + unitFour * apartFour * apartFour);
    }
  }
}
