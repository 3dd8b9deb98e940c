package dev.weir.forecast.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.File;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkForecasterTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path MODELS = Path.of("src/core/test/resources/models");
  private static final Path FIXTURES = Path.of("src/core/test/resources/model");

  private static SequenceWindow window(double... values) {
    Windows windows = new Windows(values.length, 1, 0);
    WindowState state = windows.newState();
    for (int i = 0; i < values.length; i++) {
      windows.offer(state, new Observation("s", 1000L * i, values[i]), Windows.IN_ORDER);
    }
    return windows.window("s", state);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sample-many-to-one", "sample-many-to-many"})
  void theForecastsOfRealWindowsAreThoseOfPyTorch(String name) throws Exception {
    ForecastModel model =
        ModelFiles.read(MODELS.resolve(name + ".safetensors"), ModelFiles.Defaults.NONE);
    NetworkForecaster forecaster = new NetworkForecaster(model);
    JsonNode fixture = JSON.readTree(new File(FIXTURES.toFile(), name + ".json"));
    assertThat(fixture.get("windows").size()).isEqualTo(20);
    for (int w = 0; w < fixture.get("windows").size(); w++) {
      double[] values = JSON.treeToValue(fixture.get("windows").get(w), double[].class);
      double[] expected = JSON.treeToValue(fixture.get("forecasts").get(w), double[].class);
      Forecast forecast = forecaster.forecast(window(values));
      assertThat(forecast.status()).isEqualTo(Status.OK);
      assertThat(forecast.values()).hasSameSizeAs(expected);
      // 1e-6 in each hidden unit, through the head, and scaled back
      double tolerance = 1e-6 * largestRow(model.head()) * deviation(values);
      for (int i = 0; i < expected.length; i++) {
        assertThat(forecast.values()[i]).isCloseTo(expected[i], within(tolerance));
      }
    }
  }

  /** The most that a head makes of an error of 1 in each of its inputs. */
  private static double largestRow(ForecastModel.Head head) {
    int rows = head.bias().length;
    int inputs = head.weight().length / rows;
    double largest = 0;
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int i = 0; i < inputs; i++) {
        sum += Math.abs(head.weight()[row * inputs + i]);
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }

  private static double deviation(double[] values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return Math.sqrt(sum / values.length);
  }

  /** One unit that copies its input through tanh: weight_ih 1, all else 0. */
  private static ForecastModel copier(Mode mode, int seqLen, Scaling scaling) {
    RnnConfig config = new RnnConfig(Cell.RNN_TANH, 1, 1, 1, false, false);
    return TestModel.of(config, seqLen, mode == Mode.MANY_TO_ONE ? 1 : seqLen)
        .name("copier")
        .version(3)
        .mode(mode)
        .scaling(scaling)
        .weights(1, 0)
        .build();
  }

  @Test
  void manyToManyAnswersWithEachStepOfOut() {
    Forecast forecast =
        new NetworkForecaster(copier(Mode.MANY_TO_MANY, 3, Scaling.NONE))
            .forecast(window(0.1, 0.2, 0.3));
    assertThat(forecast.values())
        .containsExactly(
            new double[] {Math.tanh(0.1), Math.tanh(0.2), Math.tanh(0.3)}, within(1e-6));
    assertThat(forecast.times()).containsExactly(3000, 4000, 5000);
    assertThat(forecast.origin()).isEqualTo(2000);
    assertThat(forecast.windowStart()).isZero();
    assertThat(forecast.modelVersion()).isEqualTo(3);
  }

  /** By hand: window 1, 2, 6 has mean 3, deviation sqrt(14/3), newest value 6. */
  @ParameterizedTest
  @CsvSource({"NONE, 0, 1", "WINDOW, 3, 2.160247", "LAST, 6, 2.160247", "FIXED, 4, 2"})
  void theScalingRuleIsAppliedThereAndBack(Scaling.Rule rule, double center, double scale) {
    Scaling scaling =
        rule == Scaling.Rule.FIXED
            ? new Scaling(Scaling.Rule.FIXED, 4, 2)
            : new Scaling(rule, 0, 1);
    Forecast forecast =
        new NetworkForecaster(copier(Mode.MANY_TO_ONE, 3, scaling)).forecast(window(1, 2, 6));
    double expected = center + scale * Math.tanh((6 - center) / scale);
    assertThat(forecast.values()[0]).isCloseTo(expected, within(1e-5));
  }

  @Test
  void aFlatWindowIsScaledByOneSoThatTheNetworkSeesZeros() {
    Forecast forecast =
        new NetworkForecaster(copier(Mode.MANY_TO_ONE, 4, Scaling.LAST))
            .forecast(window(7, 7, 7, 7));
    assertThat(forecast.values()).containsExactly(7);
    assertThat(forecast.status()).isEqualTo(Status.OK);
  }

  @Test
  void withoutAHeadTheForecastIsTheMeanOfBothDirections() {
    // forward copies the input, backward copies twice the input; hidden size 2 = horizon
    RnnConfig config = new RnnConfig(Cell.RNN_TANH, 1, 2, 1, true, false);
    float[] weights = {1, 0.5f, 0, 0, 0, 0, 2, 3, 0, 0, 0, 0};
    ForecastModel model =
        TestModel.of(config, 2, 2).name("bare").version(0).weights(weights).build();
    Forecast forecast = new NetworkForecaster(model).forecast(window(0.1, 0.4));
    // the backward direction ends at the oldest value, the forward one at the newest
    assertThat(forecast.values())
        .containsExactly(
            new double[] {
              (Math.tanh(0.4) + Math.tanh(0.2)) / 2, (Math.tanh(0.2) + Math.tanh(0.3)) / 2
            },
            within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"UTC, 2", "+06:00, 21602", "Asia/Tokyo, 32402"})
  void calendarIsThatOfTheZone(String zone, int second) {
    // one unit that copies the sine of the hour of day, the input after the value
    ForecastModel model =
        TestModel.of(new RnnConfig(Cell.RNN_TANH, 3, 1, 1, false, false), 3, 1)
            .name("hour")
            .version(0)
            .weights(0, 1, 0, 0)
            .calendar(List.of(Calendar.HOUR_OF_DAY))
            .build();
    Forecast forecast =
        new NetworkForecaster(model, ZoneId.of(zone)).forecast(window(0.1, 0.2, 0.3));
    double sine = Math.sin(2 * Math.PI * second / 86_400);
    assertThat(forecast.values()).containsExactly(new double[] {Math.tanh(sine)}, within(1e-6));
    assertThat(forecast.origin()).isEqualTo(2000);
  }

  @Test
  void bothReadoutsAreOffered() {
    // backward copies: h_n holds the oldest value, out[:, -1] the newest
    RnnConfig config = new RnnConfig(Cell.RNN_TANH, 1, 1, 1, true, false);
    float[] weights = {0, 0, 1, 0};
    ForecastModel.Head head = new ForecastModel.Head(new float[] {0, 1}, new float[] {0.5f});
    for (Readout readout : List.of(Readout.FINAL_HIDDEN, Readout.LAST_STEP)) {
      ForecastModel model =
          TestModel.of(config, 3, 1)
              .version(0)
              .readout(readout)
              .weights(weights)
              .head(head)
              .build();
      double seen = readout == Readout.FINAL_HIDDEN ? 0.1 : 0.3;
      assertThat(new NetworkForecaster(model).forecast(window(0.1, 0.2, 0.3)).values()[0])
          .as(readout.label())
          .isCloseTo(0.5 + Math.tanh(seen), within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e308, -1e308, 1e200, Double.MIN_VALUE, 1e-300, 0})
  void aForecastIsAlwaysFiniteWhateverTheScaleOfTheSeries(double magnitude) {
    for (Scaling scaling : new Scaling[] {Scaling.NONE, Scaling.WINDOW, Scaling.LAST}) {
      Forecast forecast =
          new NetworkForecaster(copier(Mode.MANY_TO_MANY, 3, scaling))
              .forecast(window(magnitude, -magnitude, magnitude));
      assertThat(forecast.values()).doesNotContain(Double.NaN);
      for (double value : forecast.values()) {
        assertThat(value).isFinite();
      }
      assertThat(forecast.status()).isIn(Status.OK, Status.FALLBACK);
    }
  }

  private static final Path AHEAD = Path.of("src/core/test/resources/ahead");
  private static final long HOUR = 3_600_000;

  /** The forecasts at each origin with a full window, in a job that keeps what the model reads. */
  private static List<Forecast> forecasts(
      ForecastModel model, double[] values, double[][] features, double[][] known) {
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
    for (int t = 0; t < values.length; t++) {
      double[] next = next(known, t, model.horizon());
      windows.offer(
          state,
          new Observation("s", t * HOUR, values[t], features[t], null, next),
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

  /** {@code ahead_fixtures.py} is the reference. */
  @ParameterizedTest
  @ValueSource(strings = {"one-gru", "one-lstm", "many-rnn"})
  void forecastsFromWhatIsKnownAheadAreThoseOfPyTorch(String name) throws Exception {
    ForecastModel model =
        ModelFiles.read(AHEAD.resolve(name + ".safetensors"), ModelFiles.Defaults.NONE);
    JsonNode fixture = JSON.readTree(new File(AHEAD.toFile(), name + ".json"));
    double[] values = JSON.treeToValue(fixture.get("values"), double[].class);
    double[][] known = numbers(fixture.get("known"));
    double[][] expected = numbers(fixture.get("forecasts"));

    List<Forecast> forecasts = forecasts(model, values, numbers(fixture.get("features")), known);

    assertThat(forecasts).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(forecasts.get(i).status()).isEqualTo(Status.OK);
      assertThat(forecasts.get(i).values()).containsExactly(expected[i], within(2e-5));
    }
    assertThat(forecasts.get(expected.length - 1).covariatesMissing()).isEqualTo(1);
    assertThat(ModelFiles.fromBytes(ModelFiles.toBytes(model), ModelFiles.Defaults.NONE, "again"))
        .isEqualTo(model);
  }

  /** The covariates of so many rows after one; fewer at the end. */
  private static double[] next(double[][] known, int row, int steps) {
    int end = Math.min(row + 1 + steps, known.length);
    return Arrays.stream(known, row + 1, end).flatMapToDouble(Arrays::stream).toArray();
  }

  /** A network without memory that answers with twice its newest input. */
  private static final NetworkForecaster DOUBLING =
      new NetworkForecaster(
          TestModel.of(new RnnConfig(Cell.RNN_RELU, 1, 1, 1, false, false), 2, 1)
              .name("doubling")
              .weights(2, 0)
              .build());

  private final BaseModelExpert expert = new BaseModelExpert();

  private final Learner learner =
      new Learner(LearnerSettings.small(1).withExperts(List.of("naive")), List.of(expert));

  private final LearnerState memory = learner.newSeries("s", LearnerSettings.NONE);
  private final Windows windows = new Windows(2, 1, 0);
  private final WindowState state = windows.newState();

  private double said(double value, long indexTold) {
    windows.offer(state, new Observation("s", memory.count(), value), Windows.IN_ORDER);
    expert.use(DOUBLING, windows.window("s", state), indexTold);
    learner.observe(memory, memory.count(), value);
    return learner.expertForecast(1, 1);
  }

  @Test
  void saysWhatTheModelSays() {
    for (int t = 0; t < 60; t++) {
      said(t % 2 == 0 ? 3 : 6, memory.count());
    }
    assertThat(said(3, memory.count())).isEqualTo(6);
  }

  @Test
  void repeatsTheLastValueWhileThereIsNoModelOrNoFullWindow() {
    assertThat(said(3, memory.count())).isEqualTo(3);
    expert.use(null, windows.window("s", state), 1);
    learner.observe(memory, 1, 4);
    assertThat(learner.expertForecast(1, 1)).isEqualTo(4);
  }

  @Test
  void doesNotLookAtTheNewestWindowWhenTheLearnerIsInThePast() {
    for (int t = 0; t < 60; t++) {
      said(t % 2 == 0 ? 3 : 6, memory.count());
    }
    assertThat(said(3, memory.count() + 5)).as("a window of another time").isEqualTo(3);
  }

  @Test
  void repeatsTheLastValueAndNamesNoModelAndNoTimesAtFirst() {
    assertThat(lastValue(10, 5).times()).isNull();
    Forecast forecast = lastValue(30, 8);
    assertThat(forecast.values()).containsExactly(8, 8, 8);
    assertThat(forecast.times()).containsExactly(50, 70, 90);
    assertThat(forecast.seqLen()).isEqualTo(2);
    assertThat(forecast.model()).isEmpty();
    assertThat(forecast.modelVersion()).isEqualTo(-1);
  }

  private Forecast lastValue(long time, double value) {
    windows.offer(state, new Observation("s", time, value), Windows.IN_ORDER);
    return LastValueForecast.forecast(
        windows.window("s", state), Mode.MANY_TO_ONE, 3, Status.WARMUP);
  }
}
