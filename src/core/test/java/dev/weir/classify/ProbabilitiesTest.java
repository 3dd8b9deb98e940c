package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProbabilitiesTest {

  @Test
  void softmaxOfLargeScoresIsFinite() {
    double[] probabilities = new double[2];
    Probabilities.softmax(new float[] {1e30f, -1e30f}, probabilities);
    assertThat(probabilities).containsExactly(1, 0);
  }
}
