package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.NewestWeight;
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
  void amongEqualsAllAreEqual() {
    double[] weights = new double[4];
    new Hedge(5, 0.98).weigh(slice(new float[4]), 1, 4, weights);
    assertThat(weights).containsOnly(0.25);
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
}
