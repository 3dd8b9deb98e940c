package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ForecastModelTest {

  // sizes that all differ: input 2, hidden 3, horizon 4, window 5
  private static final RnnConfig RNN = new RnnConfig(Cell.RNN_TANH, 2, 3, 2, true, true);

  private static ForecastModel model(
      Mode mode, int horizon, float[] weights, ForecastModel.Head head) {
    return TestModel.of(RNN, 5, horizon)
        .name("pump")
        .mode(mode)
        .scaling(Scaling.LAST)
        .weights(weights)
        .head(head)
        .build();
  }

  private static float[] weights() {
    return new float[RNN.parameterCount()];
  }

  private static ForecastModel.Head head(int outFeatures) {
    return new ForecastModel.Head(new float[outFeatures * 6], new float[outFeatures]);
  }

  @Test
  void equalNumbersMakeEqualModels() {
    ForecastModel one = model(Mode.MANY_TO_ONE, 4, weights(), head(4));
    assertThat(one).isEqualTo(model(Mode.MANY_TO_ONE, 4, weights(), head(4)));
    assertThat(one).hasSameHashCodeAs(model(Mode.MANY_TO_ONE, 4, weights(), head(4)));
    float[] other = weights();
    other[other.length - 1] = -0f; // another bit
    assertThat(one).isNotEqualTo(model(Mode.MANY_TO_ONE, 4, other, head(4)));
    ForecastModel.Head biased = head(4);
    biased.bias()[3] = 1;
    assertThat(one).isNotEqualTo(model(Mode.MANY_TO_ONE, 4, weights(), biased));
    assertThat(one.withVersion(2).version()).isEqualTo(2);
    assertThat(one.withName("well").withName("pump")).isEqualTo(one);
  }

  @Test
  void aHeadOfTheWrongShapeIsRefused() {
    assertThatThrownBy(() -> model(Mode.MANY_TO_ONE, 4, weights(), head(3)))
        .hasMessage("head weight: expected 24 floats (out_features 4, in_features 6), got 18");
    assertThatThrownBy(() -> model(Mode.MANY_TO_MANY, 5, weights(), head(5)))
        .hasMessage("head weight: expected 6 floats (out_features 1, in_features 6), got 30");
    assertThatThrownBy(
            () ->
                model(
                    Mode.MANY_TO_ONE,
                    4,
                    weights(),
                    new ForecastModel.Head(new float[24], new float[3])))
        .hasMessage("head bias: expected 4 floats (out_features 4, in_features 6), got 3");
    assertThatThrownBy(() -> new ForecastModel.Head(null, new float[1]))
        .hasMessage("head weight: expected a value, got null");
  }

  @Test
  void withoutAHeadTheHiddenStateMustBeTheForecast() {
    assertThatCode(() -> model(Mode.MANY_TO_ONE, 3, weights(), null)).doesNotThrowAnyException();
    assertThatThrownBy(() -> model(Mode.MANY_TO_ONE, 4, weights(), null))
        .hasMessage("hidden_size: expected 4 for many-to-one without a head, got 3");
    assertThatThrownBy(() -> model(Mode.MANY_TO_MANY, 5, weights(), null))
        .hasMessage("hidden_size: expected 1 for many-to-many without a head, got 3");
  }

  @Test
  void manyToManyAnswersOncePerStep() {
    assertThatCode(() -> model(Mode.MANY_TO_MANY, 5, weights(), head(1)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> model(Mode.MANY_TO_MANY, 4, weights(), head(1)))
        .hasMessage("horizon: expected seq_len (5) for many-to-many, got 4");
  }

  @Test
  void theFirstNumberThatIsNotFiniteIsNamed() {
    float[] weights = weights();
    int offset = RNN.parameters().get(12).offset();
    weights[offset + 7] = Float.NaN;
    weights[offset + 8] = Float.NaN;
    assertThatThrownBy(() -> model(Mode.MANY_TO_ONE, 4, weights, head(4)))
        .hasMessage("weight_ih_l1_reverse: expected finite numbers, got NaN at index 7");
    ForecastModel.Head head = head(4);
    head.bias()[2] = Float.NEGATIVE_INFINITY;
    assertThatThrownBy(() -> model(Mode.MANY_TO_ONE, 4, weights(), head))
        .hasMessage("head bias: expected finite numbers, got -Infinity at index 2");
  }

  @Test
  void namesAreThoseOfKafkaTopics() {
    ForecastModel model = model(Mode.MANY_TO_ONE, 4, weights(), head(4));
    assertThatCode(() -> model.withName("a".repeat(249))).doesNotThrowAnyException();
    for (String name : new String[] {"", "a b", "pump/7", "p\u00fcmp", "a".repeat(250), "a\n"}) {
      assertThatThrownBy(() -> model.withName(name))
          .hasMessageStartingWith("name: expected 1 to 249 of A-Z a-z 0-9 . _ -, got ");
    }
    assertThatThrownBy(() -> model.withVersion(-1))
        .hasMessage("version: expected at least 0, got -1");
  }

  @Test
  void sizesHaveLimits() {
    assertThatThrownBy(() -> model(Mode.MANY_TO_ONE, 0, weights(), head(4)))
        .hasMessage("horizon: expected 1 to 4096, got 0");
    assertThatThrownBy(() -> model(Mode.MANY_TO_ONE, 4, Arrays.copyOf(weights(), 7), head(4)))
        .hasMessageStartingWith("weights: expected 108 floats for RnnConfig[")
        .hasMessageEndingWith("got 7");
    RnnConfig huge = new RnnConfig(Cell.LSTM, 4096, 4096, 64, true, true);
    assertThatThrownBy(
            () -> TestModel.of(huge, 5, 4096).name("huge").version(0).weights(new float[0]).build())
        .hasMessageStartingWith("rnn: expected at most 67108864 parameters, got more for ");
  }

  @Test
  void provenanceStaysWritable() {
    assertThatThrownBy(() -> withNote("\ud800"))
        .hasMessageContaining("got a lone surrogate at key note");
    assertThatThrownBy(() -> withNote("x".repeat(1 << 20)))
        .hasMessage("provenance: expected at most 1048576 characters, got 1048580");
  }

  private static ForecastModel withNote(String note) {
    ForecastModel model = model(Mode.MANY_TO_ONE, 4, weights(), head(4));
    return TestModel.like(model).provenance(Map.of("note", note)).build();
  }
}
