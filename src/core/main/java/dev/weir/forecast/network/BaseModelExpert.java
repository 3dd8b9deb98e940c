package dev.weir.forecast.network;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.window.SequenceWindow;
import java.util.Arrays;

/**
 * The base model, unchanged, as one expert among others. Keeps no state of a series. Repeats the
 * newest value without a model, a full window or a finite forecast.
 */
public final class BaseModelExpert implements Expert {

  /** Name of this expert. */
  public static final String NAME = "base-model";

  private NetworkForecaster forecaster;
  private SequenceWindow window;
  private long newest;

  /**
   * Sets the inputs of the next forecast.
   *
   * @param forecaster null while there is no model
   * @param window ends with the newest value
   * @param newest index of that value in the series' history: when a learner replays the past, the
   *     window is of another time and is ignored
   */
  public void use(NetworkForecaster forecaster, SequenceWindow window, long newest) {
    this.forecaster = forecaster;
    this.window = window;
    this.newest = newest;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    if (!answered(history, out)) {
      Arrays.fill(out, history.newest());
      return;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = history.clamp(out[i]);
    }
  }

  private boolean answered(History history, double[] out) {
    return forecaster != null
        && history.t() == newest
        && window.isFull()
        && forecaster.model().horizon() == out.length
        && forecaster.forecast(window, out);
  }
}
