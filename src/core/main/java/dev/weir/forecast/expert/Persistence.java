package dev.weir.forecast.expert;

import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.SeriesDimensions;

/**
 * The share of a deviation that remains i steps later: the running regression through zero of
 * deviations on those i steps before, within [0, 1]. Its state holds the last h deviations, then
 * sums of products and of squares for each step.
 */
final class Persistence {

  private static final double FORGETTING = 0.998;

  private Persistence() {}

  /** Doubles to keep for each series. */
  public static int doubles(SeriesDimensions shape) {
    return 3 * shape.horizon();
  }

  /** Learns from the newest deviation. */
  public static void observe(History history, DoubleSlice state, double deviation) {
    int horizon = history.shape().horizon();
    int slot = (int) (history.t() % horizon);
    for (int i = 1; i <= horizon && i < history.age(); i++) {
      int before = slot - i;
      double x = state.get(before < 0 ? before + horizon : before);
      int products = horizon + 2 * (i - 1);
      int squares = products + 1;
      state.set(products, FORGETTING * state.get(products) + x * deviation);
      state.set(squares, FORGETTING * state.get(squares) + x * x);
    }
    state.set(slot, deviation);
  }

  /** The share of a deviation that remains after {@code step} values, within [0, 1]. */
  public static double rho(DoubleSlice state, int horizon, int step) {
    int products = horizon + 2 * (step - 1);
    double squares = state.get(products + 1);
    return squares > 0 ? Math.max(0, Math.min(1, state.get(products) / squares)) : 0;
  }
}
