package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Kernels;
import dev.weir.rnn.RnnConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class KernelMetricTest {

  @Test
  void aMetricTellsOnWhichKernelTheNetworksRunOnceAModelIsThere() throws Exception {
    RecordedMetrics metrics = new RecordedMetrics();
    Target target = new Target(Mode.MANY_TO_ONE, "m", 1, null, null);
    ForecastSettings settings = TestSettings.of(3, target).build();
    try (var harness =
        new KeyedTwoInputStreamOperatorTestHarness<String, InputEvent, ModelEvent, Output>(
            new RecordedMetrics.Operator(settings, metrics),
            arrival -> "any",
            model -> "",
            Types.STRING)) {
      harness.setup(OutputSerializer.INSTANCE);
      harness.open();
      assertThat(networks(metrics)).isEqualTo(Map.of("scalar", 0L, "plain", 0L, "vector", 0L));

      harness.processElement2(new ModelUpdate(model(1, 2), source()), 0);
      assertThat(networks(metrics)).isEqualTo(Map.of("scalar", 1L, "plain", 0L, "vector", 0L));

      harness.processElement2(new ModelUpdate(model(2, 9), source()), 0);
      assertThat(networks(metrics)).isEqualTo(Map.of("scalar", 0L, "plain", 0L, "vector", 1L));
    }
  }

  private static ForecastModel model(long version, int hiddenSize) {
    RnnConfig config = new RnnConfig(Cell.RNN_TANH, 1, hiddenSize, 1, false, false);
    return TestModel.of(config, 3, 1)
        .version(version)
        .head(new float[hiddenSize], new float[1])
        .build();
  }

  private static SourceRecord source() {
    return new SourceRecord("models", 0, 0, 1, null, new byte[] {1});
  }

  private static Map<String, Object> networks(RecordedMetrics metrics) {
    Map<String, Object> networks = new HashMap<>();
    for (String kernel : Kernels.KERNELS) {
      networks.put(kernel, metrics.gauge("weir.kernel." + kernel + ".networks"));
    }
    return networks;
  }
}
