package dev.weir.forecast.learn;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.stage.ValueRange;
import java.util.List;

/**
 * The experts of a learner, and what each of them forecasts. An expert whose forecast is not finite
 * is reset; that forecast repeats the newest value.
 */
final class ExpertEnsemble {

  private final Expert[] experts;
  private final ExpertState[] states;
  private final Slots[] slots; // of each
  private final double[][] forecasts; // (experts, horizon)
  private long restarts;

  ExpertEnsemble(Slots declared, List<Expert> experts, int horizon) {
    this.experts = experts.toArray(Expert[]::new);
    this.slots =
        experts.stream()
            .map(expert -> declared.in("expert").ofSeason().ofExperts().in(expert.name()))
            .toArray(Slots[]::new);
    this.states = new ExpertState[slots.length];
    for (int e = 0; e < states.length; e++) {
      states[e] = new ExpertState(slots[e], this.experts[e]);
    }
    this.forecasts = new double[this.experts.length][horizon];
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
  double forecast(int e, int i) {
    return forecasts[e][i - 1];
  }

  /** Prepares a state of zeros, before the first value or before a season is learned. */
  void reset(History history) {
    for (int e = 0; e < experts.length; e++) {
      experts[e].reset(history.shape(), states[e]);
    }
  }

  /** Lets all learn from the newest value, and forecast. */
  void forecast(History history) {
    for (int e = 0; e < experts.length; e++) {
      experts[e].observe(history, states[e]);
      experts[e].forecast(history, states[e], forecasts[e]);
      check(history, e);
    }
  }

  /** Adds what each covariate added to the newest forecast of step 1 of an expert. */
  void addCovariates(History history, int e, double[] terms) {
    experts[e].addCovariates(history, states[e], terms);
  }

  private void check(History history, int e) {
    double newest = history.newest();
    double[] out = forecasts[e];
    boolean sound = true;
    for (int i = 0; i < out.length; i++) {
      sound &= Double.isFinite(out[i]);
      if (!(Math.abs(out[i]) <= 4 * ValueRange.LARGEST)) {
        out[i] = newest;
      }
    }
    if (!sound) { // its state can't make a forecast
      restarts++;
      slots[e].clear();
      experts[e].reset(history.shape(), states[e]);
    }
  }

  /** How often one of them was reset, for all series. */
  long restarts() {
    return restarts;
  }
}
