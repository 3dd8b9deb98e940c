package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongHorizonTest {

  private static final int DAY = 24;

  /** A day whose noise is large at noon and small at night. */
  private static double value(int t, Random random) {
    double wave = Math.sin(2 * Math.PI * t / DAY);
    return 20 + 10 * wave + (1 + 0.8 * wave) * random.nextGaussian();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 24, 48, 288})
  void aThousandStepsAndFiveLevelsFitIntoTheMemoryOfASeries(int season) {
    LearnerSettings settings =
        LearnerSettings.defaults(1_000).withLevels(List.of(0.2, 0.4, 0.6, 0.8, 0.95));
    assertThat(new Learner(settings).newSeries("a", season).bytes()).isLessThan(1 << 20);
  }

  @Test
  void aWeekIsKnownWhateverTheHorizon() {
    int week = 7 * 48;
    LearnerSettings settings = LearnerSettings.defaults(1_000).withExperts(List.of("weekly-naive"));
    Learner learner = new Learner(settings.withoutNetwork());
    LearnerState state = learner.newSeries("half hours", 48);
    for (int t = 0; t < 2 * week; t++) {
      learner.observe(state, t, t % week);
    }
    for (int i = 1; i <= 1_000; i++) {
      double forecast = learner.expertForecast(0, i);
      assertThat(forecast).as("step %d", i).isEqualTo((i - 1) % week);
    }
  }

  @Test
  void farIntervalsHoldAtEachTimeOfADay() {
    int horizon = 400;
    int values = 2_400;
    Learner learner = new Learner(LearnerSettings.small(horizon));
    LearnerState state = learner.newSeries("far", DAY);
    Random random = new Random(17);
    double[] y = new double[values + horizon];
    for (int t = 0; t < y.length; t++) {
      y[t] = value(t, random);
    }
    double[] ahead = new double[horizon];
    double[][] lower = new double[2][horizon];
    double[][] upper = new double[2][horizon];
    double[][] held = new double[4][2]; // quarters of a day, levels
    int[] count = new int[4];
    for (int t = 0; t < values; t++) {
      learner.observe(state, t, y[t]);
      if (t < 1_000 || t % 5 != 0) {
        continue;
      }
      learner.forecast(state, ahead, lower, upper);
      for (int i = 49; i <= horizon; i++) {
        int quarter = (t + i) % DAY / 6;
        count[quarter]++;
        for (int k = 0; k < 2; k++) {
          boolean holds = y[t + i] >= lower[k][i - 1] && y[t + i] <= upper[k][i - 1];
          held[quarter][k] += holds ? 1 : 0;
        }
      }
    }
    for (int k = 0; k < 2; k++) {
      double all = 0;
      for (int quarter = 0; quarter < 4; quarter++) { // night and noon differ by a factor of nine
        double share = held[quarter][k] / count[quarter];
        assertThat(share).as("quarter %d", quarter).isBetween(k == 0 ? 0.7 : 0.9, k == 0 ? 0.9 : 1);
        all += share / 4;
      }
      assertThat(all).isBetween(k == 0 ? 0.75 : 0.92, k == 0 ? 0.85 : 0.97);
    }
  }
}
