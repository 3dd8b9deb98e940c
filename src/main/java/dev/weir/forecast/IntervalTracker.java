package dev.weir.forecast;

import dev.weir.forecast.expert.DelayLine;
import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.expert.StepGroups;
import java.util.Arrays;
import java.util.List;

/**
 * Intervals that keep their promise: for each step and each end a multiple c of the expected error
 * size moves out by a little after a miss and in by a little after a hit, so that in the long run
 * the misses are as many as wanted, whatever the distribution (online conformal prediction; Gibbs
 * and Candès 2021):
 *
 * <pre>
 * end = forecast + (c + r) scale;   c += step_n (tau - [error &lt;= c scale])
 * step_n = max(step, .7 / sqrt(n)), n the errors so far
 * </pre>
 *
 * c learns from what it is now, for each step ahead. But an interval was made with what c was then,
 * and the errors of far steps come in runs, which c follows too late: alone it would miss too
 * often. So r makes up for it: it moves as c does, by {@value #REST}, when the end as it was issued
 * is missed or hit; one for each group of steps, on the group's first step.
 *
 * <p>The expected size is learnt: scale = S clip(1 + theta'z, 1/4, 4), S the running mean |error|
 * of the step and z: how the last few errors compare to S, how errors at the target's phase do, how
 * far the experts disagree. theta is fitted by {@link Rls}, one for each group of steps, on the
 * group's first step.
 *
 * <p>Holds scratch; state lies in the caller's arrays.
 */
final class IntervalTracker {

  private static final int FEATURES = 4;
  private static final double SLOW = 0.02;
  private static final double FAST = 0.15;
  private static final double PHASE = 0.1;

  /**
   * Of a longer season, neighbouring phases are one: a day of quarters of an hour is told apart.
   */
  private static final int MOST_PHASES = 96;

  private static final double EARLY = 0.7; // a short series must not wait for its first misses
  private static final double REST = 0.02;

  private final int horizon;
  private final int ends; // two for each level: lower ones from the widest in, then upper ones out
  private final double[] taus;
  private final double[] starts;
  private final double step;
  private final int groups;
  private final Rls rls = new Rls(FEATURES, 0.999, 20, 3, 10 * FEATURES);
  private final double[] features = new double[FEATURES];

  IntervalTracker(int horizon, List<Double> levels, double step) {
    this.horizon = horizon;
    this.step = step;
    this.groups = StepGroups.count(horizon);
    this.ends = 2 * levels.size();
    this.taus = new double[ends];
    this.starts = new double[ends];
    for (int k = 0; k < levels.size(); k++) {
      double tail = (1 - levels.get(k)) / 2;
      int lower = levels.size() - 1 - k;
      taus[lower] = tail;
      taus[ends - 1 - lower] = 1 - tail;
      // quantiles of a normal error in multiples of its mean size, sqrt(2 / pi)
      starts[lower] = -Math.sqrt(Math.PI / 2) * normalQuantile(1 - tail);
      starts[ends - 1 - lower] = -starts[lower];
    }
  }

  int doubles() {
    return groups * Rls.doubles(FEATURES);
  }

  /**
   * S, F, c for each step; issued scales; issued features of each group's first step; r of each
   * group, issued c + r of its first step; phases.
   */
  int floats(int season) {
    return (2 + ends) * horizon
        + DelayLine.floats(horizon)
        + (FEATURES - 1) * StepGroups.places(horizon)
        + ends * (groups + StepGroups.places(horizon))
        + bins(season);
  }

  private int phases() {
    return floats(0);
  }

  void begin(double[] doubles, int d, float[] floats, int f) {
    for (int g = 0; g < groups; g++) {
      rls.begin(doubles, d + g * Rls.doubles(FEATURES));
    }
    for (int i = 0; i < horizon; i++) {
      for (int k = 0; k < ends; k++) {
        floats[f + 2 * horizon + i * ends + k] = (float) starts[k];
      }
    }
  }

  /** Parts of a season that are told apart. */
  private static int bins(int season) {
    return Math.min(season, MOST_PHASES);
  }

  private static int bin(long index, int season) {
    return (int) (index % season * bins(season) / season);
  }

  /** Sets the phases to "as usual", for a season that is new. */
  void beginSeason(float[] floats, int f, int season) {
    Arrays.fill(floats, f + phases(), f + phases() + bins(season), 1);
  }

  /**
   * Learns from the error of the forecast made {@code i} steps before {@code t}.
   *
   * @param matured errors of this step so far, with this one
   */
  void learn(
      double[] doubles,
      int d,
      float[] floats,
      int f,
      long t,
      int i,
      int season,
      double error,
      long matured) {
    double size = Math.min(Math.abs(error), 1e37);
    double slow = floats[f + i - 1];
    double issued = floats[f + (2 + ends) * horizon + DelayLine.at(t, i)];
    if (issued > 0) {
      double move = Math.max(step, EARLY / Math.sqrt(matured));
      follow(floats, multiplesAt(f, i), multiplesAt(f, i), error / issued, move);
      if (StepGroups.isFirst(i)) {
        follow(floats, restAt(f, i), issuedAt(f, t, i), error / issued, REST);
      }
    }
    if (slow > 0) {
      double ratio = Math.min(5, size / slow);
      if (StepGroups.isFirst(i)) {
        readFeatures(floats, f, t, i);
        rls.update(doubles, d + StepGroups.group(i) * Rls.doubles(FEATURES), features, ratio - 1);
      }
      if (season > 1) {
        int phase = f + phases() + bin(t, season);
        // every step tells of the phase: each a part of one update
        floats[phase] += (float) (PHASE / horizon * (ratio - floats[phase]));
      }
    }
    double bounded = matured > 5 ? Math.min(size, 10 * slow) : size;
    if (slow == 0) {
      bounded = size;
    }
    floats[f + i - 1] += (float) (Math.max(SLOW, 1.0 / matured) * (bounded - slow));
    float fast = floats[f + horizon + i - 1];
    floats[f + horizon + i - 1] +=
        (float) (Math.max(FAST, 1.0 / matured) * (Math.min(size, 1e37) - fast));
  }

