package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProbabilitiesTest {

  @Test
  void theBestFactorIsThatOfTheSharesOfRightAnswers() {
    // 3 of 4 answers with a lead of 1 are right, and 1/6 of each label belongs to both classes:
    // the sigmoid of the factor is (3 * 11/12 + 1/12) / 4 = 17/24
    float[][] scores = {{1, 0}, {1, 0}, {0, 1}, {0, 1}};
    int[] labels = {0, 0, 1, 0};
    assertThat(Probabilities.bestFactor(scores, labels))
        .isCloseTo(Math.log(17 / 7.0), within(1e-2));
  }

  @Test
  void answersThatAreAllRightDoNotMakeCertainty() {
    float[][] scores = {{1, 0}, {0, 1}, {1, 0}, {0, 1}, {1, 0}, {0, 1}};
    int[] labels = {0, 1, 0, 1, 0, 1};
    // 1/8 of each label belongs to both classes: the sigmoid of the factor is 15/16
    assertThat(Probabilities.bestFactor(scores, labels)).isCloseTo(Math.log(15), within(1e-2));
  }

  /** One round of expectation maximization at a fixed point: both methods right half the time. */
  @Test
  void mixtureWeightsFollowTheLikelihood() {
    double[][] alike = {{0.9, 0.1, 0.5}, {0.1, 0.9, 0.5}};
    assertThat(Probabilities.mixtureWeights(alike, 0.02)).containsExactly(0.5, 0.5);
    double[] better = Probabilities.mixtureWeights(new double[][] {{0.9, 0.8}, {0.1, 0.1}}, 0.02);
    // w = (sum + 1) / 4 with sum = .9w/(.8w+.1) + .8w/(.7w+.1)
    double w = better[0];
    double sum = 0.9 * w / (0.8 * w + 0.1) + 0.8 * w / (0.7 * w + 0.1);
    assertThat(w).isCloseTo((sum + 1) / 4, within(1e-9)).isGreaterThan(0.6);
  }

  @Test
  void eachMethodKeepsItsLeastWeight() {
    double[][] ofTruth = new double[2][1_000];
    Arrays.fill(ofTruth[0], 0.999);
    Arrays.fill(ofTruth[1], 0.001);
    double[] weights = Probabilities.mixtureWeights(ofTruth, 0.1);
    assertThat(weights[1]).isCloseTo(0.1 / (weights[0] / weights[1] * 0.1 + 0.1), within(1e-9));
    assertThat(weights[1]).isGreaterThan(0.09);
  }

  @Test
  void softmaxOfLargeScoresIsFinite() {
    double[] probabilities = new double[2];
    Probabilities.softmax(new float[] {1e30f, -1e30f}, 1, probabilities);
    assertThat(probabilities).containsExactly(1, 0);
  }
}
