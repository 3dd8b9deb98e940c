package dev.weir.classify.convolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositiveDefiniteTest {

  /** By hand: the matrix (4, 2; 2, 5) is the transpose of (2, 1; 0, 2) times itself. */
  @Test
  void aMatrixOfTwoRowsIsDecomposedAndSolved() {
    double[][] matrix = {{4, 2}, {0, 5}};
    assertThat(PositiveDefinite.decompose(matrix)).isTrue();
    assertThat(matrix[0]).containsExactly(2, 1);
    assertThat(matrix[1][1]).isEqualTo(2);
    double[] x = {8, 12}; // 4 * 1 + 2 * 2, 2 * 1 + 5 * 2
    PositiveDefinite.solve(matrix, x);
    assertThat(x).containsExactly(1, 2);
  }

  @Test
  void aMatrixThatIsNotPositiveDefiniteIsRefused() {
    assertThat(PositiveDefinite.decompose(new double[][] {{1, 2}, {0, 4}})).isFalse();
    assertThat(PositiveDefinite.decompose(new double[][] {{Double.NaN}})).isFalse();
  }

  /** Sizes around the block of 64 rows and the groups of 4. */
  @ParameterizedTest
  @CsvSource({"1, 1", "7, 3", "9, 64", "70, 65", "131, 130", "202, 197"})
  void theSolutionSolvesTheSystem(int terms, int size) {
    Random random = new Random(size);
    double[][] rows = new double[terms][size];
    double[] expected = new double[size];
    for (int j = 0; j < size; j++) {
      expected[j] = random.nextGaussian();
      for (double[] row : rows) {
        row[j] = random.nextGaussian();
      }
    }
    double[][] matrix = PositiveDefinite.gram(rows);
    double[] x = new double[size];
    for (int i = 0; i < size; i++) {
      matrix[i][i] += 0.5;
      for (int j = 0; j < size; j++) {
        double element = i == j ? 0.5 : 0;
        for (double[] row : rows) {
          element += row[i] * row[j];
        }
        assertThat(matrix[Math.min(i, j)][Math.max(i, j)]).isCloseTo(element, within(1e-10));
        x[i] += element * expected[j];
      }
    }
    assertThat(PositiveDefinite.decompose(matrix)).isTrue();
    PositiveDefinite.solve(matrix, x);
    for (int i = 0; i < size; i++) {
      assertThat(x[i]).isCloseTo(expected[i], within(1e-9));
    }
  }
}
