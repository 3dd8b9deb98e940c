package dev.weir.forecast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.model.AheadInputs;
import dev.weir.model.BuiltInModels;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks that begin with what they left; {@code carry_fixtures.py} is the reference. */
class CarriedStateTest {

  private static final Path FIXTURES = Path.of("src/core/test/resources/carry");
  private static final long MINUTE = 60_000;
  private static final int SEQ_LEN = 3;

  private static TestSettings settings(ForecastModel model) {
    byte[] file = ModelFiles.toBytes(model);
    ModeSettings mode = new ModeSettings(model.mode(), model.name(), model.horizon(), file, null);
    return TestSettings.of(model.seqLen(), mode).features(model.features()).carry();
  }

  @ParameterizedTest
  @CsvSource({
    "one-rnn, 1",
    "one-rnn, 5",
    "one-relu, 1",
    "one-relu, 4",
    "one-lstm, 1",
    "one-lstm, 6",
    "one-gru, 1",
    "one-gru, 3",
    "many-lstm, 4",
    "many-gru, 5"
  })
  void windowsAnswerAsPyTorchDoesOfTheWholeSeries(String name, int stride) throws IOException {
    ForecastModel model =
        ModelFiles.read(FIXTURES.resolve(name + ".safetensors"), ModelFiles.Defaults.NONE);
    JsonNode series = new ObjectMapper().readTree(FIXTURES.resolve(name + ".json").toFile());
    List<Observation> observations = new ArrayList<>();
    for (int t = 0; t < series.get("values").size(); t++) {
      double[] features = numbers(series.get("features").get(t));
      double value = series.get("values").get(t).asDouble();
      observations.add(new Observation("s", t * MINUTE, value, features));
    }
    List<Forecast> forecasts =
        OneSeries.forecasts(settings(model).stride(stride).build(), observations);
    int checked = 0;
    for (Forecast forecast : forecasts) {
      if (forecast.status() == Status.WARMUP) {
        continue;
      }
      assertThat(forecast.status()).isEqualTo(Status.OK);
      int t = (int) (forecast.origin() / MINUTE);
      double[] expected = numbers(series.get("answers").get(t));
      if (model.mode() == Mode.MANY_TO_MANY) {
        expected = new double[model.horizon()];
        for (int i = 0; i < expected.length; i++) {
          JsonNode step = series.get("answers").get(t + 1 - expected.length + i);
          expected[i] = step.get(0).asDouble();
        }
      }
      assertThat(forecast.values())
          .containsExactly(expected, within(1e-6 * model.scaling().scale(new double[1], 0, 1)));
      checked++;
    }
    int rows = observations.size();
    assertThat(checked).isEqualTo(stride == 1 ? rows - model.seqLen() + 1 : rows / stride);
  }

  private static double[] numbers(JsonNode array) {
    double[] values = new double[array.size()];
    Arrays.setAll(values, i -> array.get(i).asDouble());
    return values;
  }

  private static ForecastModel model(Cell cell, long version) {
    RnnConfig config = new RnnConfig(cell, 1, 4, 2, false, true);
    float[] weights = weights(config, version);
    return TestModel.of(config, SEQ_LEN, 4).version(version).weights(weights).build();
  }

