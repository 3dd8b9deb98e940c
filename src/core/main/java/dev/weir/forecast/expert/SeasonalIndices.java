package dev.weir.forecast.expert;

import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.SeriesDimensions;

/**
 * Seasonal indices: the usual value of each phase relative to a moving average over a season, as a
 * factor while all values are positive, else as a distance.
 *
 * <pre>
 * S[phase of c] += max(a, 1/n) (r - S[phase of c]),   r = y[c] / mean(c)  or  y[c] - mean(c)
 * </pre>
 *
 * where mean(c) is the centred moving average of the season around c, half a season before the
 * newest value: the classical decomposition (Makridakis, Wheelwright, Hyndman, Forecasting: Methods
 * and Applications, 1998, section 3/4), value by value. The indices are brought to a mean of 1, or
 * 0, and shrunk towards it by the share of their variance that noise explains. r is bounded to 4
 * deviations from S.
 *
 * <p>Constant time for a value. Keeps no state: it is bound to the doubles and floats of an expert.
 * Not thread-safe.
 */
final class SeasonalIndices {

  static final int DOUBLES = 6;

  /** Weight of the newest ratio at its phase, at least. */
  private static final double LEAST = 0.3;

  private static final double NOISE_RATE = 0.02;
  private static final double LEAST_FACTOR = 0.05; // bounds the divisor of a solar series at night
  private static final double CANCELLATION = 1e6;
  private static final double LIMIT = 4; // deviations of a ratio
  private static final double NOISE_LIMIT = 10; // so that noise grows where a season changes

  private static final int KIND = 0; // 0: nothing yet
  private static final int WINDOW = 1; // sum of the season's newest values
  private static final int SUM = 2; // of S
  private static final int SQUARES = 3; // of S
  private static final int NOISE = 4; // mean square of r - S
  private static final int NOISES = 5; // that were counted
  private static final int FACTORS = 1;
  private static final int DISTANCES = 2;

  private final DoubleSlice doubles = new DoubleSlice();
  private final FloatSlice indices = new FloatSlice();
  private int season;
  private double mean;
  private double share; // of an index's distance from the mean that is kept

  static int floats(SeriesDimensions shape) {
    return shape.season() > 1 ? shape.season() : 0;
  }

  /** Points at a series: at the first doubles and floats of an expert's. */
  void bind(History history, ExpertState state) {
    doubles.in(state.doubles(), 0);
    indices.in(state.floats(), 0);
    season = history.season();
    findShare(history);
  }

  /** Whether each phase has an index, or there is no season. */
  boolean areComplete(History history) {
    return season == 1 || history.age() >= 2L * season && history.has(history.t() - season);
  }

  /**
   * Learns from the newest value.
   *
   * @return whether the last index was set
   */
  boolean observe(History history) {
    long t = history.t();
    if (season == 1 || history.age() <= season || !history.has(t - season)) {
      return false;
    }
    double newest = history.newest();
    double gone = history.at(t - season);
    double window = doubles.get(WINDOW) + newest - gone;
    boolean cancels = Math.abs(gone) > CANCELLATION * Math.abs(window);
    if (t % season == 0 || cancels || doubles.get(KIND) == 0) { // else rounding adds up
      window = 0;
      for (int i = 0; i < season; i++) {
        window += history.at(t - i);
      }
    }
    doubles.set(WINDOW, window);
    boolean even = season % 2 == 0;
    double around = (even ? window + (gone - newest) / 2 : window) / season;
    long center = t - (even ? season : season - 1) / 2;
    if (doubles.get(KIND) == 0) {
      doubles.set(KIND, history.low() > 0 ? FACTORS : DISTANCES);
    } else if (isFactors() && !(history.low() > 0)) {
      turnToDistances(window / season);
    }
    long before = center - history.start() - (even ? season : season + 1) / 2;
    double value = history.at(center);
    learn((int) (center % season), before / season, isFactors() ? value / around : value - around);
    findShare(history);
    return before == season - 1;
  }

  private boolean isFactors() {
    return doubles.get(KIND) == FACTORS;
  }

  /**
   * @param before ratios of the phase so far
   */
  private void learn(int phase, long before, double ratio) {
    double old = indices.get(phase);
    double deviation = doubles.get(NOISES) < season ? 0 : Math.sqrt(doubles.get(NOISE));
    double apart = limited(ratio - old, LIMIT * deviation);
    if (before > 0) {
      double noise = limited(ratio - old, NOISE_LIMIT * deviation);
      double rate = Math.max(NOISE_RATE, 1 / (doubles.get(NOISES) + 1));
      doubles.add(NOISE, rate * (noise * noise - doubles.get(NOISE)));
      doubles.add(NOISES, 1);
    }
    indices.set(phase, (float) (old + Math.max(LEAST, 1.0 / (before + 1)) * apart));
    double now = indices.get(phase);
    doubles.add(SUM, now - old);
    doubles.add(SQUARES, now * now - old * old);
  }

  private static double limited(double x, double most) {
    return most > 0 ? Math.max(-most, Math.min(most, x)) : x;
  }

  /** Turns factors into distances at the first value that is not positive. */
  private void turnToDistances(double level) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < season; i++) {
      float factor = indices.get(i); // 0: not set yet
      float distance = factor == 0 ? 0 : (float) ((factor - 1) * level);
      indices.set(i, distance);
      sum += distance;
      squares += distance * distance;
    }
    doubles.set(KIND, DISTANCES);
    doubles.set(SUM, sum);
    doubles.set(SQUARES, squares);
    doubles.set(NOISE, doubles.get(NOISE) * level * level);
  }

  /** James-Stein shrinkage: by the part of the variance that errors of the means explain. */
  private void findShare(History history) {
    mean = season > 1 ? doubles.get(SUM) / season : 0;
    share = 1;
    if (season > 1 && doubles.get(NOISES) > 0) {
      double seen = Math.max(1, (double) (history.age() - season) / season);
      double counted = Math.min(seen, 2 / LEAST - 1); // as many have a part in a weighted mean
      double chance = doubles.get(NOISE) / (counted + 1); // without the newest one's own noise
      chance *= Math.max(0, season - 3.0) / season;
      double variance = doubles.get(SQUARES) / season - mean * mean;
      share = variance > 0 ? Math.max(0, 1 - chance / variance) : 0;
    }
  }

  /** A value at an index without its season. */
  double without(double value, long index) {
    if (season == 1) {
      return value;
    }
    return isFactors() ? value / factor(index) : value - distance(index);
  }

  /** The opposite of {@link #without}. */
  double with(double level, long index) {
    if (season == 1) {
      return level;
    }
    return isFactors() ? level * factor(index) : level + distance(index);
  }

  private double factor(long index) {
    double relative = indices.get((int) (index % season)) / mean;
    return Math.max(LEAST_FACTOR, 1 + share * (relative - 1));
  }

  private double distance(long index) {
    return share * (indices.get((int) (index % season)) - mean);
  }
}
