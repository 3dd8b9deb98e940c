package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.slot.FloatSlice;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RlsTest {

  /** Not from 0 on, so that a wrong offset shows. */
  private static FloatSlice state(int size) {
    return new FloatSlice().at(new float[2 + Rls.floats(size)], 2);
  }

  @Test
  void withOneInputItIsTheRidgeMean() { // (2 + 4) / (1 + 1 + ridge .5)
    Rls rls = new Rls(1, 1, 0.5, 1e9, 1e9);
    FloatSlice state = state(1);
    rls.reset(state);
    rls.update(state, new double[] {1}, 2);
    rls.update(state, new double[] {1}, 4);
    assertThat(state.get(0)).isEqualTo(6 / 2.5f, within(1e-6f));
    assertThat(state.get(2)).isEqualTo(1 / 2.5f, within(1e-6f)); // P
  }

  @Test
  void withoutCutsItSolvesTheDiscountedLeastSquaresProblem() {
    int size = 3;
    double lambda = 0.97;
    double ridge = 0.3;
    Rls rls = new Rls(size, lambda, ridge, 1e9, 1e9);
    FloatSlice state = state(size);
    rls.reset(state);
    double[][] normal = new double[size][size + 1]; // sum of lambda^age f f' + ridge, and f y
    for (int i = 0; i < size; i++) {
      normal[i][i] = ridge;
    }
    Random random = new Random(7);
    for (int n = 0; n < 60; n++) {
      double[] f = {random.nextGaussian(), n < 5 ? 0 : random.nextGaussian() * 2, 1};
      double y = 0.5 * f[0] - 1.5 * f[1] + 2 + random.nextGaussian();
      rls.update(state, f, y);
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          normal[i][j] = lambda * normal[i][j] + f[i] * f[j];
        }
        normal[i][size] = lambda * normal[i][size] + f[i] * y;
      }
    }
    double[] theta = solve(normal);
    for (int i = 0; i < size; i++) {
      assertThat(state.get(i)).isEqualTo((float) theta[i], within(1e-4f));
    }
  }

  private static double[] solve(double[][] a) { // Gauss-Jordan; positive definite: no pivoting
    int n = a.length;
    for (int p = 0; p < n; p++) {
      for (int i = 0; i < n; i++) {
        double factor = i == p ? 0 : a[i][p] / a[p][p];
        for (int j = p; j <= n; j++) {
          a[i][j] -= factor * a[p][j];
        }
      }
    }
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = a[i][n] / a[i][i];
    }
    return x;
  }

  @Test
  void anOutlierMovesThetaByNoMoreThanKappaErrors() {
    Rls rls = new Rls(1, 1, 1, 3, 1e9);
    FloatSlice state = state(1);
    rls.reset(state);
    rls.update(state, new double[] {1}, 1); // P = 1/2, theta = 1/2, error size 1
    rls.update(state, new double[] {1}, 1000.5); // error 1000, cut at 3; gain 1/3
    assertThat(state.get(0)).isEqualTo(0.5f + 3.0f / 3, within(1e-6f));
  }

  @Test
  void constantInputsDoNotMakeItDiverge() {
    Rls rls = new Rls(2, 0.995, 0.1, 3, 20);
    FloatSlice state = state(2);
    rls.reset(state);
    for (int n = 0; n < 100_000; n++) {
      rls.update(state, new double[] {1, 0}, 1);
    }
    for (float number : state.array()) {
      assertThat(Math.abs(number)).isLessThan(25);
    }
  }

  @Test
  void whatIsNotFiniteChangesNothing() {
    Rls rls = new Rls(2, 0.995, 0.1, 3, 20);
    FloatSlice state = state(2);
    rls.reset(state);
    rls.update(state, new double[] {1, 2}, 1);
    float[] before = state.array().clone();
    rls.update(state, new double[] {Double.NaN, 1}, 1);
    rls.update(state, new double[] {1, 1}, Double.POSITIVE_INFINITY);
    rls.update(state, new double[] {1e200, 1}, 1);
    assertThat(state.array()).containsExactly(before);
  }
}
