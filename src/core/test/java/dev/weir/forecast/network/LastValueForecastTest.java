package dev.weir.forecast.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.Mode;
import org.junit.jupiter.api.Test;

class LastValueForecastTest {

  @Test
  void repeatsTheLastValueAndNamesNoModel() {
    Windows windows = new Windows(4, 1, 0);
    WindowState state = windows.newState();
    windows.offer(state, new Observation("s", 10, 5), Windows.IN_ORDER);
    windows.offer(state, new Observation("s", 30, 8), Windows.IN_ORDER);
    Forecast forecast =
        LastValueForecast.forecast(windows.window("s", state), Mode.MANY_TO_ONE, 3, Status.WARMUP);
    assertThat(forecast.values()).containsExactly(8, 8, 8);
    assertThat(forecast.times()).containsExactly(50, 70, 90);
    assertThat(forecast.seqLen()).isEqualTo(2);
    assertThat(forecast.model()).isEmpty();
    assertThat(forecast.modelVersion()).isEqualTo(-1);
  }

  @Test
  void knowsNoTimesWhileThereIsOneValue() {
    Windows windows = new Windows(4, 1, 0);
    WindowState state = windows.newState();
    windows.offer(state, new Observation("s", 10, 5), Windows.IN_ORDER);
    Forecast forecast =
        LastValueForecast.forecast(windows.window("s", state), Mode.MANY_TO_ONE, 3, Status.WARMUP);
    assertThat(forecast.times()).isNull();
  }
}
