package dev.weir.forecast;

/**
 * The time from one value of a series to the next, where it is nearly always the same. Stateless: a
 * step in milliseconds, and the share of the steps that are equal to it, lie in the caller's array.
 */
final class Spacing {

  /** Doubles kept. */
  static final int DOUBLES = 2;

  /** So deep is the share's memory, in steps. */
  private static final double DEPTH = 500;

  private static final double REGULAR = 0.9;
  private static final long DAY = 86_400_000;
  private static final int[] DAYS = {1, 7};

  private Spacing() {}

  /**
   * @param steps so far, with this one
   */
  static void observe(double[] state, int at, long step, long steps) {
    double weight = 1 / Math.min(DEPTH, steps);
    double share = state[at + 1];
    share += weight * ((state[at] == step ? 1 : 0) - share);
    if (share < 0.5 && state[at] != step) { // never that of a step that most are equal to
      state[at] = step;
      share = weight;
    }
    state[at + 1] = share;
  }

  /** The step is given and need not be found. */
  static void set(double[] state, int at, long step) {
    state[at] = step;
    state[at + 1] = 1;
  }

  /** Takes over what is known, or nothing when what lies there is no spacing. */
  static void copy(double[] from, double[] to, int at) {
    double step = from[at];
    double share = from[at + 1];
    boolean known = step >= 1 && step == Math.rint(step) && share > 0 && share <= 1;
    to[at] = known ? step : 0;
    to[at + 1] = known ? share : 0;
  }

  /** The step that nine of ten are equal to, milliseconds; 0 when there is none. */
  static long regular(double[] state, int at) {
    return state[at + 1] >= REGULAR ? (long) state[at] : 0;
  }

  /** Values in a day and in a week; 0 where that is no whole number. */
  static int[] calendar(long step) {
    int[] lengths = new int[DAYS.length];
    for (int i = 0; i < DAYS.length; i++) {
      long span = DAYS[i] * DAY;
      lengths[i] =
          step > 0 && span % step == 0 ? (int) Math.min(Integer.MAX_VALUE, span / step) : 0;
    }
    return lengths;
  }
}
