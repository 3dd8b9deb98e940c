package dev.weir.forecast.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Observation;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnConfig;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is trained must be what forecasts. Sizes all differ; seeds are fixed. */
class TrainableNetworkTest {

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
  void itAnswersWhatTheForecasterAnswers(ForecastModel model) {
    NetworkForecaster forecaster = new NetworkForecaster(model);
    TrainableNetwork trainable = trainable(model);
    float[] weights = weights(model);
    assertThat(trainable.count()).isEqualTo(weights.length);
    assertThat(trainable.head(weights)).isEqualTo(model.head());
    trainable.load(weights);
    float[] input = uniform(new Random(3), BATCH * SEQ_LEN);
    float[] answers = trainable.forward(input, BATCH).clone();
    Windows windows = new Windows(SEQ_LEN, 1, 0);
    WindowState state = windows.newState();
    double[] expected = new double[model.horizon()];
    for (int i = 0; i < input.length; i++) {
      windows.offer(state, new Observation("s", i, input[i]), Windows.IN_ORDER);
      if (i % SEQ_LEN == SEQ_LEN - 1) {
        forecaster.forecast(windows.window("s", state), expected);
        for (int k = 0; k < expected.length; k++) {
          assertThat((double) answers[i / SEQ_LEN * expected.length + k])
              .isCloseTo(expected[k], within(2e-6));
        }
      }
    }
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
