package dev.weir.forecast.learn;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.analog.HorizonGroups;
import dev.weir.forecast.expert.linear.Rls;
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
 * <p>The expected size is learned: scale = S clip(1 + theta'z, 1/4, 4), S the running mean |error|
 * of the step and z: how the last few errors compare to S, how errors at the target's phase do, how
 * far the experts disagree. theta is fitted by {@link Rls}, one for each group of steps, on the
 * group's first step.
 *
 * <p>Keeps settings and scratch; S, c, r and theta are in the {@link IntervalState}.
 */
final class IntervalTracker {

  private static final int FEATURES = IntervalState.FEATURES;
  private static final double SLOW = 0.02;
  private static final double FAST = 0.15;
  private static final double PHASE = 0.1;

  private static final double EARLY = 0.7; // a short series must not wait for its first misses
  private static final double REST = 0.02;

  /**
   * How far past the forecast an end within bounds counts hits: about ten misses make up for it.
   */
  private static final double SLACK = 0.1;

  private final int horizon;
  private final int ends; // two for each level: lower ones from the widest in, then upper ones out
  private final double[] taus;
  private final double[] starts;
  private final double step;
  private final int groups;
  private final Rls rls = new Rls(FEATURES, 0.999, 20, 3, 10 * FEATURES);
  private final double[] features = new double[FEATURES];
  private Bounds bounds = Bounds.NONE;

  IntervalTracker(int horizon, List<Double> levels, double step) {
    this.horizon = horizon;
    this.step = step;
    this.groups = HorizonGroups.count(horizon);
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

  /** Learns of ends that are issued within bounds. */
  void bound(Bounds wanted) {
    bounds = wanted;
  }

  /** Prepares a state that is all zeros. */
  void reset(IntervalState state) {
    for (int g = 0; g < groups; g++) {
      rls.reset(state.regression(g));
    }
    for (int i = 1; i <= horizon; i++) {
      FloatSlice multiples = state.multiples(i);
      for (int k = 0; k < ends; k++) {
        multiples.set(k, (float) starts[k]);
      }
    }
  }

  /**
   * Learns from the error of the forecast made {@code i} steps before {@code t}.
   *
   * @param value not forecast + error, which rounding may move across a bound
   * @param forecast as it was issued
   * @param matured errors of this step so far, with this one
   */
  void learn(
      IntervalState state,
      long t,
      int i,
      double error,
      double value,
      double forecast,
      long matured) {
    double size = Math.min(Math.abs(error), 1e37);
    double slow = state.slowError(i);
    double issued = state.scale(t, i);
    if (issued > 0) {
      double move = Math.max(step, EARLY / Math.sqrt(matured));
      FloatSlice multiples = state.multiples(i);
      follow(multiples, multiples, error, value, forecast, issued, move);
      if (HorizonGroups.isFirst(i)) {
        FloatSlice before = state.issuedMultiples(t, i);
        follow(state.corrections(i), before, error, value, forecast, issued, REST);
      }
    }
    if (slow > 0) {
      double ratio = Math.min(5, size / slow);
      if (HorizonGroups.isFirst(i)) {
        readFeatures(state.issuedFeatures(t, i));
        rls.update(state.regression(HorizonGroups.group(i)), features, ratio - 1);
      }
      if (state.season() > 1) {
        // every step tells of the phase: each a part of one update
        float phase = state.phaseError(t);
        state.phaseError(t, phase + (float) (PHASE / horizon * (ratio - phase)));
      }
    }
    double bounded = matured > 5 ? Math.min(size, 10 * slow) : size;
    if (slow == 0) {
      bounded = size;
    }
    double slowly = Math.max(SLOW, 1.0 / matured) * (bounded - slow);
    state.slowError(i, state.slowError(i) + (float) slowly);
    float fast = state.fastError(i);
    double quickly = Math.max(FAST, 1.0 / matured) * (Math.min(size, 1e37) - fast);
    state.fastError(i, fast + (float) quickly);
  }

  /** Moves the ends by whether the error was below those that were issued. */
  private void follow(
      FloatSlice moved,
      FloatSlice issued,
      double error,
      double value,
      double forecast,
      double scale,
      double move) {
    boolean free = bounds.isUnbounded();
    double relative = error / scale;
    for (int k = 0; k < ends; k++) {
      double direction =
          free
              ? taus[k] - (relative <= issued.get(k) ? 1 : 0)
              : direction(k, issued.get(k), value, forecast, scale);
      moved.add(k, (float) (move * direction));
    }
  }

  /**
   * How an end within bounds moves. It is hit by a value that is equal to it, since many are. An
   * end that is at the forecast hardly moves in further, and one at its bound not out: as each hit
   * or miss there says the same, it would not come back when the series changes.
   */
  private double direction(int k, double multiple, double value, double forecast, double scale) {
    boolean upper = k >= ends / 2;
    double apart = scale * (upper ? Math.max(0, multiple) : Math.min(0, multiple));
    double end = upper ? bounds.upper(forecast + apart) : bounds.lower(forecast + apart);
    boolean below = upper ? value <= end : value < end;
    double direction = taus[k] - (below ? 1 : 0);
    boolean outward = upper == direction > 0;
    boolean isAtBound = upper ? end >= bounds.max() : end <= bounds.min();
    return (outward ? isAtBound : (upper ? multiple : -multiple) <= -SLACK) ? 0 : direction;
  }

  /**
   * Fixes the scale of the forecast made at {@code t} for step {@code i}.
   *
   * @param disagreement mean distance of the experts from the forecast
   * @param known the last step that has had an error
   */
  void issue(IntervalState state, long t, int i, double disagreement, int known) {
    double slow = state.slowError(i);
    double scale;
    if (known < i) { // no error of this step yet: as a random walk's grow
      scale = known == 0 ? 0 : state.slowError(known) * Math.sqrt((double) i / known);
      Arrays.fill(features, 0);
    } else if (slow > 0) {
      features[0] = clip(state.fastError(i) / slow - 1, -2, 3);
      features[1] = state.season() > 1 ? clip(state.phaseError(t + i) - 1, -1, 4) : 0;
      features[2] = clip(disagreement / slow, 0, 5) - 1;
      features[3] = 0.5;
      double larger = rls.predict(state.regression(HorizonGroups.group(i)), features);
      scale = slow * clip(1 + larger, 0.25, 4);
    } else {
      scale = 0;
      Arrays.fill(features, 0);
    }
    state.scale(t, i, scale);
    if (HorizonGroups.isFirst(i)) {
      FloatSlice multiples = state.multiples(i);
      FloatSlice corrections = state.corrections(i);
      FloatSlice issued = state.issuedMultiples(t, i);
      for (int k = 0; k < ends; k++) {
        issued.set(k, multiples.get(k) + corrections.get(k));
      }
      writeFeatures(state.issuedFeatures(t, i));
    }
  }

  private void writeFeatures(FloatSlice issued) {
    for (int k = 0; k < FEATURES - 1; k++) {
      issued.set(k, (float) features[k]);
    }
  }

  private void readFeatures(FloatSlice issued) {
    for (int k = 0; k < FEATURES - 1; k++) {
      features[k] = issued.get(k);
    }
    features[FEATURES - 1] = 0.5;
  }

  /**
   * Distance of an end from the forecast: at most 0 for a lower end, at least 0 for an upper one.
   */
  double end(IntervalState state, long t, int i, int level, boolean upper) {
    FloatSlice multiples = state.multiples(i);
    FloatSlice corrections = state.corrections(i);
    double scale = state.scale(t, i);
    double widest = 0;
    for (int k = 0; k <= level; k++) { // an inner level that is wider makes the outer one wider too
      int lower = ends / 2 - 1 - k;
      int end = upper ? ends - 1 - lower : lower;
      float multiple = multiples.get(end) + corrections.get(end);
      double far = upper ? multiple : -multiple;
      widest = Math.max(widest, far);
    }
    return upper ? widest * scale : -widest * scale;
  }

  /**
   * The quantiles of the distribution that was issued at {@code t} for step {@code i}, the first of
   * its group, relative to the forecast: the ends of all intervals, and the forecast as the median.
   *
   * @param quantiles (ends + 1), ascending; overwritten
   */
  void issuedQuantiles(IntervalState state, long t, int i, double[] quantiles) {
    FloatSlice multiples = state.issuedMultiples(t, i);
    double scale = state.scale(t, i);
    int median = ends / 2;
    double below = 0;
    double above = 0;
    quantiles[median] = 0;
    for (int k = 1; k <= median; k++) { // out from the narrowest, as in end
      below = Math.max(below, -multiples.get(median - k));
      above = Math.max(above, multiples.get(median + k - 1));
      quantiles[median - k] = -below * scale;
      quantiles[median + k] = above * scale;
    }
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
