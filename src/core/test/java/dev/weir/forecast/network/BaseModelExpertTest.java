package dev.weir.forecast.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Observation;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class BaseModelExpertTest {

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
}
