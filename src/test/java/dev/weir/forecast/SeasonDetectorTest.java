package dev.weir.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SeasonDetectorTest {

  private static double[] wave(int n, int season, double noise, double unit) {
    Random random = new Random(21);
    double[] y = new double[n];
    for (int t = 0; t < n; t++) {
      y[t] = unit * (Math.sin(2 * Math.PI * t / season) + noise * random.nextGaussian() + 0.01 * t);
    }
    return y;
  }

  @Test
  void aNoisyWaveWithATrendHasItsSeason() {
    for (int season : new int[] {7, 12, 24, 48}) {
      double[] y = wave(400, season, 0.3, 1);
      assertThat(new SeasonDetector().detect(y, y.length, 1)).isEqualTo(season);
    }
  }

  @Test
  void theUnitDoesNotMatter() {
    for (double unit : new double[] {1e-200, 1e30}) {
      double[] y = wave(400, 24, 0.3, unit);
      assertThat(new SeasonDetector().detect(y, y.length, 1)).isEqualTo(24);
    }
  }

  @Test
  void noiseAndConstantsAndRandomWalksHaveNone() {
    Random random = new Random(22);
    double[] noise = new double[600];
    double[] walk = new double[600];
    for (int t = 1; t < 600; t++) {
      noise[t] = random.nextGaussian();
      walk[t] = walk[t - 1] + random.nextGaussian();
    }
    assertThat(new SeasonDetector().detect(noise, 600, 1)).isEqualTo(1);
    assertThat(new SeasonDetector().detect(new double[600], 600, 1)).isEqualTo(1);
    assertThat(new SeasonDetector().detect(walk, 600, 1)).isIn(1); // by this seed
  }

  @Test
  void oneSpikeDoesNotHideASeason() {
    double[] y = wave(400, 24, 0.3, 1);
    y[200] = 1e6;
    assertThat(new SeasonDetector().detect(y, y.length, 1)).isEqualTo(24);
  }

  @Test
  void aLearnerFindsTheSeasonAndUsesIt() {
    Learner learner = new Learner(LearnerSettings.small(3));
    SeriesMemory found = learner.newSeries("found", LearnerSettings.AUTO);
    SeriesMemory none = learner.newSeries("none", LearnerSettings.NONE);
    double[] y = wave(1_000, 24, 0.3, 1);
    for (int t = 0; t < y.length; t++) {
      learner.observe(found, t, y[t]);
      learner.observe(none, t, y[t]);
    }
    assertThat(found.season()).isEqualTo(24);
    assertThat(learner.fits(found)).isTrue();
    assertThat(learner.meanError(found, 3)).isLessThan(learner.meanError(none, 3));
  }
}
