package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LossTest {

  @Test
  void theMeanSquaredErrorIsOverTheValuesThatTheMaskLetsThrough() {
    float[] prediction = {1f, 2f, 3f, 4f, 99f};
    float[] target = {0f, Float.NaN, 5f, 4f, 0f};
    boolean[] mask = {true, false, true, true, true};
    float[] gradient = {7f, 7f, 7f, 7f, 7f};
    // (1 + 4 + 0) / 3; 2 * error / 3; the fifth value is beyond count
    assertThat(Loss.meanSquared(prediction, target, mask, 4, gradient))
        .isCloseTo(5.0 / 3, within(1e-12));
    assertThat(gradient).containsExactly(new float[] {2f / 3, 0f, -4f / 3, 0f, 7f}, within(1e-7f));
    target[1] = 2f;
    assertThat(Loss.meanSquared(prediction, target, null, 4, gradient))
        .isCloseTo(1.25, within(1e-12));
  }

  @Test
  void pseudoHuberIsSquareNearZeroAndLinearFarOut() {
    float[] gradient = new float[3];
    // delta 0.5, error 1.5: 0.25 (sqrt(10) - 1); gradient 1.5 / sqrt(10)
    assertThat(Loss.pseudoHuber(0.5f, new float[] {2f}, new float[] {0.5f}, null, 1, gradient))
        .isCloseTo(0.25 * (Math.sqrt(10) - 1), within(1e-7));
    assertThat(gradient[0]).isCloseTo((float) (1.5 / Math.sqrt(10)), within(1e-7f));
    double tiny = Loss.pseudoHuber(0.5f, new float[] {1e-6f}, new float[1], null, 1, gradient);
    assertThat(tiny).isCloseTo(0.5e-12, within(1e-18));
    Loss.pseudoHuber(0.5f, new float[] {-1e6f}, new float[1], null, 1, gradient);
    assertThat(gradient[0]).isCloseTo(-0.5f, within(1e-6f));
    boolean[] mask = {false, true, false};
    float[] target = {Float.NaN, 0f, Float.NaN};
    Loss.pseudoHuber(0.5f, new float[] {1f, 1e6f, 1f}, target, mask, 3, gradient);
    assertThat(gradient).containsExactly(new float[] {0f, 0.5f, 0f}, within(1e-6f));
  }

  @Test
  void withNothingToLearnFromTheLossIsNaNAndTheGradientZero() {
    boolean[] nothing = {false, false};
    float[] gradient = {7f, 7f};
    assertThat(Loss.meanSquared(new float[2], new float[2], nothing, 2, gradient)).isNaN();
    assertThat(gradient).containsExactly(0f, 0f);
    assertThat(Loss.pseudoHuber(1f, new float[2], new float[2], nothing, 2, gradient)).isNaN();
    assertThat(gradient).containsExactly(0f, 0f);
  }

  @Test
  void aDeltaOfZeroIsRefused() {
    assertThatThrownBy(
            () -> Loss.pseudoHuber(0f, new float[1], new float[1], null, 1, new float[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("delta: expected above 0, got 0.0");
  }
}
