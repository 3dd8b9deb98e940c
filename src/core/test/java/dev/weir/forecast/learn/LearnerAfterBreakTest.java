package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.IncidentTracker;
import dev.weir.forecast.alarm.SeriesAlarms;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Series whose lasting changes are known are learned faster after them. */
class LearnerAfterBreakTest {

  private static final int SEASON = 24;
  private static final int AT = 1_200;
  private static final int FOUND = 140; // values after the change
  private static final int SINCE = 290;
  private static final int SERIES = 8;
  private static final long HOUR = 3_600_000;

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
