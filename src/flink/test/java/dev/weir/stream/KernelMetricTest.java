package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Kernels;
import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnConfig;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KernelMetricTest {

  @Test
  void aMetricTellsOnWhichKernelTheNetworksRunOnceAModelIsThere() throws Exception {
    ModeSettings target = new ModeSettings(Mode.MANY_TO_ONE, "m", 1, null, null);
    try (SeriesHarness harness = SeriesHarness.recorded(TestSettings.of(3, target).build(), null)) {
      RecordedMetrics metrics = harness.metrics;
      assertThat(networks(metrics)).isEqualTo(Map.of("plain", 0L, "vector", 0L));

      harness.publish(model(1, 9));
      Map<String, Object> now = new HashMap<>(Map.of("plain", 0L, "vector", 0L));
      now.put(new Rnn(config(9)).kernel(), 1L); // plain where C2 is off
      assertThat(networks(metrics)).isEqualTo(now);
    }
  }

  private static RnnConfig config(int hiddenSize) {
    return new RnnConfig(Cell.RNN_TANH, 1, hiddenSize, 1, false, false);
  }

  private static ForecastModel model(long version, int hiddenSize) {
    return TestModel.of(config(hiddenSize), 3, 1)
        .version(version)
        .head(new float[hiddenSize], new float[1])
        .build();
  }

  private static Map<String, Object> networks(RecordedMetrics metrics) {
    Map<String, Object> networks = new HashMap<>();
    for (String kernel : Kernels.KERNELS) {
      networks.put(kernel, metrics.gauge("weir.kernel." + kernel + ".networks"));
    }
    return networks;
  }
}
