package dev.weir.forecast.expert;

import dev.weir.forecast.slot.SeriesDimensions;

/**
 * One way to forecast a series. An own expert is one class that implements this.
 *
 * <p>Contract, held by {@code ExpertContractTest}:
 *
 * <ul>
 *   <li>All that is learned of a series is in the given {@link ExpertState}; fields hold settings
 *       and scratch. So one instance serves any number of series, and a series whose arrays were
 *       saved and restored goes on as if nothing had happened.
 *   <li>A forecast depends on values up to {@link History#t()} only, and is finite.
 *   <li>Nothing is allocated after the first calls.
 *   <li>No randomness but what is computed from the state.
 * </ul>
 *
 * Not thread-safe: one instance for each task.
 */
public interface Expert {

  /** Short, lower case, unique among the experts of a learner. */
  String name();

  /** Whether all steps of a forecast are always equal; then less has to be kept of it. */
  default boolean flat() {
    return false;
  }

  /** Doubles to keep for each series. */
  default int doubles(SeriesDimensions shape) {
    return 0;
  }

  /** Floats to keep for each series. */
  default int floats(SeriesDimensions shape) {
    return 0;
  }

  /** 16-bit numbers to keep for each series. */
  default int shorts(SeriesDimensions shape) {
    return 0;
  }

  /** Prepares a state that is all zeros, before the first value of a series. */
  default void reset(SeriesDimensions shape, ExpertState state) {}

  /** Learns from the newest value, {@code history.at(history.t())}. Called once for each value. */
  default void observe(History history, ExpertState state) {}

  /**
   * Forecasts the values at {@code t+1 ... t+horizon}, after {@link #observe}.
   *
   * @param out (horizon); overwritten
   */
  void forecast(History history, ExpertState state, double[] out);

  /**
   * Adds what each covariate added to its newest forecast of the next value. Called after {@link
   * #forecast} of the same value, and only where forecasts are explained. Changes nothing of the
   * state.
   *
   * @param terms (covariates), observed ones first
   */
  default void addCovariates(History history, ExpertState state, double[] terms) {}
}
