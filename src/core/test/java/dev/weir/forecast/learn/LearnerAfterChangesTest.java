package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Observation;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a learner knows of time after a new beginning, and after a long gap. */
class LearnerAfterChangesTest {

  private static final long HOUR = 3_600_000;
  private static final LearnerSettings SETTINGS = LearnerSettings.small(2);
  private static final LearnerSettings OTHERS =
      SETTINGS.withExperts(List.of("naive", "rls-ar", "seasonal-profile"));

  /** A window that ends at a time, of a series that has an interval. */
  private static SequenceWindow window(long interval, long time) {
    Windows windows = new Windows(3, 1, 0, new Sampling(interval, Gap.SKIP, 0));
    WindowState state = windows.newState();
    windows.offer(state, new Observation("s", time, 1), Windows.IN_ORDER);
    return windows.window("s", state);
  }

  private static LearnerState hourly(Learner learner, int values) {
    SplittableRandom random = new SplittableRandom(3);
    LearnerState memory = learner.newSeries("s", LearnerSettings.AUTO);
    for (int t = 0; t < values; t++) {
      learner.observe(memory, t * HOUR, random.nextInt(100));
    }
    return memory;
  }

  @Test
  void seriesLearnedAgainKeepsTheSpacingOfItsValues() {
    LearnerState memory = hourly(new Learner(SETTINGS), 300);
    Learner other = new Learner(OTHERS);
    LearnerState again = other.relearn(memory, LearnerSettings.AUTO);
    assertThat(again.count()).isEqualTo(300);
    assertThat(other.isSpacedAs(again, window(HOUR, 300 * HOUR))).isTrue();
    assertThat(other.isSpacedAs(again, window(2 * HOUR, 300 * HOUR))).isFalse();
  }

  @Test
  void soDoesOneThatCalmsDown() {
    Learner learner = new Learner(SETTINGS);
    LearnerState memory = hourly(learner, 100);
    for (int t = 100; t < 140; t++) {
      learner.observe(memory, t * HOUR, 50 + 1e-5 * (t % 3));
    }
    assertThat(memory.firstScored()).as("has been restarted").isPositive();
    assertThat(learner.isSpacedAs(memory, window(2 * HOUR, 140 * HOUR))).isFalse();
  }

  @Test
  void ofMoreMissingValuesThanArePassedTheLastAreFilledIn() {
    Learner learner = new Learner(SETTINGS);
    LearnerState memory = learner.newSeries("s", 24);
    Windows windows = new Windows(3, 1, 0, new Sampling(HOUR, Gap.LINEAR, 5_000));
    WindowState state = windows.newState();
    for (int t = 0; t < 200; t++) {
      observe(learner, memory, windows, state, t, t);
    }
    observe(learner, memory, windows, state, 3_300, 1_000);
    double[] values = memory.values();
    int n = values.length;
    assertThat(memory.count()).isEqualTo(200 + 3_100 % 168 + 1);
    assertThat(values[n - 1] - values[n - 2]).isCloseTo(801 / 3_101.0, within(0.01));
  }

  private static void observe(
      Learner learner,
      LearnerState memory,
      Windows windows,
      WindowState state,
      int hour,
      double value) {
    windows.offer(state, new Observation("s", hour * HOUR, value), Windows.IN_ORDER);
    learner.observe(memory, windows.window("s", state));
  }
}
