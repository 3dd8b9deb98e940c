package dev.weir.rnn;

import static dev.weir.rnn.LinearColumns.TILE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearColumnsTest {

  private static float[] random(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({"7, 24, 5", "9, 4, 1", "1, 6, 2", "48, 3, 4"})
  void itIsTheSumOfProductsInAnyCompany(int inputs, int outputs, int tiles) {
    Random random = new Random(inputs);
    float[] weights = random(random, outputs * inputs);
    float[] x = random(random, tiles * inputs * TILE);
    float[] bias = random(random, tiles * outputs * TILE);
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
