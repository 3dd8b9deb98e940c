package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Expected values by hand. */
class TrendTest {

  private static final int HORIZON = 5;

  private SingleExpert trend;
  private double[] out;

  @Test
  void lineGoesOn() {
    start(1);
    for (int t = 0; t < 40; t++) {
      take(7 + 3.0 * t);
    }
    assertForecast(127, 130, 133, 136, 139);
  }

  /** The levels are 7, 7, 7.4 and 9, and all have been wrong by 4. */
  @Test
  void twoValuesHaveNoSlope() {
    start(1);
    take(5);
    take(9);
    assertForecast(7.6, 7.6, 7.6, 7.6, 7.6);
  }

  /** A level of 60 in the first year, 80 in the second, ... times what each quarter has of it. */
  @Test
  void seasonOfPositiveValuesIsAFactor() {
    start(4);
    double[] factors = {.2, 1.6, 1.3, .9};
    for (int t = 0; t < 240; t++) {
      take((60 + 5 * t) * factors[t % 4]);
    }
    double[] expected = new double[HORIZON];
    for (int i = 0; i < HORIZON; i++) {
      expected[i] = (60 + 5 * (240 + i)) * factors[(240 + i) % 4];
    }
    for (int i = 0; i < HORIZON; i++) {
      assertThat(out[i]).isCloseTo(expected[i], within(.004 * expected[i]));
    }
  }

  @Test
  void seasonAroundZeroIsAdded() {
    start(3);
    double[] distances = {-4, 1, 3};
    for (int t = 0; t < 30; t++) {
      take(-20 + 2.0 * t + distances[t % 3]);
    }
    assertForecast(36, 43, 47, 42, 49);
  }

  /** Factors turn to distances from a level of 20: .5, 1 and 1.5 are -10, 0 and 10. */
  @Test
  void valueThatIsNotPositiveEndsFactors() {
    start(3);
    double[] values = {10, 20, 30};
    for (int t = 0; t < 24; t++) {
      take(values[t % 3]);
    }
    assertForecast(10, 20, 30, 10, 20);
    take(-1);
    take(20);
    take(30);
    assertThat(out[1] - out[0]).isCloseTo(10 + 11 * .3, within(3.0));
    assertThat(out[2] - out[1]).isCloseTo(10, within(1.5));
  }

  /** Where factors have noise too: in a unit of which a value has 1,024, forecasts have as many. */
  @Test
  void unitDoesNotMatterWhereFactorsEnd() {
    double[][] all = new double[2][];
    for (int k = 0; k < 2; k++) {
      start(3);
      Random random = new Random(5);
      for (int t = 0; t < 60; t++) {
        take((k == 0 ? 1 : 1_024) * (10 + t % 3 + random.nextGaussian()));
      }
      take(0);
      all[k] = out.clone();
    }
    for (int i = 0; i < HORIZON; i++) {
      assertThat(all[1][i]).isCloseTo(1_024 * all[0][i], within(1e-2));
    }
  }

  @Test
  void valueOfASeasonAgoUntilTheSeasonIsKnown() {
    start(4);
    for (int t = 0; t < 7; t++) {
      take(t * t);
    }
    assertForecast(9, 16, 25, 36, 9);
  }

  /** Of 7 phases of the same noise, nothing is a season: forecasts are flat. */
  @Test
  void chanceIsNoSeason() {
    start(7);
    Random random = new Random(11);
    for (int t = 0; t < 140; t++) {
      take(100 + random.nextGaussian());
    }
    double spread = 0;
    for (double one : out) {
      spread = Math.max(spread, Math.abs(one - 100));
    }
    assertThat(spread).isLessThan(.8);
  }

  private void start(int season) {
    trend = new SingleExpert(new Trend(), HORIZON, season);
  }

  private void take(double value) {
    out = trend.next(value);
  }

  private void assertForecast(double... expected) {
    assertThat(out).containsExactly(expected, within(1e-4));
  }
}
