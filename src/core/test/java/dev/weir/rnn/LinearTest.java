package dev.weir.rnn;

import static dev.weir.rnn.KernelTest.ForwardOfEachCell.values;
import static dev.weir.rnn.LinearColumns.TILE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @Test
  void manyRowsGiveWhatEachGivesAlone() {
    float[] weight = {1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f, 11f, 12f}; // (6, 2)
    float[] bias = {9f, 1f, 2f, 3f, 4f, 5f, 6f}; // (6) from 1 on
    float[] y = new float[7];
    Linear.forward(weight, 0, bias, 1, 2, 6, new float[] {1f, -2f}, 0, y, 1);
    // -3 + 1, -5 + 2, -7 + 3, -9 + 4, -11 + 5, -13 + 6
    assertThat(y).containsExactly(0f, -2f, -3f, -4f, -5f, -6f, -7f);
    Linear.forward(weight, 0, null, 0, 2, 6, new float[] {1f, -2f}, 0, y, 1);
    assertThat(y).containsExactly(0f, -3f, -5f, -7f, -9f, -11f, -13f);
  }

  @Test
  void backwardAddsTheGradientsOfWeightBiasAndInput() {
    float[] weight = {9f, 1f, 2f, 3f, 4f, 5f, 6f}; // (2, 3) from 1 on
    float[] x = {9f, 9f, 7f, 8f, -1f}; // (3) from 2 on
    float[] dY = {9f, 9f, 9f, 10f, 100f}; // (2) from 3 on
    float[] dWeight = new float[10]; // (2, 3) from 4 on
    float[] dBias = {0f, 1f, 2f}; // (2) from 1 on
    float[] dX = {0f, 1f, 1f, 1f}; // (3) from 1 on
    dWeight[4] = 0.5f;
    Linear.backward(weight, 1, 3, 2, x, 2, dY, 3, dWeight, 4, dBias, 1, dX, 1);
    assertThat(dWeight).containsExactly(0f, 0f, 0f, 0f, 70.5f, 80f, -10f, 700f, 800f, -100f);
    assertThat(dBias).containsExactly(0f, 11f, 102f);
    // 10 * 1 + 100 * 4, 10 * 2 + 100 * 5, 10 * 3 + 100 * 6
    assertThat(dX).containsExactly(0f, 411f, 521f, 631f);
    Linear.backward(weight, 1, 3, 2, x, 2, dY, 3, dWeight, 4, null, 0, null, 0);
    assertThat(dWeight[9]).isEqualTo(-200f);
  }

  @ParameterizedTest
  @CsvSource({"7, 24, 5", "9, 4, 1", "1, 6, 2", "48, 3, 4"})
  void itIsTheSumOfProductsInAnyCompany(int inputs, int outputs, int tiles) {
    Random random = new Random(inputs);
    float[] weights = values(random, outputs * inputs, 1);
    float[] x = values(random, tiles * inputs * TILE, 1);
    float[] bias = values(random, tiles * outputs * TILE, 1);
    float[] y = bias.clone();
    float least = -0.5f;
    LinearColumns.add(weights, inputs, outputs, x, tiles, least, y);
    for (int k = 0; k < outputs; k++) {
      // one output at a time is computed without vectors
      float[] ownWeights = Arrays.copyOfRange(weights, k * inputs, (k + 1) * inputs);
      float[] ownBias = new float[tiles * TILE];
      for (int tile = 0; tile < tiles; tile++) {
        System.arraycopy(bias, (tile * outputs + k) * TILE, ownBias, tile * TILE, TILE);
      }
      float[] own = ownBias.clone();
      LinearColumns.add(ownWeights, inputs, 1, x, tiles, least, own);
      for (int n = 0; n < own.length; n++) {
        int tile = n / TILE;
        assertThat(y[(tile * outputs + k) * TILE + n % TILE]).isEqualTo(own[n]);
        double sum = ownBias[n];
        for (int i = 0; i < inputs; i++) {
          sum += ownWeights[i] * (double) x[(tile * inputs + i) * TILE + n % TILE];
        }
        assertThat((double) own[n]).isCloseTo(Math.max(least, sum), within(1e-5));
      }
    }
  }
}
