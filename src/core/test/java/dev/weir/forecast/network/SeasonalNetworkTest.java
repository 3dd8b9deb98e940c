package dev.weir.forecast.network;

import static dev.weir.rnn.GoldenFile.floats;
import static dev.weir.rnn.GoldenFile.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Allocations;
import dev.weir.forecast.Observation;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NewHistory;
import dev.weir.forecast.expert.SeriesDimensions;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against PyTorch: files, inputs, forecasts and gradients of {@code seasonal_fixtures.py}, which
 * loads {@code seasonal_network.py}.
 */
class SeasonalNetworkTest {

  private static final Path FOLDER = Path.of("src/core/test/resources/seasonal");

  private static final class Fixture {
    final ForecastModel model;
    final JsonNode json;
    final int horizon;
    final int batch;

    Fixture(String name) throws IOException {
      model = ModelFiles.read(FOLDER.resolve(name + ".safetensors"), ModelFiles.Defaults.NONE);
      json = new ObjectMapper().readTree(FOLDER.resolve(name + ".json").toFile());
      horizon = json.get("horizon").intValue();
      batch = json.get("series").size();
    }

    float[] numbers(String key) {
      return floats(json.get(key));
    }

    double scale(int b) {
      return json.get("scales").get(b).doubleValue();
    }

    History history(int b) {
      JsonNode series = json.get("series").get(b);
      int season = series.get("season").intValue();
      int exact = History.exact(horizon, season, 700);
      SeriesDimensions shape = new SeriesDimensions(horizon, season, exact, 100, model.seqLen());
      History history = NewHistory.of(shape);
      for (JsonNode value : series.get("values")) {
        history.append(value.doubleValue());
      }
      return history;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one-gru", "one-lstm", "many-rnn", "many-relu"})
  void inputsAndForecastsAreThoseOfTorch(String name) throws IOException {
    Fixture fixture = new Fixture(name);
    ForecastModel model = fixture.model;
    SeasonalNetwork network = new SeasonalNetwork(model, fixture.horizon);
    SeasonalInputs inputs = new SeasonalInputs(model.mode(), model.seqLen(), fixture.horizon);
    for (int b = 0; b < fixture.batch; b++) {
      History history = fixture.history(b);
      inputs.fill(history);
      assertThat(inputs.scale()).isCloseTo(fixture.scale(b), within(1e-5));
      assertThat(inputs.unit() / inputs.scale())
          .isCloseTo(fixture.numbers("units")[b], within(1e-5));
      assertThat(inputs.input())
          .containsExactly(part(fixture.numbers("x"), b, fixture.batch), within(1e-5f));
      float[] candidates = part(fixture.numbers("candidates"), b, fixture.batch);
      double[] out = new double[fixture.horizon];
      assertThat(network.forecast(history, out)).isTrue();
      float[] expected = part(fixture.numbers("y"), b, fixture.batch);
      for (int i = 1; i <= fixture.horizon; i++) {
        for (int e = 0; e < 5; e++) {
          assertThat(inputs.candidate(i, e)).isCloseTo(candidates[(i - 1) * 5 + e], within(1e-5));
        }
        assertThat((out[i - 1] - history.newest()) / fixture.scale(b))
            .isCloseTo(expected[i - 1], within(3e-6));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one-gru", "one-lstm", "many-rnn", "many-relu"})
  void gradientsAreThoseOfTorch(String name) throws IOException {
    Fixture fixture = new Fixture(name);
    ForecastModel model = fixture.model;
    TrainableSeasonalNetwork network =
        new TrainableSeasonalNetwork(model.mode(), model.rnn(), model.seqLen(), model.horizon());
    float[] weights = TrainableModel.weights(model);
    assertThat(weights).hasSize(network.count());
    network.load(weights);
    float[] candidates = fixture.numbers("candidates");
    int each = candidates.length / fixture.batch;
    for (int i = 0; i < candidates.length; i++) {
      candidates[i] /= (float) fixture.scale(i / each);
    }
    float[] result =
        network.forward(
            fixture.numbers("x"),
            fixture.batch,
            fixture.horizon,
            candidates,
            fixture.numbers("units"),
            null);
    assertThat(result).containsExactly(fixture.numbers("y"), within(3e-6f));
    float[] gradient = new float[network.count()];
    network.backward(fixture.numbers("d"), gradient);
    JsonNode expected = fixture.json.get("gradient");
    for (RnnConfig.Parameter tensor : model.rnn().parameters()) {
      check(expected.get("rnn." + tensor.name()), gradient, tensor.offset());
    }
    int head = model.rnn().parameterCount();
    check(expected.get("fc.weight"), gradient, head);
    check(expected.get("fc.bias"), gradient, head + model.head().weight().length);
  }

  private static void check(JsonNode expected, float[] gradient, int at) {
    float[] values = floats(expected);
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(Arrays.copyOfRange(gradient, at, at + values.length))
        .containsExactly(values, within(1e-4f * largest + 1e-6f));
  }

  @Test
  void fileKeepsEachBit() throws IOException {
    ForecastModel model = new Fixture("many-rnn").model;
    assertThat(model.readsSeasons()).isTrue();
    assertThat(ModelFiles.fromBytes(ModelFiles.toBytes(model), ModelFiles.Defaults.NONE, "test"))
        .isEqualTo(model);
  }

  @Test
  void ofAWindowAloneItForecastsAsOfASeriesThatBeganThere() throws IOException {
    ForecastModel model = new Fixture("one-gru").model;
    WindowForecaster forecaster = new WindowForecaster(model);
    History history = new Fixture("one-gru").history(2); // without a season
    Windows windows = new Windows(model.seqLen(), 1, 0);
    WindowState state = windows.newState();
    double[] expected = new double[model.horizon()];
    for (int from = 0; from < 3; from++) { // what was before is not seen
      history.reset(0);
      for (int i = 0; i < model.seqLen(); i++) {
        double value = (from * i + 3) % 5;
        history.append(value);
        state.append(i, value, Observation.NO_FEATURES, 0);
      }
      assertThat(new SeasonalNetwork(model, expected.length).forecast(history, expected)).isTrue();
      assertThat(forecaster.forecast(windows.window("", state))).containsExactly(expected);
    }
  }

  @Test
  void equalValuesAreForecastAsTheyAre() throws IOException {
    Fixture fixture = new Fixture("one-gru");
    History history = fixture.history(3);
    history.reset(0);
    for (int t = 0; t < 40; t++) {
      history.append(7);
    }
    double[] out = new double[fixture.horizon];
    assertThat(new SeasonalNetwork(fixture.model, fixture.horizon).forecast(history, out)).isTrue();
    assertThat(out).containsOnly(7);
  }

  @Test
  void onceWarmNothingIsAllocated() throws IOException {
    Fixture fixture = new Fixture("many-rnn");
    SeasonalNetwork network = new SeasonalNetwork(fixture.model, fixture.horizon);
    History history = fixture.history(0);
    double[] out = new double[fixture.horizon];
    Allocations.assertNoneOnceWarm(
        500,
        () -> {
          for (int i = 0; i < 500; i++) {
            network.forecast(history, out);
          }
        });
  }
}
