package dev.weir.forecast.engine;

import static dev.weir.forecast.engine.ModelOfAJob.HORIZON;
import static dev.weir.forecast.engine.ModelOfAJob.SEASON;
import static dev.weir.forecast.engine.ModelOfAJob.VALUES;
import static dev.weir.forecast.engine.ModelOfAJob.assertKnowsNothingLater;
import static dev.weir.forecast.engine.ModelOfAJob.assertSwapped;
import static dev.weir.forecast.engine.ModelOfAJob.error;
import static dev.weir.forecast.engine.ModelOfAJob.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A network that combines forecasts, as the model of a job: alone, and behind what is learned. */
class CombiningModelTest {

  private static ForecastSettings settings(Mode mode, LearnerSettings learner) {
    return settings(mode, learner, BuiltInModels.weir());
  }

  private static ForecastSettings settings(
      Mode mode, LearnerSettings learner, ForecastModel initial) {
    Learning learning = learner == null ? null : new Learning(learner, SEASON, 0);
    byte[] model = ModelFiles.toBytes(initial);
    return TestSettings.of(
            mode == Mode.MANY_TO_MANY ? HORIZON : 5,
            new ModeSettings(mode, "weir", HORIZON, model, learning))
        .build();
  }

  @Test
  void aloneItForecastsInBothModesBetterThanTheLastSeason() throws Exception {
    for (Mode mode : Mode.values()) {
      List<Forecast> forecasts =
          OneSeries.forecasts(settings(mode, LearnerSettings.alone(HORIZON)), series(VALUES));
      assertThat(forecasts).hasSize(VALUES);
      Forecast last = forecasts.get(VALUES - 1);
      assertThat(last.model()).isEqualTo("weir");
      assertThat(last.modelVersion()).isEqualTo(BuiltInModels.weir().version());
      assertThat(last.intervals()).hasSize(2);
      assertThat(error(forecasts, SEASON)).isLessThan(0.95);
    }
  }

  @Test
  void anEarlierForecastDoesNotKnowWhatComesLater() throws Exception {
    ForecastSettings alone = settings(Mode.MANY_TO_ONE, LearnerSettings.alone(HORIZON));
    assertKnowsNothingLater(alone);
  }

  /** The built-in network with another weight, so with other forecasts. */
  private static ForecastModel changed() {
    ForecastModel builtIn = BuiltInModels.weir();
    float[] weights = builtIn.weights().clone();
    int bias = builtIn.candidateShape().offset("res.2.bias");
    weights[bias] += 0.5f;
    return TestModel.like(builtIn)
        .name("weir")
        .version(builtIn.version() + 1)
        .weights(weights)
        .head(null)
        .build();
  }

  @Test
  void anotherNetworkGoesOnWithTheErrorsThatAreKnown() throws Exception {
    for (LearnerSettings learner :
        List.of(LearnerSettings.alone(HORIZON), LearnerSettings.defaults(HORIZON))) {
      assertSwapped(settings(Mode.MANY_TO_ONE, learner), changed());
    }
  }

  @Test
  void whatCombinesIsBuiltInAgainOnceTheActiveModelReadsWindows() throws Exception {
    RnnConfig rnn = new RnnConfig(Cell.RNN_TANH, 1, 2, 1, false, true);
    ForecastModel windows =
        TestModel.of(rnn, 5, HORIZON)
            .name("weir")
            .version(9)
            .scaling(Scaling.LAST)
            .head(new float[2 * HORIZON], new float[HORIZON])
            .build();
    LearnerSettings learner = LearnerSettings.defaults(HORIZON);
    int swap = 60; // before the network is judged by its errors, which differ
    List<Forecast> other =
        OneSeries.forecasts(
            settings(Mode.MANY_TO_ONE, learner, changed()), series(VALUES), swap, windows);
    List<Forecast> builtIn =
        OneSeries.forecasts(settings(Mode.MANY_TO_ONE, learner), series(VALUES), swap, windows);
    assertThat(other.get(swap - 1).values()).isNotEqualTo(builtIn.get(swap - 1).values());
    // as after a restore, which knows the active model only
    assertThat(other.get(swap).values()).isEqualTo(builtIn.get(swap).values());
  }

  @Test
  void aModelOfTheOtherKindIsRefusedInOneLine() throws Exception {
    ForecastSettings alone = settings(Mode.MANY_TO_ONE, LearnerSettings.alone(HORIZON));
    ForecastSettings windows = settings(Mode.MANY_TO_ONE, null);
    byte[] file =
        Files.readAllBytes(
            Path.of("src/core/test/resources/models/sample-many-to-one.safetensors"));
    ForecastModel sample = ModelFiles.fromBytes(file, ModelFiles.Defaults.NONE, "sample");
    assertThat(alone.problemWith(sample, alone.modes().get(0)))
        .startsWith("kind: expected a network that combines forecasts")
        .endsWith("(model sample-many-to-one version 1)");
    assertThat(windows.problemWith(BuiltInModels.weir(), windows.modes().get(0)))
        .startsWith("kind: expected a network that reads windows, got one that combines");
    ForecastSettings small = settings(Mode.MANY_TO_ONE, LearnerSettings.small(HORIZON));
    assertThatThrownBy(() -> OneSeries.forecasts(small, series(VALUES)))
        .hasMessageStartingWith("kind: expected a network that reads windows");
  }
}
