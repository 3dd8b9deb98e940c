package dev.weir.forecast.network;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.model.Mode;
import java.util.Arrays;
import java.util.List;

/** The fallback forecast: the last value, repeated. */
public final class LastValueForecast {

  private LastValueForecast() {}

  /** Repeats the window's newest value {@code horizon} times. */
  public static Forecast forecast(SequenceWindow window, Mode mode, int horizon, Status status) {
    double[] values = new double[horizon];
    Arrays.fill(values, window.last());
    return new Forecast(
        window.series(),
        window.origin(),
        window.time(0),
        window.size(),
        mode,
        times(window, horizon),
        new Forecast.Steps(values, List.of()),
        "",
        Forecast.NO_VERSION,
        0,
        status,
        0,
        null);
  }

  /** Times of the steps by the window's own spacing; null while that is unknown. */
  public static long[] times(SequenceWindow window, int horizon) {
    long spacing = window.spacing();
    if (spacing == 0) {
      return null;
    }
    long[] times = new long[horizon];
    for (int i = 0; i < horizon; i++) {
      times[i] = window.origin() + (i + 1) * spacing;
    }
    return times;
  }
}