  /** Moves the ends at {@code to} by whether the error was below those at {@code from}. */
  private void follow(float[] floats, int to, int from, double error, double move) {
    for (int k = 0; k < ends; k++) {
      floats[to + k] += (float) (move * (taus[k] - (error <= floats[from + k] ? 1 : 0)));
    }
  }

  /**
   * Fixes the scale of the forecast made at {@code t} for step {@code i}.
   *
   * @param disagreement mean distance of the experts from the forecast
   * @param matured errors of this step so far
   */
  void issue(
      double[] doubles,
      int d,
      float[] floats,
      int f,
      long t,
      int i,
      int season,
      double disagreement,
      int known) {
    double slow = floats[f + i - 1];
    double scale;
    if (known < i) { // no error of this step yet: as a random walk's grow
      scale = known == 0 ? 0 : floats[f + known - 1] * Math.sqrt((double) i / known);
      Arrays.fill(features, 0);
    } else if (slow > 0) {
      features[0] = clip(floats[f + horizon + i - 1] / slow - 1, -2, 3);
      features[1] = season > 1 ? clip(floats[f + phases() + bin(t + i, season)] - 1, -1, 4) : 0;
      features[2] = clip(disagreement / slow, 0, 5) - 1;
      features[3] = 0.5;
      int group = d + StepGroups.group(i) * Rls.doubles(FEATURES);
      scale = slow * clip(1 + rls.predict(doubles, group, features), 0.25, 4);
    } else {
      scale = 0;
      Arrays.fill(features, 0);
    }
    floats[f + (2 + ends) * horizon + DelayLine.at(t, i)] = (float) scale;
    if (StepGroups.isFirst(i)) {
      for (int k = 0; k < ends; k++) {
        floats[issuedAt(f, t, i) + k] = multiple(floats, f, i, k);
      }
      int at = featuresAt(f, t, i);
      for (int k = 0; k < FEATURES - 1; k++) {
        floats[at + k] = (float) features[k];
      }
    }
  }

  private void readFeatures(float[] floats, int f, long t, int i) {
    int at = featuresAt(f, t, i);
    for (int k = 0; k < FEATURES - 1; k++) {
      features[k] = floats[at + k];
    }
    features[FEATURES - 1] = 0.5;
  }

  private int multiplesAt(int f, int i) {
    return f + 2 * horizon + (i - 1) * ends;
  }

  private int restAt(int f, int i) {
    return featuresAt(f, 0, 1)
        + (FEATURES - 1) * StepGroups.places(horizon)
        + StepGroups.group(i) * ends;
  }

  private int issuedAt(int f, long t, int i) {
    return restAt(f, 1) + ends * (groups + StepGroups.place(i) + (int) (t % i));
  }

  private float multiple(float[] floats, int f, int i, int end) {
    return floats[multiplesAt(f, i) + end] + floats[restAt(f, i) + end];
  }

  private int featuresAt(int f, long t, int i) {
    int lines = f + (2 + ends) * horizon + DelayLine.floats(horizon);
    return lines + (FEATURES - 1) * (StepGroups.place(i) + (int) (t % i));
  }

  /**
   * Distance of an end from the forecast: at most 0 for a lower end, at least 0 for an upper one.
   */
  double end(float[] floats, int f, long t, int i, int level, boolean upper) {
    double scale = floats[f + (2 + ends) * horizon + DelayLine.at(t, i)];
    double widest = 0;
    for (int k = 0; k <= level; k++) { // an inner level that is wider makes the outer one wider too
      int lower = ends / 2 - 1 - k;
      double far =
          upper ? multiple(floats, f, i, ends - 1 - lower) : -multiple(floats, f, i, lower);
      widest = Math.max(widest, far);
    }
    return upper ? widest * scale : -widest * scale;
  }

  private static double clip(double value, double low, double high) {
    return Math.max(low, Math.min(high, value));
  }

  /** Inverse of the normal distribution by bisection on its series (Marsaglia 2004); p above .5. */
  static double normalQuantile(double p) {
    double low = 0;
    double high = 8;
    for (int k = 0; k < 60; k++) {
      double x = 0.5 * (low + high);
      double term = x;
      double sum = x;
      for (int n = 3; Math.abs(term) > 1e-17 * sum; n += 2) {
        term *= x * x / n;
        sum += term;
      }
      double probability = 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
      if (probability < p) {
        low = x;
      } else {
        high = x;
      }
    }
    return low;
  }
}
