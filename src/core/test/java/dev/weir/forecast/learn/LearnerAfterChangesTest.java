package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Observation;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.IncidentTracker;
import dev.weir.forecast.alarm.SeriesAlarms;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A learner after a new beginning, a long gap, and a lasting change. */
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

  private static final int SEASON = 24;

  private static final int AT = 1_200;

  private static final int FOUND = 140; // values after the change

  private static final int SINCE = 290;

  private static final int SERIES = 8;

  private final Learner learner = new Learner(LearnerSettings.defaults(2));

  private final IncidentTracker tracker = new IncidentTracker(IncidentSettings.defaults());

  /** A season with a little noise, and from a value on a random walk. */
  private static double[] values(int seed) {
    Random random = new Random(seed);
    double[] values = new double[AT + SINCE + 1];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          i < AT
              ? 20 + 5 * Math.sin(2 * Math.PI * i / SEASON) + 0.5 * random.nextGaussian()
              : values[i - 1] + random.nextGaussian();
    }
    return values;
  }

  /** Sum of the errors one step ahead in the values from when the break is found on. */
  private double error(double[] values, boolean withAlarms) {
    LearnerState state = learner.newSeries("s", SEASON);
    SeriesAlarms alarms = withAlarms ? tracker.newSeries() : null;
    double[] next = new double[4];
    double[] before = new double[2];
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      learner.next(state, next);
      sum += i > AT + FOUND ? Math.abs(values[i] - next[0]) : 0;
      state.alarms(alarms);
      if (withAlarms) {
        learner.seasonsBefore(state, tracker.leastLag(), before);
        tracker.observe(
            alarms, i * HOUR, values[i], next[0], next[1], before[0], (int) before[1], 0);
      }
      learner.observe(state, i * HOUR, values[i]);
    }
    return sum;
  }

  @Test
  void errorsAfterABreakAreSmallerOverAll() {
    double with = 0;
    double without = 0;
    for (int seed = 0; seed < SERIES; seed++) {
      double[] values = values(seed);
      with += error(values, true);
      without += error(values, false);
    }
    assertThat(with).isLessThan(0.998 * without);
  }

  @Test
  void valueToCompareWithIsWholeSeasonsBeforeTheNext() {
    double[] target = new double[2];
    for (int season : new int[] {1, 7, 24, 100}) {
      LearnerState state = learner.newSeries("s", season);
      int lag = (160 + season - 1) / season * season;
      for (int i = 0; i < 400; i++) {
        learner.seasonsBefore(state, 160, target);
        assertThat(target[1]).isEqualTo(lag);
        if (i < lag) {
          assertThat(target[0]).isNaN();
        } else {
          assertThat(target[0]).isEqualTo(i - lag);
        }
        learner.observe(state, i * HOUR, i);
      }
    }
  }
}
