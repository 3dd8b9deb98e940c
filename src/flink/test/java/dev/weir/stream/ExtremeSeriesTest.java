package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.ExtremeEpisodes;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.SeriesResult.Counted;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operator on series of impossible numbers: what leaves it is always a number. */
class ExtremeSeriesTest {

  private static final int SEQ_LEN = 5;

  private static final class Operator implements AutoCloseable {
    final SeriesHarness harness;
    final ForecastFunction function;
    private long time;

    Operator(ModeSettings... modes) throws Exception {
      harness = SeriesHarness.of(TestSettings.of(SEQ_LEN, modes).build());
      function = harness.function();
    }

    List<Output> next(double value) throws Exception {
      harness.send("s", ++time, value);
      return harness.take(Output.class);
    }

    /** What was learned of the series, to be broken. */
    ValueState<LearnerState> memory(Mode mode) throws Exception {
      AbstractStreamOperator<?> operator = (AbstractStreamOperator<?>) harness.getOperator();
      operator.setCurrentKey("s");
      return operator
          .getKeyedStateBackend()
          .getPartitionedState(
              VoidNamespace.INSTANCE,
              VoidNamespaceSerializer.INSTANCE,
              new ValueStateDescriptor<>(
                  "learned-" + mode.label(), WeirTypeInformation.LEARNER_STATE));
    }

    @Override
    public void close() throws Exception {
      harness.close();
    }
  }

  private static byte[] model(Mode mode, Scaling scaling, Cell cell) {
    RnnConfig config = new RnnConfig(cell, 1, 4, 2, true, true);
    int rows = mode == Mode.MANY_TO_ONE ? 3 : 1;
    float[] head = new float[rows * config.outputSize()];
    Arrays.fill(head, 0.3f);
    return ModelFiles.toBytes(
        TestModel.of(config, SEQ_LEN, mode == Mode.MANY_TO_ONE ? 3 : SEQ_LEN)
            .name(mode.label())
            .mode(mode)
            .scaling(scaling)
            .weights(Initialization.recurrent(config, new TorchRandom(7)))
            .head(head, new float[rows])
            .build());
  }

  private static ModeSettings settings(Mode mode, byte[] model, boolean learns) {
    int horizon = mode == Mode.MANY_TO_ONE ? 3 : SEQ_LEN;
    return new ModeSettings(
        mode,
        model == null ? null : mode.label(),
        horizon,
        model,
        learns ? new Learning(LearnerSettings.defaults(horizon), 24, 1) : null);
  }

  private static void assertNumbers(List<Output> outputs) {
    for (Output output : outputs) {
      if (output instanceof Forecast forecast) {
        assertFinite(output, forecast.values());
        for (Interval interval : forecast.intervals()) {
          assertFinite(output, interval.lower());
          assertFinite(output, interval.upper());
        }
      } else if (output instanceof Score score) {
        assertFinite(output, score.value(), score.mae(), score.level(), score.coverage());
        assertFinite(output, score.errors());
        assertThat(score.mase()).as("NaN means unknown").isNotInfinite();
        for (Score.Method method : score.methods()) {
          assertFinite(output, method.mae(), method.share());
        }
      } else {
        throw new AssertionError("expected a forecast or a score, got " + output);
      }
    }
  }

  private static void assertFinite(Output output, double... values) {
    for (double value : values) {
      assertThat(Double.isFinite(value)).as("%s in %s", value, output).isTrue();
    }
  }

