package dev.weir.forecast.expert;

import java.util.Arrays;

/**
 * What a {@link WindowedNetwork} reads of a series: for each step of a window a row of {@value
 * #INPUTS} numbers, and for the linear path phi, the values themselves. All on the window's own
 * scale: minus an anchor, divided by s, clipped to +-{@value #MOST}.
 *
 * <pre>
 * row  value | a season before what is asked, before the next one | phase in season and week
 *      | a week before what is asked
 * phi  1, lags 1 ... | season before the origin and each target | week before them
 * </pre>
 *
 * Two kinds: {@link #fill} for a window whose targets all follow it, anchored at its newest value;
 * {@link #fillSteps} for one that has targets at each step, where nothing that a step is given may
 * be newer than the step. No state; allocates nothing.
 */
final class WindowInputs {

  static final int INPUTS = 10;
  private static final double MOST = 8;

  private final int window;
  private final int lags;

  /**
   * @param window steps
   * @param lags values of phi, and of the scale
   */
  WindowInputs(int window, int lags) {
    this.window = window;
    this.lags = lags;
  }

  /** Length of phi. */
  static int path(SeriesDimensions shape, int lags) {
    int periods = (shape.season() > 1 ? 1 : 0) + (shape.week() > 1 ? 1 : 0);
    return lags + periods * (1 + shape.horizon());
  }

  /** The same at most, whatever the season. */
  static int longestPath(int horizon, int lags) {
    return lags + 2 * (1 + horizon);
  }

  /**
   * The first origin whose window and season are known. A week is asked for only where the past was
   * forgotten, since a young series has to be learned before its first week is over.
   *
   * @param steps whether {@link #fillSteps} is asked, which looks further back
   */
  long oldest(History history, boolean steps) {
    int season = history.season() > 1 ? history.season() : 0;
    int reach = steps ? window - 1 : 0; // from the origin to the first step that looks back
    int needed = Math.max(Math.max(window, reach + lags) - 1, reach + season);
    if (history.oldest() > history.start()) {
      needed = Math.max(needed, reach + history.shape().week());
    }
    return history.oldest() + needed;
  }

  /** Rows and phi of the window that ends at an origin; returns its scale. */
  double fill(History history, long origin, float[] to, int at, float[] phis, int phi) {
    double anchor = history.at(origin);
    double scale = scale(history, origin);
    Arrays.fill(to, at, at + window * INPUTS, 0f);
    for (int k = 0; k < window; k++) {
      to[at + k * INPUTS] = clip((history.at(origin - window + 1 + k) - anchor) / scale);
    }
    fillPath(history, origin, anchor, scale, phis, phi);
    int season = history.season();
    if (season > 1) {
      int horizon = history.shape().horizon();
      int week = history.shape().week();
      fillLag(history, origin, Math.min(horizon, season), season, scale, to, at + 1);
      fillLag(history, origin, 1, season, scale, to, at + 2);
      fillPhases(origin - window + 1, season, to, at);
      if (week > 1) {
        fillLag(history, origin, Math.min(horizon, season), week, scale, to, at + 9);
      }
    }
    return scale;
  }

  /**
   * Rows and a phi for each step, which never depend on a later value: the scale is that of the
   * values up to the first step, phi and lags are relative to the step's own value, and the first
   * number of a row is relative to the first value.
   *
   * @param last whether phi is wanted for the last step only
   * @return the scale
   */
  double fillSteps(
      History history, long origin, float[] to, int at, float[] phis, int phi, boolean last) {
    long first = origin - window + 1;
    double scale = scale(history, first);
    int season = history.season();
    int week = history.shape().week();
    int far = Math.min(history.shape().horizon(), season);
    int path = path(history.shape(), lags);
    Arrays.fill(to, at, at + window * INPUTS, 0f);
    for (int k = 0; k < window; k++) {
      long u = first + k;
      int row = at + k * INPUTS;
      double anchor = history.at(u);
      to[row] = clip((anchor - history.at(first)) / scale);
      if (season > 1) {
        to[row + 1] = clip((before(history, u, u + far, season) - anchor) / scale);
        to[row + 2] = clip((before(history, u, u + 1, season) - anchor) / scale);
        if (week > 1) {
          to[row + 9] = clip((before(history, u, u + far, week) - anchor) / scale);
        }
      }
      if (!last || k == window - 1) {
        fillPath(history, u, anchor, scale, phis, phi + (last ? 0 : k * path));
      }
    }
    if (season > 1) {
      fillPhases(first, season, to, at);
    }
    return scale;
  }

