package dev.weir.forecast.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Observation;
import dev.weir.forecast.network.ModelTrainer.Settings;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ModelTrainerTest {

  private static final RnnConfig RNN = new RnnConfig(Cell.RNN_TANH, 1, 6, 2, true, true);

  /** Of windows of 5; horizon 3, or 5 many-to-many. */
  private static Settings settings(Mode mode, RnnConfig rnn, int epochs) {
    return new Settings(mode, rnn, 5, mode == Mode.MANY_TO_ONE ? 3 : 5, 5e-3, epochs, 7);
  }

  private static ModelTrainer trained(Settings settings, List<double[]> series) {
    ModelTrainer trainer = new ModelTrainer(settings, series);
    while (!trainer.isDone()) {
      trainer.train((epoch, done, all) -> {});
    }
    return trainer;
  }

  private static double[] sine(int n, double period, double level, double noise, long seed) {
    Random random = new Random(seed);
    double[] values = new double[n];
    for (int t = 0; t < n; t++) {
      values[t] = level + 10 * Math.sin(2 * Math.PI * t / period) + noise * random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void sinesOfAnyLevelAreLearned(Mode mode) {
    List<double[]> series = List.of(sine(600, 12, 0, 0.1, 1), sine(400, 17, 5_000, 0.1, 2));
    assertThat(new ModelTrainer(settings(mode, RNN, 1), series).score())
        .as("untrained: the last value")
        .isBetween(0.999, 1.001);
    assertThat(trained(settings(mode, RNN, 30), series).score()).isLessThan(0.35);
  }

  @ParameterizedTest
  @CsvSource({
    "MANY_TO_ONE, RNN_TANH, 2, true",
    "MANY_TO_ONE, LSTM, 1, false",
    "MANY_TO_MANY, GRU, 2, true",
    "MANY_TO_MANY, RNN_RELU, 1, false"
  })
  void theModelForecastsInAJobWhatTheTrainerScored(
      Mode mode, Cell cell, int layers, boolean bidirectional) {
    double[] values = sine(500, 12, 100, 0.1, 1);
    RnnConfig rnn = new RnnConfig(cell, 1, 6, layers, bidirectional, true);
    ModelTrainer trainer = trained(settings(mode, rnn, 8), List.of(values));
    ForecastModel model = trainer.model("sines", Map.of("by", "me"));
    assertThat(model.mode()).isEqualTo(mode);
    assertThat(model.provenance()).containsEntry("by", "me");
    assertThat(relativeError(model, values)).isCloseTo(trainer.score(), within(1e-3));
    assertThat(trainer.score()).isLessThan(0.99);
  }

  private static double relativeError(ForecastModel model, double[] values) {
    NetworkForecaster forecaster = new NetworkForecaster(model);
    Windows windows = new Windows(5, 1, 0);
    WindowState state = windows.newState();
    double error = 0;
    double naive = 0;
    for (int t = 0; t < values.length - model.horizon(); t++) {
      windows.offer(state, new Observation("s", t, values[t]), Windows.IN_ORDER);
      if (t >= (int) (values.length * 0.85)) {
        double[] forecast = forecaster.forecast(windows.window("s", state)).values();
        for (int i = 0; i < forecast.length; i++) {
          error += Math.abs(values[t + 1 + i] - forecast[i]);
          naive += Math.abs(values[t + 1 + i] - values[t]);
        }
      }
    }
    return error / naive;
  }

  @Test
  void theSameSeriesGiveTheSameBitsWhateverComesAfterWhatIsLearnedFrom() {
    double[] values = sine(400, 12, 0, 1, 1);
    double[] otherFuture = values.clone();
    for (int t = 280; t < 400; t++) { // all after the first 70 %
      otherFuture[t] = -1000 * values[t];
    }
    Settings settings = settings(Mode.MANY_TO_ONE, RNN, 1); // of one epoch, the best is the last
    ForecastModel model = trained(settings, List.of(values)).model("m", Map.of());
    assertThat(trained(settings, List.of(otherFuture)).model("m", Map.of())).isEqualTo(model);
  }

  @Test
  void noiseCannotBeForecast() {
    Random random = new Random(5);
    double[] values = new double[2_000];
    for (int t = 1; t < values.length; t++) {
      values[t] = values[t - 1] + random.nextGaussian();
    }
    ModelTrainer trainer = trained(settings(Mode.MANY_TO_ONE, RNN, 4), List.of(values));
    assertThat(trainer.score()).isGreaterThan(0.98);
  }

  @Test
  void trainingEndsWithoutABetterValidation() {
    ModelTrainer trainer = new ModelTrainer(settings(Mode.MANY_TO_ONE, RNN, 1_000), noise());
    int epochs = 0;
    for (; !trainer.isDone(); epochs++) {
      trainer.train((epoch, done, all) -> {});
    }
    assertThat(epochs).isEqualTo(trainer.bestEpoch() + 6);
  }

  private static List<double[]> noise() {
    return List.of(new Random(3).doubles(200).toArray());
  }

  @Test
  void whatCannotBeTrainedIsRefused() {
    assertThatThrownBy(
            () -> new ModelTrainer(settings(Mode.MANY_TO_ONE, RNN, 1), List.of(new double[20])))
        .hasMessageStartingWith("series: expected one at least of ");
    assertThatThrownBy(() -> new Settings(Mode.MANY_TO_ONE, RNN, 0, 2, 1e-3, 1, 1))
        .hasMessage("seq_len: expected 1 to 1,000,000, got 0");
    assertThatThrownBy(() -> new Settings(Mode.MANY_TO_ONE, RNN, 5, 2, Double.NaN, 1, 1))
        .hasMessage("learning rate: expected a number above 0, got NaN");
    assertThatThrownBy(() -> new Settings(Mode.MANY_TO_MANY, RNN, 5, 2, 1e-3, 1, 1))
        .hasMessage("horizon: expected seq_len (5) for many-to-many, got 2");
  }
}
