package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorLoopsTest {

  @Test
  void theTestsRunWithTheModule() {
    assertThat(Kernels.vectorApi()).as("--add-modules=jdk.incubator.vector").isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 63}) // vectors
  void tanhHasTheBitsOfThePlainOne(int length) {
    Random random = new Random(2);
    int lanes = VectorLoops.LANES;
    int at = 3;
    float[] given =
        values(random, at + length * lanes + 1); // the first and the last ones must stay
    for (int i = 0; i < given.length; i++) {
      given[i] *= 10f;
    }
    float[] special = {
      0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 8.9f, -8.9f, 1e-30f
    };
    for (int i = 0; i < special.length; i++) {
      given[at + i * 7 % (length * lanes)] = special[i];
    }
    float[] expected = given.clone();
    for (int i = at; i < at + length * lanes; i++) {
      expected[i] = Activation.tanh(given[i]);
    }
    float[] actual = given.clone();
    VectorLoops.tanh(actual, at, length * lanes);

    for (int i = 0; i < expected.length; i++) {
      assertThat(Float.floatToIntBits(actual[i]))
          .as("tanh gives %s, expected %s", actual[i], expected[i])
          .isEqualTo(Float.floatToIntBits(expected[i]));
    }
  }

  private static float[] values(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
