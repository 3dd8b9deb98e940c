package dev.weir.forecast.learn;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.History;
import java.util.List;

/**
 * The experts of a learner, and what each of them forecasts. An expert whose forecast is not finite
 * is reset; that forecast repeats the newest value.
 */
final class ExpertEnsemble {

  private final Expert[] experts;
  private final double[][] made; // (experts, horizon)
  private long restarts;

  ExpertEnsemble(List<Expert> experts, int horizon) {
    this.experts = experts.toArray(Expert[]::new);
    this.made = new double[this.experts.length][horizon];
  }

  int size() {
    return experts.length;
  }

  String name(int e) {
    return experts[e].name();
  }

  List<Expert> experts() {
    return List.of(experts);
  }

  /** What an expert forecasts for step i from 1. */
  double made(int e, int i) {
    return made[e][i - 1];
  }

  /** Prepares a state of zeros, before the first value or before a season is learned. */
  void reset(StateView state) {
    for (int e = 0; e < experts.length; e++) {
      experts[e].reset(state.history.shape(), state.expert(e));
    }
  }

  /** Lets all learn from the newest value, and forecast. */
  void forecast(StateView state) {
    History history = state.history;
    for (int e = 0; e < experts.length; e++) {
      ExpertState learned = state.expert(e);
      experts[e].observe(history, learned);
      experts[e].forecast(history, learned, made[e]);
      check(state, e);
    }
  }

  /** Adds what each covariate added to the newest forecast of step 1 of an expert. */
  void addCovariates(StateView state, int e, double[] terms) {
    experts[e].addCovariates(state.history, state.expert(e), terms);
  }

  private void check(StateView state, int e) {
    double newest = state.history.newest();
    double[] out = made[e];
    boolean sound = true;
    for (int i = 0; i < out.length; i++) {
      sound &= Double.isFinite(out[i]);
      if (!(Math.abs(out[i]) <= 4 * ValueRange.LARGEST)) {
        out[i] = newest;
      }
    }
    if (!sound) { // its state can't make a forecast
      restarts++;
      state.clearExpert(e);
      experts[e].reset(state.history.shape(), state.expert(e));
    }
  }

  /** How often one of them was reset, for all series. */
  long restarts() {
    return restarts;
  }
}
