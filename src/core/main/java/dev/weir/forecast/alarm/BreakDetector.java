package dev.weir.forecast.alarm;

/**
 * Distinguishes a lasting change of a series from an incident: its level, its season or the size of
 * its errors is another for {@value #LASTING} values.
 *
 * <p>Values are compared with those at least {@link #LEAST_LAG} values and a whole number of
 * seasons before, which after a change are still those of before it. Three statistics of the newest
 * values, each a mean about 10 to 16 values deep:
 *
 * <ul>
 *   <li>shift: the mean difference, in units of the long-run mean difference. Far from zero after a
 *       change of the level.
 *   <li>width: the mean size of the difference, as a logarithm. Far from its long-run mean after a
 *       change of the season's phase or length, too.
 *   <li>errors: the mean size of the forecasts' errors, the same way. Far from it after a change of
 *       the noise.
 * </ul>
 *
 * Each is far when it exceeds a multiple of its own long-run mean size. So a random walk, whose
 * differences are large and last, must move farther than a series that returns. A far statistic
 * enters that mean only up to the limit, or a change would hide itself. A spike moves no statistic
 * for so long; an incident of 100 values moves it for less than {@value #LASTING} values, and once
 * more as the values of comparison.
 *
 * <p>After a break all statistics restart, so the next one comes at least {@link #BEGINNING} values
 * later; comparisons with values before a break are left out.
 *
 * <p>A flyweight: the state of a series is in its {@link BreakState}. Not thread-safe. Allocates
 * nothing.
 */
final class BreakDetector {

  /** Values that a change lasts before it is a break. */
  static final int LASTING = 140;

  /** Values between those that are compared, at least. */
  static final int LEAST_LAG = 160;

  /** Values before the first change, of each statistic. */
  static final int BEGINNING = 300;

  /** Counts stop here; long-run means are so deep. */
  static final int MOST = 2_000;

  private static final int DROP = 1; // of a run, for a value at which the statistic is not far
  private static final int DROP_APART = 3; // an ended incident returns as the values of comparison
  private static final int CLIPPED_FROM = 30;
  private static final double CLIP = 3;

  private static final double SHIFT_WEIGHT = 0.1;
  private static final double WIDTH_WEIGHT = 1.0 / 16;
  private static final double MAX_SHIFT = 3; // of a value, in units of the mean difference
  private static final double FAR_SHIFT = 3; // in units of the long-run mean size, as the next
  private static final double FAR_WIDTH = 3;
  private static final double FAR_ERRORS = 2.5;
  private static final double LEAST_SHIFT = 1;
  private static final double NEAR = 2.5; // times the mean difference: 19 of 20 values
  private static final double LEAST_LOG = 0.32; // 1.38 times as wide
  private static final double SMALLEST = 0.2; // of a width: a sparse series is often as still

  private double size; // of a far statistic, over its limit
  private boolean isFar; // the newest values from those before
  private boolean isNear; // the newest value itself
  private boolean isWider; // at least half as far; where errors alone are far, forecasts may be bad

  /**
   * Takes in the next value of a series.
   *
   * @param error of its forecast; NaN without one
   * @param apart the value minus the one that it is compared with; not finite without one
   * @param lag its distance in values; a changed lag restarts the statistics
   * @return whether a change has lasted
   */
  boolean observe(BreakState state, double error, double apart, int lag) {
    size = 0;
    isFar = false;
    isNear = false;
    isWider = false;
    int[] ints = state.ints;
    if (ints[BreakState.LAG] != lag) {
      state.restart(lag);
    }
    ints[BreakState.AGE] = Math.min(MOST, ints[BreakState.AGE] + 1);
    boolean lasting = false;
    if (ints[BreakState.SKIPPED] > 0) {
      ints[BreakState.SKIPPED]--;
    } else if (!Double.isNaN(apart)) {
      lasting = observeApart(state, AlarmDetector.bounded(apart));
    }
    if (Double.isFinite(error)) {
      lasting |= observeError(state, AlarmDetector.bounded(Math.abs(error)));
    }
    if (lasting) {
      ints[BreakState.AGE] = 0;
      state.restart(lag);
      ints[BreakState.SKIPPED] = Math.min(MOST, lag); // compared with values before the break
    }
    return lasting;
  }

