package dev.weir.forecast;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertMemory;
import dev.weir.forecast.expert.History;
import dev.weir.model.ForecastModel;
import java.util.Arrays;

/**
 * A published model as one expert among others: frozen, the same for all series. It wins where many
 * series are alike and each is too short to learn from. The last value, until a model has come,
 * while a series is shorter than its window, and where its arithmetic fails.
 *
 * <p>Keeps nothing of a series, so a model may be replaced at any time; the mixture finds out by
 * its errors what the new one is worth. A model for a shorter horizon repeats its last step.
 */
public final class ModelExpert implements Expert {

  private NetworkForecaster network; // null while there is none
  private double[] answers = new double[0]; // (model's horizon)

  @Override
  public String name() {
    return "model";
  }

  /**
   * Forecasts with this model from now on; with none if it is null.
   *
   * @throws IllegalArgumentException when it wants features, of which an expert knows nothing
   */
  public void use(ForecastModel model) {
    if (model != null && model.rnn().inputSize() != 1) {
      throw new IllegalArgumentException(
          "input_size: expected 1 for a model in a mixture, got %d (%s)"
              .formatted(model.rnn().inputSize(), model.name()));
    }
    network = model == null ? null : new NetworkForecaster(model);
    answers = new double[model == null ? 0 : model.horizon()];
  }

  @Override
  public void forecast(History history, ExpertMemory memory, double[] out) {
    double newest = history.newest();
    if (network == null || !fillWindow(history) || !network.forecast(answers)) {
      Arrays.fill(out, newest);
      return;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = answers[Math.min(i, answers.length - 1)];
    }
  }

  private boolean fillWindow(History history) {
    double[] window = network.window();
    long first = history.t() - window.length + 1;
    if (!history.has(first)) {
      return false;
    }
    for (int k = 0; k < window.length; k++) {
      window[k] = history.at(first + k);
    }
    return true;
  }
}
