package dev.weir.forecast.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.network.ModelTrainer.Network;
import dev.weir.forecast.network.ModelTrainer.Progress;
import dev.weir.forecast.network.ModelTrainer.Settings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks that read covariates known ahead, {@code ahead_fixtures.py} being the reference. */
class KnownAheadNetworkTest {

  private static final Path FIXTURES = Path.of("src/core/test/resources/ahead");
  private static final long HOUR = 3_600_000;

  /** Each with what is known ahead of its own time. */
  private static List<Observation> rows(double[] values, double[][] features, double[][] known) {
    List<Observation> rows = new ArrayList<>();
    for (int t = 0; t < values.length; t++) {
      rows.add(new Observation("s", t * HOUR, values[t], features[t], null, known[t]));
    }
    return rows;
  }

  /** The forecasts at each origin with a full window, in a job that keeps what the model reads. */
  private static List<Forecast> forecasts(
      ForecastModel model, List<Observation> rows, double[][] known) {
    NetworkForecaster forecaster = new NetworkForecaster(model);
    int ahead = model.ahead().count();
    Windows windows =
        new Windows(
            model.seqLen(),
            1,
            model.features(),
            Sampling.BY_COUNT,
            model.ahead().inputs(model.horizon()),
            ahead);
    WindowState state = windows.newState();
    List<Forecast> forecasts = new ArrayList<>();
    for (int t = 0; t < rows.size(); t++) {
      Observation o = rows.get(t);
      double[] next = next(known, t, model.horizon());
      windows.offer(
          state,
          new Observation("s", o.time(), o.value(), o.features(), null, next),
          Windows.IN_ORDER);
      if (state.size() == model.seqLen()) {
        forecasts.add(forecaster.forecast(windows.window("s", state)));
      }
    }
    return forecasts;
  }

