package dev.weir.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelExpertTest {

  /** h = relu(x), head: twice that, and three times. */
  private static ForecastModel doubler(int inputSize) {
    float[] weights = new float[inputSize + 1];
    weights[0] = 1;
    return new ForecastModel(
        "doubler",
        1,
        Mode.MANY_TO_ONE,
        new RnnConfig(Cell.RNN_RELU, inputSize, 1, 1, false, false),
        3,
        2,
        Readout.FINAL_HIDDEN,
        Scaling.NONE,
        weights,
        new ForecastModel.Head(new float[] {2, 3}, new float[] {0, 0}),
        Map.of());
  }

  @Test
  void itIsTheLastValueUntilAModelComesAndAWindowIsFull() {
    ModelExpert expert = new ModelExpert();
    Learner learner = new Learner(LearnerSettings.small(3), List.of(expert));
    int e = learner.experts() - 1;
    SeriesMemory memory = learner.newSeries("a", 1);
    learner.observe(memory, 0, 5);
    assertThat(learner.expertForecast(memory, e, 1)).isEqualTo(5);
    expert.use(doubler(1));
    learner.observe(memory, 1, 6);
    assertThat(learner.expertForecast(memory, e, 1)).isEqualTo(6);
    learner.observe(memory, 2, 7);
    assertThat(learner.expertForecast(memory, e, 1)).isEqualTo(14, within(1e-5));
    assertThat(learner.expertForecast(memory, e, 2)).isEqualTo(21, within(1e-5));
    assertThat(learner.expertForecast(memory, e, 3)).isEqualTo(21, within(1e-5)); // its last step
    expert.use(null);
    learner.observe(memory, 3, 8);
    assertThat(learner.expertForecast(memory, e, 1)).isEqualTo(8);
  }

  @Test
  void aModelThatIsRightTakesTheMixture() {
    ModelExpert expert = new ModelExpert();
    expert.use(doubler(1));
    Learner learner = new Learner(LearnerSettings.small(1), List.of(expert));
    SeriesMemory memory = learner.newSeries("a", 1);
    double value = 1;
    for (int t = 0; t < 60; t++) {
      learner.observe(memory, t, value);
      value *= 2;
    }
    assertThat(learner.share(memory, learner.experts() - 1, 1)).isGreaterThan(0.9);
  }

  @Test
  void aModelThatWantsFeaturesIsRefused() {
    assertThatThrownBy(() -> new ModelExpert().use(doubler(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("input_size")
        .hasMessageContaining("got 2");
  }
}
