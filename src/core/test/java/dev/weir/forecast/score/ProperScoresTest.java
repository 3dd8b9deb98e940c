package dev.weir.forecast.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Scores by hand. */
class ProperScoresTest {

  @Test
  void pinballWeighsTheSides() {
    assertThat(ProperScores.pinball(0.9, 7, 10)).isEqualTo(2.7, within(1e-12));
    assertThat(ProperScores.pinball(0.9, 7, 5)).isEqualTo(0.2, within(1e-12));
    assertThat(ProperScores.pinball(0.9, 7, 7)).isZero();
  }

  @Test
  void intervalScoreIsTheWidthAndWhatMisses() {
    assertThat(ProperScores.interval(0.8, 2, 7, 4)).isEqualTo(5);
    assertThat(ProperScores.interval(0.8, 2, 7, 1.5)).isEqualTo(5 + 10 * 0.5, within(1e-12));
    assertThat(ProperScores.interval(0.5, 2, 7, 10)).isEqualTo(5 + 4 * 3, within(1e-12));
  }

  @Test
  void crpsOfOneQuantileIsTheAbsoluteError() {
    assertThat(ProperScores.crps(new double[] {0.5}, new double[] {4}, 9)).isEqualTo(5);
    assertThat(ProperScores.crps(new double[] {0.2}, new double[] {4}, 1)).isEqualTo(3);
  }

  @Test
  void crpsIsTheIntegralOverTheDistribution() {
    double[] taus = {0.25, 0.75};
    double[] quantiles = {0, 1};
    // F = 1/4 + x/2 from 0 to 1; at 1/2 twice the integral of F^2 from 0 to 1/2: 0.4375 / 6 * 2
    assertThat(ProperScores.crps(taus, quantiles, 0.5)).isEqualTo(0.1458333333, within(1e-9));
    // at 3: F^2 over 0 to 1 is (27 - 1) / 96, and 1 over 1 to 3
    assertThat(ProperScores.crps(taus, quantiles, 3)).isEqualTo(2 + 26 / 96.0, within(1e-9));
    assertThat(ProperScores.crps(taus, quantiles, -2)).isEqualTo(2 + 26 / 96.0, within(1e-9));
  }

  @Test
  void crpsOfManyQuantilesIsTheMeanDistanceOfSamples() {
    // Gneiting and Raftery 2007: E|X - y| - E|X - X'| / 2, here of equally likely values
    SplittableRandom random = new SplittableRandom(8);
    int n = 2_000;
    double[] sample = random.doubles(n, -3, 5).map(x -> x * x * x).sorted().toArray();
    double[] taus = new double[n];
    Arrays.setAll(taus, k -> (k + 0.5) / n);
    double truth = 11;
    double distance = 0;
    double spread = 0;
    for (int i = 0; i < n; i++) {
      distance += Math.abs(sample[i] - truth) / n;
      spread += sample[i] * (2.0 * i + 1 - n) / n / n; // half of E|X - X'|
    }
    assertThat(ProperScores.crps(taus, sample, truth)).isCloseTo(distance - spread, within(0.01));
  }

  @Test
  void equalQuantilesAreNoProblem() {
    assertThat(ProperScores.crps(new double[] {0.1, 0.5, 0.9}, new double[] {2, 2, 2}, 2)).isZero();
    assertThat(ProperScores.crps(new double[] {0.1, 0.5, 0.9}, new double[] {2, 2, 2}, 6))
        .isEqualTo(4, within(1e-12));
  }
}
