package dev.weir.forecast.network;

import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.SeriesDimensions;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.model.ForecastModel;

/**
 * Forecasts from windows alone with a model that reads seasons ({@link SeasonalNetwork}): without
 * what was before the window, so as of a series without a season.
 *
 * <p>Holds scratch: one instance for each task; not thread-safe.
 */
public final class WindowForecaster {

  private final SeasonalNetwork network;
  private final int horizon;
  private final History history;

  /**
   * @param model forecasts as many values as it was trained for
   */
  public WindowForecaster(ForecastModel model) {
    this.horizon = model.horizon();
    this.network = new SeasonalNetwork(model, horizon);
    network.warmUp();
    int exact = History.exact(horizon, 1, model.seqLen());
    SeriesDimensions shape =
        new SeriesDimensions(horizon, 1, exact, model.seqLen(), model.seqLen());
    this.history =
        new History()
            .attach(
                shape,
                new long[History.LONGS],
                new double[History.DOUBLES],
                new float[History.floats(shape)],
                new short[History.shorts(shape)]);
  }

  /**
   * The values that follow a full window.
   *
   * @return null where they are no finite numbers
   */
  public double[] forecast(SequenceWindow window) {
    history.reset(0);
    for (int i = 0; i < window.size(); i++) {
      history.append(window.value(i));
    }
    double[] values = new double[horizon];
    return network.forecast(history, values) ? values : null;
  }
}
