package dev.weir.forecast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.TestModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A network that reads windows and seasons, as the model of a job: alone, and as an expert. */
class SeasonalModelTest {

  private static final int SEQ_LEN = 5;
  private static final int HORIZON = 7;
  private static final int SEASON = 12;
  private static final int VALUES = 300;
  private static final int SWAP = 200;

  private static ForecastModel builtIn(Mode mode) throws IOException {
    String location = "builtin:window-" + mode.label();
    return ModelFiles.fromBytes(
        BuiltInModels.bytes(location, SEQ_LEN), ModelFiles.Defaults.NONE, location);
  }

  private static List<Observation> series(int changed) {
    Random random = new Random(9);
    List<Observation> series = new ArrayList<>();
    for (int t = 0; t < VALUES; t++) {
      double value = 20 * Math.sin(2 * Math.PI * t / SEASON) + t / 10.0 + random.nextGaussian();
      series.add(new Observation("pump-7", 60_000L * t, t >= changed ? -value : value));
    }
    return series;
  }

  private static ForecastSettings settings(Mode mode, LearnerSettings learner) throws IOException {
    Learning learning = learner == null ? null : new Learning(learner, SEASON, 0);
    byte[] model = ModelFiles.toBytes(builtIn(mode).withName("window"));
    return TestSettings.of(SEQ_LEN, new Target(mode, "window", HORIZON, model, learning)).build();
  }

  private static double error(List<Forecast> forecasts, int from) {
    List<Observation> series = series(VALUES);
    double error = 0;
    double naive = 0;
    for (int t = from; t + HORIZON < VALUES; t++) {
      for (int i = 1; i <= HORIZON; i++) {
        double truth = series.get(t + i).value();
        error += Math.abs(truth - forecasts.get(t).values()[i - 1]);
        naive += Math.abs(truth - series.get(t).value());
      }
    }
    return error / naive;
  }

  @Test
  void aloneItForecastsMuchBetterThanTheLastValue() throws Exception {
    for (Mode mode : Mode.values()) {
      List<Forecast> forecasts =
          OneSeries.forecasts(settings(mode, LearnerSettings.network(HORIZON)), series(VALUES));
      assertThat(forecasts).hasSize(VALUES);
      Forecast last = forecasts.get(VALUES - 1);
      assertThat(last.mode()).isEqualTo(mode);
      assertThat(last.model()).isEqualTo("window");
      assertThat(last.intervals()).hasSize(2);
      assertThat(error(forecasts, 100)).isLessThan(0.2);
    }
  }

  @Test
  void anEarlierForecastDoesNotKnowWhatComesLater() throws Exception {
    for (Mode mode : Mode.values()) {
      ForecastSettings alone = settings(mode, LearnerSettings.network(HORIZON));
      List<Forecast> one = OneSeries.forecasts(alone, series(VALUES));
      List<Forecast> other = OneSeries.forecasts(alone, series(SWAP));
      for (int t = 0; t < SWAP; t++) {
        assertThat(other.get(t).values()).isEqualTo(one.get(t).values());
      }
      assertThat(other.get(SWAP).values()).isNotEqualTo(one.get(SWAP).values());
    }
  }

  @Test
  void anotherVersionIsSwappedIn() throws Exception {
    ForecastModel builtIn = builtIn(Mode.MANY_TO_ONE);
    float[] bias = builtIn.head().bias().clone();
    bias[bias.length - 1] += 0.5f; // of the last step, which is not asked for
    bias[5] += 0.5f; // what is added at the first step
    ForecastModel changed =
        TestModel.like(builtIn)
            .name("window")
            .version(builtIn.version() + 1)
            .head(builtIn.head().weight(), bias)
            .build();
    for (LearnerSettings learner :
        List.of(LearnerSettings.network(HORIZON), LearnerSettings.defaults(HORIZON))) {
      ForecastSettings settings = settings(Mode.MANY_TO_ONE, learner);
      List<Forecast> before = OneSeries.forecasts(settings, series(VALUES));
      List<Forecast> swapped = OneSeries.forecasts(settings, series(VALUES), SWAP, changed);
      assertThat(swapped.get(SWAP - 1).values()).isEqualTo(before.get(SWAP - 1).values());
      assertThat(swapped.get(SWAP).values()).isNotEqualTo(before.get(SWAP).values());
      assertThat(swapped.get(SWAP).modelVersion()).isEqualTo(changed.version());
    }
  }

  @Test
  void aModelThatDoesNotFitIsRefusedInOneLine() throws Exception {
    ForecastSettings alone = settings(Mode.MANY_TO_ONE, LearnerSettings.network(HORIZON));
    Target target = alone.targets().get(0);
    assertThat(alone.problemWith(builtIn(Mode.MANY_TO_MANY), target))
        .isEqualTo(
            "mode: expected many-to-one, got many-to-many (model window-many-to-many version 1)");
    assertThat(alone.problemWith(BuiltInModels.weir(), target))
        .startsWith("kind: expected a network that reads windows, got one that combines");
    ForecastModel one = builtIn(Mode.MANY_TO_ONE);
    ForecastSettings wider = TestSettings.of(6, target).build();
    assertThat(wider.problemWith(one, target))
        .isEqualTo("seq_len: expected 6, got 5 (model window-many-to-one version 1)");
    Target far = new Target(Mode.MANY_TO_ONE, "window", 49, null, target.learning());
    assertThat(alone.problemWith(one, far))
        .isEqualTo("horizon: expected at most 48, got 49 (model window-many-to-one version 1)");
    Target plain = new Target(Mode.MANY_TO_ONE, "window", HORIZON, null, null);
    assertThat(alone.problemWith(one, plain))
        .startsWith("kind: expected a network that reads windows, got one that reads seasons too");
  }
}
