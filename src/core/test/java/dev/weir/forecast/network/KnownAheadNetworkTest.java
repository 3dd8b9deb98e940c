package dev.weir.forecast.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
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

  /** The covariates of so many rows after one; fewer at the end. */
  private static double[] next(double[][] known, int row, int steps) {
    int end = Math.min(row + 1 + steps, known.length);
    return Arrays.stream(known, row + 1, end).flatMapToDouble(Arrays::stream).toArray();
  }
}
