package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.rnn.Kernels;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LearnerWarmUpTest {

  private static final LearnerSettings SETTINGS = LearnerSettings.small(3);

  @BeforeEach
  void onlyWithTheModule() {
    assumeTrue(Kernels.vectors(), "the module jdk.incubator.vector");
  }

  @Test
  void whatASeriesLearnsIsTheSameWithAWarmUpInBetween() {
    assertThat(forecasts(true)).containsExactly(forecasts(false));
  }

  @Test
  void eachSettingsAreWarmedUpOnce() {
    LearnerWarmUp warmUp = new LearnerWarmUp(TimeUnit.MINUTES.toNanos(1));
    LearnerSettings few = SETTINGS.withExperts(List.of("naive"));
    assertThat(warmUp.run(new Learner(few))).as("at first").isTrue();
    assertThat(warmUp.run(new Learner(few))).as("once more").isFalse();
  }

  @Test
  void allSettingsTogetherAreWarmedUpForABoundedTime() {
    LearnerWarmUp warmUp = new LearnerWarmUp(1);
    assertThat(warmUp.run(new Learner(SETTINGS))).as("at first").isTrue();
    assertThat(warmUp.run(new Learner(LearnerSettings.small(4)))).as("others").isFalse();
  }

  @Test
  void withoutVectorsThereIsNothingToDo() {
    System.setProperty("weir.kernel", "plain");
    try {
      assertThat(new LearnerWarmUp(1).run(new Learner(SETTINGS))).isFalse();
    } finally {
      System.clearProperty("weir.kernel");
    }
  }

  private static double[] forecasts(boolean warmUp) {
    Learner learner = new Learner(SETTINGS);
    LearnerState memory = learner.newSeries("a", 7);
    double[] all = new double[3 * 60];
    double[] values = new double[3];
    for (int t = 0; t < 60; t++) {
      learner.observe(memory, t, t % 7 + 0.01 * (t % 5));
      if (warmUp && t == 30) {
        assertThat(new LearnerWarmUp(TimeUnit.MILLISECONDS.toNanos(50)).run(learner)).isTrue();
      }
      learner.forecast(memory, values, null, null);
      System.arraycopy(values, 0, all, 3 * t, 3);
    }
    return all;
  }
}