  private static float[] weights(RnnConfig config, long seed) {
    float[] weights = new float[config.parameterCount()];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextDouble(-0.6, 0.6);
    }
    return weights;
  }

  /** Some of the minutes 0 to 30. */
  private static List<Observation> minutes(int... minutes) {
    List<Observation> series = new ArrayList<>();
    for (int minute : minutes) {
      series.add(new Observation("s", minute * MINUTE, Math.sin(minute)));
    }
    return series;
  }

  private static ForecastSettings byMinute(ForecastModel model, Gap gap, int maxFill) {
    return settings(model).sampling(new Sampling(MINUTE, gap, maxFill)).build();
  }

  private static List<double[]> values(List<Forecast> forecasts) {
    return forecasts.stream()
        .filter(forecast -> forecast.status() != Status.WARMUP)
        .map(Forecast::values)
        .toList();
  }

  /** A window as long as the series gives the same bits, also of inputs that are no values. */
  @Test
  void calendarAndCovariatesKnownAheadAreReadOfEachValue() throws IOException {
    AheadInputs ahead = new AheadInputs(List.of(2.0, -1.0), List.of(3.0, 0.5));
    List<Calendar> calendar = List.of(Calendar.HOUR_OF_DAY);
    RnnConfig config = new RnnConfig(Cell.GRU, 1 + 2 + 2 * 2, 2, 2, false, true);
    List<Observation> series = new ArrayList<>();
    for (int t = 0; t < 12; t++) {
      double[] known = {Math.cos(t + 1), t + 1, Math.cos(t + 2), t + 2}; // of the next two times
      double[] none = Observation.NO_FEATURES;
      series.add(new Observation("s", t * 60 * MINUTE, Math.sin(t), none, null, known));
    }
    List<Forecast> carried = null;
    for (int n = SEQ_LEN; n <= series.size(); n++) {
      ForecastModel model =
          TestModel.of(config, n, 2)
              .weights(weights(config, 5))
              .calendar(calendar)
              .ahead(ahead)
              .build();
      ModeSettings mode =
          new ModeSettings(Mode.MANY_TO_ONE, "m", 2, ModelFiles.toBytes(model), null);
      TestSettings settings =
          TestSettings.of(n, mode)
              .featuresAhead(2)
              .calendar(calendar)
              .sampling(new Sampling(60 * MINUTE, Gap.SKIP, 0));
      List<Forecast> whole = OneSeries.forecasts(settings.build(), series.subList(0, n));
      if (carried == null) {
        carried = OneSeries.forecasts(settings.carry().build(), series);
      }
      assertThat(carried.get(n - 1).values()).isEqualTo(whole.get(n - 1).values());
      assertThat(whole.get(n - 1).status()).isEqualTo(Status.OK);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Gap.class,
      names = {"SKIP", "RESET"})
  void gapThatStartsTheWindowAgainStartsWithZeros(Gap gap) throws IOException {
    ForecastSettings settings = byMinute(model(Cell.LSTM, 1), gap, 0);
    List<double[]> before = values(OneSeries.forecasts(settings, minutes(0, 1, 2, 3)));
    List<double[]> after = values(OneSeries.forecasts(settings, minutes(5, 6, 7, 8, 9)));
    List<double[]> both = values(OneSeries.forecasts(settings, minutes(0, 1, 2, 3, 5, 6, 7, 8, 9)));
    assertThat(both).hasSize(5).startsWith(before.toArray(double[][]::new));
    assertThat(both.subList(2, 5)).containsExactlyElementsOf(after);
  }

  @Test
  void filledValuesAreReadInTheirOrder() throws IOException {
    ForecastSettings settings = byMinute(model(Cell.GRU, 1), Gap.CARRY, 100);
    List<Observation> filled = new ArrayList<>(minutes(0, 1, 2, 3));
    filled.add(new Observation("s", 4 * MINUTE, Math.sin(3)));
    filled.addAll(minutes(5, 6));
    List<double[]> all = new ArrayList<>(values(OneSeries.forecasts(settings, filled)));
    all.remove(2); // none starts from a value that nobody has seen
    assertThat(values(OneSeries.forecasts(settings, minutes(0, 1, 2, 3, 5, 6))))
        .containsExactlyElementsOf(all);
  }

  @Test
  void moreFilledValuesThanAWindowHasStartWithZeros() throws IOException {
    ForecastSettings settings = byMinute(model(Cell.GRU, 1), Gap.CARRY, 100);
    List<Observation> after = new ArrayList<>();
    for (int minute : new int[] {7, 8}) { // of these and 9 consists the window
      after.add(new Observation("s", minute * MINUTE, Math.sin(3)));
    }
    after.addAll(minutes(9, 10));
    List<double[]> both = values(OneSeries.forecasts(settings, minutes(0, 1, 2, 3, 9, 10)));
    assertThat(both.subList(2, 4))
        .containsExactlyElementsOf(values(OneSeries.forecasts(settings, after)));
  }

  @Test
  void anotherModelStartsWithZerosAndTheSameOneGoesOn() throws IOException {
    ForecastModel first = model(Cell.RNN_TANH, 1);
    ForecastModel second = model(Cell.RNN_TANH, 2);
    ForecastSettings settings = settings(first).build();
    List<Observation> series = minutes(0, 1, 2, 3, 4, 5, 6, 7);
    List<double[]> swapped = values(OneSeries.forecasts(settings, series, 5, second));
    List<double[]> own =
        values(OneSeries.forecasts(settings(second).build(), series.subList(3, 8)));
    List<double[]> whole = values(OneSeries.forecasts(settings, series));
    assertThat(swapped.subList(0, 3)).containsExactlyElementsOf(whole.subList(0, 3));
    assertThat(swapped.subList(3, 6)).containsExactlyElementsOf(own);
    ForecastModel again = TestModel.like(first).build();
    assertThat(values(OneSeries.forecasts(settings, series, 5, again)))
        .containsExactlyElementsOf(whole);
  }

  @Test
  void bytesAreThoseOfTheNetworksState() throws IOException {
    ForecastModel model = model(Cell.LSTM, 1);
    ForecastState state = new ForecastState();
    SeriesForecaster forecaster = SeriesForecaster.inOrder(settings(model).build());
    for (Observation observation : minutes(0, 1, 2, 3)) {
      forecaster.observe(state, observation);
    }
    assertThat(state.carried(Mode.MANY_TO_ONE).bytes())
        .isEqualTo(72 + 2 * Float.BYTES * model.rnn().numLayers() * model.rnn().hiddenSize());
  }

  /** One unit that adds up what it reads: a value that overflows float ends the sum. */
  @Test
  void stateThatIsNotFiniteIsReset() throws IOException {
    RnnConfig config = new RnnConfig(Cell.RNN_RELU, 1, 1, 1, false, false);
    ForecastModel sum = TestModel.of(config, 1, 1).weights(1, 1).build();
    List<Observation> series = new ArrayList<>();
    double[] values = {1, 2, 3e38, 3e38, 5, 7};
    for (int t = 0; t < values.length; t++) {
      series.add(new Observation("s", t, values[t]));
    }
    List<Forecast> forecasts = OneSeries.forecasts(settings(sum).build(), series);
    assertThat(forecasts.get(1).values()).containsExactly(3);
    assertThat(forecasts.get(3).status()).isEqualTo(Status.FALLBACK);
    assertThat(forecasts.get(4).values()).containsExactly(5);
    assertThat(forecasts.get(5).values()).containsExactly(12);
  }

  @Test
  void networksThatCannotGoOnAreRefused() throws IOException {
    ForecastModel good = model(Cell.GRU, 1);
    ForecastSettings settings = settings(good).build();
    RnnConfig both = new RnnConfig(Cell.GRU, 1, 4, 2, true, true);
    RnnConfig own = new RnnConfig(Cell.RNN_TANH, 1, 4, 2, false, true);
    assertThat(problem(settings, good)).isNull();
    assertThat(problem(settings, TestModel.of(both, SEQ_LEN, 4).build()))
        .isEqualTo(
            "bidirectional: expected a network of one direction with window.state: carry, since"
                + " the other one begins at a window's end, got both (model m version 1)");
    assertThat(problem(settings, TestModel.of(own, SEQ_LEN, 4).scaling(Scaling.LAST).build()))
        .isEqualTo(
            "scaling: expected none or fixed with window.state: carry, since what is carried has"
                + " one scale, got last (model m version 1)");
    assertThat(problem(settings, BuiltInModels.weir()))
        .startsWith("kind: expected a network that reads windows with window.state: carry");
  }

  private static String problem(ForecastSettings settings, ForecastModel model) {
    return settings.problemWith(model, settings.modes().get(0));
  }
}
