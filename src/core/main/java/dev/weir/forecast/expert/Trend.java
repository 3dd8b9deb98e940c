package dev.weir.forecast.expert;

import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.SeriesDimensions;

/**
 * A level that follows the values without their season, and the slope of a line through them:
 *
 * <pre>
 * x = y without its season ({@link SeasonalIndices})
 * l_k += a_k (x - l_k),   a = .1, .3, .6, 1
 * b: slope of the line through the x, weighted by .99^age
 * forecast of step i = season of sum_k w_k (l_k + b (i - 1 + 1/a_k)),   w_k ~ exp(-12 L_k / min L)
 * </pre>
 *
 * with L_k the running error of one step, and x at most 6 of them from its expectation. This is
 * exponential smoothing with drift, equivalent to the theta method (Hyndman and Billah, Unmasking
 * the Theta method, 2003) but with the full slope instead of half. Until the season's indices are
 * complete: the value of a season ago.
 *
 * <p>Constant time for a value, except once for each series when its indices are complete.
 */
final class Trend implements Expert {

  private static final double[] RATES = {0.1, 0.3, 0.6, 1};
  private static final double MEMORY = 0.99;
  private static final double DISCOUNT = 0.95;
  private static final double ETA = 12;
  private static final int LEAST_VALUES = 3; // for a slope
  private static final int YOUNG = 300; // .9^300 is negligible
  private static final int LEAST_ERRORS = 8; // until one is taken for a spike
  private static final double LIMIT = 6; // errors
  private static final double ERROR_LIMIT = 20; // so that errors grow where a level changes

  // doubles behind those of the season
  private static final int FIRST = SeasonalIndices.DOUBLES; // x, subtracted: sums stay small
  private static final int COUNT = FIRST + 1;
  private static final int SUM = FIRST + 2; // of weights, times, values, their products
  private static final int TIMES = FIRST + 3;
  private static final int VALUES = FIRST + 4;
  private static final int SQUARES = FIRST + 5;
  private static final int PRODUCTS = FIRST + 6;
  private static final int LEVELS = FIRST + 7; // of each rate, relative to FIRST
  private static final int ERRORS = LEVELS + RATES.length; // of each rate

  private final SeasonalIndices season = new SeasonalIndices();

  @Override
  public String name() {
    return "trend";
  }

  @Override
  public int doubles(SeriesDimensions shape) {
    return ERRORS + RATES.length;
  }

  @Override
  public int floats(SeriesDimensions shape) {
    return SeasonalIndices.floats(shape);
  }

  @Override
  public void observe(History history, ExpertState state) {
    DoubleSlice doubles = state.doubles();
    season.bind(history, state);
    boolean complete = season.observe(history);
    if (complete) { // from the first value on, now that the indices are complete
      long first = Math.max(history.start(), history.oldest());
      for (int i = FIRST; i < ERRORS + RATES.length; i++) {
        doubles.set(i, 0);
      }
      for (long t = first; t < history.t(); t++) {
        learn(doubles, season.without(history.at(t), t));
      }
    }
    if (season.areComplete(history)) {
      learn(doubles, season.without(history.newest(), history.t()));
    }
  }

  private static void learn(DoubleSlice doubles, double value) {
    double count = doubles.get(COUNT);
    if (count == 0) {
      doubles.set(FIRST, value);
    }
    double slope = slope(doubles);
    double relative = value - doubles.get(FIRST);
    int best = count < LEAST_ERRORS ? -1 : best(doubles);
    double x = limited(doubles, best, relative, slope, LIMIT);
    double judged = limited(doubles, best, relative, slope, ERROR_LIMIT);
    double sum = MEMORY * doubles.get(SUM);
    double times = MEMORY * doubles.get(TIMES) - sum; // all are one value older
    double squares = MEMORY * (doubles.get(SQUARES) - 2 * doubles.get(TIMES)) + sum;
    double values = MEMORY * doubles.get(VALUES);
    doubles.set(PRODUCTS, MEMORY * doubles.get(PRODUCTS) - values);
    doubles.set(SUM, sum + 1);
    doubles.set(TIMES, times);
    doubles.set(SQUARES, squares);
    doubles.set(VALUES, values + x);
    doubles.set(COUNT, count + 1);
    double discount = Math.min(DISCOUNT, count / (count + 1));
    for (int k = 0; k < RATES.length; k++) {
      double apart = x - doubles.get(LEVELS + k);
      if (count > 0) {
        double error = Math.abs(judged - doubles.get(LEVELS + k) - slope);
        doubles.set(ERRORS + k, discount * doubles.get(ERRORS + k) + (1 - discount) * error);
      }
      doubles.add(LEVELS + k, Math.max(RATES[k], 1 / (count + 1)) * apart);
    }
  }

  private static int best(DoubleSlice doubles) {
    int best = 0;
    for (int k = 1; k < RATES.length; k++) {
      best = doubles.get(ERRORS + k) < doubles.get(ERRORS + best) ? k : best;
    }
    return best;
  }

  /**
   * Bounds a value to so many errors from the best level's forecast, against spikes.
   *
   * @param best -1 while there are too few errors
   */
  private static double limited(
      DoubleSlice doubles, int best, double x, double slope, double errors) {
    if (best < 0) {
      return x;
    }
    double expected = doubles.get(LEVELS + best) + slope;
    double most = errors * doubles.get(ERRORS + best);
    return most > 0 ? Math.max(expected - most, Math.min(expected + most, x)) : x;
  }

  private static double slope(DoubleSlice doubles) {
    double sum = doubles.get(SUM);
    double times = doubles.get(TIMES);
    double spread = sum * doubles.get(SQUARES) - times * times;
    return doubles.get(COUNT) < LEAST_VALUES || !(spread > 0)
        ? 0
        : (sum * doubles.get(PRODUCTS) - times * doubles.get(VALUES)) / spread;
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    season.bind(history, state);
    if (!season.areComplete(history)) {
      for (int i = 1; i <= out.length; i++) {
        out[i - 1] = history.lag(i, history.season());
      }
      return;
    }
    DoubleSlice doubles = state.doubles();
    double slope = slope(doubles);
    double level = doubles.get(FIRST) + level(doubles, slope);
    for (int i = 1; i <= out.length; i++) {
      out[i - 1] = season.with(level + i * slope, history.t() + i);
    }
  }

  private static double level(DoubleSlice doubles, double slope) {
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < RATES.length; k++) {
      least = Math.min(least, doubles.get(ERRORS + k));
    }
    boolean isYoung = doubles.get(COUNT) < YOUNG;
    double sum = 0;
    double level = 0;
    for (int k = 0; k < RATES.length; k++) {
      double error = doubles.get(ERRORS + k);
      double weight = error == least ? 1 : Math.exp(-ETA * (error / least - 1));
      double start = isYoung ? Math.pow(1 - RATES[k], doubles.get(COUNT)) : 0;
      double lag = (1 - start) / RATES[k] - 1;
      sum += weight;
      level += weight * (doubles.get(LEVELS + k) + slope * lag);
    }
    return level / sum;
  }
}
