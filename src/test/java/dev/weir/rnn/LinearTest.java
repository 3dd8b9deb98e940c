package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinearTest {

  @Test
  void eachRowReadsItsOwnWeightsFromTheGivenOffsets() {
    float[] weight = {9f, 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f}; // (2, 5) from 1 on
    float[] bias = {9f, 9f, 0.5f, -0.5f}; // (2) from 2 on
    float[] x = {9f, 9f, 9f, 1f, 0f, -1f, 2f, 1f}; // (5) from 3 on
    float[] y = {7f, 7f, 7f};
    Linear.forward(weight, 1, bias, 2, 5, 2, x, 3, y, 1);
    // 1 - 3 + 8 + 5 + 0.5; 6 - 8 + 18 + 10 - 0.5
    assertThat(y).containsExactly(7f, 11.5f, 25.5f);
  }

  @Test
  void withoutBiasTheProductStandsAlone() {
    float[] y = new float[1];
    Linear.forward(new float[] {2f, 3f}, 0, null, 0, 2, 1, new float[] {5f, 7f}, 0, y, 0);
    assertThat(y).containsExactly(31f);
  }
}
