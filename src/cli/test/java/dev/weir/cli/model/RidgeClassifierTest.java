package dev.weir.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RidgeClassifierTest {

  private static final float[][] ROWS = {
    {0.1f, 0.5f, 0.9f},
    {0.4f, 0.2f, 0.3f},
    {0.7f, 0.6f, 0.1f},
    {0.2f, 0.9f, 0.8f},
    {0.5f, 0.1f, 0.4f}
  };
  private static final int[] LABELS = {0, 1, 1, 0, 2};
  private static final float[] ASKED = {0.3f, 0.4f, 0.6f};

  private static float[] withSquares(float[] row) {
    return new float[] {row[0], row[1], row[2], row[0] * row[0], row[1] * row[1], row[2] * row[2]};
  }

  private static double[] scores(RidgeClassifier.Layer layer, float[] row) {
    double[] scores = new double[layer.bias().length];
    for (int k = 0; k < scores.length; k++) {
      scores[k] = layer.bias()[k];
      for (int j = 0; j < row.length; j++) {
        scores[k] += layer.weights()[k * row.length + j] * row[j];
      }
    }
    return scores;
  }

  /** Expected values: numpy.linalg.solve(Z.T @ Z + 0.5 I, Z.T @ (Y - mean)), Z standardized. */
  @Test
  void scoresAreThoseOfTheNormalEquations() {
    RidgeClassifier.Layer layer = new RidgeClassifier(ROWS, LABELS, 3, null).solve(0.5);
    assertThat(scores(layer, ASKED))
        .containsExactly(new double[] {-0.01679263, -0.46762575, -0.51558162}, within(1e-5));
  }

  @Test
  void moreFeaturesThanRowsGiveTheSame() {
    float[][] rows =
        Arrays.stream(ROWS).map(RidgeClassifierTest::withSquares).toArray(float[][]::new);
    RidgeClassifier.Layer layer = new RidgeClassifier(rows, LABELS, 3, null).solve(0.5);
    assertThat(scores(layer, withSquares(ASKED)))
        .containsExactly(new double[] {-0.11126102, -0.30004802, -0.58869096}, within(1e-5));
  }

  /** A row that counts twice is a row that is there twice. */
  @Test
  void classWeightsCountRows() {
    float[][] twice = {ROWS[0], ROWS[1], ROWS[1], ROWS[2], ROWS[2], ROWS[3], ROWS[4]};
    RidgeClassifier.Layer expected =
        new RidgeClassifier(twice, new int[] {0, 1, 1, 1, 1, 0, 2}, 3, null).solve(0.5);
    RidgeClassifier.Layer layer =
        new RidgeClassifier(ROWS, LABELS, 3, new double[] {1, 2, 1}).solve(0.5);
    assertThat(scores(layer, ASKED)).containsExactly(scores(expected, ASKED), within(1e-6));
  }

  @Test
  void aConstantFeatureCountsNothing() {
    float[][] rows = {{1, 5}, {2, 5}, {3, 5}};
    RidgeClassifier.Layer layer = new RidgeClassifier(rows, new int[] {0, 1, 1}, 2, null).solve(1);
    assertThat(scores(layer, new float[] {2, 5}))
        .isEqualTo(scores(layer, new float[] {2, -100}))
        .doesNotContain(Double.NaN);
  }
}