  @Test
  void bothModesForecastACleanSineThreeDaysAfterTenEpisodes() throws Exception {
    try (Operator operator =
        new Operator(
            settings(Mode.MANY_TO_ONE, model(Mode.MANY_TO_ONE, Scaling.NONE, Cell.RNN_RELU), true),
            settings(Mode.MANY_TO_MANY, null, true))) {
      for (int episode = 0; episode < ExtremeEpisodes.COUNT; episode++) {
        for (int n = 0; n < ExtremeEpisodes.LENGTH; n++) {
          List<Output> outputs = operator.next(ExtremeEpisodes.value(episode, n));
          assertNumbers(outputs);
          assertThat(outputs.stream().filter(Forecast.class::isInstance)).hasSize(2);
        }
      }
      for (int n = 0; n < 200; n++) {
        List<Output> outputs = operator.next(ExtremeEpisodes.sine(n));
        assertNumbers(outputs);
        for (Output output : outputs) {
          if (output instanceof Forecast forecast && n >= 72) {
            assertThat(forecast.values()[0])
                .as("%s, value %d", forecast.mode(), n)
                .isCloseTo(
                    ExtremeEpisodes.sine(n + 1), org.assertj.core.api.Assertions.within(0.1));
          }
        }
      }
      assertThat(operator.function.results.of(Counted.RESTART).getCount()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "MANY_TO_ONE, NONE, RNN_RELU",
    "MANY_TO_ONE, NONE, LSTM",
    "MANY_TO_ONE, LAST, RNN_TANH",
    "MANY_TO_ONE, WINDOW, GRU",
    "MANY_TO_ONE, FIXED, RNN_TANH",
    "MANY_TO_MANY, NONE, RNN_RELU",
    "MANY_TO_MANY, LAST, LSTM",
    "MANY_TO_MANY, WINDOW, RNN_TANH",
    "MANY_TO_MANY, FIXED, GRU",
  })
  void aNetworkAloneForgetsWithItsWindow(Mode mode, Scaling.Rule rule, Cell cell) throws Exception {
    Scaling scaling =
        rule == Scaling.Rule.FIXED ? new Scaling(rule, 2, 1e-3) : new Scaling(rule, 0, 1);
    ModeSettings settings = settings(mode, model(mode, scaling, cell), false);
    try (Operator hostile = new Operator(settings);
        Operator fresh = new Operator(settings)) {
      for (int episode = 0; episode < ExtremeEpisodes.COUNT; episode++) {
        for (int n = 0; n < ExtremeEpisodes.LENGTH; n++) {
          assertNumbers(hostile.next(ExtremeEpisodes.value(episode, n)));
        }
      }
      List<double[]> after = new ArrayList<>();
      List<double[]> never = new ArrayList<>();
      for (int n = 0; n < 50; n++) {
        Forecast one = (Forecast) hostile.next(ExtremeEpisodes.sine(n)).get(0);
        Forecast other = (Forecast) fresh.next(ExtremeEpisodes.sine(n)).get(0);
        if (n >= SEQ_LEN - 1) {
          assertThat(one.status()).isEqualTo(Status.OK);
          after.add(one.values());
          never.add(other.values());
        }
      }
      assertThat(after.toArray(double[][]::new)).isDeepEqualTo(never.toArray(double[][]::new));
    }
  }

  @Test
  void stateThatContainsNanIsResetAndCounted() throws Exception {
    LearnerSettings learner = LearnerSettings.defaults(3).withExperts(List.of("naive", "analogs"));
    ModeSettings mode = TestSettings.learned(3, new Learning(learner, 24, 1));
    try (Operator operator = new Operator(mode)) {
      for (int n = 0; n < 300; n++) {
        operator.next(ExtremeEpisodes.sine(n));
      }
      ValueState<LearnerState> state = operator.memory(Mode.MANY_TO_ONE);
      LearnerState memory = state.value();
      Arrays.fill(memory.floats(), Float.NaN);
      state.update(memory);
      for (int n = 300; n < 400; n++) {
        assertNumbers(operator.next(ExtremeEpisodes.sine(n)));
      }
      assertThat(operator.function.results.of(Counted.RESTART).getCount()).isPositive();
    }
  }

  @Test
  void anErrorBesideAlmostNoneIsNoNumberInAScore() {
    assertThat(Score.ratio(1, Double.MIN_VALUE)).isNaN();
    assertThat(Score.ratio(1, 0)).isNaN();
    assertThat(Score.ratio(1, 4)).isEqualTo(0.25);
  }
}
