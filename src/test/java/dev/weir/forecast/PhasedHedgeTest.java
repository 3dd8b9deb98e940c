package dev.weir.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PhasedHedgeTest {

  private static final int EXPERTS = 2;

  private final PhasedHedge hedge = new PhasedHedge(new Hedge(5, 0.98), EXPERTS, 1);
  private final double[] weights = new double[EXPERTS];

  @Test
  void eachExpertCountsMostAtTheTimeWhenItIsGood() { // the first by day, the second by night
    int season = 4;
    float[] floats = new float[EXPERTS + hedge.floats(season)]; // L, then R
    hedge.beginSeason(floats, EXPERTS, season);
    for (int t = 0; t < 400; t++) {
      double[] said = t % season < 2 ? new double[] {1, 3} : new double[] {3, 1};
      hedge.learn(floats, 0, EXPERTS, season, t, said, 0);
    }
    hedge.weigh(floats, 0, EXPERTS, season, 401, EXPERTS, weights);
    assertThat(weights[0]).isGreaterThan(0.9);
    hedge.weigh(floats, 0, EXPERTS, season, 403, EXPERTS, weights);
    assertThat(weights[1]).isGreaterThan(0.9);
  }

  @Test
  void theLossIsSevenTenthsOfAllTimesAndThreeTenthsOfThisTime() {
    float[] floats = {2, 3, 1, 1, 4, 2, 9, 9}; // L; R of three phases
    hedge.weigh(floats, 0, 2, 3, 4, EXPERTS, weights); // index 4: phase 1
    double first = 0.7 * 1 + 0.3 * 2; // 2 / 2, 4 / 2
    double second = 0.7 * 1.5 + 0.3 * 1; // 3 / 2, 2 / 2
    double behind = Math.exp(-5 * (second / first - 1));
    assertThat(weights[0]).isEqualTo(1 / (1 + behind), within(1e-6));
  }

  @Test
  void aPhaseRemembersTenthsOfItsErrorsRelativeToTheLeastRunningOne() {
    float[] floats = {2, 4, 1, 1, 5, 7}; // L; R of two phases
    hedge.learn(floats, 0, 2, 2, 8, new double[] {3, 6}, 0);
    double least = 0.98 * 2 + 0.02 * 3;
    assertThat(floats[2]).isEqualTo((float) (0.9 + 0.1 * 3 / least), within(1e-6f));
    assertThat(floats[3]).isEqualTo((float) (0.9 + 0.1 * 6 / least), within(1e-6f));
    assertThat(floats[4]).isEqualTo(5); // another phase
  }

  @Test
  void withoutASeasonItIsTheHedge() {
    float[] losses = {2, 3};
    double[] plain = new double[EXPERTS];
    new Hedge(5, 0.98).weigh(losses, 0, EXPERTS, plain);
    hedge.weigh(losses, 0, 2, 1, 7, EXPERTS, weights);
    assertThat(hedge.floats(1)).isZero();
    assertThat(weights).isEqualTo(plain);
  }

  @Test
  void longSeasonsShareTwentyFourPhases() {
    assertThat(hedge.floats(288)).isEqualTo(24 * EXPERTS);
    float[] floats = new float[EXPERTS + hedge.floats(288)];
    floats[0] = 1;
    floats[1] = 1;
    hedge.beginSeason(floats, EXPERTS, 288);
    hedge.learn(floats, 0, EXPERTS, 288, 287, new double[] {1, 9}, 0); // the last twelve values
    hedge.weigh(floats, 0, EXPERTS, 288, 276, EXPERTS, weights);
    double last = weights[0];
    hedge.weigh(floats, 0, EXPERTS, 288, 275, EXPERTS, weights);
    assertThat(last).isGreaterThan(weights[0]);
  }
}