  private static double[][] numbers(JsonNode rows) {
    double[][] numbers = new double[rows.size()][];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = new double[rows.get(i).size()];
      for (int k = 0; k < numbers[i].length; k++) {
        JsonNode number = rows.get(i).get(k);
        numbers[i][k] = number.isNull() ? Double.NaN : number.asDouble();
      }
    }
    return numbers;
  }

  @ParameterizedTest
  @ValueSource(strings = {"one-gru", "one-lstm", "many-rnn"})
  void forecastsFromWhatIsKnownAheadAreThoseOfPyTorch(String name) throws Exception {
    ForecastModel model =
        ModelFiles.read(FIXTURES.resolve(name + ".safetensors"), ModelFiles.Defaults.NONE);
    JsonNode fixture = new ObjectMapper().readTree(new File(FIXTURES.toFile(), name + ".json"));
    double[] values = new ObjectMapper().treeToValue(fixture.get("values"), double[].class);
    double[][] known = numbers(fixture.get("known"));
    double[][] expected = numbers(fixture.get("forecasts"));

    List<Forecast> forecasts =
        forecasts(model, rows(values, numbers(fixture.get("features")), known), known);

    assertThat(forecasts).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(forecasts.get(i).status()).isEqualTo(Status.OK);
      assertThat(forecasts.get(i).values()).containsExactly(expected[i], within(2e-5));
    }
    assertThat(forecasts.get(expected.length - 1).covariatesMissing()).isEqualTo(1);
    assertThat(ModelFiles.fromBytes(ModelFiles.toBytes(model), ModelFiles.Defaults.NONE, "again"))
        .isEqualTo(model);
  }

  private static Settings settings(Mode mode, Cell cell, int seqLen, int horizon, int ahead) {
    int features = 2;
    List<Calendar> calendar = List.of(Calendar.HOUR_OF_DAY);
    int inputs = 1 + features + 2 + ahead * horizon;
    RnnConfig rnn = new RnnConfig(cell, inputs, 11, 1, true, true);
    return new Settings(
        new Network(mode, rnn, true, Scaling.NONE, seqLen, horizon, calendar, ahead),
        16,
        0.01,
        20,
        20,
        1,
        2);
  }

  private static Progress train(ModelTrainer trainer) {
    Progress progress = trainer.begin();
    while (!trainer.isDone(progress)) {
      progress = trainer.train(progress, (epoch, done, all) -> {});
    }
    return progress;
  }

  private static double[][] noise(int rows, int columns, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] noise = new double[rows][];
    for (int t = 0; t < rows; t++) {
      noise[t] = random.doubles(columns, -1, 1).toArray();
    }
    return noise;
  }

  /** Of each row's own time: the value that is {@code later} rows after it, in another unit. */
  private static double[][] values(double[] values, int later) {
    double[][] known = new double[values.length][];
    for (int t = 0; t < values.length; t++) {
      int at = Math.floorMod(t + later, values.length);
      known[t] = new double[] {4_000 + 300 * values[at]};
    }
    return known;
  }

  private static double[] column(double[][] rows) {
    double[] column = new double[rows.length];
    for (int t = 0; t < column.length; t++) {
      column[t] = rows[t][0];
    }
    return column;
  }

  /** Noise can't be forecast; what is known of it ahead can, if it is of the right step. */
  @ParameterizedTest
  @CsvSource({"MANY_TO_ONE, RNN_TANH, 3, 1", "MANY_TO_ONE, GRU, 4, 2", "MANY_TO_MANY, LSTM, 3, 3"})
  void covariateThatIsTheFutureValueLeavesNoError(Mode mode, Cell cell, int seqLen, int horizon) {
    double[] values = column(noise(900, 1, 7));
    double[][] features = noise(values.length, 2, 8);
    Settings settings = settings(mode, cell, seqLen, horizon, 1);
    double right = score(settings, rows(values, features, values(values, 0)));
    // of a step before the first and, over all steps, never of the last
    double late = score(settings, rows(values, features, values(values, -horizon)));
    assertThat(right).isLessThan(0.1);
    assertThat(late).isGreaterThan(0.6);
  }

  private static double score(Settings settings, List<Observation> rows) {
    try (ModelTrainer trainer = ModelTrainer.of(settings, List.of(rows))) {
      return trainer.score(train(trainer));
    }
  }

  @ParameterizedTest
  @Test
  void modelForecastsInJobWhatTrainerScored() {
    double[] values = column(noise(700, 1, 3));
    double[][] known = noise(values.length, 2, 4);
    known[600][1] = Double.NaN;
    List<Observation> rows = rows(values, noise(values.length, 2, 5), known);
    Settings settings = settings(Mode.MANY_TO_ONE, Cell.GRU, 4, 3, 2);
    try (ModelTrainer trainer = ModelTrainer.of(settings, List.of(rows))) {
      Progress progress = train(trainer);
      ForecastModel model = trainer.model("m", 1, progress, Map.of());
      List<Forecast> forecasts = forecasts(model, rows, known);
      double error = 0;
      double naive = 0;
      for (int t = (int) (values.length * 0.85); t < values.length - 3; t++) {
        double[] forecast = forecasts.get(t - 3).values();
        for (int i = 0; i < 3; i++) {
          error += Math.abs(values[t + 1 + i] - forecast[i]);
          naive += Math.abs(values[t + 1 + i] - values[t]);
        }
      }
      assertThat(error / naive).isCloseTo(trainer.score(progress), within(1e-5));
    }
  }

  @Test
  void meanAndDeviationAreThoseOfTheTimeThatIsLearnedFrom() {
    double[] values = column(noise(100, 1, 3));
    double[][] known = new double[100][];
    for (int t = 0; t < 100; t++) { // two thirds of 10, a third of 13; what comes later differs
      known[t] = new double[] {t >= 70 ? 1e6 : t == 5 ? Double.NaN : t % 3 == 0 ? 13 : 10, 42};
    }
    Settings settings = settings(Mode.MANY_TO_ONE, Cell.GRU, 4, 3, 2);
    List<Observation> rows = rows(values, noise(100, 2, 5), known);
    try (ModelTrainer trainer = ModelTrainer.of(settings, List.of(rows))) {
      ForecastModel model = trainer.model("m", 1, trainer.begin(), Map.of());
      double share = 24.0 / 69; // rows 0, 3, ... 69 of those before 70 but row 5
      assertThat(model.ahead().center().get(0)).isCloseTo(10 + 3 * share, within(1e-9));
      assertThat(model.ahead().scale().get(0))
          .isCloseTo(3 * Math.sqrt(share * (1 - share)), within(1e-9));
      assertThat(model.ahead().center().get(1)).isEqualTo(42);
      assertThat(model.ahead().scale().get(1)).as("of a constant").isEqualTo(1);
    }
  }

  /** Alternating numbers; half of their distance is the deviation. */
  @ParameterizedTest
  @CsvSource({
    "0.19, 0.19, 1",
    "1013.25, 1013.2500001, 1", // rounding noise: 5e-11 of the number
    "-8e-320, 8e-320, 1", // no normal number
    "1000000, 1000000.004, 0.002",
    "-8e-100, 8e-100, 8e-100",
  })
  void constantButForRoundingIsNotScaled(double low, double high, double scale) {
    double[][] known = new double[100][];
    for (int t = 0; t < 100; t++) {
      known[t] = new double[] {t % 2 == 0 ? low : high};
    }
    Settings settings = settings(Mode.MANY_TO_ONE, Cell.GRU, 4, 3, 1);
    List<Observation> rows = rows(column(noise(100, 1, 3)), noise(100, 2, 5), known);
    try (ModelTrainer trainer = ModelTrainer.of(settings, List.of(rows))) {
      double got = trainer.model("m", 1, trainer.begin(), Map.of()).ahead().scale().get(0);
      assertThat(got).isCloseTo(scale, withinPercentage(1e-4));
    }
  }

  @Test
  void seriesWithAnotherNumberOfCovariatesIsRefused() {
    double[] values = column(noise(100, 1, 3));
    List<Observation> rows = rows(values, noise(100, 2, 5), noise(100, 1, 4));
    Settings settings = settings(Mode.MANY_TO_ONE, Cell.GRU, 4, 3, 2);
    assertThatThrownBy(() -> ModelTrainer.of(settings, List.of(rows)))
        .hasMessage("ahead: expected 2, got 1 (s)");
  }

  /** The covariates of so many rows after one; fewer at the end. */
  private static double[] next(double[][] known, int row, int steps) {
    int end = Math.min(row + 1 + steps, known.length);
    return Arrays.stream(known, row + 1, end).flatMapToDouble(Arrays::stream).toArray();
  }
}
