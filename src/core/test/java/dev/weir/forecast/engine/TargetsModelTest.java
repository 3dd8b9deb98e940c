package dev.weir.forecast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ForecastSettings.Inputs;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.joint.Targets;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A network of several targets as the model of a job: alone, and as an expert. */
class TargetsModelTest {

  private static final int SEQ_LEN = 4;
  private static final int VALUES = 300;

  /**
   * Forecasts b as the newest a times a factor, and a as 0. Its unit is nearly linear: tanh(x) is x
   * to 2e-5 there.
   */
  private static ForecastModel model(double factor, String... names) {
    RnnConfig rnn = new RnnConfig(Cell.RNN_TANH, 2, 1, 1, false, false);
    return TestModel.of(rnn, SEQ_LEN, 1)
        .targets(names)
        .scaling(new Scaling(Scaling.Rule.FIXED, 0, 100))
        .weights(1, 0, 0)
        .head(new float[] {0, (float) factor}, 0, 0)
        .build();
  }

  private static ForecastSettings settings(ForecastModel model, Learning learning) {
    return settings(
        new ModeSettings(
            Mode.MANY_TO_ONE, "m", model.horizon(), ModelFiles.toBytes(model), learning),
        "a",
        "b");
  }

  private static ForecastSettings settings(ModeSettings mode, String... names) {
    Targets targets = new Targets(List.of(names), List.of());
    Inputs inputs = new Inputs(targets, 0, 0, List.of(), ZoneOffset.UTC);
    return TestSettings.of(SEQ_LEN, mode).build().inOrder(mode, inputs);
  }

  /** Noise a, and b, which is twice the a before it; b is missing at each seventh time. */
  private static List<Observation> series() {
    double[] noise = new SplittableRandom(4).doubles(VALUES, -1, 1).toArray();
    List<Observation> series = new ArrayList<>();
    for (int t = 0; t < VALUES; t++) {
      double b = t == 0 || t % 7 == 3 ? Double.NaN : 2 * noise[t - 1];
      series.add(new Observation("s", 1_000L * t, noise[t], new double[] {b}));
    }
    return series;
  }

  /** With another model from the given observation on. */
  private static List<Output> outputs(ForecastSettings settings, int from, ForecastModel other)
      throws IOException {
    List<Output> outputs = new ArrayList<>();
    ForecastState state = new ForecastState();
    SeriesForecaster forecaster = SeriesForecaster.inOrder(settings);
    List<Observation> series = series();
    for (int t = 0; t < VALUES; t++) {
      if (t == from) {
        forecaster.use(0, other, 1);
      }
      outputs.addAll(forecaster.observe(state, series.get(t)).outputs());
    }
    return outputs;
  }

  private static List<JointForecast> joint(List<Output> outputs) {
    return outputs.stream()
        .filter(JointForecast.class::isInstance)
        .map(JointForecast.class::cast)
        .toList();
  }

  @Test
  void aloneItForecastsAllTargetsAndIsSwapped() throws IOException {
    int swap = 100;
    ForecastModel other = TestModel.like(model(-1, "a", "b")).version(2).build();
    List<JointForecast> forecasts = joint(outputs(settings(model(2, "a", "b"), null), swap, other));
    assertThat(forecasts).hasSize(VALUES);
    for (int t = SEQ_LEN; t < VALUES; t++) {
      JointForecast joint = forecasts.get(t);
      assertThat(joint.series()).isEqualTo("s");
      boolean isMissing = t % 7 == 3;
      assertThat(joint.targets())
          .extracting(JointForecast.Target::name)
          .containsExactlyElementsOf(isMissing ? List.of("a") : List.of("a", "b"));
      for (JointForecast.Target target : joint.targets()) {
        double a = series().get(t).value();
        double expected = target.name().equals("a") ? 0 : t < swap ? 2 * a : -a;
        assertThat(target.forecast().series()).isEqualTo("s/" + target.name());
        assertThat(target.forecast().status()).isEqualTo(Status.OK);
        assertThat(target.forecast().modelVersion()).isEqualTo(t < swap ? 1 : 2);
        assertThat(target.forecast().values())
            .containsExactly(new double[] {expected}, within(1e-3));
      }
    }
  }

