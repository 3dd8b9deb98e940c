package dev.weir.forecast.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Observation;
import dev.weir.forecast.network.ModelTrainer.Network;
import dev.weir.forecast.network.ModelTrainer.Progress;
import dev.weir.forecast.network.ModelTrainer.Settings;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Scaling;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ModelTrainerTest {

  private static final ModelTrainer.Listener SILENT = (epoch, done, all) -> {};

  private static Settings settings(Mode mode, int epochs, int threads) {
    RnnConfig rnn = new RnnConfig(Cell.RNN_TANH, 1, 6, 2, true, true);
    return new Settings(
        network(mode, rnn, true, Scaling.LAST), 16, 5e-3, epochs, epochs, 7, threads);
  }

  /** Of windows of 5; horizon 3, or 5 many-to-many. */
  private static Network network(Mode mode, RnnConfig rnn, boolean head, Scaling scaling) {
    int horizon = mode == Mode.MANY_TO_ONE ? 3 : 5;
    return new Network(mode, rnn, head, scaling, 5, horizon, List.of(), 0);
  }

  private static double[] sine(int n, double period, double level, double noise, long seed) {
    Random random = new Random(seed);
    double[] values = new double[n];
    for (int t = 0; t < n; t++) {
      values[t] = level + 10 * Math.sin(2 * Math.PI * t / period) + noise * random.nextGaussian();
    }
    return values;
  }

  private static Progress train(ModelTrainer trainer, Progress progress) {
    while (!trainer.isDone(progress)) {
      progress = trainer.train(progress, SILENT);
    }
    return progress;
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void sinesOfAnyLevelAreLearned(Mode mode) {
    List<double[]> series = List.of(sine(600, 12, 0, 0.1, 1), sine(400, 17, 5_000, 0.1, 2));
    try (ModelTrainer trainer = new ModelTrainer(settings(mode, 15, 2), series)) {
      assertThat(trainer.score(trainer.begin()))
          .as("untrained: the last value")
          .isBetween(0.999, 1.001);
      Progress progress = train(trainer, trainer.begin());
      assertThat(trainer.score(progress)).isLessThan(0.35);
      ForecastModel model = trainer.model("sines", 1, progress, Map.of());
      assertThat(model.mode()).isEqualTo(mode);
    }
  }

  @Test
  void theModelForecastsInAJobWhatTheTrainerScored() {
    List<double[]> series = List.of(sine(500, 12, 100, 0.1, 1));
    try (ModelTrainer trainer = new ModelTrainer(settings(Mode.MANY_TO_ONE, 5, 1), series)) {
      Progress progress = train(trainer, trainer.begin());
      NetworkForecaster forecaster =
          new NetworkForecaster(trainer.model("sines", 1, progress, Map.of()));
      double[] values = series.get(0);
      double error = 0;
      double naive = 0;
      Windows windows = new Windows(5, 1, 0);
      WindowState state = windows.newState();
      for (int t = 0; t < values.length - 3; t++) {
        windows.offer(state, new Observation("s", t, values[t]), Windows.IN_ORDER);
        if (t >= (int) (values.length * 0.85)) {
          double[] forecast = forecaster.forecast(windows.window("s", state)).values();
          for (int i = 0; i < 3; i++) {
            error += Math.abs(values[t + 1 + i] - forecast[i]);
            naive += Math.abs(values[t + 1 + i] - values[t]);
          }
        }
      }
      assertThat(error / naive)
          .isCloseTo(trainer.score(progress), org.assertj.core.api.Assertions.within(1e-3));
    }
  }

  @Test
  void theNumberOfThreadsChangesNotABit() {
    List<double[]> series = List.of(sine(300, 12, 0, 1, 1), sine(300, 9, 50, 1, 2));
    float[][] weights = new float[2][];
    for (int threads = 1; threads <= 2; threads++) {
      try (ModelTrainer trainer =
          new ModelTrainer(settings(Mode.MANY_TO_ONE, 2, threads), series)) {
        weights[threads - 1] = train(trainer, trainer.begin()).weights();
      }
    }
    assertThat(weights[0]).containsExactly(weights[1]);
  }

  @Test
  void trainingGoesOnFromWhereItStoodAsIfItHadNeverStopped() {
    List<double[]> series = List.of(sine(300, 12, 0, 1, 1));
    float[] whole;
    try (ModelTrainer trainer = new ModelTrainer(settings(Mode.MANY_TO_MANY, 4, 2), series)) {
      whole = train(trainer, trainer.begin()).weights();
    }
    Progress half;
    try (ModelTrainer trainer = new ModelTrainer(settings(Mode.MANY_TO_MANY, 4, 2), series)) {
      half = trainer.train(trainer.train(trainer.begin(), SILENT), SILENT);
    }
    try (ModelTrainer trainer = new ModelTrainer(settings(Mode.MANY_TO_MANY, 4, 2), series)) {
      assertThat(train(trainer, half).weights()).containsExactly(whole);
    }
  }

  @Test
  void timeThatIsHeldOutIsNotLearnedFrom() {
    double[] values = sine(400, 12, 0, 1, 1);
    double[] otherFuture = values.clone();
    for (int t = 280; t < 400; t++) { // all after the first 70 %
      otherFuture[t] = -1000 * values[t];
    }
    float[][] weights = new float[2][];
    for (int i = 0; i < 2; i++) {
      List<double[]> series = List.of(i == 0 ? values : otherFuture);
      try (ModelTrainer trainer = new ModelTrainer(settings(Mode.MANY_TO_ONE, 2, 2), series)) {
        weights[i] = train(trainer, trainer.begin()).weights();
      }
    }
    assertThat(weights[0]).containsExactly(weights[1]);
  }

  @Test
  void noiseCannotBeForecast() {
    List<double[]> series = List.of(randomWalk(2_000, 5));
    try (ModelTrainer trainer = new ModelTrainer(settings(Mode.MANY_TO_ONE, 4, 2), series)) {
      assertThat(trainer.score(train(trainer, trainer.begin()))).isGreaterThan(0.98);
    }
  }

  private static double[] randomWalk(int n, long seed) {
    Random random = new Random(seed);
    double[] values = new double[n];
    for (int t = 1; t < n; t++) {
      values[t] = values[t - 1] + random.nextGaussian();
    }
    return values;
  }

  @Test
  void seriesTooShortForAllThreePartsAreRefused() {
    assertThatThrownBy(
            () -> new ModelTrainer(settings(Mode.MANY_TO_ONE, 1, 1), List.of(new double[20])))
        .hasMessageStartingWith("series: expected one at least of ");
  }

  @Test
  void settingsThatWouldNeverEndOrNeverBeginAreRefused() {
    RnnConfig rnn = new RnnConfig(Cell.RNN_TANH, 1, 2, 1, true, true);
    assertThatThrownBy(() -> plain(rnn, 5, 0, 1e-3))
        .hasMessage("batch: expected 1 to 1,000,000, got 0");
    assertThatThrownBy(() -> plain(rnn, 0, 8, 1e-3))
        .hasMessage("seq_len: expected 1 to 1,000,000, got 0");
    assertThatThrownBy(() -> plain(rnn, 5, 8, Double.NaN))
        .hasMessage("learning rate: expected a number above 0, got NaN");
  }

  private static Settings plain(RnnConfig rnn, int seqLen, int batch, double rate) {
    return new Settings(
        new Network(Mode.MANY_TO_ONE, rnn, true, Scaling.LAST, seqLen, 2, List.of(), 0),
        batch,
        rate,
        1,
        1,
        1,
        1);
  }

  /** One that learns to say what follows a window of 5, horizon 3, or 5 many-to-many. */
  private static Settings other(Mode mode, boolean bidirectional, boolean head, Scaling scaling) {
    int horizon = mode == Mode.MANY_TO_ONE ? 3 : 5;
    int bare = mode == Mode.MANY_TO_ONE ? horizon : 1;
    RnnConfig rnn = new RnnConfig(Cell.RNN_TANH, 1, head ? 6 : bare, 1, bidirectional, true);
    return new Settings(network(mode, rnn, head, scaling), 16, 5e-3, 15, 15, 7, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "MANY_TO_ONE, NONE",
    "MANY_TO_ONE, WINDOW",
    "MANY_TO_ONE, LAST",
    "MANY_TO_MANY, NONE",
    "MANY_TO_MANY, WINDOW",
    "MANY_TO_MANY, LAST"
  })
  void aModelWithoutAHeadIsTrainedAndForecastsWhatTheTrainerScored(Mode mode, Scaling.Rule rule) {
    // within tanh's range, for the rule that leaves values as they are
    double[] values = Arrays.stream(sine(500, 12, 0, 0.1, 1)).map(y -> y / 15).toArray();
    Settings settings = other(mode, true, false, new Scaling(rule, 0, 1));
    try (ModelTrainer trainer = new ModelTrainer(settings, List.of(values))) {
      Progress progress = train(trainer, trainer.begin());
      ForecastModel model = trainer.model("bare", 1, progress, Map.of());
      assertThat(model.head()).isNull();
      assertThat(trainer.score(progress)).isLessThan(trainer.score(trainer.begin()));
      assertThat(relativeError(model, values))
          .isCloseTo(trainer.score(progress), org.assertj.core.api.Assertions.within(1e-3));
    }
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
  void withoutAHeadTheHiddenSizeIsWhatIsAnswered() {
    RnnConfig rnn = new RnnConfig(Cell.GRU, 1, 4, 1, true, true);
    assertThatThrownBy(() -> network(Mode.MANY_TO_ONE, rnn, false, Scaling.LAST))
        .hasMessage("hidden_size: expected 3 for many-to-one without a head, got 4");
  }
}
