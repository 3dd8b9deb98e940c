package dev.weir.forecast.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.network.ModelTrainer.Network;
import dev.weir.forecast.network.ModelTrainer.Progress;
import dev.weir.forecast.network.ModelTrainer.Settings;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.NetworkTargets;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks with several targets, {@code targets_fixtures.py} being the reference. */
class TargetsNetworkTest {

  private static final Path FIXTURES =
      Path.of(System.getProperty("targets.dir", "src/core/test/resources/targets"));
  private static final double NAN = Double.NaN;

  /** Observations whose first numbers are targets, the others features. */
  private static List<Observation> rows(double[][] numbers) {
    List<Observation> rows = new ArrayList<>();
    for (int t = 0; t < numbers.length; t++) {
      double[] others = new double[numbers[t].length - 1];
      System.arraycopy(numbers[t], 1, others, 0, others.length);
      rows.add(new Observation("s", 1_000L * t, numbers[t][0], others));
    }
    return rows;
  }

  /** Forecasts of each target at each origin whose window is full: (origins, horizon, targets). */
  private static List<double[][]> forecasts(ForecastModel model, List<Observation> rows) {
    NetworkForecaster forecaster = new NetworkForecaster(model);
    int count = model.targets().count();
    Windows windows =
        new Windows(model.seqLen(), 1, count - 1 + model.features())
            .withTargets(IntStream.range(0, count).mapToObj(k -> "t" + k).toList());
    WindowState state = windows.newState();
    List<double[][]> forecasts = new ArrayList<>();
    for (Observation row : rows) {
      windows.offer(state, row, Windows.IN_ORDER);
      if (state.size() == model.seqLen()) {
        SequenceWindow window = windows.window("s", state);
        double[][] forecast = new double[model.horizon()][count];
        for (int k = 0; k < count; k++) {
          window.select(k);
          Forecast of = forecaster.forecast(window);
          assertThat(of.series()).isEqualTo("s/t" + k);
          assertThat(of.status()).isEqualTo(Status.OK);
          for (int i = 0; i < forecast.length; i++) {
            forecast[i][k] = of.values()[i];
          }
        }
        forecasts.add(forecast);
      }
    }
    return forecasts;
  }

  private static double[][] numbers(JsonNode values, JsonNode features) {
    double[][] numbers = new double[values.size()][];
    for (int t = 0; t < numbers.length; t++) {
      List<Double> row = new ArrayList<>();
      values.get(t).forEach(v -> row.add(v.isNull() ? NAN : v.asDouble()));
      features.get(t).forEach(v -> row.add(v.asDouble()));
      numbers[t] = row.stream().mapToDouble(Double::doubleValue).toArray();
    }
    return numbers;
  }

  static List<String> fixtures() throws IOException {
    try (Stream<Path> files = Files.list(FIXTURES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".json"))
          .map(file -> file.replace(".json", ""))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void forecastsOfAllTargetsAreThoseOfTheReference(String name) throws Exception {
    ForecastModel model =
        ModelFiles.read(FIXTURES.resolve(name + ".safetensors"), ModelFiles.Defaults.NONE);
    JsonNode fixture = new ObjectMapper().readTree(new File(FIXTURES.toFile(), name + ".json"));
    double[][][] expected =
        new ObjectMapper().treeToValue(fixture.get("forecasts"), double[][][].class);

    List<double[][]> forecasts =
        forecasts(model, rows(numbers(fixture.get("values"), fixture.get("features"))));

    assertThat(forecasts).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      for (int step = 0; step < expected[i].length; step++) {
        for (int k = 0; k < expected[i][step].length; k++) {
          double truth = expected[i][step][k];
          double tolerance = 1e-6 * Math.max(1, Math.abs(truth));
          assertThat(forecasts.get(i)[step][k]).isCloseTo(truth, within(tolerance));
        }
      }
    }
    assertThat(ModelFiles.fromBytes(ModelFiles.toBytes(model), ModelFiles.Defaults.NONE, "again"))
        .isEqualTo(model);
  }

