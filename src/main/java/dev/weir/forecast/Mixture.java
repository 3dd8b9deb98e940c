package dev.weir.forecast;

import dev.weir.forecast.expert.DelayLine;
import java.util.Arrays;

/**
 * One forecast out of those of the experts, with intervals, for each step ahead:
 *
 * <pre>
 * b   = sum of w_e X_e           weighted mean of the experts ({@link PhasedHedge})
 * st  = b + a regression's correction of it                   ({@link StackedRegression})
 * out = weighted mean of b and st, by their errors            ({@link Hedge})
 * </pre>
 *
 * What was made waits in the memory for its truth; {@link #score} learns from it, {@link #make}
 * makes the next. All numbers are relative to the value that they were made at, the anchor.
 */
final class Mixture {

  private final CurrentSeries series;
  private final ExpertPanel panel;
  private final RunningScores scores;
  private final int experts;
  private final int horizon;
  private final int levels;
  private final double discount;
  private final PhasedHedge hedge;
  private final Hedge finalHedge;
  private final StackedRegression stack; // null when there is none
  private final IntervalTracker tracker;

  // scratch
  private final double[] mean; // (horizon), of the experts before the correctors
  private final double[] said; // (experts), relative to the anchor
  private final double[] weights; // (experts)
  private final double[] finalSaid = new double[2];
  private final double[] finalWeights = new double[2];

  Mixture(LearnerSettings settings, CurrentSeries series, ExpertPanel panel, RunningScores scores) {
    this.series = series;
    this.panel = panel;
    this.scores = scores;
    this.experts = panel.size();
    this.horizon = settings.horizon();
    this.levels = settings.levels().size();
    this.discount = settings.discount();
    this.finalHedge = new Hedge(settings.eta(), settings.discount());
    this.hedge = new PhasedHedge(finalHedge, experts, horizon);
    this.stack = settings.stacking() ? new StackedRegression(experts, horizon) : null;
    this.tracker = new IntervalTracker(horizon, settings.levels(), settings.intervalStep());
    this.mean = new double[horizon];
    this.said = new double[experts];
    this.weights = new double[experts];
  }

  PhasedHedge hedge() {
    return hedge;
  }

  /** Null when there is none. */
  StackedRegression stack() {
    return stack;
  }

  IntervalTracker tracker() {
    return tracker;
  }

  /** Before the first value of a series. */
  void begin() {
    StateLayout layout = series.layout;
    LearnerState memory = series.memory;
    if (stack != null) {
      stack.begin(memory.doubles, layout.stackDoubles);
    }
    tracker.begin(memory.doubles, layout.trackerDoubles, memory.floats, layout.trackerFloats);
  }

  /** Before a season is learnt; what does not depend on it is left as it is. */
  void beginSeason() {
    StateLayout layout = series.layout;
    float[] floats = series.memory.floats;
    tracker.beginSeason(floats, layout.trackerFloats, series.season());
    hedge.beginSeason(floats, layout.phaseLosses, series.season());
  }

  /** Learns about all open forecasts of the value that comes next. */
  void score(double value) {
    StateLayout layout = series.layout;
    float[] floats = series.memory.floats;
    long t = series.history.t() + 1;
    long begun = series.begun();
    for (int i = 1; i <= horizon && t - i >= begun && series.history.has(t - i); i++) {
      if (!Float.isNaN(floats[layout.issued + DelayLine.at(t - i, i)])) {
        score(t, i, value);
      }
    }
  }

  /** Learns from the value at t about the forecast of step i made at t - i. */
  private void score(long t, int i, double value) {
    StateLayout layout = series.layout;
    float[] floats = series.memory.floats;
    double[] doubles = series.memory.doubles;
    long origin = t - i;
    double anchor = series.history.at(origin);
    double truth = value - anchor;
    int losses = layout.losses + (i - 1) * experts;
    for (int e = 0; e < experts; e++) {
      said[e] = said(e, origin, i);
    }
    hedge.learn(floats, losses, layout.phaseLosses, series.season(), t, said, truth);
    int place = DelayLine.at(origin, i);
    double mean = floats[layout.mean + place];
    if (stack != null) {
      boolean usable = series.history.isUsable(doubles[layout.stackDoubles + i - 1]);
      stack.learn(doubles, layout.stackDoubles, i, said, mean, truth, usable);
      int finals = layout.finalLosses + 2 * (i - 1);
      finalSaid[0] = mean;
      finalSaid[1] = floats[layout.corrected + place];
      finalHedge.learn(floats, finals, 2, finalSaid, truth);
    }
    double error = truth - floats[layout.issued + place];
    scores.add(origin, i, truth, error);
    for (int k = 0; k < levels; k++) {
      if (error >= end(origin, i, k, false) && error <= end(origin, i, k, true)) {
        scores.hit(k, i);
      }
    }
    tracker.learn(
        doubles,
        layout.trackerDoubles,
        floats,
        layout.trackerFloats,
        t,
        i,
        series.season(),
        error,
        scores.count(i));
  }

  /**
   * The weighted mean of the experts that need no others, for each step.
   *
   * @return scratch, (horizon)
   */
  double[] meanForCorrectors() {
    long t = series.history.t();
    int count = panel.needNoOthers();
    // when a new season is learnt from the past again, as little as was known then
    int known = (int) Math.min(scores.known(), t - series.begun());
    for (int i = 1; i <= horizon; i++) {
      weigh(Math.min(i, known), t + i, count);
      mean[i - 1] = 0;
      for (int e = 0; e < count; e++) {
        mean[i - 1] += weights[e] * panel.made(e, i);
      }
    }
    return mean;
  }