  /**
   * The surprise of the newest value's break, by the size of the change: 3 at the limit of what
   * counts, 4.5 at twice as much, at most {@link AlarmDetector#MAX_SURPRISE}.
   */
  double surprise() {
    return Math.min(AlarmDetector.MAX_SURPRISE, 1.5 + 1.5 * size);
  }

  /** Whether the newest value is one of a change, which may last. */
  boolean isFar() {
    return isFar && !isNear;
  }

  private boolean observeApart(BreakState state, double apart) {
    double[] d = state.doubles;
    int n = count(state, BreakState.APARTS);
    double weight = 1.0 / n;
    double usual = d[BreakState.APART_SIZE];
    double off = apart - d[BreakState.APART];
    double relative = usual > 0 ? off / usual : 0;
    isNear = Math.abs(relative) <= NEAR;
    double bounded = Math.max(-MAX_SHIFT, Math.min(MAX_SHIFT, relative));
    double shift = d[BreakState.SHIFT] + SHIFT_WEIGHT * (bounded - d[BreakState.SHIFT]);
    d[BreakState.SHIFT] = shift;
    double moved = Math.abs(shift);
    double far = Math.max(LEAST_SHIFT, FAR_SHIFT * d[BreakState.SHIFT_SIZE]);
    isFar |= n > BEGINNING && moved > far;
    boolean lasting = run(state, BreakState.SHIFT_RUN, n > BEGINNING, moved / far);
    d[BreakState.SHIFT_SIZE] += weight * (Math.min(moved, far) - d[BreakState.SHIFT_SIZE]);
    lasting |= observeWidth(state, BreakState.WIDTH, relative, n, FAR_WIDTH);
    double limit = CLIP * usual;
    double limited = n > CLIPPED_FROM ? Math.max(-limit, Math.min(limit, off)) : off;
    d[BreakState.APART] += weight * limited;
    d[BreakState.APART_SIZE] = usual + weight * (Math.abs(limited) - usual);
    return lasting;
  }

  private boolean observeError(BreakState state, double size) {
    double[] d = state.doubles;
    int n = count(state, BreakState.ERROR_COUNT);
    double usual = d[BreakState.ERROR];
    double relative = usual > 0 ? size / usual : 0;
    boolean lasting = observeWidth(state, BreakState.ERRORS, relative, n, FAR_ERRORS);
    double limited = n > CLIPPED_FROM ? Math.min(size, CLIP * usual) : size;
    d[BreakState.ERROR] = usual + (limited - usual) / n;
    return lasting;
  }

  /**
   * @param width its place; its logarithm's mean and mean distance from that follow
   */
  private boolean observeWidth(
      BreakState state, int width, double relative, int n, double multiple) {
    double[] d = state.doubles;
    double size = Math.min(CLIP, Math.abs(relative));
    d[width] += Math.max(WIDTH_WEIGHT, 1.0 / n) * (size - d[width]);
    if (n <= CLIPPED_FROM) {
      return false;
    }
    double off = log(d[width]) - d[width + 1];
    double far = Math.max(LEAST_LOG, multiple * d[width + 2]);
    isWider |= width == BreakState.WIDTH && n > BEGINNING && off > far / 2;
    isFar |= isWider && off > far;
    int run = width == BreakState.WIDTH ? BreakState.WIDTH_RUN : BreakState.ERRORS_RUN;
    boolean lasting = run(state, run, n > BEGINNING, Math.abs(off) / far);
    double weight = 1.0 / Math.min(MOST, n - CLIPPED_FROM);
    d[width + 1] += weight * off;
    d[width + 2] += weight * (Math.min(Math.abs(off), far) - d[width + 2]);
    return lasting;
  }

  private static int count(BreakState state, int place) {
    state.ints[place] = Math.min(MOST, state.ints[place] + 1);
    return state.ints[place];
  }

  /** Counts how long a statistic has been far; returns whether that is long enough. */
  private boolean run(BreakState state, int place, boolean isWarm, double size) {
    boolean isStill = isWarm && size > 1;
    int drop = place == BreakState.ERRORS_RUN ? DROP : DROP_APART;
    int run = isStill ? state.ints[place] + 1 : Math.max(0, state.ints[place] - drop);
    state.ints[place] = Math.min(LASTING, run);
    this.size = run >= LASTING ? Math.max(this.size, size) : this.size;
    return run >= LASTING;
  }

  private static double log(double width) {
    return Math.log(Math.max(width, SMALLEST));
  }
}