  /** Two units that each copy one target through tanh. */
  private static ForecastModel copier(Scaling scaling) {
    RnnConfig rnn = new RnnConfig(Cell.RNN_TANH, 2, 2, 1, false, false);
    return TestModel.of(rnn, 3, 1)
        .targets("a", "b")
        .scaling(scaling)
        .weights(1, 0, 0, 1, 0, 0, 0, 0)
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, 0, 1, 0, 1",
    "WINDOW, 3, 2.160247, 20, 8.164966",
    "LAST, 6, 2.160247, 30, 8.164966",
    "FIXED, 4, 2, 5, 10"
  })
  void eachTargetIsScaledByItself(
      Scaling.Rule rule, double centerA, double scaleA, double centerB, double scaleB) {
    Scaling scaling =
        rule == Scaling.Rule.FIXED
            ? new Scaling(rule, List.of(4.0, 5.0), List.of(2.0, 10.0))
            : new Scaling(rule, 0, 1);
    double[][] numbers = {{1, 10}, {2, 20}, {6, 30}};
    double[] forecast = forecasts(copier(scaling), rows(numbers)).get(0)[0];
    assertThat(forecast[0])
        .isCloseTo(centerA + scaleA * Math.tanh((6 - centerA) / scaleA), within(1e-5));
    assertThat(forecast[1])
        .isCloseTo(centerB + scaleB * Math.tanh((30 - centerB) / scaleB), within(1e-5));
  }

  @Test
  void missingTargetIsTheNewestBeforeItElseTheNextElseZero() {
    Scaling fixed = new Scaling(Scaling.Rule.FIXED, 0, 100);
    double[][] forecast =
        forecasts(copier(fixed), rows(new double[][] {{1, NAN}, {NAN, NAN}, {NAN, 7}, {8, NAN}}))
            .get(1);
    assertThat(forecast[0])
        .containsExactly(new double[] {100 * Math.tanh(.08), 100 * Math.tanh(.07)}, within(1e-5));
    double[][] absent = {{1, NAN}, {2, NAN}, {3, NAN}};
    assertThat(forecasts(copier(fixed), rows(absent)).get(0)[0][1]).isZero();
    double[][] late = {{NAN, 4}, {NAN, 4}, {5, 4}};
    for (Scaling scaling : List.of(Scaling.WINDOW, Scaling.LAST)) { // a flat window
      assertThat(forecasts(copier(scaling), rows(late)).get(0)[0]).containsExactly(5, 4);
    }
  }

  @Test
  void networkRunsAgainOnceTheWindowIsFilledAgain() {
    Windows windows = new Windows(1, 1, 1).withTargets(List.of("a", "b"));
    WindowState state = windows.newState();
    RnnConfig rnn = new RnnConfig(Cell.RNN_TANH, 2, 2, 1, false, false);
    ForecastModel model =
        TestModel.of(rnn, 1, 1).targets("a", "b").weights(1, 0, 0, 1, 0, 0, 0, 0).build();
    NetworkForecaster forecaster = new NetworkForecaster(model);
    double[] value = new double[1];
    for (double v : new double[] {0.1, 0.2, 0.1}) { // the same time and count, as of a revised one
      WindowState of = windows.newState();
      windows.offer(of, new Observation("s", 0, v, new double[] {-v}), Windows.IN_ORDER);
      SequenceWindow window = windows.window("s", of);
      for (int k = 0; k < 2; k++) {
        window.select(k);
        assertThat(forecaster.forecast(window, value)).isTrue();
        assertThat(value[0]).isCloseTo(Math.tanh(k == 0 ? v : -v), within(1e-6));
      }
    }
  }

  /** Noise, and after a step the same noise in another unit, with gaps; then a feature. */
  private static List<Observation> followed(int n, int missingEvery) {
    SplittableRandom random = new SplittableRandom(5);
    double[] noise = random.doubles(n, -1, 1).toArray();
    double[][] numbers = new double[n][];
    for (int t = 0; t < n; t++) {
      boolean isMissing = missingEvery > 0 && t % missingEvery == 3;
      double b = 500 + 40 * noise[Math.max(0, t - 1)];
      numbers[t] = new double[] {noise[t], isMissing ? NAN : b, random.nextDouble()};
    }
    return rows(numbers);
  }

  private static Settings settings(Mode mode, Cell cell, int seqLen, int horizon) {
    RnnConfig rnn = new RnnConfig(cell, 3, 9, 1, true, true);
    NetworkTargets targets = NetworkTargets.of(List.of("a", "b"));
    Network network =
        new Network(mode, rnn, true, Scaling.WINDOW, seqLen, horizon, targets, List.of(), 0);
    return new Settings(network, 16, 0.01, 25, 25, 1, 2);
  }

  /** The errors of a job's forecasts, relative to repeating the last value, as training scores. */
  private static double[] errors(ForecastModel model, List<Observation> rows) {
    List<double[][]> forecasts = forecasts(model, rows);
    double[] errors = new double[2];
    double[] naive = new double[2];
    for (int t = (int) (rows.size() * .85); t < rows.size() - model.horizon(); t++) {
      for (int k = 0; k < 2; k++) {
        double last = value(rows, t, k);
        for (int before = t; Double.isNaN(last); before--) {
          last = value(rows, before, k);
        }
        for (int i = 0; i < model.horizon(); i++) {
          double truth = value(rows, t + 1 + i, k);
          if (!Double.isNaN(truth)) {
            errors[k] += Math.abs(truth - forecasts.get(t - model.seqLen() + 1)[i][k]);
            naive[k] += Math.abs(truth - last);
          }
        }
      }
    }
    return new double[] {errors[0] / naive[0], errors[1] / naive[1]};
  }

  private static double value(List<Observation> rows, int t, int target) {
    return target == 0 ? rows.get(t).value() : rows.get(t).features()[0];
  }

  @ParameterizedTest
  @CsvSource({ // nothing is left of the first step, but the noise of all others
    "MANY_TO_ONE, GRU, 4, 1, 0, 0.2",
    "MANY_TO_ONE, RNN_TANH, 6, 2, 7, 0.6",
    "MANY_TO_MANY, LSTM, 4, 4, 0, 0.68"
  })
  void targetThatFollowsAnotherIsLearned(
      Mode mode, Cell cell, int seqLen, int horizon, int missingEvery, double most) {
    List<Observation> rows = followed(1_200, missingEvery);
    Settings settings = settings(mode, cell, seqLen, horizon);
    try (ModelTrainer trainer = ModelTrainer.of(settings, List.of(rows))) {
      assertThat(trainer.scores(trainer.begin()).length).isEqualTo(2);
      Progress progress = trainer.begin();
      while (!trainer.isDone(progress)) {
        progress = trainer.train(progress, (epoch, done, all) -> {});
      }
      double[] scores = trainer.scores(progress);
      assertThat(Math.sqrt(scores[0] * scores[1])).isCloseTo(trainer.score(progress), within(1e-9));
      assertThat(scores[0]).as("noise").isGreaterThan(0.7);
      assertThat(scores[1]).as("follows").isLessThan(most);
      ForecastModel model = trainer.model("m", 1, progress, Map.of());
      assertThat(model.targets().names()).containsExactly("a", "b");
      assertThat(errors(model, rows)).containsExactly(scores, within(1e-3));
    }
  }
}
