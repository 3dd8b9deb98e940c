package dev.weir.forecast.learn;

import dev.weir.forecast.expert.DoubleSlice;
import java.util.Arrays;

/**
 * How far what each outside model says is used at all, from its errors in one series: less once
 * they grow beyond their usual size by more than the forecast's own do, and not at all while it
 * repeats one wrong number. Also the bias that is taken off, and how far from the forecast a model
 * usually is. Number 0 is the forecast itself, the models follow.
 *
 * <p>A flyweight over the series' doubles. Not thread-safe; allocates nothing.
 */
final class OutsideTrust {

  private static final double FAR = 8; // usual distances from the forecast that count at most
  private static final double SLOWLY = 0.01; // weight of a value in usual distances
  private static final double FAST = 0.1; // weight of a value in a model's newest error
  private static final double SLOW = 0.002; // and in its usual one
  private static final double WRONG = 1.5; // trust falls from here, and is 0 at twice of it
  private static final int STUCK = 48; // equal forecasts, at least, of a model that hangs
  private static final int JUDGED = 24; // values, from which on trust follows errors

  /** Only a bias that is larger than this share of the usual error is one. */
  private static final double CHANCE = 0.5;

  private static final int SEEN = 0; // values with an error
  private static final int NEWEST = 1;
  private static final int USUAL = 2;
  private static final int DISTANCE = 3; // from the forecast
  private static final int BIAS = 4; // mean of what it says less the truth
  private static final int LAST = 5; // what it said of the value before
  private static final int SAME = 6; // values that it has said the same of
  private static final int PER_MODEL = 7;

  private final int all;
  private final int horizon;
  private final DoubleSlice doubles = new DoubleSlice();

  // scratch, (all)
  private final double[] trust;
  private final double[] bias; // that is taken off
  private final double[] errors; // sums of the newest value
  private final double[] signed; // the same
  private final int[] counts;

  OutsideTrust(int all, int horizon) {
    this.all = all;
    this.horizon = horizon;
    this.trust = new double[all];
    this.bias = new double[all];
    this.errors = new double[all];
    this.signed = new double[all];
    this.counts = new int[all];
  }

  /** Doubles kept for a series. */
  static int doubles(int all) {
    return PER_MODEL * all;
  }

  void bind(double[] doubles, int first) {
    this.doubles.at(doubles, first);
  }

  private double get(int m, int what) {
    return doubles.get(PER_MODEL * m + what);
  }

  private void set(int m, int what, double value) {
    doubles.set(PER_MODEL * m + what, value);
  }

  /** Finds how far each model is as right as it usually is, and its bias. */
  void judge() {
    trust[0] = 1;
    double common = Math.max(1, larger(0)); // than usual
    for (int m = 1; m < all; m++) {
      boolean isYoung = get(m, SEEN) < JUDGED;
      boolean isStuck =
          get(m, SAME) > Math.max(STUCK, 2 * horizon) && get(m, NEWEST) > get(0, USUAL);
      trust[m] =
          isStuck ? 0 : isYoung ? 1 : Math.max(0, Math.min(1, 2 - larger(m) / common / WRONG));
      double mean = get(m, BIAS);
      double chance = CHANCE * get(m, USUAL);
      bias[m] = Math.abs(mean) > chance ? mean - chance * chance / mean : 0;
    }
  }

  private double larger(int m) {
    double usual = get(m, USUAL);
    return usual > 0 ? get(m, NEWEST) / usual : 1;
  }

  /** What {@link #judge} found of a number, within [0, 1]. */
  double of(int m) {
    return trust[m];
  }

  /** What a model says, less its bias, and as far from the forecast as it may be. */
  double tamed(int m, double said, double forecast) {
    double x = said - bias[m];
    double far = FAR * get(m, DISTANCE);
    return far > 0 && Math.abs(x - forecast) > far
        ? forecast + Math.copySign(far, x - forecast)
        : x;
  }

  /** Starts to {@link #learn} about a value. */
  void begin() {
    judge();
    Arrays.fill(errors, 0);
    Arrays.fill(signed, 0);
    Arrays.fill(counts, 0);
  }

  /**
   * Learns about a step.
   *
   * @param off what was said less the truth
   * @param tamed the same of what that was {@link #tamed} to
   */
  void learn(int m, double off, double tamed) {
    errors[m] += Math.abs(tamed);
    signed[m] += off;
    counts[m]++;
  }

  /** Ends what {@link #begin} started. */
  void finish() {
    for (int m = 0; m < all; m++) {
      if (counts[m] == 0) {
        continue;
      }
      double error = errors[m] / counts[m];
      double seen = get(m, SEEN) + 1;
      double usual = get(m, USUAL);
      double bounded = usual > 0 ? Math.min(error, 3 * usual) : error;
      double mean = get(m, BIAS);
      set(m, SEEN, seen);
      follow(m, NEWEST, Math.max(FAST, 1 / seen), error);
      follow(m, USUAL, Math.max(SLOW, 1 / seen), bounded);
      double most = 5 * Math.max(get(m, USUAL), Math.abs(mean));
      double off = Math.max(-most, Math.min(most, signed[m] / counts[m]));
      follow(m, BIAS, Math.max(SLOW, 1 / seen), off);
    }
  }

  private void follow(int m, int what, double weight, double value) {
    set(m, what, get(m, what) + weight * (value - get(m, what)));
  }

  /** Values that the model with most of them has had an error of. */
  double seen() {
    double most = 0;
    for (int m = 1; m < all; m++) {
      most = Math.max(most, get(m, SEEN));
    }
    return most;
  }

  /** Usual error of the forecast, 0 before the first. */
  double usualError() {
    return get(0, USUAL);
  }

  /**
   * Learns from what a model says of the next value how far it usually is from the forecast, and if
   * it hangs.
   *
   * @param distance from the forecast; NaN if it says nothing
   */
  void follow(int m, double said, double distance) {
    set(m, SAME, said == get(m, LAST) ? get(m, SAME) + 1 : 0);
    set(m, LAST, said);
    if (!Double.isNaN(distance)) {
      double size = Math.abs(distance);
      double before = get(m, DISTANCE) == 0 ? size : get(m, DISTANCE);
      set(m, DISTANCE, before + SLOWLY * (Math.min(size, 3 * before) - before));
    }
  }
}
