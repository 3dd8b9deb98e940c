package dev.weir.forecast.combination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.expert.FloatSlice;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SeasonalHedgeTest {

  private static final int EXPERTS = 2;

  private final SeasonalHedge hedge = new SeasonalHedge(new Hedge(5, 0.98), EXPERTS, 1);
  private final double[] weights = new double[EXPERTS];

  /** Running errors of both experts, from an index on. */
  private static FloatSlice losses(float[] floats, int from) {
    return new FloatSlice().at(floats, from);
  }

  /** The same at the phase of an index, when those follow the first two numbers. */
  private static FloatSlice phase(float[] floats, int season, long index) {
    return losses(floats, EXPERTS + SeasonalHedge.place(season, EXPERTS, index));
  }

  private void weigh(float[] floats, int season, long index) {
    hedge.weigh(losses(floats, 0), phase(floats, season, index), EXPERTS, weights);
  }

  private void learn(float[] floats, int season, long index, double... said) {
    hedge.learn(losses(floats, 0), phase(floats, season, index), said, 0);
  }

  /** L of zeros, then R as usual. */
  private static float[] start(int season) {
    float[] floats = new float[EXPERTS + SeasonalHedge.floats(season, EXPERTS)];
    Arrays.fill(floats, EXPERTS, floats.length, 1);
    return floats;
  }

  @Test
  void eachExpertCountsMostAtTheTimeWhenItIsGood() { // the first by day, the second by night
    int season = 4;
    float[] floats = start(season);
    for (int t = 0; t < 400; t++) {
      double[] said = t % season < 2 ? new double[] {1, 3} : new double[] {3, 1};
      learn(floats, season, t, said);
    }
    weigh(floats, season, 401);
    assertThat(weights[0]).isGreaterThan(0.9);
    weigh(floats, season, 403);
    assertThat(weights[1]).isGreaterThan(0.9);
  }

  @Test
  void theLossIsSevenTenthsOfAllTimesAndThreeTenthsOfThisTime() {
    float[] floats = {2, 3, 1, 1, 4, 2, 9, 9}; // L; R of three phases
    weigh(floats, 3, 4); // index 4: phase 1
    double first = 0.7 * 1 + 0.3 * 2; // 2 / 2, 4 / 2
    double second = 0.7 * 1.5 + 0.3 * 1; // 3 / 2, 2 / 2
    double behind = Math.exp(-5 * (second / first - 1));
    assertThat(weights[0]).isEqualTo(1 / (1 + behind), within(1e-6));
  }

  @Test
  void aPhaseRemembersTenthsOfItsErrorsRelativeToTheLeastRunningOne() {
    float[] floats = {2, 4, 1, 1, 5, 7}; // L; R of two phases
    learn(floats, 2, 8, 3, 6);
    double least = 0.98 * 2 + 0.02 * 3;
    assertThat(floats[2]).isEqualTo((float) (0.9 + 0.1 * 3 / least), within(1e-6f));
    assertThat(floats[3]).isEqualTo((float) (0.9 + 0.1 * 6 / least), within(1e-6f));
    assertThat(floats[4]).isEqualTo(5); // another phase
  }

  @Test
  void withoutASeasonItIsTheHedge() {
    float[] losses = {2, 3};
    double[] plain = new double[EXPERTS];
    new Hedge(5, 0.98).weigh(losses(losses, 0), EXPERTS, plain);
    hedge.weigh(losses(losses, 0), null, EXPERTS, weights);
    assertThat(SeasonalHedge.floats(1, EXPERTS)).isZero();
    assertThat(weights).isEqualTo(plain);
  }

  @Test
  void longSeasonsShareTwentyFourPhases() {
    assertThat(SeasonalHedge.floats(288, EXPERTS)).isEqualTo(24 * EXPERTS);
    float[] floats = start(288);
    floats[0] = 1;
    floats[1] = 1;
    learn(floats, 288, 287, 1, 9); // the last twelve values
    weigh(floats, 288, 276);
    double last = weights[0];
    weigh(floats, 288, 275);
    assertThat(last).isGreaterThan(weights[0]);
  }
}
