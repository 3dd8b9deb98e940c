package dev.weir.forecast.expert;

/**
 * An expert that is asked after the others and told what they agreed on, so that it can learn what
 * is left to be said. A learner calls {@link #correct}; {@link #forecast} is for use alone.
 */
public interface Corrector extends Expert {

  /**
   * Forecasts the values at {@code t+1 ... t+horizon}, after {@link #observe}.
   *
   * @param mean (horizon), the weighted mean of the other experts; only read
   * @param out (horizon); overwritten; must not be {@code mean}
   */
  void correct(History history, ExpertState state, double[] mean, double[] out);
}
