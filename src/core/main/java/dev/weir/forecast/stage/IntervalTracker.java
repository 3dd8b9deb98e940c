package dev.weir.forecast.stage;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.DelayLine;
import dev.weir.forecast.step.FollowedSteps;
import dev.weir.forecast.step.HorizonGroups;
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
 * step_n = share step + max(0, .7 / sqrt(n) - step) / i, n the errors so far of step i
 * share = n / ({@value #RUNS} i), at least 1 / i, at most 1
 * </pre>
 *
 * The errors of step i come in runs: about i of them say as much as one, so each moves its end by
 * the i-th part, until there were {@value #RUNS} runs. c starts as the Laplace distribution has it,
 * whose tails are those of most errors. It learns from what it is now. But an interval was made
 * with what c was then, and c follows runs too late: alone it would miss too often. So r makes up
 * for it: it moves as c does, by {@value #REST}, when the end as it was issued is missed or hit.
 *
 * <p>Where most values are equal, that value is in each interval, and the misses are rare and far
 * out: there c moves faster the larger it is, and a large r counts more than in proportion. While
 * no recent value is below that one, the lower end can't be missed. The upper one is then missed as
 * often as both should be, up to {@value #MOST}: with 80 % zeros the quantiles .025 and .975 would
 * hold .975. The same holds the other way round.
 *
 * <p>The expected size is learned: scale = S clip(1 + theta'z, 1/4, 4), S the running mean |error|
 * of the step, 50 values deep, or i where that is more, and z: how the last few errors compare to
 * S, how errors at the target's phase do, how far the experts disagree. theta is fitted by {@link
 * Rls}, one for each group of steps, on the group's first step.
 *
 * <p>A step between two that are scored has a scale of its own, with an S between theirs, and its
 * ends lie between theirs in multiples of it.
 *
 * <p>S, c, r and theta are in an {@link IntervalState}.
 */
public final class IntervalTracker {

  private static final int FEATURES = IntervalState.FEATURES;
  private static final double SLOW = 0.02;
  private static final double FAST = 0.15;
  private static final double PHASE = 0.1;

  /** Slow, so that ends don't follow chance; young series take larger steps anyway. */
  private static final double STEP = 0.01;

  private static final double EARLY = 0.7; // a short series must not wait for its first misses
  private static final double REST = 0.02;

  /** Errors in as many runs tell so much that each moves its end as an error alone does. */
  private static final double RUNS = 60;

  /** Beyond this multiple c moves in proportion to itself, where most values are equal. */
  private static final double FAR = 2.5;

  /** Beyond this r counts more and more, where most values are equal. */
  private static final double LARGE = 0.5;

  private static final double STEEP = 0.2;

  /** Only ends that are missed less often than this take over the misses of the other end. */
  private static final double MOST = 0.05;

  /**
   * How far past the forecast an end within bounds counts hits: about ten misses make up for it.
   */
  private static final double SLACK = 0.1;

  private final FollowedSteps scored;
  private final int ends; // two for each level: lower ones from the widest in, then upper ones out
  private final double[] tails; // probability beyond each end
  private final double[] starts;
  private final IntervalState state;
  private final double step;
  private final double settled; // errors of a step from which on step_n is step
  private final int groups;
  private final Rls rls = new Rls(FEATURES, 0.999, 20, 3, 10 * FEATURES);
  private final double[] features = new double[FEATURES];
  private final double[] nearer; // (ends + 1), ends by the multiples of the scored step before
  private double low; // of recent values
  private double high;
  private Bounds bounds = Bounds.NONE;

  /**
   * @param delays where what is made at a time for a step is found
   */
  public IntervalTracker(Slots slots, FollowedSteps scored, DelayLine delays, List<Double> levels) {
    this.scored = scored;
    this.step = STEP;
    this.settled = 1.001 * (EARLY / step) * (EARLY / step);
    this.groups = HorizonGroups.count(scored.horizon());
    this.ends = 2 * levels.size();
    slots.in("intervals").depend(levels);
    this.state = new IntervalState(slots, scored, ends, delays);
    this.tails = new double[ends];
    this.nearer = new double[ends + 1];
    this.starts = new double[ends];
    for (int k = 0; k < levels.size(); k++) {
      double tail = (1 - levels.get(k)) / 2;
      int lower = levels.size() - 1 - k;
      tails[lower] = tail;
      tails[ends - 1 - lower] = 1 - (1 - tail);
      starts[lower] = Math.log(2 * tail); // a Laplace quantile, in multiples of its mean size
      starts[ends - 1 - lower] = -starts[lower];
    }
  }

  /** Learns of ends that are issued within bounds. */
  public void bound(Bounds of) {
    bounds = of;
  }

  /** Prepares a state of zeros. */
  public void reset() {
    for (int g = 0; g < groups; g++) {
      rls.reset(state.regression(g));
    }
    for (int s = 0; s < scored.count(); s++) {
      FloatSlice multiples = state.multiples(scored.step(s));
      for (int k = 0; k < ends; k++) {
        multiples.set(k, (float) starts[k]);
      }
    }
  }

  /**
   * Starts to {@link #learn} about a value.
   *
   * @param low smallest of the values before it, about 200
   * @param high their largest
   */
  public void begin(double low, double high) {
    this.low = low;
    this.high = high;
  }

  /**
   * Learns from the error of the forecast made {@code i} steps before {@code t}; i is scored.
   *
   * @param value not forecast + error, which rounding may move across a bound
   * @param forecast as it was issued
   * @param matured errors of this step so far, with this one
   * @param mean |error| of this step since the series began, with this one
   */
  public void learn(
      long t, int i, double error, double value, double forecast, long matured, double mean) {
    double size = Math.min(Math.abs(error), 1e37);
    double slow = state.slowError(i);
    double issued = state.scale(t, i);
    if (issued > 0) {
      double early = matured < settled ? Math.max(0, EARLY / Math.sqrt(matured) - step) : 0;
      follow(t, i, error, value, forecast, early, matured);
    }
    if (slow > 0) {
      double ratio = Math.min(5, size / slow);
      boolean isSparse = !Double.isNaN(state.frequent(t - i)); // says little of other times
      if (HorizonGroups.isFirst(i) && !isSparse) {
        readFeatures(state.issuedFeatures(t, i));
        rls.update(state.regression(HorizonGroups.group(i)), features, ratio - 1);
      }
      if (state.season() > 1) {
        // every step tells of the phase: each a part of one update
        float phase = state.phaseError(t);
        state.phaseError(t, phase + (float) (PHASE / scored.count() * (ratio - phase)));
      }
    }
    // rare errors are many times the running mean, which must not forget them
    double usual = clip(mean, slow, 10 * slow);
    double bounded = matured > 5 ? Math.min(size, 10 * usual) : size;
    if (slow == 0) {
      bounded = size;
    }
    double slowly = Math.max(Math.min(SLOW, 1.0 / i), 1.0 / matured) * (bounded - slow);
    state.slowError(i, state.slowError(i) + (float) slowly);
    float fast = state.fastError(i);
    double quickly = Math.max(FAST, 1.0 / matured) * (Math.min(size, 1e37) - fast);
    state.fastError(i, fast + (float) quickly);
  }

  /**
   * Moves the ends by whether they were hit.
   *
   * @param early what c moves by beyond the usual step at step 1
   * @param matured errors of this step so far
   */
  private void follow(
      long t, int i, double error, double value, double forecast, double early, long matured) {
    double scale = state.scale(t, i);
    double frequent = state.frequent(t - i);
    boolean isSparse = !Double.isNaN(frequent);
    double below = isSparse ? Math.max(0, forecast - frequent) : 0;
    double above = isSparse ? Math.max(0, frequent - forecast) : 0;
    FloatSlice multiples = state.multiples(i);
    FloatSlice corrections = state.corrections(i);
    Bfloat16Slice issued = state.issuedMultiples(t, i);
    double share = isSparse ? 1 : clip(matured / (RUNS * i), 1.0 / i, 1);
    boolean isLowest = low >= frequent;
    boolean isHighest = high <= frequent;
    for (int k = 0; k < ends; k++) {
      boolean upper = k >= ends / 2;
      double tail = (upper ? isLowest : isHighest) ? oneSided(tails[k]) : tails[k];
      double hull = upper ? above : below;
      double inmost = hull - SLACK * scale;
      double c = multiples.get(k);
      double own = scale * (upper ? c : -c);
      double move = outward(upper, own, hull, inmost, tail, error, value, forecast, frequent);
      if (isSparse) {
        move *= Math.max(1, Math.abs(c) / FAR);
      }
      move = upper ? move : -move;
      multiples.add(k, (float) ((share * step + early / i) * move));
      double before = issued.get(k);
      own = scale * (upper ? before : -before);
      double rest = outward(upper, own, hull, inmost, tail, error, value, forecast, frequent);
      corrections.add(k, (float) (share * REST * (upper ? rest : -rest)));
    }
  }

  /** How often one end should be missed where the other can't be. */
  private static double oneSided(double tail) {
    return Math.max(tail, Math.min(2 * tail, MOST));
  }

  /**
   * How far an end moves out. It is hit by a value that is equal to it, since many are. An end that
   * is covered by the forecast or the frequent value hardly moves in further, and one at its bound
   * not out: as each hit or miss there says the same, it would not come back when the series
   * changes.
   *
   * @param own how far out it is
   * @param hull how far out the interval reaches in any case, for the frequent value
   * @param inmost where the end stops moving in
   * @param tail how often it should be missed
   */
  private double outward(
      boolean upper,
      double own,
      double hull,
      double inmost,
      double tail,
      double error,
      double value,
      double forecast,
      double frequent) {
    double apart = Math.max(hull, own);
    boolean misses;
    boolean isAtBound = false;
    if (bounds.isUnbounded()) {
      misses = upper ? error > apart : error < -apart;
    } else {
      double end = upper ? bounds.upper(forecast + apart) : bounds.lower(forecast - apart);
      misses = upper ? value > end : value < end;
      isAtBound = upper ? end >= bounds.max() : end <= bounds.min();
    }
    misses &= value != frequent;
    boolean stops = misses ? isAtBound : own <= inmost;
    return stops ? 0 : (misses ? 1 : 0) - tail;
  }

  /**
   * Fixes the scale of the forecast made at {@code t} for step {@code i}; steps come in order.
   *
   * @param disagreement mean distance of the experts from the forecast
   * @param last the last step that has had an error
   */
  public void issue(long t, int i, double disagreement, int last) {
    double slow = state.slowError(i);
    double scale;
    if (last < i) { // no error of this step yet: as a random walk's grow
      scale = last == 0 ? 0 : state.slowError(last) * Math.sqrt((double) i / last);
      Arrays.fill(features, 0);
    } else if (slow > 0) {
      features[0] = clip(state.fastError(i) / slow - 1, -2, 3);
      features[1] = state.season() > 1 ? clip(state.phaseError(t + i) - 1, -1, 4) : 0;
      if (HorizonGroups.isFirst(i)) { // it differs by step, and theta was fitted with this one
        features[2] = clip(disagreement / slow, 0, 5) - 1;
      }
      features[3] = 0.5;
      double larger = rls.predict(state.regression(HorizonGroups.group(i)), features);
      scale = slow * clip(1 + larger, 0.25, 4);
    } else {
      scale = 0;
      Arrays.fill(features, 0);
    }
    state.scale(t, i, scale);
    if (!scored.has(i)) {
      return;
    }
    FloatSlice multiples = state.multiples(i);
    FloatSlice corrections = state.corrections(i);
    Bfloat16Slice issued = state.issuedMultiples(t, i);
    boolean grows = !Double.isNaN(state.frequent(t));
    for (int k = 0; k < ends; k++) {
      double r = corrections.get(k);
      double large = grows ? clip((Math.abs(r) - LARGE) / STEEP, 0, 10) : 0;
      issued.set(k, (float) (multiples.get(k) + r * (1 + large * large)));
    }
    if (HorizonGroups.isFirst(i)) {
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
   * Distances of the ends from the forecast, as issued at {@code t}: at most 0 for lower ends, at
   * least 0 for upper ones.
   *
   * @param target (ends + 1), ascending, with the forecast in the middle; overwritten
   */
  public void ends(long t, int i, double[] target) {
    int next = scored.step(scored.next(i));
    double scale = state.scale(t, i);
    multiplesOf(t, next, scale, target);
    if (next != i) {
      multiplesOf(t, scored.step(scored.before(i)), scale, nearer);
      for (int k = 0; k <= ends; k++) {
        target[k] = scored.between(nearer[k], target[k], i);
      }
    }
  }

  /** Ends by the multiples of a scored step. */
  private void multiplesOf(long t, int i, double scale, double[] target) {
    Bfloat16Slice multiples = state.issuedMultiples(t, i);
    int median = ends / 2;
    double below = 0;
    double above = 0;
    target[median] = 0;
    for (int k = 1;
        k <= median;
        k++) { // an inner level that is wider makes the outer one wider too
      below = Math.max(below, -multiples.get(median - k));
      above = Math.max(above, multiples.get(median + k - 1));
      target[median - k] = -below * scale;
      target[median + k] = above * scale;
    }
  }

  /** Sets the errors by phase to "as usual". */
  public void resetSeason() {
    state.resetPhases();
  }

  /** Counts the value at an index among those that may be the most frequent one. */
  public void count(long t, double value) {
    state.count(t, value);
  }

  /** The value that most of the newest ones have; NaN if none, or none was known at an index. */
  public double frequent(long t) {
    return state.frequent(t);
  }

  /** The error that is expected of step i, made at t, over the running mean |error|; 1 before. */
  public double expectedError(long t, int i) {
    double usual = state.slowError(i);
    return usual > 0 ? state.scale(t, i) / usual : 1;
  }

  private static double clip(double value, double low, double high) {
    return value > high ? high : value < low ? low : value;
  }
}