  @Test
  void inTheMixtureEachTargetHasItsOwnAnswerAsExpert() throws IOException {
    Learning learning = new Learning(LearnerSettings.small(1), 1, 50);
    List<Output> outputs = outputs(settings(model(2, "a", "b"), learning), VALUES, null);
    double[] errors = new double[2];
    for (int k = 0; k < 2; k++) {
      String of = k == 0 ? "s/a" : "s/b";
      Score score =
          outputs.stream()
              .filter(output -> output instanceof Score s && s.series().equals(of))
              .map(Score.class::cast)
              .reduce((before, last) -> last)
              .orElseThrow();
      errors[k] =
          score.methods().stream()
              .filter(method -> method.name().equals("expert:base-model"))
              .mapToDouble(Score.Method::mae)
              .findFirst()
              .orElseThrow();
    }
    assertThat(errors[0]).as("0 for noise from -1 to 1").isBetween(0.3, 0.7);
    assertThat(errors[1]).isLessThan(0.01);
    List<JointForecast> forecasts = joint(outputs);
    double error = 0;
    for (int t = VALUES / 2; t < VALUES - 1; t++) {
      if ((t + 1) % 7 != 3 && t % 7 != 3) {
        double truth = series().get(t + 1).features()[0];
        error =
            Math.max(
                error, Math.abs(truth - forecasts.get(t).targets().get(1).forecast().values()[0]));
      }
    }
    assertThat(error).isLessThan(0.5);
  }

  @Test
  void networksOfOneTargetThatReadSeasonsForecastEachTarget() throws IOException {
    String location = "builtin:window-many-to-one";
    ForecastModel builtIn =
        ModelFiles.fromBytes(BuiltInModels.bytes(location, 5), ModelFiles.Defaults.NONE, location);
    Learning learning = new Learning(LearnerSettings.network(3), 1, 0);
    ModeSettings mode =
        new ModeSettings(
            Mode.MANY_TO_ONE, "m", 3, ModelFiles.toBytes(builtIn.withName("m")), learning);
    ForecastSettings settings =
        TestSettings.of(5, mode).build().inOrder(mode, settings(mode, "a", "b").inputs());
    assertThat(settings.problemWith(builtIn.withName("m"), mode)).isNull();
    JointForecast last = joint(outputs(settings, VALUES, null)).get(VALUES - 1);
    assertThat(last.targets()).hasSize(2);
    double[][] values =
        last.targets().stream().map(target -> target.forecast().values()).toArray(double[][]::new);
    assertThat(values[0]).isNotEqualTo(values[1]);
    assertThat(Arrays.stream(values).flatMapToDouble(Arrays::stream)).allMatch(Double::isFinite);
  }

  @Test
  void modelOfOtherTargetsIsRefusedInOneLine() {
    ForecastSettings settings = settings(model(1, "a", "b"), null);
    ModeSettings mode = settings.modes().get(0);
    assertThat(settings.problemWith(model(3, "a", "b"), mode)).isNull();
    assertThat(settings.problemWith(model(3, "b", "a"), mode))
        .isEqualTo("targets: expected a,b, got b,a (model m version 1)");
    RnnConfig rnn = new RnnConfig(Cell.GRU, 2, 3, 1, false, true);
    ForecastModel one = TestModel.of(rnn, SEQ_LEN, 1).zeroHead().build();
    assertThat(settings.problemWith(one, mode))
        .isEqualTo("targets: expected a,b, got 1 (model m version 1)");
    ForecastSettings ofOne = TestSettings.of(SEQ_LEN, mode).features(1).build();
    assertThat(ofOne.problemWith(one, mode)).isNull();
    assertThat(ofOne.problemWith(model(1, "a", "b"), mode))
        .isEqualTo("targets: expected 1, got a,b (model m version 1)");
    RnnConfig wide = new RnnConfig(Cell.GRU, 5, 3, 1, false, true);
    ForecastModel features = TestModel.of(wide, SEQ_LEN, 1).targets("a", "b").zeroHead().build();
    assertThat(settings.problemWith(features, mode))
        .isEqualTo("input_size (targets + features): expected 2, got 5 (model m version 1)");
  }
}
