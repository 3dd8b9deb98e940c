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
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

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

  private static final int SEQ_LEN = 4;
  private static final int HORIZON = 3;
  private static final int LAYERS = 2;
  private static final int BATCH = 5;

  /** Every cell, mode and direction. */
  static Stream<Arguments> models() {
    Stream.Builder<Arguments> all = Stream.builder();
    for (Cell cell : Cell.values()) {
      for (Mode mode : Mode.values()) {
        all.add(Arguments.of(model(cell, mode, true)));
        all.add(Arguments.of(model(cell, mode, false)));
      }
    }
    return all.build();
  }

  static ForecastModel model(Cell cell, Mode mode, boolean bidirectional) {
    int horizon = mode == Mode.MANY_TO_ONE ? HORIZON : SEQ_LEN;
    int rows = mode == Mode.MANY_TO_ONE ? HORIZON : 1;
    RnnConfig rnn = new RnnConfig(cell, 1, 6, LAYERS, bidirectional, true);
    Random random = new Random(11);
    return TestModel.of(rnn, SEQ_LEN, horizon)
        .mode(mode)
        .weights(uniform(random, rnn.parameterCount()))
        .head(uniform(random, rows * rnn.outputSize()), uniform(random, rows))
        .build();
  }

  private static TrainableNetwork trainable(ForecastModel model) {
    return new TrainableNetwork(model.mode(), model.rnn(), model.seqLen(), model.horizon());
  }

  private static float[] weights(ForecastModel model) {
    float[] network = model.weights();
    float[] weight = model.head().weight();
    float[] bias = model.head().bias();
    float[] all = Arrays.copyOf(network, network.length + weight.length + bias.length);
    System.arraycopy(weight, 0, all, network.length, weight.length);
    System.arraycopy(bias, 0, all, network.length + weight.length, bias.length);
    return all;
  }

  private static float[] uniform(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("models")
  void itsGradientsAreThoseOfFiniteDifferences(ForecastModel model) {
    if (model.rnn().cell() != Cell.RNN_RELU) { // whose corners differences cut
      check(model);
    }
  }

  private static void check(ForecastModel of) {
    TrainableNetwork model = trainable(of);
    float[] weights = weights(of);
    float[] input = uniform(new Random(4), BATCH * SEQ_LEN);
    float[] targets = uniform(new Random(5), BATCH * of.horizon());
    float[] gradient = new float[weights.length];
    float[] dAnswers = new float[targets.length];
    model.load(weights);
    loss(model, input, targets, dAnswers);
    model.backward(dAnswers, gradient);
    double largest = 0;
    for (float value : gradient) {
      largest = Math.max(largest, Math.abs(value));
    }
    Random random = new Random(6);
    for (int trial = 0; trial < 40; trial++) {
      // the last ones are the head's, which a random choice might miss
      int i = trial < 8 ? weights.length - 1 - trial : random.nextInt(weights.length);
      float kept = weights[i];
      double[] losses = new double[2];
      for (int side = 0; side < 2; side++) {
        weights[i] = kept + (side == 0 ? 1e-2f : -1e-2f);
        model.load(weights);
        losses[side] = loss(model, input, targets, dAnswers);
      }
      weights[i] = kept;
      assertThat((losses[0] - losses[1]) / 2e-2)
          .as("weight %d of %d", i, weights.length)
          .isCloseTo(gradient[i], within(0.02 * largest + 2e-5));
    }
  }

  private static double loss(TrainableNetwork model, float[] x, float[] targets, float[] d) {
    return Loss.meanSquared(model.forward(x, BATCH), targets, null, targets.length, d);
  }
}
