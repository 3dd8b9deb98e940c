package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

  @Test
  void softmaxOfLargeScoresIsFinite() {
    double[] probabilities = new double[2];
    Probabilities.softmax(new float[] {1e30f, -1e30f}, 1, probabilities);
    assertThat(probabilities).containsExactly(1, 0);
  }
}
