package dev.weir.forecast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A network that combines forecasts, as the model of a job: alone, and behind what is learned. */
class CombiningModelTest {

  private static final int HORIZON = 7;
  private static final int SEASON = 12;
  private static final int VALUES = 300;
  private static final int FIRST = 100; // origin whose error counts
  private static final int SWAP = 200;

  private static final List<Observation> SERIES = series();

  private static List<Observation> series() {
    Random random = new Random(9);
    List<Observation> series = new ArrayList<>();
    for (int t = 0; t < VALUES; t++) {
      double value = 20 * Math.sin(2 * Math.PI * t / SEASON) + t / 10.0 + random.nextGaussian();
      series.add(new Observation("pump-7", 60_000L * t, value));
    }
    return series;
  }

  /** Mean error, divided by that of the values a season ago. */
  private static double error(List<Forecast> forecasts) {
    double error = 0;
    double naive = 0;
    for (int t = FIRST; t + HORIZON < VALUES; t++) {
      for (int i = 1; i <= HORIZON; i++) {
        double truth = SERIES.get(t + i).value();
        error += Math.abs(truth - forecasts.get(t).values()[i - 1]);
        naive += Math.abs(truth - SERIES.get(t + i - SEASON).value());
      }
    }
    return error / naive;
  }

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
          OneSeries.forecasts(settings(mode, LearnerSettings.alone(HORIZON)), SERIES);
      assertThat(forecasts).hasSize(VALUES);
      Forecast last = forecasts.get(VALUES - 1);
      assertThat(last.model()).isEqualTo("weir");
      assertThat(last.modelVersion()).isEqualTo(BuiltInModels.weir().version());
      assertThat(last.intervals()).hasSize(2);
      assertThat(error(forecasts)).isLessThan(0.95);
    }
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
      ForecastSettings settings = settings(Mode.MANY_TO_ONE, learner);
      List<Forecast> before = OneSeries.forecasts(settings, SERIES);
      List<Forecast> swapped = OneSeries.forecasts(settings, SERIES, SWAP, changed());
      assertThat(swapped.get(SWAP - 1).values()).isEqualTo(before.get(SWAP - 1).values());
      assertThat(swapped.get(SWAP).values()).isNotEqualTo(before.get(SWAP).values());
      assertThat(swapped.get(SWAP).modelVersion()).isEqualTo(changed().version());
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
        OneSeries.forecasts(settings(Mode.MANY_TO_ONE, learner, changed()), SERIES, swap, windows);
    List<Forecast> builtIn =
        OneSeries.forecasts(settings(Mode.MANY_TO_ONE, learner), SERIES, swap, windows);
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
    assertThatThrownBy(() -> OneSeries.forecasts(small, SERIES))
        .hasMessageStartingWith("kind: expected a network that reads windows");
  }
}
