package dev.weir.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LearnerWarmUpTest {

  private static final LearnerSettings SETTINGS = LearnerSettings.small(3);

  @Test
  void whatASeriesLearnsIsTheSameWithAWarmUpInBetween() {
    assertThat(forecasts(true)).containsExactly(forecasts(false));
  }

  @Test
  void allSettingsOfAJvmTogetherTakeABoundedTime() {
    long start = System.nanoTime();
    for (int horizon = 1; horizon <= 40; horizon++) { // each alone could take all of it
      LearnerWarmUp.run(new Learner(LearnerSettings.defaults(horizon)));
    }
    // a second for the warm-up; the rest is for forty learners on a busy machine
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  private static double[] forecasts(boolean warmUp) {
    Learner learner = new Learner(SETTINGS);
    SeriesMemory memory = learner.newSeries("a", 7);
    double[] all = new double[3 * 60];
    double[] values = new double[3];
    for (int t = 0; t < 60; t++) {
      learner.observe(memory, t, t % 7 + 0.01 * (t % 5));
      if (warmUp && t == 30) {
        LearnerWarmUp.run(learner);
      }
      learner.forecast(memory, values, null, null);
      System.arraycopy(values, 0, all, 3 * t, 3);
    }
    return all;
  }
}
