package dev.weir.forecast.engine;

import static dev.weir.forecast.engine.ModelOfAJob.HORIZON;
import static dev.weir.forecast.engine.ModelOfAJob.SEASON;
import static dev.weir.forecast.engine.ModelOfAJob.VALUES;
import static dev.weir.forecast.engine.ModelOfAJob.assertKnowsNothingLater;
import static dev.weir.forecast.engine.ModelOfAJob.assertSwapped;
import static dev.weir.forecast.engine.ModelOfAJob.error;
import static dev.weir.forecast.engine.ModelOfAJob.series;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.TestModel;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A network that reads windows and seasons, as the model of a job: alone, and as an expert. */
class SeasonalModelTest {

  private static final int SEQ_LEN = 5;

  private static ForecastModel builtIn(Mode mode) throws IOException {
    String location = "builtin:window-" + mode.label();
    return ModelFiles.fromBytes(
        BuiltInModels.bytes(location, SEQ_LEN), ModelFiles.Defaults.NONE, location);
  }

  private static ForecastSettings settings(Mode mode, LearnerSettings learner) throws IOException {
    Learning learning = learner == null ? null : new Learning(learner, SEASON, 0);
    byte[] model = ModelFiles.toBytes(builtIn(mode).withName("window"));
    return TestSettings.of(SEQ_LEN, new ModeSettings(mode, "window", HORIZON, model, learning))
        .build();
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
      assertThat(error(forecasts, 0)).isLessThan(0.2);
    }
  }

  @Test
  void anEarlierForecastDoesNotKnowWhatComesLater() throws Exception {
    for (Mode mode : Mode.values()) {
      assertKnowsNothingLater(settings(mode, LearnerSettings.network(HORIZON)));
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
      assertSwapped(settings(Mode.MANY_TO_ONE, learner), changed);
    }
  }

  @Test
  void aModelThatDoesNotFitIsRefusedInOneLine() throws Exception {
    ForecastSettings alone = settings(Mode.MANY_TO_ONE, LearnerSettings.network(HORIZON));
    ModeSettings target = alone.modes().get(0);
    assertThat(alone.problemWith(builtIn(Mode.MANY_TO_MANY), target))
        .isEqualTo(
            "mode: expected many-to-one, got many-to-many (model window-many-to-many version 1)");
    assertThat(alone.problemWith(BuiltInModels.weir(), target))
        .startsWith("kind: expected a network that reads windows, got one that combines");
    ForecastModel one = builtIn(Mode.MANY_TO_ONE);
    ForecastSettings wider = TestSettings.of(6, target).build();
    assertThat(wider.problemWith(one, target))
        .isEqualTo("seq_len: expected 6, got 5 (model window-many-to-one version 1)");
    ModeSettings far = new ModeSettings(Mode.MANY_TO_ONE, "window", 49, null, target.learning());
    assertThat(alone.problemWith(one, far))
        .isEqualTo("horizon: expected at most 48, got 49 (model window-many-to-one version 1)");
    ModeSettings plain = new ModeSettings(Mode.MANY_TO_ONE, "window", HORIZON, null, null);
    assertThat(alone.problemWith(one, plain))
        .startsWith("kind: expected a network that reads windows, got one that reads seasons too");
  }
}
