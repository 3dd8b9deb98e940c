package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings against PyTorch's are in GoldenGradientTest. */
class AdamTest {

  /** Sizes around the block of 256, weights and state in one array, in double precision by hand. */
  @ParameterizedTest
  @ValueSource(ints = {1, 255, 256, 257, 600})
  void adamFollowsItsEquationsWhereverTheNumbersLie(int count) {
    Adam adam = new Adam(0.01, 0.8, 0.95, 1e-3, 0.1, 2.0);
    Random random = new Random(count);
    float[] all = new float[2 + count + 3 + adam.stateLength(count) + 1];
    float[] gradient = new float[4 + count];
    double[] w = new double[count];
    double[] m = new double[count];
    double[] v = new double[count];
    for (int i = 0; i < count; i++) {
      all[2 + i] = (float) random.nextGaussian();
      w[i] = all[2 + i];
    }
    for (int step = 1; step <= 3; step++) {
      double norm = 0;
      for (int i = 0; i < count; i++) {
        gradient[4 + i] = (float) random.nextGaussian();
        norm += gradient[4 + i] * gradient[4 + i];
      }
      double scale = Math.min(1, 2.0 / (Math.sqrt(norm) + 1e-6));
      assertThat(adam.step(0.0, gradient, 4, all, 2, all, 2 + count + 3, count)).isTrue();
      for (int i = 0; i < count; i++) {
        double g = scale * gradient[4 + i] + 0.1 * w[i];
        m[i] = 0.8 * m[i] + 0.2 * g;
        v[i] = 0.95 * v[i] + 0.05 * g * g;
        double mHat = m[i] / (1 - Math.pow(0.8, step));
        double vHat = v[i] / (1 - Math.pow(0.95, step));
        w[i] -= 0.01 * mHat / (Math.sqrt(vHat) + 1e-3);
        assertThat((double) all[2 + i]).isCloseTo(w[i], within(1e-6));
      }
    }
    assertThat(all[2 + count + 3 + 2 * count]).isEqualTo(3f);
    assertThat(all[1]).isZero();
    assertThat(Arrays.copyOfRange(all, 2 + count, 2 + count + 3)).containsOnly(0f);
    assertThat(all[all.length - 1]).isZero();
  }

  /** With an eps so large that the step follows the gradient: 1e-6 of it. */
  @Test
  void clippingScalesAllGradientsByTheirCommonNorm() {
    float[] weights = new float[2];
    // norm 5, limit 1: gradients 0.6 and 0.8, but for the 1e-6 of clip_grad_norm_
    new Adam(1e6, 0.9, 0.999, 1e6, 0, 1)
        .step(0, new float[] {3f, 4f}, 0, weights, 0, new float[5], 0, 2);
    assertThat(weights).containsExactly(new float[] {-0.6f, -0.8f}, within(2e-6f));
    Arrays.fill(weights, 0f);
    new Adam(1e6, 0.9, 0.999, 1e6, 0, 6)
        .step(0, new float[] {3f, 4f}, 0, weights, 0, new float[5], 0, 2);
    assertThat(weights).containsExactly(new float[] {-3f, -4f}, within(2e-5f));
  }

  @Test
  void whatIsNotFiniteIsDroppedAndLeavesNoTrace() {
    Adam optimizer = new Adam(0.1);
    int count = 300;
    float[] weights = new float[count];
    float[] state = new float[optimizer.stateLength(count)];
    float[] gradient = new float[count];
    Arrays.fill(gradient, 1f);
    assertThat(optimizer.step(1.0, gradient, 0, weights, 0, state, 0, count)).isTrue();
    float[] weightsBefore = weights.clone();
    float[] stateBefore = state.clone();
    for (double loss : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThat(optimizer.step(loss, gradient, 0, weights, 0, state, 0, count)).isFalse();
    }
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 1e30f}) {
      for (int at : new int[] {0, 5, 299}) {
        float[] spoilt = gradient.clone();
        spoilt[at] = bad;
        assertThat(optimizer.step(1.0, spoilt, 0, weights, 0, state, 0, count)).isFalse();
      }
    }
    assertThat(weights).containsExactly(weightsBefore);
    assertThat(state).containsExactly(stateBefore);
  }

  @Test
  void hyperParametersOutsideTheirRangeAreNamed() {
    assertThatThrownBy(() -> new Adam(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lr: expected 0 or more, got -1.0");
    assertThatThrownBy(() -> new Adam(1, 1, 0.9, 0, 0, 1)).hasMessageStartingWith("beta1: ");
    assertThatThrownBy(() -> new Adam(1, 0.9, Double.NaN, 0, 0, 1))
        .hasMessage("beta2: expected from 0 to below 1, got NaN");
    assertThatThrownBy(() -> new Adam(1, 0.9, 0.9, -1, 0, 1)).hasMessageStartingWith("eps: ");
    assertThatThrownBy(() -> new Adam(1, 0.9, 0.9, 0, -1, 1))
        .hasMessageStartingWith("weight_decay: ");
    assertThatThrownBy(() -> new Adam(1, 0.9, 0.9, 0, 0, 0))
        .hasMessage("max_norm: expected above 0, got 0.0");
    assertThatThrownBy(
            () -> new Adam(1).step(0, new float[2], 1, new float[2], 0, new float[5], 0, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

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
