package dev.weir.forecast.learn;

import dev.weir.forecast.expert.Bfloat16Slice;
import dev.weir.forecast.expert.DelayLine;
import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.score.DistributionScorer;
import dev.weir.forecast.score.ProperScores;

/**
 * Intervals out of the quantiles of outside models, in place of those of the {@link
 * IntervalTracker}: the weighted mean of how far the models' quantiles are from what they forecast,
 * times c, which moves out a little after a miss and in after a hit, so that the misses become as
 * many as wanted:
 *
 * <pre>
 * end = forecast + c d,   c *= exp(step (1 - tail)) after a miss, exp(-step tail) after a hit
 * </pre>
 *
 * Keeps settings and scratch; what is learned is in the state of the series. Allocates nothing.
 */
final class OutsideIntervals {

  private static final double STEP = 0.03;
  private static final double EARLY = 0.7; // over the root of the errors so far; as the tracker
  private static final float SLOW = 0.01f; // weight of a value in running losses
  private static final int LEAST_ERRORS = 20; // before the models' ends are issued
  private static final double USUAL = 0.1; // tail that a step is for
  private static final double LEAST = 0.1; // c
  private static final double MOST = 10;

  private final int levels;
  private final int ends;
  private final FollowedSteps scored;
  private final int places;
  private final DelayLine delays;
  private final double[] shares; // (ends) share of the truth that is to be below
  private final FloatSlice factors = new FloatSlice();
  private final FloatSlice losses = new FloatSlice();
  private final Bfloat16Slice shorts = new Bfloat16Slice();
  private int firstFloat;

  /**
   * @param scorer which says the levels of the quantiles
   */
  OutsideIntervals(DistributionScorer scorer, FollowedSteps scored) {
    this.ends = scorer.quantiles() - 1;
    this.levels = ends / 2;
    this.shares = new double[ends];
    for (int k = 0; k < ends; k++) {
      shares[k] = scorer.tau(k < levels ? k : k + 1);
    }
    this.scored = scored;
    this.places = DelayLine.allPlaces(scored);
    this.delays = new DelayLine(scored);
  }

  /** Floats kept for a series. */
  static int floats(OutsideModels models, int levels, FollowedSteps scored) {
    return models.quantiles() ? scored.count() * (2 * levels + 3) : 0;
  }

  /** Numbers of 16 bits kept for a series. */
  static int shorts(OutsideModels models, int levels, FollowedSteps scored) {
    return models.quantiles() ? 2 * 2 * levels * DelayLine.allPlaces(scored) : 0;
  }

  void bind(float[] floats, int firstFloat, short[] shorts, int firstShort) {
    this.factors.at(floats, firstFloat);
    this.losses.at(floats, firstFloat);
    this.shorts.at(shorts, firstShort);
    this.firstFloat = firstFloat;
  }

  /** Prepares a state of zeros. */
  void reset() {
    for (int k = 0; k < scored.count() * ends; k++) {
      factors.moveTo(firstFloat).set(k, 1);
    }
    for (int k = 0; k < 2 * ends * places; k++) {
      shorts.set(k, Float.NaN);
    }
  }

  private FloatSlice factors(int i) {
    return factors.moveTo(firstFloat + scored.nearest(i) * ends);
  }

  private FloatSlice losses(int i) {
    return losses.moveTo(firstFloat + scored.count() * ends + 3 * scored.nearest(i));
  }

  private int raw(long t, int i, int k) {
    return k * places + delays.at(t, i);
  }

  private int issued(long t, int i, int k) {
    return (ends + k) * places + delays.at(t, i);
  }

  /**
   * Makes the ends of step i at t.
   *
   * @param said (2 levels) distances of the models' quantiles from their forecasts, ascending; NaN
   *     for unknown
   */
  void make(long t, int i, double[] said) {
    boolean some = true;
    for (int k = 0; k < ends; k++) {
      some &= !Double.isNaN(said[k]);
    }
    FloatSlice losses = losses(i);
    boolean better = losses.get(2) >= LEAST_ERRORS && losses.get(1) < losses.get(0);
    FloatSlice factors = factors(i);
    for (int k = 0; k < ends; k++) {
      shorts.set(raw(t, i, k), some ? (float) said[k] : Float.NaN);
      double made = some && better ? factors.get(k) * said[k] : Double.NaN;
      shorts.set(issued(t, i, k), (float) made);
    }
  }

  /** Says that nothing was made at t. */
  void skip(long t) {
    for (int i = 1; i <= scored.horizon(); i++) {
      for (int k = 0; k < ends; k++) {
        shorts.set(raw(t, i, k), Float.NaN);
        shorts.set(issued(t, i, k), Float.NaN);
      }
    }
  }

  /**
   * Replaces the tracker's ends of what was made at t by those that were issued, if others were.
   */
  void read(long t, int i, double[] target) {
    if (Float.isNaN(shorts.get(issued(t, i, 0)))) {
      return;
    }
    double widest = 0;
    for (int k = levels - 1; k >= 0; k--) {
      widest = Math.min(widest, shorts.get(issued(t, i, k)));
      target[k] = widest;
    }
    widest = 0;
    for (int k = levels; k < ends; k++) {
      widest = Math.max(widest, shorts.get(issued(t, i, k)));
      target[k + 1] = widest;
    }
  }

  /**
   * Learns from the error of what was made at t for a scored step.
   *
   * @param own (2 levels + 1) ends of the tracker, with the forecast in the middle
   */
  void learn(long t, int i, double error, double[] own) {
    if (Float.isNaN(shorts.get(raw(t, i, 0)))) {
      return;
    }
    FloatSlice factor = factors(i);
    FloatSlice losses = losses(i);
    float count = losses.get(2) + 1; // stays as it is once it is too large to grow
    double step = Math.max(STEP, EARLY / Math.sqrt(count));
    double ours = 0;
    double theirs = 0;
    for (int k = 0; k < ends; k++) {
      double said = shorts.get(raw(t, i, k));
      double end = factor.get(k) * said;
      ours += ProperScores.pinball(shares[k], own[k < levels ? k : k + 1], error);
      theirs += ProperScores.pinball(shares[k], end, error);
      boolean isUpper = k >= levels;
      boolean misses = isUpper ? error > end : error < end;
      double tail = isUpper ? 1 - shares[k] : shares[k];
      double ofTail = step * Math.sqrt(USUAL / tail); // rare misses must say more
      double moved = factor.get(k) * Math.exp(ofTail * ((misses ? 1 : 0) - tail));
      factor.set(k, (float) Math.max(LEAST, Math.min(MOST, moved)));
    }
    learn(losses, 0, ours);
    learn(losses, 1, theirs);
    losses.set(2, count);
  }

  private static void learn(FloatSlice losses, int which, double loss) {
    float before = losses.get(which);
    float bounded = (float) Math.min(loss, before > 0 ? 10 * before : 1e37);
    losses.set(which, before > 0 ? before + SLOW * (bounded - before) : bounded);
  }
}
