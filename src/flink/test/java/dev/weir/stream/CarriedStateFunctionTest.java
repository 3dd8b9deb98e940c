package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.window.StateLimits;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hidden state that goes on from window to window, in keyed state. */
class CarriedStateFunctionTest {

  private static final List<String> SERIES = List.of("a", "b", "c", "d", "e");
  private static final int VALUES = 24;
  private static final int SEQ_LEN = 4;
  private static final String STATE = "carried-many-to-one";

  @AutoClose private final Opened open = new Opened();

  private static ForecastModel model(long version) {
    RnnConfig config = new RnnConfig(Cell.LSTM, 1, 3, 2, false, true);
    float[] weights = new float[config.parameterCount()];
    SplittableRandom random = new SplittableRandom(version);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextDouble(-0.7, 0.7);
    }
    return TestModel.of(config, SEQ_LEN, 3).version(version).weights(weights).build();
  }

  private static TestSettings settings() {
    byte[] file = ModelFiles.toBytes(model(1));
    return TestSettings.of(SEQ_LEN, new ModeSettings(Mode.MANY_TO_ONE, "m", 3, file, null));
  }

  private static void send(SeriesHarness harness, int from, int to, int tasks, int task)
      throws Exception {
    for (int t = from; t < to; t++) {
      for (String series : SERIES) {
        if (SeriesHarness.task(series, tasks) == task) {
          harness.send(series, t, Math.sin(t + series.charAt(0)));
        }
      }
    }
  }

  private static List<Forecast> of(String series, List<Forecast> forecasts) {
    return forecasts.stream().filter(f -> f.series().equals(series)).toList();
  }

  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "4, false", "4, true"})
  void restoredTasksGoOnWithTheSameBits(int stride, boolean rocks) throws Exception {
    ForecastSettings settings = settings().stride(stride).carry().build();
    SeriesHarness whole = open.add(SeriesHarness.of(settings, rocks, null));
    send(whole, 0, VALUES, 1, 0);
    List<Forecast> interrupted = new ArrayList<>();
    SeriesHarness harness = open.add(SeriesHarness.of(settings, rocks, null));
    send(harness, 0, 7, 1, 0);
    OperatorSubtaskState first = harness.checkpoint();
    interrupted.addAll(harness.forecasts());
    send(harness, 7, 13, 1, 0); // is lost
    for (int task = 0; task < 2; task++) {
      SeriesHarness part = open.add(SeriesHarness.of(settings, rocks, first, 2, task));
      send(part, 7, VALUES, 2, task);
      interrupted.addAll(part.forecasts());
    }
    for (String series : SERIES) {
      assertThat(of(series, interrupted)).isEqualTo(of(series, whole.forecasts()));
    }
  }

  @Test
  void savepointOfFreshWindowsGoesOnAndBack() throws Exception {
    SeriesHarness fresh = open.add(SeriesHarness.of(settings().build()));
    send(fresh, 0, 10, 1, 0);
    OperatorSubtaskState savepoint = fresh.checkpoint();
    SeriesHarness carried = open.add(SeriesHarness.of(settings().carry().build(), savepoint));
    SeriesHarness again = open.add(SeriesHarness.of(settings().build(), savepoint));
    for (SeriesHarness each : List.of(carried, again)) {
      send(each, 10, 11, 1, 0);
    }
    assertThat(carried.forecasts()).isEqualTo(again.forecasts()); // a first window has zeros
    for (SeriesHarness each : List.of(carried, again)) {
      send(each, 11, 12, 1, 0);
    }
    assertThat(carried.forecasts("a").get(1)).isNotEqualTo(again.forecasts("a").get(1));
    SeriesHarness back = open.add(SeriesHarness.of(settings().build(), carried.checkpoint()));
    for (SeriesHarness each : List.of(back, again)) {
      each.getOutput().clear();
      send(each, 12, 13, 1, 0);
    }
    assertThat(back.forecasts()).isEqualTo(again.forecasts());
  }

  @Test
  void stateGoesWithItsSeries() throws Exception {
    ForecastSettings settings =
        settings().carry().limits(new StateLimits(Duration.ofMillis(50), 0, 1L << 20)).build();
    SeriesHarness harness = open.add(SeriesHarness.of(settings));
    send(harness, 0, 8, 1, 0);
    assertThat(harness.entries(STATE)).isEqualTo(SERIES.size());
    harness.silence(1_000, 50);
    assertThat(harness.entries("window")).isZero();
    assertThat(harness.entries(STATE)).isZero();
  }
}
