package dev.weir.forecast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.model.BuiltInModels;
import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a job gives out of a series is within its bounds, whatever made it. */
class BoundedForecastsTest {

  private static final int SEQ_LEN = 5;
  private static final Bounds BOUNDS = new Bounds(0, 4, true);

  private static List<Observation> observations() {
    List<Observation> all = new ArrayList<>();
    Random random = new Random(21);
    for (int t = 0; t < 60; t++) {
      all.add(new Observation("s", t, 6 * random.nextDouble() - 1));
    }
    return all;
  }

  private static List<Forecast> forecasts(ModeSettings target) throws Exception {
    return OneSeries.forecasts(TestSettings.of(SEQ_LEN, target).build(), observations());
  }

  @Test
  void networkAloneAndItsReplacementAreBounded() throws Exception {
    byte[] weights = BuiltInModels.bytes("builtin:sample-many-to-one");
    ModeSettings free = new ModeSettings(Mode.MANY_TO_ONE, "sample", 2, weights, null);
    List<Forecast> unbounded = forecasts(free);
    List<Forecast> bounded = forecasts(free.withBounds(BOUNDS));
    assertThat(bounded).hasSameSizeAs(unbounded);
    assertThat(bounded.get(0).status()).isEqualTo(Status.WARMUP); // the last value
    assertThat(bounded.get(50).status()).isEqualTo(Status.OK);
    int changed = 0;
    for (int n = 0; n < bounded.size(); n++) {
      for (int i = 0; i < 2; i++) {
        double value = unbounded.get(n).values()[i];
        assertThat(bounded.get(n).values()[i]).isEqualTo(BOUNDS.value(value));
        changed += value == BOUNDS.value(value) ? 0 : 1;
      }
    }
    assertThat(changed).isGreaterThan(50);
  }
}
