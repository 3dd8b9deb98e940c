package dev.weir.forecast.hedge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.rnn.LinearColumns;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HedgeTest {

  private static FloatSlice slice(float... losses) {
    return new FloatSlice().at(losses, 0);
  }

  @Test
  void weightsFallExponentiallyWithTheErrorAboveTheLeast() {
    Hedge hedge = new Hedge(5, 0.98);
    float[] losses = {9, 2, 3, 2}; // the first is another's
    double[] weights = new double[3];
    hedge.weigh(new FloatSlice().at(losses, 1), 1, 3, weights);
    double behind = Math.exp(-5 * (1.5 - 1));
    assertThat(weights[0]).isEqualTo(1 / (2 + behind), within(1e-6));
    assertThat(weights[1]).isEqualTo(behind / (2 + behind), within(1e-6));
    assertThat(weights[2]).isEqualTo(weights[0]);
  }

  @Test
  void eachRowIsWeighedAsIfItWereAlone() {
    float[] losses = new float[3 * 20]; // enough for vectors, of which a row alone has too few
    for (int k = 0; k < losses.length; k++) {
      losses[k] = k * 37 % 19 / (float) (1 + k % 7);
    }
    Hedge hedge = new Hedge(5, 0.98);
    double[] together = new double[losses.length];
    hedge.weigh(slice(losses), 20, 3, together);
    double[] alone = new double[3];
    for (int row = 0; row < 20; row++) {
      hedge.weigh(new FloatSlice().at(losses, 3 * row), 1, 3, alone);
      assertThat(Arrays.copyOfRange(together, 3 * row, 3 * row + 3)).containsExactly(alone);
    }
  }

  @Test
  void aLossIsADiscountedMeanOfErrorSizes() {
    Hedge hedge = new Hedge(5, 0.75);
    float[] losses = {0};
    hedge.learn(slice(losses), 1, new double[] {10}, 2, 1, NewestWeight.UNCHANGED);
    hedge.learn(slice(losses), 1, new double[] {-2}, 2, 1, NewestWeight.UNCHANGED);
    assertThat(losses[0]).isEqualTo(0.75f * 2 + 0.25f * 4);
  }

  @Test
  void whoMakesNoErrorTakesAll() {
    double[] weights = new double[2];
    new Hedge(5, 0.98).weigh(slice(0, 1e-3f), 1, 2, weights);
    assertThat(weights).containsExactly(1, 0);
  }

  @Test
  void whoIsHopelesslyBehindHasNoWeight() { // by 8 * 4.5 and by 8 * 5
    double[] weights = new double[3];
    new Hedge(8, 0.98).weigh(slice(1, 5.5f, 6), 1, 3, weights);
    assertThat(weights[1] / Math.exp(-36)).isEqualTo(1, within(1e-5));
    assertThat(weights[2]).isZero();
  }

  @Test
  void amongEqualsAllAreEqual() {
    double[] weights = new double[LinearColumns.TILE];
    new Hedge(5, 0.98).weigh(slice(new float[weights.length]), 1, weights.length, weights);
    assertThat(weights).containsOnly(1.0 / weights.length);
  }

  @Test
  void anEndlessErrorKeepsWeightsFinite() {
    Hedge hedge = new Hedge(5, 0.98);
    float[] losses = {0, 1};
    for (int n = 0; n < 1000; n++) {
      hedge.learn(
          slice(losses), 2, new double[] {Double.MAX_VALUE, 1}, 0, 1, NewestWeight.UNCHANGED);
    }
    double[] weights = new double[2];
    hedge.weigh(slice(losses), 1, 2, weights);
    assertThat(weights).containsExactly(0, 1);
  }

  @Test
  void aSpikeThatNobodyForesawLeavesTheOrderClear() {
    Hedge hedge = new Hedge(5, 0.98);
    float[] losses = {1, 2};
    hedge.learn(
        slice(losses),
        2,
        new double[] {3, 5},
        1003,
        1,
        NewestWeight.UNCHANGED); // errors 1000, 998; 10 are kept in common
    assertThat(losses[0]).isEqualTo(0.98f * 1 + 0.02f * 12, within(1e-6f));
    assertThat(losses[1]).isEqualTo(0.98f * 2 + 0.02f * 10, within(1e-6f));
  }

  @Test
  void afterAChangeALossIsTheMeanOfTheErrorsSinceAndTwoOfBefore() {
    Hedge hedge = new Hedge(5, 0.98);
    float[] losses = {40};
    double[] errors = {1, 3, 2};
    double sum = 2 * 40;
    for (int age = 0; age < errors.length; age++) {
      hedge.learn(slice(losses), 1, new double[] {errors[age]}, 0, 1, age);
      sum += errors[age];
      assertThat(losses[0]).isEqualTo((float) (sum / (age + 3)), within(1e-4f));
    }
    hedge.learn(slice(losses), 1, new double[] {4}, 0, 1, 49); // as deep as ever
    assertThat(losses[0]).isEqualTo((float) (0.98 * sum / 5 + 0.02 * 4), within(1e-4f));
  }

  private static final int EXPERTS = 2;
  private final SeasonalHedge hedge = new SeasonalHedge(new Hedge(5, 0.98), EXPERTS, 2);
  private final double[] weights = new double[EXPERTS];

  /** L of a step and R of each phase. */
  private static final class Errors {

    final float[] losses;
    final short[] phases;
    final int season;

    Errors(int season, float... losses) {
      this.losses = losses;
      this.phases = new short[SeasonalHedge.shorts(season, EXPERTS)];
      this.season = season;
      for (int k = 0; k < phases.length; k++) {
        phase(k, 1);
      }
    }

    FloatSlice losses() {
      return new FloatSlice().at(losses, 0);
    }

    Bfloat16Slice phase(long index) {
      return new Bfloat16Slice().at(phases, SeasonalHedge.place(season, EXPERTS, index));
    }

    float phase(int k) {
      return new Bfloat16Slice().at(phases, k).get(0);
    }

    void phase(int k, float value) {
      new Bfloat16Slice().at(phases, k).set(0, value);
    }
  }

  private void weigh(Errors errors, long index) {
    hedge.prepare(0, errors.losses(), errors.phase(index));
    hedge.weigh(1, weights);
  }

  private void learn(Errors errors, long index, double... said) {
    hedge.learn(errors.losses(), errors.phase(index), said, 0, 1, NewestWeight.UNCHANGED);
  }

  @Test
  void theLossIsSevenTenthsOfAllTimesAndThreeTenthsOfThisTime() {
    Errors errors = new Errors(3, 2, 3);
    errors.phase(2, 4); // of phase 1
    errors.phase(3, 2);
    errors.phase(4, 9);
    errors.phase(5, 9);
    weigh(errors, 4); // index 4: phase 1
    double first = 0.7 * 1 + 0.3 * 2; // 2 / 2, 4 / 2
    double second = 0.7 * 1.5 + 0.3 * 1; // 3 / 2, 2 / 2
    double behind = Math.exp(-5 * (second / first - 1));
    assertThat(weights[0]).isEqualTo(1 / (1 + behind), within(1e-6));
  }

  @Test
  void aPhaseForgetsATenthInTwoStepsRelativeToTheLeastRunningError() {
    Errors errors = new Errors(2, 2, 4);
    errors.phase(2, 5);
    errors.phase(3, 7);
    learn(errors, 8, 3, 6);
    double least = 0.98 * 2 + 0.02 * 3;
    double kept = Math.sqrt(0.9);
    double first = kept + (1 - kept) * 3 / least;
    double second = kept + (1 - kept) * 6 / least;
    assertThat(errors.phase(0)).isEqualTo((float) first, within(0.004f));
    assertThat(errors.phase(1)).isEqualTo((float) second, within(0.004f));
    assertThat(errors.phase(2)).isEqualTo(5); // another phase
  }

  @Test
  void whereOneMakesNoErrorPhasesTellNothing() {
    Errors errors = new Errors(3, 0, 0);
    learn(errors, 8, 0, 6);
    assertThat(errors.phase(4)).isEqualTo(1);
    assertThat(errors.phase(5)).isEqualTo(1);
    weigh(errors, 8);
    assertThat(weights).containsExactly(1, 0);
  }

  @Test
  void withoutASeasonItIsTheHedge() {
    Errors errors = new Errors(1, 2, 3);
    double[] plain = new double[EXPERTS];
    new Hedge(5, 0.98).weigh(errors.losses(), 1, EXPERTS, plain);
    hedge.prepare(0, errors.losses(), null);
    hedge.weigh(1, weights);
    assertThat(SeasonalHedge.shorts(1, EXPERTS)).isZero();
    assertThat(weights).isEqualTo(plain);
  }

  @Test
  void longSeasonsShareTwentyFourPhases() {
    assertThat(SeasonalHedge.shorts(288, EXPERTS)).isEqualTo(24 * EXPERTS);
    Errors errors = new Errors(288, 1, 1);
    learn(errors, 287, 1, 9); // the last twelve values
    weigh(errors, 276);
    double last = weights[0];
    weigh(errors, 275);
    assertThat(last).isGreaterThan(weights[0]);
  }
}
