package dev.weir.forecast.expert;

/**
 * How much of a deviation is left i steps later: the running regression through zero of deviations
 * on those i steps before, within [0, 1]. State in doubles: the last h deviations, then sums of
 * products and of squares for each step.
 */
final class Persistence {

  private static final double FORGETTING = 0.998;

  private Persistence() {}

  static int doubles(Shape shape) {
    return 3 * shape.horizon();
  }

  static void observe(History history, double[] state, int at, double deviation) {
    int horizon = history.shape().horizon();
    int slot = (int) (history.t() % horizon);
    for (int i = 1; i <= horizon && i < history.age(); i++) {
      int before = slot - i;
      double x = state[at + (before < 0 ? before + horizon : before)];
      int sums = at + horizon + 2 * (i - 1);
      state[sums] = FORGETTING * state[sums] + x * deviation;
      state[sums + 1] = FORGETTING * state[sums + 1] + x * x;
    }
    state[at + slot] = deviation;
  }

  static double rho(double[] state, int at, int horizon, int step) {
    int sums = at + horizon + 2 * (step - 1);
    return state[sums + 1] > 0 ? Math.max(0, Math.min(1, state[sums] / state[sums + 1])) : 0;
  }
}
