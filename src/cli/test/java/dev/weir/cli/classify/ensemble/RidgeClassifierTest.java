package dev.weir.cli.classify.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

  private static float[] withSquares(float[] row) {
    return new float[] {row[0], row[1], row[2], row[0] * row[0], row[1] * row[1], row[2] * row[2]};
  }

  /** Expected values: numpy.linalg.solve(Z.T @ Z + 0.5 I, Z.T @ (Y - mean)), Z standardized. */
  @Test
  void scoresAreThoseOfTheNormalEquations() {
    float[] scores = new float[3];
    new RidgeClassifier.Problem(ROWS, LABELS, 3)
        .solve(0.5)
        .scores(new float[] {0.3f, 0.4f, 0.6f}, scores);
    double[] expected = {-0.01679263, -0.46762575, -0.51558162};
    for (int k = 0; k < 3; k++) {
      assertThat((double) scores[k]).isCloseTo(expected[k], within(1e-5));
    }
  }

  @Test
  void moreFeaturesThanRowsGiveTheSame() {
    float[][] rows = new float[ROWS.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = withSquares(ROWS[i]);
    }
    float[] scores = new float[3];
    new RidgeClassifier.Problem(rows, LABELS, 3)
        .solve(0.5)
        .scores(withSquares(new float[] {0.3f, 0.4f, 0.6f}), scores);
    double[] expected = {-0.11126102, -0.30004802, -0.58869096};
    for (int k = 0; k < 3; k++) {
      assertThat((double) scores[k]).isCloseTo(expected[k], within(1e-5));
    }
  }

  @Test
  void aConstantFeatureCountsNothing() {
    float[][] rows = {{1, 5}, {2, 5}, {3, 5}};
    RidgeClassifier ridge = new RidgeClassifier.Problem(rows, new int[] {0, 1, 1}, 2).solve(1);
    float[] scores = new float[2];
    float[] others = new float[2];
    ridge.scores(new float[] {2, 5}, scores);
    ridge.scores(new float[] {2, -100}, others);
    assertThat(scores).isEqualTo(others).doesNotContain(Float.NaN);
  }
}