  private void fillPath(
      History history, long origin, double anchor, double scale, float[] phis, int phi) {
    phis[phi] = 1; // the newest value would be 0 by its anchor
    for (int k = 1; k < lags; k++) {
      phis[phi + k] = clip((history.at(origin - k) - anchor) / scale);
    }
    if (history.season() > 1) {
      int week = history.shape().week();
      int horizon = history.shape().horizon();
      fillPeriod(history, origin, history.season(), anchor, scale, phis, phi + lags);
      if (week > 1) {
        fillPeriod(history, origin, week, anchor, scale, phis, phi + lags + 1 + horizon);
      }
    }
  }

  /** The value a period before the origin, then those before each target. */
  private static void fillPeriod(
      History history,
      long origin,
      int period,
      double anchor,
      double scale,
      float[] phis,
      int phi) {
    for (int i = 0; i <= history.shape().horizon(); i++) {
      double value = before(history, origin, origin + i, period);
      phis[phi + i] = clip((value - anchor) / scale);
    }
  }

  /** For each step of a window, the value a period before the one {@code ahead} of it. */
  private void fillLag(
      History history, long origin, int ahead, int period, double scale, float[] to, int at) {
    double anchor = history.at(origin);
    for (int k = 0; k < window; k++) {
      long u = origin - window + 1 + k;
      double value = before(history, origin, u + ahead, period);
      to[at + k * INPUTS] = clip((value - anchor) / scale);
    }
  }

  /** The last value at the phase of an index that was known at the origin; else the origin's. */
  private static double before(History history, long origin, long index, int period) {
    long steps = Math.max(1, (index - origin + period - 1) / period);
    long at = index - steps * period;
    return history.at(history.has(at) ? at : origin);
  }

  private void fillPhases(long first, int season, float[] to, int at) {
    fillPhase(first, season, 1, to, at + 3);
    fillPhase(first, SeriesDimensions.WEEK * (long) season, 1, to, at + 5);
    fillPhase(first, SeriesDimensions.WEEK * (long) season, 2, to, at + 7);
  }

  /** Sine and cosine for each step of a window, by rotation: only the first ones are computed. */
  private void fillPhase(long first, long period, int harmonic, float[] to, int at) {
    double step = 2 * Math.PI * harmonic / period;
    double sin = Math.sin(step * (first % period));
    double cos = Math.cos(step * (first % period));
    double sinStep = Math.sin(step);
    double cosStep = Math.cos(step);
    for (int k = 0; k < window; k++) {
      to[at + k * INPUTS] = (float) sin;
      to[at + k * INPUTS + 1] = (float) cos;
      double next = sin * cosStep + cos * sinStep;
      cos = cos * cosStep - sin * sinStep;
      sin = next;
    }
  }

  private double scale(History history, long origin) {
    double anchor = history.at(origin);
    double sum = 0;
    double squares = 0;
    for (int k = 0; k < lags; k++) {
      double apart = history.at(origin - k) - anchor;
      sum += apart;
      squares += apart * apart;
    }
    double variance = squares / lags - sum / lags * (sum / lags);
    return Math.max(Math.sqrt(Math.max(0, variance)), 0.1 * history.deviation());
  }

  static float clip(double value) {
    // no min and max, which heed NaN and -0 with instructions that branches get by without
    return (float) (value > MOST ? MOST : value < -MOST ? -MOST : value);
  }
}
