package dev.weir.forecast.expert;

import java.util.Arrays;

/**
 * How much the present looks like each moment of a series' past:
 *
 * <pre>
 * d(u) = sum_j g_j ((x[t-j]-x[t]) - (x[u-j]-x[u]))^2 / (w s^2) + a ((x[t]-x[u])/s)^2 + c p^2
 * g_j = 2 for j &lt; 6, else 1;  p = 24 / m * circular distance of the phases of t and u
 * </pre>
 *
 * The distances of all candidates u are built up two lags at a time. Each pass runs over arrays
 * with the same index in all of them, for which the JIT compiler writes vector code; with an offset
 * in one of them (JDK 17) it does not, so that copying first is several times faster.
 *
 * <p>Scratch: nothing in it outlives a call, except that two experts which ask for the same
 * distances one after the other may share them.
 */
final class Distances {

  private float[] distance = new float[0]; // (candidates), as the next three
  private float[] anchor;
  private float[] lagOne;
  private float[] lagTwo;

  private final boolean shared;

  // what was measured last, until it is used again
  private float[] values;
  private int newest;
  private long t;
  private double phaseWeight;

  /**
   * @param shared whether two experts ask, with the same window and weights, each once for a value,
   *     about values in the series' own array
   */
  Distances(boolean shared) {
    this.shared = shared;
  }

  /** Distances of the candidates that were measured last, by their number. */
  float[] distance() {
    return distance;
  }

  /**
   * Measures; if the expert before has just measured the same, only adds what the phase counts
   * more.
   *
   * @param x values, contiguous
   * @param newest where the newest of them lies
   * @param first where the first candidate lies, at least {@code window - 1}
   * @param anchorWeight a, how much the level counts beside the shape
   * @param phaseWeight c, how much the time of the season counts
   * @param variance s^2
   */
  void measure(
      History history,
      float[] x,
      int newest,
      int first,
      int candidates,
      int window,
      double anchorWeight,
      double phaseWeight,
      double variance) {
    int season = history.season();
    if (shared && x == values && newest == this.newest && history.t() == t) {
      values = null; // once: should the same array come back with other values, they are measured
      addPhasePenalty(season, newest - first, candidates, phaseWeight - this.phaseWeight);
      return;
    }
    values = x;
    this.newest = newest;
    t = history.t();
    this.phaseWeight = phaseWeight;
    if (distance.length < candidates) {
      int room = Math.max(candidates, 2 * distance.length);
      distance = new float[room];
      anchor = new float[room];
      lagOne = new float[room];
      lagTwo = new float[room];
    }
    Arrays.fill(distance, 0, candidates, 0);
    addPhasePenalty(season, newest - first, candidates, phaseWeight);
    System.arraycopy(x, first, anchor, 0, candidates);
    float now = x[newest];
    addAnchor(distance, anchor, candidates, now, (float) (anchorWeight / variance));
    float unit = (float) (1 / (window * variance));
    for (int j = 1; j < window; j += 2) {
      int next = Math.min(j + 1, window - 1); // the last one alone: twice, once for nothing
      System.arraycopy(x, first - j, lagOne, 0, candidates);
      System.arraycopy(x, first - next, lagTwo, 0, candidates);
      addTwoLags(
          distance,
          anchor,
          lagOne,
          lagTwo,
          candidates,
          x[newest - j] - now,
          x[newest - next] - now,
          unit * gain(j),
          next > j ? unit * gain(next) : 0);
    }
  }

  private static float gain(int lag) {
    return lag < 6 ? 2 : 1;
  }

  private void addPhasePenalty(int season, int oldest, int candidates, double weight) {
    if (season == 1) {
      return;
    }
    float[] penalty = lagOne;
    int filled = Math.min(season, candidates);
    double unit = 24.0 / season;
    for (int i = 0; i < filled; i++) {
      int apart = (oldest - i) % season;
      double p = unit * Math.min(apart, season - apart);
      penalty[i] = (float) (weight * p * p);
    }
    while (filled < candidates) { // the same again and again: twice as much with each copy
      int more = Math.min(filled / season * season, candidates - filled);
      System.arraycopy(penalty, 0, penalty, filled, more);
      filled += more;
    }
    add(distance, penalty, candidates);
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
}