  /**
   * Makes the forecasts at the newest value, out of what the panel has made.
   *
   * @param anchor the newest value
   */
  void make(double anchor) {
    long t = series.history.t();
    for (int e = 0; e < experts; e++) {
      keep(e, t, anchor);
    }
    int known = scores.known();
    for (int i = 1; i <= horizon; i++) {
      mix(t, i, anchor, known);
    }
  }

  private void keep(int e, long t, double anchor) {
    float[] floats = series.memory.floats;
    int at = series.layout.said[e];
    if (panel.isFlat(e)) {
      floats[at + (int) (t % horizon)] = (float) (panel.made(e, 1) - anchor);
      return;
    }
    for (int i = 1; i <= horizon; i++) {
      floats[at + DelayLine.at(t, i)] = (float) (panel.made(e, i) - anchor);
    }
  }

  /** What expert e said at {@code t} for step i, relative to the value at t. */
  double said(int e, long t, int i) {
    int place = panel.isFlat(e) ? (int) (t % horizon) : DelayLine.at(t, i);
    return series.memory.floats[series.layout.said[e] + place];
  }

  /** Makes the forecast of step i; {@code known} is the last step that has had an error. */
  private void mix(long t, int i, double anchor, int known) {
    StateLayout layout = series.layout;
    float[] floats = series.memory.floats;
    double[] doubles = series.memory.doubles;
    weigh(Math.min(i, known), t + i, experts);
    double mean = 0;
    for (int e = 0; e < experts; e++) {
      said[e] = panel.made(e, i) - anchor;
      mean += weights[e] * said[e];
    }
    int place = DelayLine.at(t, i);
    double result = mean;
    floats[layout.mean + place] = (float) mean;
    if (stack != null) {
      double corrected = stack.forecast(doubles, layout.stackDoubles, i, said, mean);
      floats[layout.corrected + place] = (float) corrected;
      if (i <= known) {
        finalHedge.weigh(floats, layout.finalLosses + 2 * (i - 1), 2, finalWeights);
        result = finalWeights[0] * mean + finalWeights[1] * corrected;
      }
    }
    floats[layout.issued + place] = (float) result;
    double disagreement = 0;
    for (int e = 0; e < experts; e++) {
      disagreement += Math.abs(said[e] - result);
    }
    tracker.issue(
        doubles,
        layout.trackerDoubles,
        floats,
        layout.trackerFloats,
        t,
        i,
        series.season(),
        disagreement / experts,
        known);
  }

  /** Fills the weights of the first {@code count} experts; step 0: of none there is an error. */
  private void weigh(int step, long index, int count) {
    if (step <= 0) {
      Arrays.fill(weights, 0, count, 1.0 / count);
    } else {
      hedge.weigh(
          series.memory.floats,
          series.layout.losses + (step - 1) * experts,
          series.layout.phaseLosses,
          series.season(),
          index,
          count,
          weights);
    }
  }

  /** Marks the newest value as one that no forecast was made at. */
  void skip() {
    long t = series.history.t();
    for (int i = 1; i <= horizon; i++) {
      series.memory.floats[series.layout.issued + DelayLine.at(t, i)] = Float.NaN;
    }
  }

  /** Leaves all forecasts that wait for their truth without a score. */
  void dropOpen() {
    int first = series.layout.issued;
    Arrays.fill(series.memory.floats, first, first + DelayLine.floats(horizon), Float.NaN);
  }

  /** The forecast of step i made at the newest value, relative to it. */
  double issued(int i) {
    return series.memory.floats[series.layout.issued + DelayLine.at(series.history.t(), i)];
  }

  /** Distance of an interval's end from the newest forecast of step i. */
  double end(int i, int level, boolean upper) {
    return end(series.history.t(), i, level, upper);
  }

  private double end(long t, int i, int level, boolean upper) {
    return tracker.end(series.memory.floats, series.layout.trackerFloats, t, i, level, upper);
  }

  /**
   * Whether the forecast just made is one. No value leads to another, but a memory that was broken
   * elsewhere may hold NaN, which would stay in it for ever.
   */
  boolean isSound() {
    boolean sound = true;
    for (int i = 1; i <= horizon; i++) {
      sound &= Double.isFinite(issued(i));
      for (int k = 0; k < levels; k++) {
        sound &= Double.isFinite(end(i, k, false)) && Double.isFinite(end(i, k, true));
      }
    }
    return sound;
  }

  /** The share of an expert in the weighted mean of step i, within [0, 1]. */
  double share(int e, int i) {
    weigh(Math.min(i, scores.known()), series.history.t() + i, experts);
    return weights[e];
  }

  /** The share of the stacked regression in the forecast of step i; 0 without one. */
  double stackShare(int i) {
    if (stack == null || scores.count(i) == 0) {
      return 0;
    }
    finalHedge.weigh(
        series.memory.floats, series.layout.finalLosses + 2 * (i - 1), 2, finalWeights);
    return finalWeights[1];
  }

  /** The running error of an expert at step i, about 50 values deep. */
  double runningError(int e, int i) {
    long matured = scores.count(i);
    double loss = series.memory.floats[series.layout.losses + (i - 1) * experts + e];
    return matured == 0 ? 0 : loss / (1 - Math.pow(discount, matured));
  }
}
